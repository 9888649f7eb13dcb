package uservice.control;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import testing.Http;
import testing.Program;

/// A service with its control port, as a process, and the words in which tests talk to it.
final class Running implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> SETTINGS = List.of("health.port=0", "web.port=0", "control.port=0", "shutdown.delay=0s");

  final Program program;

  private Running(Program program) {
    this.program = program;
  }

  /// Starts it with these settings, in front of which stand ports that are free, and no delay.
  static Running with(Path folder, String... settings) throws IOException {
    return with(folder, Map.of(), List.of(settings), List.of());
  }

  /// Starts it with a command behind `--`.
  static Running with(Path folder, Map<String, String> environment, List<String> settings, List<String> command) throws IOException {
    var words = new ArrayList<>(List.of("start"));
    Stream.concat(SETTINGS.stream(), settings.stream()).forEach(setting -> words.addAll(List.of("--set", setting)));
    if (!command.isEmpty()) {
      words.add("--");
      words.addAll(command);
    }
    var java = new ArrayList<>(Program.java());
    java.add(java.indexOf("-p"), "--enable-native-access=uservice");
    return new Running(Program.launch(folder, environment, java, words.toArray(String[]::new)));
  }

  /// The same with a script for the shell.
  static Running shell(Path folder, List<String> settings, String script) throws IOException {
    return with(folder, Map.of(), settings, List.of("sh", "-c", script));
  }

  int control() throws InterruptedException {
    return program.port("control_port");
  }

  int health() throws InterruptedException {
    return program.port("health_port");
  }

  Http.Answer ask(String method, String path, String body) throws Exception {
    return ask(method, path, "", body);
  }

  Http.Answer ask(String method, String path, String headers, String body) throws Exception {
    try (var http = Http.connect(control())) {
      return http.ask(method, path, "Connection: close\r\n" + headers, body);
    }
  }

  /// Asks, and has the status be this one; returns the body.
  String ok(int status, String method, String path, String body) throws Exception {
    Http.Answer answer = ask(method, path, body);
    assertEquals(status, answer.status(), method + " " + path + " " + body + ": " + answer.body() + "\n" + program.out());
    return answer.body();
  }

  /// Asks, has the status be this one and the answer a problem, and returns what it says.
  String problem(int status, String method, String path, String body) throws Exception {
    Http.Answer answer = ask(method, path, body);
    assertEquals(status, answer.status(), answer.body());
    return detail(answer);
  }

  static String detail(Http.Answer answer) {
    assertEquals("application/problem+json", answer.header("Content-Type"), answer.body());
    return uservice.json.Json.parse(answer.body()).asString("/detail");
  }

  int probe(String path) throws Exception {
    return Http.get(health(), path).status();
  }

  /// Waits until a probe answers so, and returns what it says.
  String awaitProbe(String path, int status) throws Exception {
    return await("GET " + path + " is " + status, () -> Http.get(health(), path), answer -> answer.status() == status).body();
  }

  /// Waits until the scrape has this line.
  void awaitMetric(String line) throws Exception {
    await("the scrape has " + line, () -> Http.get(health(), "/metrics").body(), page -> page.contains("\n" + line + "\n"));
  }

  String metrics() throws Exception {
    return Http.get(health(), "/metrics").body();
  }

  <T> T await(String what, Callable<T> question, Predicate<T> right) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      T answer = question.call();
      if (right.test(answer)) {
        return answer;
      }
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("never came true: " + what + ", but " + answer + "\n" + program.out() + program.err());
      }
      Thread.sleep(10);
    }
  }

  int exit() throws InterruptedException {
    return program.exit();
  }

  String out() {
    return program.out();
  }

  @Override public void close() {
    ProcessHandle.of(program.pid()).ifPresent(handle -> handle.descendants().forEach(ProcessHandle::destroyForcibly));
    program.close();
  }
}
