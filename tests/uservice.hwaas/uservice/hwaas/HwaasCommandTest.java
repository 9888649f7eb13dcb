package uservice.hwaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Program;

/// The command as a process of its own, as it is typed.
@Timeout(120)
class HwaasCommandTest {
  private static final String USAGE = "usage: uservice hwaas WORKERS CLIENTS|worker N|client N"
      + " [--queue URI] [--rate PER_SECOND] [--count N] [--report WHEN] [-c FILE] [--set KEY=VALUE]\n";

  @TempDir Path folder;

  private Program run(String... words) throws Exception {
    return Program.run(folder, Map.of("REDIS_URL", ""), Stream.concat(Stream.of("hwaas"), Stream.of(words)).toArray(String[]::new));
  }

  /// The figures of the report, by their names.
  private static Map<String, Long> report(String err) {
    String line = err.lines().filter(each -> each.startsWith("hwaas: ")).reduce((_, last) -> last).orElseThrow(() -> new AssertionError("no report: " + err));
    var figures = new LinkedHashMap<String, Long>();
    for (String part : line.substring("hwaas: ".length()).split(", ")) {
      figures.put(part.split(" ")[0], Long.valueOf(part.split(" ")[1]));
    }
    return figures;
  }

  private static long hellos(String out) {
    assertTrue(out.isEmpty() || out.endsWith("\n"), "whole lines");
    return out.lines().peek(line -> assertEquals("hello, world!", line)).count();
  }

  private static void addsUp(Program program) {
    Map<String, Long> report = report(program.err());
    assertEquals(List.of("submitted", "printed", "duplicate", "dead", "pending"), List.copyOf(report.keySet()));
    assertEquals(report.get("submitted"), report.get("printed") + report.get("dead") + report.get("pending"), program.err());
    assertEquals(report.get("printed"), hellos(program.out()), program.err());
  }

  @Test void printsALineForEachSubmissionAndNothingElse() throws Exception {
    try (var program = run("10", "100", "--rate", "max", "--count", "50000")) {
      assertEquals(0, program.exit(), program.err());
      addsUp(program);
      assertEquals("hwaas: submitted 50000, printed 50000, duplicate 0, dead 0, pending 0\n", program.err());
    }
  }

  @Test void eachClientKeepsItsRateAndTheirBeatsAreSpread() throws Exception {
    try (var program = run("2", "40", "--rate", "5", "--count", "400")) { // two seconds of 200 each, 5 ms apart
      program.awaitOut("hello, world!\n".repeat(3));
      assertTrue(program.out().length() < 14 * 200, "they do not fire all at once");
      assertEquals(0, program.exit(), program.err());
      addsUp(program);
    }
  }

  @Test void signalDrains() throws Exception {
    for (String signal : List.of("INT", "TERM")) {
      try (var program = run("4", "1000", "--rate", "20")) {
        program.awaitOut("hello, world!\n".repeat(3000));
        program.signal(signal);
        assertEquals(0, program.exit(), program.err());
        addsUp(program);
        assertEquals(0, report(program.err()).get("pending"));
      }
    }
  }

  /// Its output is a pipe that nobody reads and that is full, so that the workers cannot finish.
  @Test void secondSignalEndsAtOnce() throws Exception {
    var words = new ArrayList<>(Program.java());
    words.addAll(List.of("hwaas", "2", "2", "--rate", "max", "--report", "10s"));
    Path err = folder.resolve("err");
    var builder = new ProcessBuilder(words).directory(folder.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("USERVICE_") || name.equals("REDIS_URL"));
    Process process = builder.start();
    try {
      while (process.getInputStream().available() < 32 * 1024) { // bounded by the test's timeout
        Thread.sleep(5);
      }
      signal(process);
      assertFalse(process.waitFor(1, TimeUnit.SECONDS), "it waits for its reader: " + Files.readString(err));
      long asked = System.nanoTime();
      signal(process);
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      assertEquals(1, process.exitValue(), Files.readString(err));
      assertTrue(System.nanoTime() - asked < Workers.FINISHING.toNanos() / 2, "it did not wait for the workers");
    } finally {
      process.destroyForcibly();
    }
  }

