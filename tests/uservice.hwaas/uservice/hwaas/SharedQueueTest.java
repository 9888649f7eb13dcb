package uservice.hwaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.PostgresServer;
import testing.Program;
import testing.Proxy;
import testing.RedisServer;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;
import uservice.queue.Queues;

/// Workers and clients as processes of their own on one queue, while everything is killed in turn.
@Timeout(240)
class SharedQueueTest {
  private static final int NAMED = 6_000; // jobs that the test knows one by one

  @TempDir Path folder;

  private Program run(String... words) throws Exception {
    var all = new ArrayList<>(List.of("hwaas"));
    all.addAll(List.of(words));
    all.addAll(List.of("--set", "health.port=0", "--set", "shutdown.delay=0s", "--set", "hwaas.options.visibility=2s", "--set", "hwaas.options.max_attempts=1000"));
    return Program.run(folder, Map.of("REDIS_URL", ""), all.toArray(String[]::new));
  }

  private static Map<String, Long> report(Program program) {
    String line = program.err().lines().filter(each -> each.startsWith("hwaas: ")).reduce((_, last) -> last)
        .orElseThrow(() -> new AssertionError("no report: " + program.err()));
    var figures = new LinkedHashMap<String, Long>();
    for (String part : line.substring("hwaas: ".length()).split(", ")) {
      figures.put(part.split(" ")[0], Long.valueOf(part.split(" ")[1]));
    }
    return figures;
  }

  private static long lines(Program program) { return program.out().chars().filter(c -> c == '\n').count(); }

  private static void awaitLines(Program program, long more) throws InterruptedException {
    long until = lines(program) + more;
    while (lines(program) < until) { // bounded by the test's timeout
      Thread.sleep(5);
      assertTrue(program.alive(), program.err());
    }
  }

  /// Submits the jobs named, in small batches, again where there is no answer, as `hwaas client` does.
  private static Void submitNamed(Queue queue) throws Exception {
    for (int i = 0; i < NAMED; ) {
      var batch = new ArrayList<Job>();
      for (int j = i; j < Math.min(NAMED, i + 20); j++) {
        batch.add(new Job("named-" + j, ("job number " + j).getBytes(UTF_8)));
      }
      try {
        i += queue.submit(batch, Duration.ofMillis(500));
        Thread.sleep(20); // spread over all that happens
      } catch (QueueException away) {
        Thread.sleep(50);
      }
    }
    return null;
  }

  private interface Step {
    void happens() throws Exception;
  }

  @Test void everyJobIsPrintedThoughAllIsKilledInTurn() throws Exception {
    try (var server = RedisServer.start(folder); var network = Proxy.to(server.port())) {
      printsAll("redis://127.0.0.1:" + network.port() + "/1?timeout=1s", network, server::kill, server::start,
          () -> Long.parseLong(server.cli("-n", "1", "XINFO", "STREAM", "uservice:queue:default").lines()
              .dropWhile(line -> !line.equals("entries-added")).skip(1).findFirst().orElseThrow()));
    }
  }

  @Test void theSameOverPostgresql() throws Exception {
    try (var server = PostgresServer.start(); var network = Proxy.to(server.port())) {
      printsAll("postgres://owner:" + PostgresServer.SECRET + "@127.0.0.1:" + network.port() + "/postgres?timeout=1s", network, server::kill, server::begin,
          () -> Long.parseLong(server.sql("SELECT last FROM uservice_queue WHERE name = 'default'")));
    }
  }

  /// Runs workers and clients, kills what there is in turn, and counts; `jobs` says how many the server has ever got.
  private void printsAll(String uri, Proxy network, Step kill, Step start, Callable<Long> jobs) throws Exception {
    var options = new QueueOptions(100_000, Duration.ofSeconds(2), Duration.ofSeconds(1), 1_000, Duration.ofMinutes(5), 100_000);
    var programs = new ArrayList<Program>();
    try (Queue queue = Queues.open(URI.create(uri), options)) {
      Program killed = run("worker", "3", "--queue", uri);
      Program second = run("worker", "3", "--queue", uri);
      Program killedClient = run("client", "20", "--rate", "50", "--queue", uri);
      Program client = run("client", "20", "--rate", "50", "--queue", uri);
      programs.addAll(List.of(killed, second, killedClient, client));
      var submitting = new FutureTask<>(() -> submitNamed(queue));
      Thread.ofVirtual().start(submitting);

      awaitLines(killed, 500);
      killed.signal("KILL");
      killedClient.signal("KILL");
      Program third = run("worker", "3", "--queue", uri);
      programs.add(third);
      awaitLines(third, 500);
      kill.happens();
      Thread.sleep(500);
      start.happens();
      awaitLines(third, 500);
      network.cut();
      awaitLines(third, 500);
      network.stall(true);
      Thread.sleep(2_500); // longer than an answer may take, and than a claim lasts
      network.stall(false);
      awaitLines(third, 500);
      second.signal("STOP"); // it hangs with what it has claimed
      Thread.sleep(3_000);
      second.signal("CONT");
      submitting.get();
      client.signal("TERM");
      assertEquals(0, client.exit(), client.err());
      while (queue.stats().depth() + queue.stats().pending() > 0) { // bounded by the test's timeout
        Thread.sleep(20);
      }
      for (Program worker : List.of(second, third)) {
        worker.signal("TERM");
        assertEquals(0, worker.exit(), worker.err());
        assertEquals(report(worker).get("printed"), lines(worker), "its report and its output");
        assertEquals(0, report(worker).get("pending"));
        assertEquals(0, report(worker).get("dead"));
      }
      killed.exit();
      killedClient.exit();

      var printed = List.of(killed, second, third).stream().flatMap(worker -> worker.out().lines()).toList();
      var named = printed.stream().filter(line -> line.startsWith("job number ")).collect(Collectors.toSet());
      assertEquals(NAMED, named.size(), "each that the test knows by name, at least once");
      long hellos = printed.stream().filter("hello, world!"::equals).count();
      long added = jobs.call();
      assertTrue(printed.size() >= added, printed.size() + " lines of " + added + " jobs");
      assertTrue(hellos >= report(client).get("submitted"), hellos + " hellos, and one client alone submitted " + report(client).get("submitted"));
      assertTrue(report(client).get("submitted") > 2_000, "thousands: " + report(client));
      assertTrue(second.err().contains("waiting for the queue") && second.err().contains("the queue is back"), second.err());
    } finally {
      programs.forEach(Program::close);
    }
  }
}
