package uservice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.KafkaServer;
import testing.Program;
import testing.Proxy;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;
import uservice.queue.Queues;

/// Hello world as a service over Kafka: workers and clients as processes of their own, while everything is killed in turn.
@Timeout(400)
class HwaasTest {
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

  private static long lines(List<Program> programs) { return programs.stream().mapToLong(each -> each.out().chars().filter(c -> c == '\n').count()).sum(); }

  /// Waits until these have printed so many more.
  private static void awaitLines(List<Program> programs, long more) throws InterruptedException {
    long until = lines(programs) + more;
    while (lines(programs) < until) { // bounded by the test's timeout
      Thread.sleep(5);
      for (Program each : programs) {
        assertTrue(each.alive(), each.err());
      }
    }
  }

  /// Submits these jobs, or the first of them; none where there is no answer.
  private static int submit(Queue queue, List<Job> jobs) throws InterruptedException {
    try {
      return queue.submit(jobs, Duration.ofMillis(500));
    } catch (QueueException away) {
      return 0;
    }
  }

  /// Submits the jobs named, in small batches, again where there is no answer, as `hwaas client` does.
  private static Void submitNamed(Queue queue) throws Exception {
    for (int i = 0; i < NAMED; ) {
      var batch = new ArrayList<Job>();
      for (int j = i; j < Math.min(NAMED, i + 20); j++) {
        batch.add(new Job("named-" + j, ("job number " + j).getBytes(UTF_8)));
      }
      i += submit(queue, batch);
      Thread.sleep(20); // spread over all that happens
    }
    return null;
  }

  private static long pending(Queue queue) {
    try {
      return queue.stats().depth() + queue.stats().pending();
    } catch (QueueException away) {
      return Long.MAX_VALUE;
    }
  }

  @Test void everyJobIsPrintedThoughAllIsKilledInTurn() throws Exception {
    KafkaServer server = KafkaServer.prepare(folder.resolve("kafka"), KafkaServer.NEWEST);
    var options = new QueueOptions(100_000, Duration.ofSeconds(2), Duration.ofSeconds(1), 1_000, Duration.ofMinutes(5), 100_000);
    var programs = new ArrayList<Program>();
    try (server; var network = Proxy.to(server.port())) {
      server.set("advertised.listeners", "PLAIN://127.0.0.1:" + network.port() + ",SASL://127.0.0.1:" + server.saslPort() + ",TLS://localhost:" + server.tlsPort()
          + ",SASLTLS://localhost:" + server.saslTlsPort());
      server.start();
      String uri = "kafka://127.0.0.1:" + network.port() + "/hellos?timeout=1s&session_timeout=2s&partitions=6";
      try (Queue queue = Queues.open(URI.create(uri), options)) {
        while (submit(queue, List.of(new Job("first", "job number first".getBytes(UTF_8)))) == 0) { // bounded by the test's timeout
          Thread.sleep(50); // the broker has just begun, and an answer may take no longer than a second
        }
        Program killed = run("worker", "3", "--queue", uri);
        Program second = run("worker", "3", "--queue", uri);
        Program killedClient = run("client", "20", "--rate", "50", "--queue", uri);
        Program client = run("client", "20", "--rate", "50", "--queue", uri);
        programs.addAll(List.of(killed, second, killedClient, client));
        var submitting = new FutureTask<>(() -> submitNamed(queue));
        Thread.ofVirtual().start(submitting);

        awaitLines(List.of(killed), 500);
        killed.signal("KILL");
        killedClient.signal("KILL");
        Program third = run("worker", "3", "--queue", uri); // one comes, and the group is divided anew under load
        programs.add(third);
        awaitLines(List.of(third), 500);
        server.kill();
        Thread.sleep(500);
        server.start();
        awaitLines(List.of(third), 500);
        network.cut();
        awaitLines(List.of(third), 500);
        network.stall(true);
        Thread.sleep(2_500); // longer than an answer may take, and than a session lasts
        network.stall(false);
        awaitLines(List.of(third), 500);
        second.signal("STOP"); // it hangs with what it has claimed
        awaitLines(List.of(third), 1_000); // and the other has its partitions, after its session
        second.signal("CONT");
        submitting.get();
        client.signal("TERM");
        assertEquals(0, client.exit(), client.err());
        while (pending(queue) > 0) { // bounded by the test's timeout
          Thread.sleep(50);
        }
        for (Program worker : List.of(second, third)) {
          worker.signal("TERM");
          assertEquals(0, worker.exit(), worker.err());
          assertEquals(report(worker).get("printed"), lines(List.of(worker)), "its report and its output");
          assertEquals(0, report(worker).get("pending"));
          assertEquals(0, report(worker).get("dead"));
        }
        killed.exit();
        killedClient.exit();

        var printed = List.of(killed, second, third).stream().flatMap(worker -> worker.out().lines()).toList();
        var named = printed.stream().filter(line -> line.startsWith("job number ")).collect(Collectors.toSet());
        assertEquals(NAMED + 1, named.size(), "each that the test knows by name, at least once");
        long hellos = printed.stream().filter("hello, world!"::equals).count();
        assertTrue(hellos >= report(client).get("submitted"), hellos + " hellos, and one client alone submitted " + report(client).get("submitted"));
        assertTrue(report(client).get("submitted") > 2_000, "thousands: " + report(client));
        assertTrue(second.err().contains("waiting for the queue") && second.err().contains("the queue is back"), second.err());
      }
    } finally {
      programs.forEach(Program::close);
    }
  }
}
