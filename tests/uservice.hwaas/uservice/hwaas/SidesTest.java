package uservice.hwaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import uservice.health.Checks;
import uservice.health.Health;
import uservice.health.Probe;
import uservice.metrics.Format;
import uservice.metrics.Metrics;
import uservice.json.Utf8Buffer;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.QueueOptions;

/// Clients and workers on a queue whose line is cut at the worst moments.
@Timeout(60)
class SidesTest {
  private static final String HELLO = "hello, world!";

  private final Peer peer = new Peer(Duration.ofMillis(200));
  private final Metrics metrics = new Metrics();
  private final Figures figures = new Figures(metrics, peer);
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Health health = new Health(InstantSource.system(), System::nanoTime);
  private final List<String> stops = new CopyOnWriteArrayList<>();
  private volatile boolean wanted = true;

  @AfterEach void close() {
    peer.close();
    health.close();
  }

  private Clients clients(int count, double rate, long limit) {
    var config = new Hwaas.Config(1, count, rate, limit, URI.create("memory:/"), HELLO, Optional.empty(), false, QueueOptions.defaults());
    return new Clients(config, peer, figures.submitted, () -> wanted, () -> stops.add("counted"));
  }

  private Workers workers(int count) {
    var alive = health.alive("workers", Checks.kickedWithin(Duration.ofSeconds(30)));
    return new Workers(count, peer, new Output(printed, false), figures, alive, (why, code) -> stops.add(code + " " + why));
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!condition.call()) {
      assertTrue(System.nanoTime() < deadline, "it did not come to that");
      Thread.sleep(2);
    }
  }

  private int lines() { return (int) printed.toString(UTF_8).lines().peek(line -> assertEquals(HELLO, line)).count(); }

  private static Job job(String id) { return new Job(id, HELLO.getBytes(UTF_8)); }

  @Test void jobWhoseAnswerWasLostIsSubmittedAgainUnderItsIdAndCountedOnce() throws Exception {
    peer.line = Peer.Line.ANSWER_LOST;
    var clients = clients(3, 0, 600);
    clients.start();
    await(() -> peer.calls.get() >= 6);
    assertEquals(0, figures.submitted.value(), "nothing is submitted before the queue said so");
    peer.line = Peer.Line.WHOLE;
    await(() -> stops.contains("counted"));
    clients.stop();
    assertEquals(600, figures.submitted.value());
    assertEquals(600, peer.queue.stats().depth());
    assertEquals(600, Set.copyOf(peer.submitted).size());
    assertTrue(peer.queue.stats().duplicates() > 0);
  }

  @Test void clientsStopWhileTheQueueIsAway() throws Exception {
    peer.line = Peer.Line.UNREACHABLE;
    var clients = clients(20, 100, 0);
    clients.start();
    await(() -> peer.calls.get() >= 20);
    clients.stop();
    assertEquals(0, figures.submitted.value());
    assertEquals(List.of(), stops);
  }

  @Test void clientsStopWhileTheQueueIsFull() throws Exception {
    var clients = clients(4, 0, 0);
    clients.start();
    await(() -> figures.submitted.value() == QueueOptions.defaults().capacity());
    wanted = false;
    clients.stop();
    assertEquals(QueueOptions.defaults().capacity(), peer.queue.stats().depth());
  }

  @Test void batchThatCannotBeAcknowledgedComesAgainAndIsNotPrintedTwice() throws Exception {
    peer.queue.submit(List.of(job("1"), job("2"), job("3")), Duration.ZERO);
    peer.acknowledging = false;
    var workers = workers(2);
    workers.start();
    await(() -> figures.duplicate.value() == 3); // to the other worker, after the visibility timeout
    peer.acknowledging = true;
    await(() -> peer.stats().pending() == 0);
    workers.finish();
    assertEquals(3, lines());
    assertEquals(3, figures.printed.value());
    assertTrue(page().contains("\nqueue_redelivered_total"), page());
  }

  @Test void workersWaitForAQueueThatIsAwayAndStayAlive() throws Exception {
    peer.queue.submit(List.of(job("1")), Duration.ZERO);
    peer.line = Peer.Line.UNREACHABLE;
    var kick = health.ready("kicked", Checks.kickedWithin(Duration.ofSeconds(30))); // for ready: not valid before the first kick
    var workers = new Workers(3, peer, new Output(printed, false), figures, kick, (_, _) -> {});
    workers.start();
    await(() -> health.verdict(Probe.READY, "kicked").orElseThrow().valid());
    assertEquals(0, lines());
    peer.line = Peer.Line.WHOLE;
    await(() -> lines() == 1);
    workers.finish();
  }

  @Test void redeliveredJobThatWasPrintedIsADuplicate() throws Exception {
    var slow = new Peer(Duration.ofMillis(1));
    slow.queue.submit(List.of(job("1"), job("2")), Duration.ZERO);
    List<Delivery> first = slow.queue.claim("test", 2, Duration.ZERO);
    var output = new Output(printed, false);
    assertEquals(2, output.print(first)); // printed, and the acknowledgement never sent
    var alive = health.alive("workers", Checks.kickedWithin(Duration.ofSeconds(30)));
    var workers = new Workers(1, slow, output, figures, alive, (_, _) -> {});
    workers.start();
    await(() -> figures.duplicate.value() == 2);
    workers.finish();
    assertEquals(2, lines());
    assertEquals(0, figures.printed.value());
    assertEquals(0, slow.queue.stats().depth() + slow.queue.stats().pending());
    slow.close();
  }

  @Test void whatNobodyCouldPrintStaysInTheQueue() throws Exception {
    peer.queue.submit(List.of(job("1"), job("2")), Duration.ZERO);
    var broken = new OutputStream() {
      @Override public void write(int b) throws IOException { throw new IOException("No space left on device"); }
    };
    var alive = health.alive("workers", Checks.kickedWithin(Duration.ofSeconds(30)));
    var workers = new Workers(2, peer, new Output(broken, false), figures, alive, (why, code) -> stops.add(code + " " + why));
    workers.start();
    await(() -> !stops.isEmpty());
    workers.finish();
    assertEquals("1 standard output: No space left on device", stops.getFirst());
    assertEquals(2, peer.queue.stats().depth());
    assertEquals(0, figures.printed.value());
  }

  @Test void finishingPrintsAllThatAQueueInMemoryHolds() throws Exception {
    var jobs = new ArrayList<Job>();
    for (int i = 0; i < 20_000; i++) {
      jobs.add(job("id" + i));
    }
    assertEquals(20_000, peer.queue.submit(jobs, Duration.ZERO));
    var workers = workers(3);
    workers.start();
    workers.finish();
    assertEquals(20_000, lines());
  }

  @Test void figuresOfTheQueueAreAbsentWhileItIsAway() throws Exception {
    peer.queue.submit(List.of(job("1")), Duration.ZERO);
    figures.ask();
    assertTrue(page().contains("\nqueue_depth 1\n"), page());
    peer.line = Peer.Line.UNREACHABLE;
    assertThrows(Exception.class, figures::ask);
    assertFalse(page().contains("\nqueue_depth "), page());
    assertTrue(page().contains("\nqueue_redelivered_total 0\n"), page());
  }

  private String page() {
    var page = new Utf8Buffer(1024);
    metrics.render(Format.TEXT, List.of(), page);
    return page.toString();
  }

  @Test void kicksWhenEveryWorkerHasComeRound() {
    var kicks = new LongAdder();
    var rounds = new Workers.Rounds(3, kicks::increment);
    for (int i = 0; i < 10; i++) {
      rounds.come(0);
      rounds.come(2);
    }
    assertEquals(0, kicks.sum(), "the second has not come");
    rounds.come(1);
    assertEquals(1, kicks.sum());
    rounds.come(1);
    rounds.come(0);
    assertEquals(1, kicks.sum());
    rounds.come(2);
    assertEquals(2, kicks.sum());
  }

  @Test void pausesGrowToABoundAndDiffer() {
    assertEquals(50, Contact.millis(0, 0));
    assertEquals(99, Contact.millis(0, 0.99));
    assertEquals(200, Contact.millis(2, 0));
    assertEquals(2_500, Contact.millis(6, 0));
    assertEquals(2_500, Contact.millis(Integer.MAX_VALUE, 0));
    assertTrue(Contact.millis(1_000, 1) <= 5_000);
  }
}
