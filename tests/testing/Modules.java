package testing;

import module java.base;

/// Compiles a module of one feature on the fly, for tests that run it in a process of its own.
public final class Modules {
  private Modules() {}

  /// Compiles `source`, a class `Sample` in package `sample` that is a feature, into `folder`, and returns the command that runs
  /// the program with it.
  public static List<String> withFeature(Path folder, String source) throws IOException {
    return compile(folder, """
        module sample {
          requires uservice;
          opens sample to uservice;
          provides uservice.Feature with sample.Sample;
        }
        """, "sample/Sample.java", source);
  }

  /// Compiles a module with one class, and returns the command that runs the program with it on the module path.
  public static List<String> compile(Path folder, String module, String name, String source) throws IOException {
    Path info = Files.writeString(folder.resolve("module-info.java"), module);
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, source);
    Path classes = folder.resolve("classes");
    var complaints = new StringWriter();
    int compiled = java.util.spi.ToolProvider.findFirst("javac").orElseThrow().run(new PrintWriter(complaints), new PrintWriter(complaints),
        "-Xlint:all", "-Werror", "-p", System.getProperty("jdk.module.path"), "-d", classes.toString(), info.toString(), file.toString());
    if (compiled != 0) {
      throw new AssertionError(complaints.toString());
    }
    var command = new ArrayList<>(Program.java());
    int path = command.indexOf("-p") + 1;
    command.set(path, command.get(path) + File.pathSeparator + classes);
    return command;
  }

  /// The command that runs the program with these modules alone, copied to `folder`.
  public static List<String> alone(Path folder, String... modules) throws IOException {
    Files.createDirectories(folder);
    for (String module : modules) {
      Files.copy(Path.of(System.getProperty("jdk.module.path"), module + ".jar"), folder.resolve(module + ".jar"));
    }
    var command = new ArrayList<>(Program.java());
    command.set(command.indexOf("-p") + 1, folder.toString());
    return command;
  }
}
