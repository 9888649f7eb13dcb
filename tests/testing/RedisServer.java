package testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;

/// A real Redis on a free port of loopback, with its data in a folder: it can be killed and come back on the same port.
public final class RedisServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path folder;
  private final List<String> options;
  private final int port;
  private Process process;

  private RedisServer(Path folder, List<String> options) throws Exception {
    this.folder = Files.createDirectories(folder);
    this.options = options;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    start();
  }

  /// Starts one with its data in `folder`, persistent to the last write unless `options` (`--name value`) say otherwise. The test is
  /// skipped where none is installed.
  public static RedisServer start(Path folder, String... options) throws Exception {
    assumeTrue(installed(), "no redis-server is installed: apt-get install redis-server");
    return new RedisServer(folder, List.of(options));
  }

  public static boolean installed() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(path -> Files.isExecutable(Path.of(path, "redis-server")));
  }

  public int port() { return port; }

  /// `redis://127.0.0.1:PORT` and what follows.
  public URI uri(String rest) { return URI.create("redis://127.0.0.1:" + port + rest); }

  /// Starts it again, after [#kill].
  public void start() throws Exception {
    var words = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", folder.toString(),
        "--save", "", "--appendonly", "yes", "--appendfsync", "always"));
    words.addAll(options);
    process = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile())).start();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (ConnectException notYet) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new AssertionError("redis-server did not start: " + Files.readString(folder.resolve("log")));
        }
        Thread.sleep(10);
      }
    }
  }

  /// Ends it as `kill -9` does.
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /// Runs `redis-cli` with these words, and returns what it prints.
  public String cli(String... words) throws Exception {
    var all = new ArrayList<>(List.of("redis-cli", "-h", "127.0.0.1", "-p", Integer.toString(port)));
    all.addAll(List.of(words));
    var cli = new ProcessBuilder(all).redirectErrorStream(true).start();
    String printed = new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    cli.waitFor();
    return printed.strip();
  }

  @Override public void close() throws InterruptedException { kill(); }
}
