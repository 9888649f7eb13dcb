package testing;

import module java.base;
import org.junit.jupiter.api.Assumptions;

/// The linked runtime, made once for all tests by the same script as `make runtime`, and removed when they are over.
public final class Linked {
  /// How a command ended, and what it printed, to either stream.
  public record Ended(int exit, String text) {}

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Path MODULES = Path.of("build/modules");
  private static Path runtime;

  private Linked() {}

  public static Path jdk() {
    return Path.of(System.getProperty("java.home"));
  }

  /// The runtime with every module and an AOT cache. Skips the test where it cannot be linked.
  public static synchronized Path runtime() throws Exception {
    Assumptions.assumeTrue(has("strip"), "strip is not installed: apt-get install binutils");
    if (runtime == null) {
      Path folder = temporary();
      Ended ended = link(folder.resolve("runtime"), Map.of(), "aot", "all");
      if (ended.exit() != 0) {
        throw new AssertionError("jlink/runtime: " + ended.text());
      }
      runtime = folder.resolve("runtime");
    }
    return runtime;
  }

  /// The command that runs the program on the runtime.
  public static List<String> command(String... options) throws Exception {
    var command = new ArrayList<>(List.of(runtime().resolve("bin/java").toString()));
    command.addAll(List.of(options));
    command.addAll(List.of("-m", "uservice"));
    return command;
  }

  /// `jlink/runtime JDK build/modules OUT` and these words.
  public static Ended link(Path out, Map<String, String> environment, String... words) throws Exception {
    var command = new ArrayList<>(List.of("jlink/runtime", jdk().toString(), MODULES.toString(), out.toString()));
    command.addAll(List.of(words));
    return run(environment, command.toArray(String[]::new));
  }

  /// Runs a command in the root of the tree to its end.
  public static Ended run(Map<String, String> environment, String... command) throws Exception {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    var text = new FutureTask<>(() -> new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    Thread.ofVirtual().start(text);
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", command) + " did not end: " + text.get());
    }
    return new Ended(process.exitValue(), text.get());
  }

  public static boolean has(String command) throws Exception {
    return run(Map.of(), "sh", "-c", "command -v " + command).exit() == 0;
  }

  /// A folder that is gone when the tests are.
  public static Path temporary() throws IOException {
    Path folder = Files.createTempDirectory("uservice-test");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
    return folder;
  }

  private static void remove(Path folder) {
    try {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    } catch (IOException | InterruptedException left) {
      System.err.println("left behind: " + folder);
    }
  }
}
