package process;

import module java.base;

/// Load on one path over keep-alive connections: by `wrk` where it is installed, else by threads of this process.
final class Load {
  static final int CONNECTIONS = 64;

  private Load() {}

  static boolean wrk() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, "wrk")));
  }

  /// Asks for `path` for `time` and returns the answers a second. Any answer but 2xx fails the run.
  static double requestsPerSecond(int port, String path, Duration time) throws Exception {
    return wrk() ? byWrk(port, path, time) : byThreads(port, path, time);
  }

  private static double byWrk(int port, String path, Duration time) throws Exception {
    Process wrk = new ProcessBuilder("wrk", "-t1", "-c" + CONNECTIONS, "-d" + time.toSeconds() + "s", "http://127.0.0.1:" + port + path)
        .redirectErrorStream(true).start();
    String text = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    wrk.waitFor();
    if (text.contains("Non-2xx") || text.contains("Socket errors")) {
      throw new IllegalStateException("wrk saw errors:\n" + text);
    }
    for (String line : text.lines().toList()) {
      if (line.startsWith("Requests/sec:")) {
        return Double.parseDouble(line.substring(13).strip());
      }
    }
    throw new IllegalStateException("wrk said:\n" + text);
  }

  private static double byThreads(int port, String path, Duration time) throws Exception {
    byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    long end = System.nanoTime() + time.toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var counts = new ArrayList<Future<Long>>();
      for (int i = 0; i < CONNECTIONS; i++) {
        counts.add(threads.submit(() -> askUntil(port, request, end)));
      }
      long sum = 0;
      for (Future<Long> count : counts) {
        sum += count.get();
      }
      return sum / (time.toNanos() / 1e9);
    }
  }

  private static long askUntil(int port, byte[] request, long end) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
      var in = new BufferedInputStream(socket.getInputStream());
      long count = 0;
      while (System.nanoTime() < end) {
        socket.getOutputStream().write(request);
        readAnswer(in);
        count++;
      }
      return count;
    }
  }

  /// Reads one answer with a `Content-Length`.
  static void readAnswer(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("closed after: " + head);
      }
      head.append((char) b);
    }
    if (head.charAt(9) != '2') {
      throw new IOException("answered: " + head);
    }
    int at = head.toString().toLowerCase(Locale.ROOT).indexOf("content-length:") + 15;
    in.readNBytes(Integer.parseInt(head.substring(at, head.indexOf("\r\n", at)).strip()));
  }

  /// The times of `count` probes, each on a connection of its own as the kubelet asks, `pause` apart, in ascending order.
  static List<Duration> probe(int port, String path, int count, Duration pause) throws Exception {
    var times = new ArrayList<Duration>();
    for (int i = 0; i < count; i++) {
      long begun = System.nanoTime();
      if (!Running.answers(port, path)) {
        throw new IllegalStateException(path + " was not answered with 200");
      }
      times.add(Duration.ofNanos(System.nanoTime() - begun));
      Thread.sleep(pause);
    }
    Collections.sort(times);
    return times;
  }
}
