package testing;

import module java.base;

/// `java -p … -m uservice …` as a process of its own, with what it prints.
public final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final StringBuffer out = new StringBuffer();
  private final StringBuffer err = new StringBuffer();
  private final List<Thread> readers = new ArrayList<>();

  private Program(Process process) {
    this.process = process;
    readers.add(reader(process.getInputStream(), out));
    readers.add(reader(process.getErrorStream(), err));
  }

  /// Runs the program in `folder` with these words, from the modules that this JVM was given.
  public static Program run(Path folder, Map<String, String> environment, String... words) throws IOException {
    return launch(folder, environment, java(), words);
  }

  /// The command that runs the program, for a test that puts something before it.
  public static List<String> java() {
    return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m",
        "-p", Stream.of(System.getProperty("jdk.module.path").split(File.pathSeparator)).map(path -> Path.of(path).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator)),
        "-m", "uservice");
  }

  /// Runs `command` followed by `words`.
  public static Program launch(Path folder, Map<String, String> environment, List<String> command, String... words) throws IOException {
    var all = new ArrayList<>(command);
    all.addAll(List.of(words));
    var builder = new ProcessBuilder(all).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("USERVICE_") || name.startsWith("OTEL_"));
    builder.environment().putAll(environment);
    return new Program(builder.start());
  }

  /// The port that the `ready` line of the log names, once it is there.
  public int port(String name) throws InterruptedException {
    String marker = "\"" + name + "\":";
    awaitOut(marker);
    int from = out.indexOf(marker) + marker.length();
    int to = from;
    while (Character.isDigit(out.charAt(to))) {
      to++;
    }
    return Integer.parseInt(out.substring(from, to));
  }

  /// Waits until standard output holds `text`.
  public void awaitOut(String text) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (out.indexOf(text) < 0) {
      if (System.nanoTime() > deadline || !process.isAlive() && readers.stream().noneMatch(Thread::isAlive) && out.indexOf(text) < 0) {
        throw new AssertionError("'" + text + "' was not printed\nstdout:\n" + out + "stderr:\n" + err);
      }
      Thread.sleep(5);
    }
  }

  /// Sends a signal by name, without `SIG`.
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  /// Waits for the end and returns the exit code.
  public int exit() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("it did not end\nstdout:\n" + out + "stderr:\n" + err);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return process.exitValue();
  }

  /// Types this on its standard input.
  public void type(String text) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(text.getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  public boolean alive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }

  private static Thread reader(InputStream from, StringBuffer into) {
    return Thread.ofVirtual().start(() -> {
      try (var reader = new InputStreamReader(from, StandardCharsets.UTF_8)) {
        var buffer = new char[8192];
        for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
          into.append(buffer, 0, count);
        }
      } catch (IOException ended) {
        // The process is gone; what it printed is kept.
      }
    });
  }

  /// Kills it, and what it has started, which may outlive it: a program on a terminal takes its hang-up for a reload.
  @Override public void close() {
    List<ProcessHandle> below = process.descendants().toList();
    process.destroyForcibly().onExit().join();
    below.forEach(each -> {
      each.destroyForcibly();
      each.onExit().join();
    });
  }
}
