package process;

import module java.base;

/// A server as a process of its own, with what the operating system says of it.
final class Running implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Process process;
  final int port;
  /// From just before the process was started to its first 200 on the path it was waited for with.
  final Duration start;

  private final Path output;
  private double requests;

  private Running(Process process, int port, Duration start, Path output) {
    this.process = process;
    this.output = output;
    this.port = port;
    this.start = start;
  }

  /// Starts `command`, with `PORT` in it replaced by a free port, and waits for a 200 on `path`. What it
  /// prints is kept in `output` until it is closed.
  static Running start(List<String> command, String path, Path output) throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    var builder = new ProcessBuilder(command.stream().map(word -> word.replace("PORT", Integer.toString(port))).toList());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    long begun = System.nanoTime();
    Process process = builder.start();
    long deadline = begun + PATIENCE.toNanos();
    while (!answers(port, path)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IllegalStateException("did not answer: " + builder.command() + "\n" + Files.readString(output));
      }
      Thread.sleep(1);
    }
    return new Running(process, port, Duration.ofNanos(System.nanoTime() - begun), output);
  }

  static boolean answers(int port, String path) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      socket.setSoTimeout(1000);
      socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] head = socket.getInputStream().readNBytes(12);
      return head.length == 12 && head[9] == '2';
    } catch (IOException notYet) {
      return false;
    }
  }

  /// The resident set in MB (10^6 bytes), from `/proc/PID/status`.
  double residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024 / 1e6;
      }
    }
    throw new IOException("no VmRSS for " + process.pid());
  }

  /// What the process has spent of the processors, to a hundredth of a second.
  double processorSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /// Remembers so many requests more.
  void count(double more) {
    requests += more;
  }

  long requests() {
    return Math.round(requests);
  }

  /// How many lines with `word` in them the process has printed.
  long lines(String word) throws IOException {
    try (var lines = Files.lines(output)) {
      return lines.filter(line -> line.contains(word)).count();
    }
  }

  @Override public void close() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE)) {
      process.destroyForcibly().waitFor();
    }
    Files.delete(output);
  }
}
