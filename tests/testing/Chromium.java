package testing;

import module java.base;
import module java.net.http;

/// A headless Chromium of its own, with a folder of its own, and one DevTools connection to it: JSON texts there and back.
public final class Chromium implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LISTENING = "DevTools listening on ";

  private final Process process;
  private final Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final WebSocket socket;

  private Chromium(Path folder, String program, String... options) throws IOException, InterruptedException {
    this.folder = folder;
    var command = new ArrayList<>(List.of(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
        "--hide-scrollbars", "--remote-debugging-port=0", "--remote-debugging-address=127.0.0.1", "--user-data-dir=" + folder));
    command.addAll(List.of(options));
    command.add("about:blank");
    process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.PIPE).start();
    Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(said::add));
    socket = http.newWebSocketBuilder().buildAsync(address(), new WebSocket.Listener() {
      private final StringBuilder text = new StringBuilder();

      @Override public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
          received.add(text.toString());
          text.setLength(0);
        }
        from.request(1);
        return null;
      }
    }).join();
  }

  /// Where it is installed; empty where it is not.
  public static Optional<String> installed() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(folder -> Path.of(folder, "chromium"))
        .filter(Files::isExecutable).map(Path::toString).findFirst();
  }

  /// Starts one; `folder` comes into being and holds what it keeps.
  public static Chromium start(Path folder, String... options) throws IOException, InterruptedException {
    return new Chromium(folder, installed().orElseThrow(), options);
  }

  private URI address() throws InterruptedException {
    var heard = new StringJoiner("\n");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline && (process.isAlive() || !said.isEmpty())) {
      String line = said.poll(1, TimeUnit.SECONDS);
      if (line != null && line.startsWith(LISTENING)) {
        return URI.create(line.substring(LISTENING.length()).strip());
      }
      heard.add(line == null ? "" : line);
    }
    process.destroyForcibly();
    throw new AssertionError("chromium did not begin to listen: " + heard);
  }

  public void send(String json) {
    socket.sendText(json, true).join();
  }

  /// The next message; null where none comes within a second.
  public String receive() throws InterruptedException {
    return received.poll(1, TimeUnit.SECONDS);
  }

  @Override public void close() throws IOException {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
    http.shutdownNow();
    deleteFolder();
  }

  /// What its last helpers still write there may be in the way once or twice.
  private void deleteFolder() throws IOException {
    for (int left = 50; left > 0 && Files.exists(folder); left--) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      } catch (UncheckedIOException gone) {
        // Deleted by its owner meanwhile.
      }
    }
  }
}
