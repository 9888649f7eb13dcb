import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// The training run for the archive of classes: a service on the runtime goes through all that a service meets, from its
/// start to its end, so that the archive holds what is used then and nothing else.
///
/// `java jlink/Train.java RUNTIME JVM-OPTION...`: the options say what the JVM records. Ends with 0 when every answer was
/// the expected one and the service ended with 0; else it says on stderr what was not, and ends with 1.
public final class Train {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = 3;

  private static final String CONFIGURATION = """
      name: trained
      reload: watch
      health:
        host: 127.0.0.1
        port: %d
        checks:
          itself: {tcp: "127.0.0.1:%d", every: 100ms}
          alive: {http: "http://127.0.0.1:%d/health/alive", every: 100ms, optional: true}
          here: {file: %s, probes: [alive, ready, startup]}
          localhost: {dns: localhost, optional: true}
      web:
        host: 127.0.0.1
        port: %d
      log: {level: %s}
      shutdown: {delay: 100ms, drain: 2s}
      """;

  private final Path runtime;
  private final List<String> options;
  private final int health = freePort();
  private final int web = freePort();

  private Train(Path runtime, List<String> options) throws Exception {
    this.runtime = runtime;
    this.options = options;
  }

  public static void main(String... arguments) throws Exception {
    try {
      new Train(Path.of(arguments[0]), List.of(arguments).subList(1, arguments.length)).run();
    } catch (IllegalStateException wrong) {
      System.err.println("training: " + wrong.getMessage());
      System.exit(1);
    }
  }

  private void run() throws Exception {
    Path folder = Files.createTempDirectory("train");
    Path file = Files.createFile(folder.resolve("uservice.yaml"));
    try {
      configure(file, "info");
      var command = new ArrayList<>(List.of(runtime.resolve("bin/java").toString()));
      command.addAll(options);
      command.addAll(List.of("-m", "uservice", "start", "-c", file.toString()));
      boolean greets = Files.readString(runtime.resolve("release")).contains("uservice.hello");
      if (greets) {
        command.addAll(List.of("--set", "hello.limit=2"));
      }
      Process service = new ProcessBuilder(command).inheritIO().start();
      try {
        until(this::ready, service, "it did not become ready");
        for (int round = 0; round < ROUNDS; round++) {
          probes();
          scrapes();
          if (greets) {
            requests(round);
          }
        }
        // By its file, and by signal: the JDK can send none but TERM, the shell can.
        configure(file, "debug");
        new ProcessBuilder("sh", "-c", "kill -HUP " + service.pid()).inheritIO().start().waitFor();
        until(() -> text("/metrics").contains("uservice_signals_total{signal=\"HUP\"} 1"), service, "the reload did not come");
        probes();
        service.destroy();
        check(service.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "it did not end");
        check(service.exitValue() == 0, "it ended with " + service.exitValue());
      } finally {
        service.destroyForcibly();
      }
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }
  }

  private void configure(Path file, String level) throws Exception {
    Files.writeString(file, CONFIGURATION.formatted(health, health, health, file, web, level));
  }

  private void until(Callable<Boolean> holds, Process service, String wrong) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.call()) {
      check(service.isAlive() && System.nanoTime() < deadline, wrong);
      Thread.sleep(20);
    }
  }

  private boolean ready() throws Exception {
    try {
      return answer("GET", health, "/health/ready") == 200;
    } catch (ConnectException notYet) {
      return false;
    }
  }

  private void probes() throws Exception {
    for (String probe : List.of("/health/alive", "/health/ready", "/health/startup", "/livez", "/readyz", "/health/version")) {
      expect(200, "GET", health, probe);
      expect(200, "GET", health, probe + "?verbose");
    }
    expect(200, "HEAD", health, "/health/ready");
    expect(404, "GET", health, "/nothing");
    expect(405, "DELETE", health, "/health/ready");
  }

  private void scrapes() throws Exception {
    expect(200, "GET", health, "/metrics");
    expect(200, "GET", health, "/metrics", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "Accept-Encoding", "gzip");
  }

  private void requests(int round) throws Exception {
    expect(200, "GET", web, "/hello");
    expect(200, "HEAD", web, "/hello");
    expect(204, "OPTIONS", web, "/hello");
    expect(round < 2 ? 200 : 429, "GET", web, "/");
    expect(404, "GET", web, "/nothing");
    expect(405, "POST", web, "/hello");
    expect(405, "DELETE", web, "/hello");
  }

  private void expect(int status, String method, int port, String path, String... fields) throws Exception {
    int answer = answer(method, port, path, fields);
    check(answer == status, method + " " + path + " was answered " + answer + ", not " + status);
  }

  private static int answer(String method, int port, String path, String... fields) throws Exception {
    var connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    connection.setRequestMethod(method);
    connection.setConnectTimeout((int) PATIENCE.toMillis());
    connection.setReadTimeout((int) PATIENCE.toMillis());
    for (int i = 0; i < fields.length; i += 2) {
      connection.setRequestProperty(fields[i], fields[i + 1]);
    }
    int status = connection.getResponseCode();
    try (var body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      if (body != null) {
        body.readAllBytes();
      }
    }
    return status;
  }

  private String text(String path) throws Exception {
    try (var body = URI.create("http://127.0.0.1:" + health + path).toURL().openStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static int freePort() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void check(boolean right, String wrong) {
    if (!right) {
      throw new IllegalStateException(wrong);
    }
  }
}