  private static void signal(Process process) throws Exception {
    new ProcessBuilder("kill", "-s", "INT", Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  @Test void readerThatLeavesEndsItInOrder() throws Exception {
    String command = Program.java().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    try (var program = Program.launch(folder, Map.of(), List.of("sh", "-c", "{ " + command + " hwaas 2 5 --rate 20; echo exit $? >&2; } | head -1"))) {
      assertEquals(0, program.exit(), program.err());
      assertEquals("hello, world!\n", program.out());
      assertTrue(program.err().endsWith("exit 0\n"), program.err());
      Map<String, Long> report = report(program.err());
      assertEquals(report.get("submitted"), report.get("printed") + report.get("pending"), program.err());
      assertFalse(program.err().contains("Exception"), program.err());
    }
  }

  @Test void outputThatFailsEndsItWithAReason() throws Exception {
    String command = Program.java().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    try (var program = Program.launch(folder, Map.of(), List.of("sh", "-c", command + " hwaas 1 1 >/dev/full"))) {
      assertEquals(1, program.exit(), program.err());
      assertTrue(program.err().contains("standard output: No space left on device; what is not printed stays in the queue"), program.err());
      assertEquals(1, report(program.err()).get("pending"));
    }
  }

  @Test void wrongWordsAreOneLineAndTheUsage() throws Exception {
    refuses("WORKERS is 'x', must be a whole number from 1 to 1000", "x", "1");
    refuses("CLIENTS is '1.5', must be a whole number from 1 to 100000", "1", "1.5");
    refuses("WORKERS is '0', must be a whole number from 1 to 1000", "0", "1");
    refuses("N is '100001', must be a whole number from 1 to 100000", "client", "100001", "--queue", "redis://h/1");
    refuses("missing WORKERS CLIENTS|worker N|client N", "1");
    refuses("missing WORKERS CLIENTS|worker N|client N");
    refuses("unexpected argument '3'", "1", "2", "3");
    refuses("--rate is 'fast', must be a number from 0 to 1000000, or max", "1", "1", "--rate", "fast");
    refuses("--rate is 'NaN', must be a number from 0 to 1000000, or max", "1", "1", "--rate", "NaN");
    refuses("--count is '0', must be a whole number above 0", "1", "1", "--count", "0");
    refuses("'worker' needs a queue that others share, and memory: is this process alone: name one with --queue or $REDIS_URL,"
        + " such as redis://localhost:6379/1", "worker", "1", "--queue", "memory:");
    try (var program = run("-1", "1")) { // the command line takes it for an option
      assertEquals(2, program.exit());
    }
  }

  private void refuses(String message, String... words) throws Exception {
    try (var program = run(words)) {
      assertEquals(2, program.exit(), program.err());
      assertEquals("uservice hwaas: " + message + "\n" + USAGE, program.err());
      assertEquals("", program.out());
    }
  }

  @Test void helpSaysWhatThereIs() throws Exception {
    try (var program = run("--help")) {
      assertEquals(0, program.exit());
      assertEquals(USAGE + """

          print hello, world! as a service that loses nothing

            --queue URI        where the jobs are kept; else $REDIS_URL, else memory: (for one side alone redis://localhost:6379/1)
            --rate PER_SECOND  submissions of each client, 1 where left out; max is as many as go
            --count N          end after so many submissions
            --report WHEN      print the report this often, such as 10s, not only at the end; live: a line that counts, on a terminal
            -c, --config FILE  the configuration; else $USERVICE_CONFIG, else ./uservice.yaml where it exists
            --set KEY=VALUE    set one key, above the file and the environment
            -v, --verbose      log more; twice for everything
            -h, --help         print this
          """, program.out());
    }
  }

  @Test void queueOfTheEnvironmentIsTakenAndItsPasswordNotShown() throws Exception {
    try (var program = Program.run(folder, Map.of("REDIS_URL", "amqp://user:geheim@host/1"), "hwaas", "1", "1")) {
      assertEquals(3, program.exit(), program.err());
      assertTrue(program.err().contains("hwaas.queue: unknown scheme 'amqp'"), program.err());
      assertFalse(program.err().contains("geheim"), program.err());
    }
    try (var program = Program.run(folder, Map.of("REDIS_URL", "amqp://user:geheim@host/1"), "hwaas", "1", "1", "--queue", "memory:", "--count", "1")) {
      assertEquals(0, program.exit(), "--queue stands above it: " + program.err());
    }
  }

  @Test void queueOfTheConfigurationStandsAboveTheEnvironment() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "hwaas: {queue: \"nats://host\"}\n");
    try (var program = Program.run(folder, Map.of("REDIS_URL", "amqp://host/1"), "hwaas", "worker", "1")) {
      assertEquals(3, program.exit(), program.err());
      assertTrue(program.err().contains("unknown scheme 'nats'"), program.err());
    }
  }

