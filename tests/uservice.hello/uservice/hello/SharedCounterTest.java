package uservice.hello;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.PostgresServer;
import testing.Program;
import testing.RedisServer;

/// `GET /` of several processes that share one counter, each over many connections, until the limit and beyond.
@Timeout(180)
class SharedCounterTest {
  private static final int PROCESSES = 4;
  private static final int CONNECTIONS = 64;

  @TempDir Path folder;

  /// What all connections were told.
  private static final class Told {
    final ConcurrentLinkedQueue<Long> numbers = new ConcurrentLinkedQueue<>();
    final LongAdder away = new LongAdder();
    final LongAdder unavailable = new LongAdder();
  }

  private Program hello(String counter, long limit) throws Exception {
    return Program.run(folder, Map.of(), "start", "--set", "hello.counter=" + counter, "--set", "hello.limit=" + limit, "--set", "health.port=0",
        "--set", "web.port=0", "--set", "shutdown.delay=0s");
  }

  /// Asks on one connection until it is sent away, again where there is no answer.
  private static Void ask(int port, Told told) throws Exception {
    long last = 0;
    try (var http = Http.connect(port)) {
      while (true) {
        Http.Answer answer = http.get("/");
        switch (answer.status()) {
          case 200 -> {
            assertTrue(answer.body().startsWith("{\"hello\":\"world\",\"request_num\":"), answer.body());
            long number = Long.parseLong(answer.body().replaceAll("\\D", ""));
            assertTrue(number > last, "never backwards");
            last = number;
            told.numbers.add(number);
          }
          case 429 -> {
            told.away.increment();
            return null;
          }
          case 503 -> {
            told.unavailable.increment();
            assertEquals("1", answer.header("Retry-After"));
            Thread.sleep(5);
          }
          default -> fail(answer.status() + " " + answer.body());
        }
      }
    }
  }

  private interface Meanwhile {
    void happens(Told told) throws Exception;
  }

  /// Returns what was told, and the logs of all processes.
  private Map.Entry<Told, String> all(String counter, long limit, Meanwhile meanwhile) throws Exception {
    var told = new Told();
    var logs = new StringBuilder();
    var programs = new ArrayList<Program>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < PROCESSES; i++) {
        programs.add(hello(counter, limit));
      }
      var asking = new ArrayList<Future<?>>();
      for (Program program : programs) {
        int port = program.port("web_port");
        for (int i = 0; i < CONNECTIONS; i++) {
          asking.add(threads.submit(() -> ask(port, told)));
        }
      }
      meanwhile.happens(told);
      for (Future<?> each : asking) {
        each.get();
      }
      for (Program program : programs) {
        while (Http.get(program.port("health_port"), "/readyz/counter").status() != 200) { // bounded by the test's timeout
          Thread.sleep(5); // the last check may be of when the server was down
        }
        program.signal("TERM");
        assertEquals(0, program.exit(), program.out());
        logs.append(program.out());
      }
    } finally {
      programs.forEach(Program::close);
    }
    assertEquals(PROCESSES * CONNECTIONS, told.away.sum());
    return Map.entry(told, logs.toString());
  }

  @Test void everyNumberOnceOverRedis() throws Exception {
    try (var server = RedisServer.start(folder)) {
      long limit = 5_000;
      Told told = all(server.uri("/1").toString(), limit, _ -> {}).getKey();
      assertEquals(LongStream.rangeClosed(1, limit).boxed().toList(), told.numbers.stream().sorted().toList());
      assertEquals(0, told.unavailable.sum());
      assertEquals("" + limit, server.cli("-n", "1", "GET", "uservice:counter:default"));
    }
  }

  @Test void everyNumberOnceThoughRedisIsKilled() throws Exception {
    try (var server = RedisServer.start(folder)) {
      long limit = 20_000;
      var result = all(server.uri("").toString(), limit, told -> {
        for (int kill = 0; kill < 2; kill++) {
          int before = told.numbers.size();
          while (told.numbers.size() < before + 2_000) { // bounded by the test's timeout
            Thread.sleep(1);
          }
          server.kill();
          Thread.sleep(300); // so that some are told that it is down
          server.start();
        }
      });
      holds(result.getKey(), limit, result.getValue());
    }
  }

  /// Each number at most once; those that nobody got are no more than the answers that were lost, as the log has them.
  static void holds(Told told, long limit, String log) {
    var distinct = new TreeSet<>(told.numbers);
    assertEquals(told.numbers.size(), distinct.size(), "none twice");
    assertTrue(distinct.first() >= 1 && distinct.last() <= limit);
    long lost = log.lines().filter(line -> line.contains("a number may be skipped")).count();
    long skipped = limit - distinct.size();
    assertTrue(skipped <= lost, skipped + " skipped, " + lost + " lost answers in the log");
    assertTrue(told.unavailable.sum() > 0, "it was down");
  }

  @Test void withoutItsServerItIsNotReadyAnswers503AndComesBack() throws Exception {
    try (var server = RedisServer.start(folder); var program = hello(server.uri("").toString(), 10)) {
      int web = program.port("web_port");
      int health = program.port("health_port");
      assertEquals("{\"hello\":\"world\",\"request_num\":1}", Http.get(web, "/").body());
      server.kill();
      while (Http.get(health, "/health/ready").status() == 200) { // bounded by the test's timeout
        Thread.sleep(5);
      }
      assertEquals(200, Http.get(health, "/health/alive").status(), "a restart would not help");
      assertEquals(503, Http.get(web, "/").status());
      assertEquals(200, Http.get(web, "/hello").status());
      server.start();
      while (Http.get(health, "/health/ready").status() != 200) {
        Thread.sleep(5);
      }
      assertEquals("{\"hello\":\"world\",\"request_num\":2}", Http.get(web, "/").body());
    }
  }

  @Test void everyNumberOnceOverPostgresql() throws Exception {
    try (var server = PostgresServer.start()) {
      long limit = 5_000;
      Told told = all(server.uri().toString(), limit, _ -> {}).getKey();
      assertEquals(LongStream.rangeClosed(1, limit).boxed().toList(), told.numbers.stream().sorted().toList());
      assertEquals(0, told.unavailable.sum());
      assertEquals("" + limit, server.sql("SELECT value FROM uservice_counter WHERE name = 'default'"));
    }
  }

  @Test void everyNumberOnceThoughPostgresqlIsKilled() throws Exception {
    try (var server = PostgresServer.start()) {
      long limit = 20_000;
      var result = all(server.uri().toString(), limit, told -> {
        for (int kill = 0; kill < 2; kill++) {
          int before = told.numbers.size();
          while (told.numbers.size() < before + 2_000) { // bounded by the test's timeout
            Thread.sleep(1);
          }
          server.kill();
          Thread.sleep(300); // so that some are told that it is down
          server.begin();
        }
      });
      holds(result.getKey(), limit, result.getValue());
    }
  }
}
