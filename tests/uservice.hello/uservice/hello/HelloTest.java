package uservice.hello;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Modules;
import testing.Program;

/// The sample as its visitors see it, in a process of its own.
@Timeout(120)
class HelloTest {
  @TempDir Path folder;

  private Program start(String... settings) throws Exception {
    var words = new ArrayList<>(List.of("start", "--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s"));
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    return Program.run(folder, Map.of(), words.toArray(String[]::new));
  }

  @Test void countsEachNumberOnceUpToTheLimitAndThenSendsAway() throws Exception {
    try (var program = start("hello.limit=500", "hello.allow_reset=true")) {
      int web = program.port("web_port");
      assertEquals(sequence(500), numbers(web, 600));
      Http.Answer over = Http.get(web, "/");
      assertEquals(429, over.status());
      assertEquals("{\"Go\":\"away!\",\"request_num\":500}", over.body());

      try (var http = Http.connect(web)) {
        assertEquals(204, http.ask("DELETE", "/counter", "", "").status());
        assertEquals("{\"hello\":\"world\",\"request_num\":1}", http.get("/").body());
      }
      String metrics = Http.get(program.port("health_port"), "/metrics").body();
      assertTrue(metrics.contains("\nhello_counted_total 501\n"), metrics);
      assertTrue(metrics.contains("\nhello_refused_total 101\n"), metrics);
    }
  }

  /// Asks `count` times from eight clients at once; returns the numbers that were given, sorted.
  private static List<Integer> numbers(int port, int count) throws Exception {
    var numbers = new ConcurrentLinkedQueue<Integer>();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Future<?>>();
      for (int client = 0; client < 8; client++) {
        asked.add(clients.submit(() -> {
          try (var http = Http.connect(port)) {
            for (int i = 0; i < count / 8; i++) {
              Http.Answer answer = http.get("/");
              if (answer.status() == 200) {
                numbers.add(Integer.parseInt(answer.body().replaceAll(".*:(\\d+)}", "$1")));
              }
            }
          }
          return null;
        }));
      }
      for (Future<?> each : asked) {
        each.get();
      }
    }
    return numbers.stream().sorted().toList();
  }

  private static List<Integer> sequence(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  @Test void greetsWithoutCounting() throws Exception {
    try (var program = start("hello.greeting=Welt \"7\"", "hello.limit=1", "hello.over_limit_status=200")) {
      int web = program.port("web_port");
      assertEquals("{\"hello\":\"Welt \\\"7\\\"\"}", Http.get(web, "/hello").body());
      assertEquals("{\"hello\":\"Welt \\\"7\\\"\",\"request_num\":1}", Http.get(web, "/").body());
      Http.Answer over = Http.get(web, "/");
      assertEquals("200 {\"Go\":\"away!\",\"request_num\":1}", over.status() + " " + over.body());
    }
  }

  @Test void resetsOnlyWhereItMay() throws Exception {
    try (var program = start("hello.limit=3"); var http = Http.connect(program.port("web_port"))) {
      Http.Answer refused = http.ask("DELETE", "/counter", "", "");
      assertEquals(403, refused.status());
      assertEquals("application/problem+json", refused.header("Content-Type"));
      assertTrue(refused.body().contains("\"detail\":\"hello.allow_reset is false\""), refused.body());
    }
  }

  @Test void counterOfAModuleThatIsNotHereIsRefusedByName() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "hello:\n  counter: redis://user:geheim@db:6379/1\n");
    List<String> command = Modules.alone(folder.resolve("modules"), "uservice", "uservice.hello");
    try (var program = Program.launch(folder, Map.of(), command, "parse")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().contains("'redis://…' needs module uservice.redis, which is not in this image"), program.err());
      assertFalse(program.err().contains("geheim"), "a password is never shown: " + program.err());
      assertTrue(program.err().startsWith("uservice.yaml:2:12: error: hello.counter: "), program.err());
    }
  }
}