  @Test void twoAtOnceAreInNobodysWayUnlessConfigured() throws Exception {
    try (var taken = new ServerSocket(8079)) {
      try (var program = run("1", "1", "--count", "1")) {
        assertEquals(0, program.exit(), program.err());
      }
    } catch (BindException takenAlready) {
      try (var program = run("1", "1", "--count", "1")) { // as well: somebody else has it
        assertEquals(0, program.exit(), program.err());
      }
    }
    try (var taken = new ServerSocket(0)) {
      try (var program = run("1", "1", "--count", "1", "--set", "health.port=" + taken.getLocalPort(), "--set", "health.host=0.0.0.0")) {
        assertEquals(1, program.exit(), program.err());
        assertTrue(program.err().contains("port " + taken.getLocalPort()) || program.err().contains(":" + taken.getLocalPort()), program.err());
      }
    }
  }

  @Test void runsUnderStartWithProbesAndMetrics() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "hwaas: {workers: 2, clients: 20, rate: 50, message: grüß dich}\n");
    try (var program = Program.run(folder, Map.of(), "start", "--set", "health.port=0", "--set", "shutdown.delay=0s")) {
      program.awaitOut("grüß dich\n".repeat(500));
      int port = port(program);
      awaitStatus(port, "/readyz/queue", 200);
      assertEquals(200, Http.get(port, "/livez/workers").status());
      assertEquals(200, Http.get(port, "/health/ready").status());
      String metrics = Http.get(port, "/metrics").body();
      assertTrue(value(metrics, "hwaas_submitted_total") >= 500, metrics);
      assertTrue(value(metrics, "hwaas_printed_total") >= 500, metrics);
      for (String name : List.of("hwaas_duplicate_total", "queue_depth", "queue_pending", "queue_dead", "queue_oldest_age_seconds", "queue_redelivered_total")) {
        assertTrue(value(metrics, name) >= 0, name);
      }
      program.signal("TERM");
      assertEquals(0, program.exit(), program.err());
      Map<String, Long> report = report(program.err());
      assertEquals(report.get("submitted"), report.get("printed"));
      assertEquals("grüß dich\n".repeat(Math.toIntExact(report.get("printed"))), program.out());
      assertTrue(program.err().contains("\"message\":\"stopped\""), "the log: " + program.err());
    }
  }

  private static int port(Program program) throws Exception {
    String marker = "\"health_port\":";
    while (!program.err().contains(marker)) { // bounded by the test's timeout
      Thread.sleep(5);
    }
    return Integer.parseInt(program.err().split(marker)[1].split("\\D", 2)[0]);
  }

  private static void awaitStatus(int port, String path, int status) throws Exception {
    while (Http.get(port, path).status() != status) { // bounded by the test's timeout
      Thread.sleep(5);
    }
  }

  private static double value(String metrics, String name) {
    return metrics.lines().filter(line -> line.startsWith(name + " ")).mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findAny().orElseThrow(() -> new AssertionError("no " + name + " in " + metrics));
  }

  @Test void configurationThatMakesNoSenseIsRefusedAtItsPlace() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), """
        hwaas:
          workers: 0
          queue: "memory:"
        """);
    try (var program = Program.run(folder, Map.of(), "parse")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().contains("queue: memory: is this process alone, and without workers nobody prints: name a shared queue"), program.err());
    }
    Files.writeString(folder.resolve("uservice.yaml"), "hwaas: {message: \"two\\nlines\", options: {capacity: 0}}\n");
    try (var program = Program.run(folder, Map.of(), "parse")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().contains("hwaas.options.capacity"), program.err());
    }
  }

  @Test void whatParsePrintsIsAcceptedAgain() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "hwaas: {workers: 3, report: 1m}\n");
    try (var first = Program.run(folder, Map.of(), "parse")) {
      assertEquals(0, first.exit(), first.err());
      Files.writeString(folder.resolve("again.yaml"), first.out());
      try (var second = Program.run(folder, Map.of(), "parse", "-c", "again.yaml")) {
        assertEquals(0, second.exit(), second.err());
        assertEquals(first.out(), second.out());
      }
    }
  }
}
