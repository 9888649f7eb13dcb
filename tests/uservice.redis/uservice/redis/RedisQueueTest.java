package uservice.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.RedisServer;
import uservice.queue.DeadJob;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;
import uservice.queue.Queues;

/// The promises of [Queue], on a real server.
@Timeout(120)
class RedisQueueTest {
  private static final Duration LONG = ofSeconds(30);
  private static final Duration VISIBILITY = ofMillis(300);
  private static final String STREAM = "uservice:queue:q";

  @TempDir Path folder;
  private RedisServer server;
  private Queue queue;
  private final List<Queue> opened = new ArrayList<>();

  @BeforeEach void start() throws Exception {
    server = RedisServer.start(folder);
    queue = open(options(100, LONG, ZERO, 3));
  }

  @AfterEach void stop() throws Exception {
    opened.forEach(Queue::close);
    if (server != null) {
      server.close();
    }
  }

  private static QueueOptions options(int capacity, Duration visibility, Duration retryDelay, int attempts) {
    return new QueueOptions(capacity, visibility, retryDelay, attempts, ofSeconds(60), 1_000);
  }

  private Queue open(QueueOptions options) {
    Queue opened = Queues.open(server.uri("?name=q"), options);
    this.opened.add(opened);
    return opened;
  }

  private static Job job(Object id) { return new Job(id.toString(), ("body of " + id).getBytes(UTF_8)); }

  private static List<Job> jobs(Object... ids) { return Stream.of(ids).map(RedisQueueTest::job).toList(); }

  private static List<String> ids(List<Delivery> deliveries) { return deliveries.stream().map(delivery -> delivery.job().id()).toList(); }

  private List<Delivery> claim(int max) throws Exception { return queue.claim("w", max, ZERO); }

  private void assertStats(long depth, long pending, long dead) throws QueueException {
    var stats = queue.stats();
    assertEquals(List.of(depth, pending, dead), List.of(stats.depth(), stats.pending(), stats.dead()));
  }

  @Test void handsOutInOrderUntilAcknowledged() throws Exception {
    assertEquals(List.of(), claim(1), "there is not even a stream");
    assertEquals(3, queue.submit(jobs("a", "b", "c"), ZERO));
    List<Delivery> claimed = claim(2);
    assertEquals(List.of("a", "b"), ids(claimed));
    assertEquals("body of a", new String(claimed.getFirst().job().body(), UTF_8));
    assertEquals(1, claimed.getFirst().attempt());
    assertStats(1, 2, 0);
    assertEquals(2, queue.acknowledge(claimed));
    assertEquals(0, queue.acknowledge(claimed));
    assertEquals(List.of("c"), ids(claim(9)));
    assertEquals(List.of(), claim(9));
    assertStats(0, 1, 0);
    assertEquals("1", server.cli("XLEN", STREAM), "what is acknowledged is gone from the stream");
  }

  @Test void bodiesOfAllBytesAndSizesComeBack() throws Exception {
    var all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    var large = new byte[Job.BODY_BYTES_MAX];
    new Random(1).nextBytes(large);
    queue.submit(List.of(new Job("all", all), new Job("none", new byte[0]), new Job("large", large), new Job("ünïcode €", all)), ZERO);
    List<Delivery> claimed = claim(9);
    assertEquals(List.of("all", "none", "large", "ünïcode €"), ids(claimed));
    assertArrayEquals(all, claimed.get(0).job().body());
    assertArrayEquals(new byte[0], claimed.get(1).job().body());
    assertArrayEquals(large, claimed.get(2).job().body());
  }

  @Test void redeliversWhenTheVisibilityIsOver() throws Exception {
    queue = open(options(100, VISIBILITY, ZERO, 3));
    queue.submit(jobs("a"), ZERO);
    List<Delivery> lost = claim(1);
    Queue other = open(options(100, VISIBILITY, ZERO, 3)); // another process
    List<Delivery> again = other.claim("v", 9, LONG);
    assertEquals(List.of("a"), ids(again));
    assertEquals(2, again.getFirst().attempt());
    assertEquals(1, other.stats().redelivered());
    assertEquals(0, queue.stats().redelivered(), "this handle gave it once");
    assertEquals(1, queue.acknowledge(lost), "late, and it counts all the same");
    assertEquals(0, other.acknowledge(again));
    assertStats(0, 0, 0);
  }

  @Test void afterSoManyAttemptsAJobIsDead() throws Exception {
    queue = open(options(100, VISIBILITY, ZERO, 2));
    queue.submit(jobs("a", "b"), ZERO);
    assertEquals(2, claim(9).size());
    var second = new ArrayList<Delivery>();
    while (second.size() < 2) { // bounded by the test's timeout
      second.addAll(queue.claim("w", 9, ofSeconds(1)));
    }
    queue.fail(second.get(0), "it does not work");
    assertStats(0, 1, 1);
    while (queue.stats().dead() < 2) {
      assertEquals(List.of(), queue.claim("w", 9, ofMillis(50)));
    }
    List<DeadJob> dead = queue.dead(9);
    assertEquals(List.of("a", "b"), dead.stream().map(each -> each.job().id()).toList());
    assertEquals("body of a", new String(dead.get(0).job().body(), UTF_8));
    assertEquals(List.of(2, 2), dead.stream().map(DeadJob::attempts).toList());
    assertEquals(List.of("it does not work", "not acknowledged within 300 ms"), dead.stream().map(DeadJob::reason).toList());
    assertEquals(1, queue.dead(1).size());
    assertEquals(0, queue.dead(0).size());
    assertEquals(0, queue.acknowledge(second), "the dead stay dead");
    assertEquals(1, queue.requeue(List.of("a", "unknown")));
    assertEquals(1, queue.discard(List.of("b", "a")));
    assertStats(1, 0, 0);
    Delivery again = queue.claim("w", 9, LONG).getFirst();
    assertEquals("a", again.job().id());
    assertEquals(1, again.attempt());
  }

  @Test void failedJobsRestFirst() throws Exception {
    queue = open(options(100, ofSeconds(20), ofMillis(400), 3));
    queue.submit(jobs("a"), ZERO);
    Delivery first = claim(1).getFirst();
    long failed = System.nanoTime();
    queue.fail(first, "not now");
    assertStats(1, 0, 0);
    queue.submit(jobs("b"), ZERO);
    assertEquals(List.of("b"), ids(claim(9)), "the other one is resting");
    Delivery again = queue.claim("w", 9, LONG).getFirst();
    assertEquals("a", again.job().id());
    assertEquals(2, again.attempt());
    assertTrue(System.nanoTime() - failed >= 390_000_000);
    queue.fail(first, "late"); // holds nothing any more
    assertStats(0, 2, 0);
  }

  @Test void givenBackJobsComeFirstAndTheAttemptDoesNotCount() throws Exception {
    queue.submit(jobs("a", "b", "c"), ZERO);
    List<Delivery> claimed = claim(2);
    queue.release(claimed);
    assertStats(3, 0, 0);
    List<Delivery> again = claim(2);
    assertEquals(List.of("a", "b"), ids(again));
    assertEquals(1, again.getFirst().attempt());
    queue.release(claimed.subList(0, 1)); // the first claim holds it no longer… but it is the same attempt of the same worker
    assertEquals(2, queue.acknowledge(again));
    queue.release(again);
    assertEquals(List.of("c"), ids(claim(9)));
    assertStats(0, 1, 0);
  }

  @Test void lateReleaseTakesNothingFromWhoHoldsIt() throws Exception {
    queue = open(options(100, VISIBILITY, ZERO, 9));
    queue.submit(jobs("a"), ZERO);
    List<Delivery> late = claim(1);
    List<Delivery> holder = queue.claim("other", 1, LONG);
    queue.release(late);
    queue.fail(late.getFirst(), "late");
    assertStats(0, 1, 0);
    assertEquals(1, queue.acknowledge(holder));
  }

  @Test void recognisesJobsSubmittedTwice() throws Exception {
    assertEquals(2, queue.submit(jobs("a", "b"), ZERO));
    assertEquals(3, queue.submit(jobs("b", "c", "a"), ZERO));
    assertEquals(2, queue.stats().duplicates());
    assertEquals(List.of("a", "b", "c"), ids(claim(9)));
    Queue forgetful = open(new QueueOptions(100, LONG, ZERO, 3, ofMillis(1), 1_000));
    Thread.sleep(5);
    assertEquals(1, forgetful.submit(jobs("a"), ZERO));
    assertEquals(List.of("a"), ids(claim(9)), "the window was over");
    Queue never = open(new QueueOptions(100, LONG, ZERO, 3, ZERO, 0));
    assertEquals(2, never.submit(jobs("d", "d"), ZERO));
    assertEquals(List.of("d", "d"), ids(claim(9)));
  }

  @Test void remembersNoMoreIdsThanAsked() throws Exception {
    Queue two = open(new QueueOptions(100, LONG, ZERO, 3, ofSeconds(60), 2));
    two.submit(jobs("a"), ZERO);
    Thread.sleep(2);
    two.submit(jobs("b", "c"), ZERO);
    assertEquals("2", server.cli("ZCARD", STREAM + ":ids"));
    assertEquals(1, two.submit(jobs("a"), ZERO));
    assertEquals(0, two.stats().duplicates(), "the oldest was forgotten");
  }

  @Test void submitWaitsForRoom() throws Exception {
    queue = open(options(3, LONG, ZERO, 1));
    assertEquals(2, queue.submit(jobs("a", "b"), ZERO));
    assertEquals(1, queue.submit(jobs("c", "d"), ZERO), "so many are in");
    assertEquals(0, queue.submit(jobs("d"), ofMillis(20)));
    assertEquals(1, queue.submit(jobs("a"), ZERO), "what is known is in, though it is full");
    var waiting = new FutureTask<>(() -> queue.submit(jobs("d", "e"), LONG));
    Thread.ofVirtual().start(waiting);
    List<Delivery> claimed = claim(2);
    queue.fail(claimed.getFirst(), "dead now");
    queue.acknowledge(claimed.subList(1, 2));
    while (queue.stats().depth() < 2) { // one has room; bounded by the test's timeout
      Thread.sleep(1);
    }
    assertEquals(1, queue.discard(List.of("a")), "the dead take room too");
    assertEquals(2, waiting.get());
  }

  @Test void claimWaitsForAJob() throws Exception {
    var waiting = new FutureTask<>(() -> ids(queue.claim("w", 9, LONG)));
    Thread.ofVirtual().start(waiting).join(50);
    open(options(100, LONG, ZERO, 3)).submit(jobs("a"), ZERO);
    assertEquals(List.of("a"), waiting.get());
    long begin = System.nanoTime();
    assertEquals(List.of(), queue.claim("w", 9, ofMillis(150)));
    assertTrue(System.nanoTime() - begin >= 145_000_000);
  }

  @Test void manyWaitAndEachJobGoesToOne() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = new ArrayList<Future<List<String>>>();
      for (int i = 0; i < 40; i++) {
        String name = "w" + i;
        waiting.add(threads.submit(() -> ids(queue.claim(name, 1, LONG))));
      }
      for (int i = 0; i < 40; i++) {
        queue.submit(jobs(i), ZERO);
      }
      var got = new TreeSet<String>();
      for (var each : waiting) {
        got.addAll(each.get());
      }
      assertEquals(40, got.size());
    }
    int connections = server.cli("CLIENT", "LIST").split("\n").length;
    assertTrue(connections <= 20, "a bounded number of them: " + connections);
  }

  @Test void interruptEndsAWait() throws Exception {
    var waiting = new FutureTask<>(() -> assertThrows(InterruptedException.class, () -> queue.claim("w", 1, LONG)));
    Thread thread = Thread.ofVirtual().start(waiting);
    thread.join(50);
    thread.interrupt();
    assertNotNull(waiting.get());
    queue.submit(jobs("a"), ZERO);
    assertEquals(List.of("a"), ids(queue.claim("w", 1, LONG)));
  }

  @Test void oldestAgeIsThatOfTheHead() throws Exception {
    assertEquals(ZERO, queue.stats().oldestAge());
    queue.submit(jobs("a"), ZERO);
    Thread.sleep(30);
    Duration age = queue.stats().oldestAge();
    assertTrue(age.compareTo(ofMillis(25)) >= 0 && age.compareTo(LONG) < 0, age.toString());
    claim(1);
    assertEquals(ZERO, queue.stats().oldestAge());
  }

  @Test void drainWaitsForWhatThisHandleHolds() throws Exception {
    queue.submit(jobs("a", "b", "c"), ZERO);
    List<Delivery> mine = claim(2);
    var waiting = new FutureTask<>(() -> queue.drain(LONG));
    Thread.ofVirtual().start(waiting).join(30);
    assertThrows(QueueException.class, () -> queue.submit(jobs("d"), ZERO));
    assertEquals(List.of(), queue.claim("w", 9, LONG), "nothing more is handed out");
    assertFalse(queue.drain(ofMillis(20)));
    queue.acknowledge(mine.subList(0, 1));
    assertFalse(waiting.isDone());
    queue.release(mine.subList(1, 2));
    assertTrue(waiting.get());
    assertStats(2, 0, 0);
  }

  @Test void closedIsClosed() throws Exception {
    queue.submit(jobs("a"), ZERO);
    var waiting = new FutureTask<>(() -> assertThrows(QueueException.class, () -> {
      while (true) {
        queue.claim("w", 1, LONG);
      }
    }));
    Thread.ofVirtual().start(waiting).join(100);
    queue.close();
    queue.close();
    assertTrue(waiting.get().getMessage().endsWith(": closed"), waiting.get().getMessage());
    assertThrows(QueueException.class, () -> queue.submit(jobs("b"), ZERO));
    assertThrows(QueueException.class, () -> queue.stats());
    assertThrows(QueueException.class, () -> queue.drain(ZERO));
  }

  @Test void leavesNoConsumerBehindButThoseThatHoldSomething() throws Exception {
    queue.submit(jobs("a", "b"), ZERO);
    queue.acknowledge(queue.claim("done", 1, ZERO));
    queue.claim("holding", 1, ZERO);
    queue.close();
    String consumers = server.cli("XINFO", "CONSUMERS", STREAM, "workers");
    assertTrue(consumers.contains("holding") && !consumers.contains("done"), consumers);
  }

  @Test void flushedDatabaseIsAnEmptyQueue() throws Exception {
    queue.submit(jobs("a"), ZERO);
    assertEquals(1, claim(1).size());
    server.cli("FLUSHALL");
    server.cli("SCRIPT", "FLUSH");
    assertStats(0, 0, 0);
    queue.submit(jobs("b"), ZERO);
    assertEquals(List.of("b"), ids(claim(9)));
  }

  /// What another program puts there, with `redis-cli` or in any language.
  @Test void takesEntriesOfOthersAndBuriesWhatIsNoJob() throws Exception {
    server.cli("XADD", STREAM, "*", "body", "from elsewhere");
    String bad = server.cli("XADD", STREAM, "*", "text", "no body");
    server.cli("XADD", STREAM, "*", "id", "x".repeat(300), "body", "b");
    server.cli("XADD", STREAM, "*", "id", "mine", "body", "b");
    List<Delivery> claimed = claim(9);
    assertEquals(2, claimed.size());
    assertEquals("from elsewhere", new String(claimed.get(0).job().body(), UTF_8));
    assertEquals("mine", claimed.get(1).job().id());
    List<DeadJob> dead = queue.dead(9);
    assertEquals(List.of("no job: no field 'body'", "no job: job id of 300 characters, expected 1 to 255"), dead.stream().map(DeadJob::reason).toList());
    assertEquals(bad.length(), dead.getFirst().job().id().length(), "known by the entry");
    assertEquals(2, queue.acknowledge(claimed));
  }

  @Test void manyLargeJobsComeInPieces() throws Exception {
    queue = open(options(1_000, ofSeconds(2), ZERO, 9));
    for (int i = 0; i < 300; i++) {
      queue.submit(jobs("small" + i), ZERO);
    }
    for (int got = 0; got < 300; ) {
      List<Delivery> some = claim(500);
      got += some.size();
      queue.acknowledge(some);
    }
    var large = new byte[Job.BODY_BYTES_MAX];
    for (int i = 0; i < 100; i++) {
      assertEquals(1, queue.submit(List.of(new Job("large" + i, large)), ZERO));
    }
    var got = new TreeSet<String>();
    while (got.size() < 100) { // the first answer is too large for this client; bounded by the test's timeout
      try {
        List<Delivery> some = queue.claim("w", 500, ofMillis(100));
        got.addAll(ids(some));
        queue.acknowledge(some);
      } catch (QueueException tooLarge) {
        assertTrue(tooLarge.getMessage().contains("reply over 67108864 bytes"), tooLarge.getMessage());
        assertTrue(tooLarge.retrySafe());
      }
    }
  }

  @Test void saysWhatIsWrong() throws Exception {
    assertEquals("retry_delay is longer than visibility, which Redis cannot keep: a job that rests is one whose claim is over",
        assertThrows(IllegalArgumentException.class, () -> open(options(1, ofSeconds(1), ofSeconds(2), 1))).getMessage());
    server.cli("SET", STREAM, "a string");
    for (Call call : List.<Call>of(() -> queue.submit(jobs("a"), ZERO), () -> claim(1), () -> queue.stats())) {
      var refused = assertThrows(QueueException.class, call::run);
      assertEquals("redis://127.0.0.1:" + server.port() + ": refused: a key that begins with 'uservice:queue:q' holds something else: choose another by ?name=…",
          refused.getMessage());
      assertFalse(refused.retrySafe());
    }
    server.cli("DEL", STREAM);
    server.cli("CONFIG", "SET", "maxmemory", "1");
    assertTrue(assertThrows(QueueException.class, () -> queue.submit(jobs("a"), ZERO)).getMessage().contains("it has used up its maxmemory"));
    server.cli("CONFIG", "SET", "maxmemory", "0");
    server.kill();
    var away = assertThrows(QueueException.class, () -> queue.stats());
    assertTrue(away.retrySafe());
    server.start();
    while (true) { // bounded by the test's timeout
      try {
        queue.submit(jobs("a"), ZERO);
        break;
      } catch (QueueException notYet) {
        assertTrue(notYet.retrySafe());
        Thread.sleep(5);
      }
    }
  }

  private interface Call {
    void run() throws Exception;
  }

  /// Four handles submit and four claim, while the server is killed: all that was submitted is handled, and nothing is left.
  @Test void losesNothingThoughTheServerIsKilled() throws Exception {
    int each = 3_000;
    var handled = ConcurrentHashMap.<String>newKeySet();
    var over = new AtomicBoolean();
    var options = new QueueOptions(2_000, ofSeconds(1), ZERO, 1_000, ofSeconds(60), 100_000);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var submitting = new ArrayList<Future<?>>();
      var working = new ArrayList<Future<?>>();
      for (int handle = 0; handle < 4; handle++) {
        Queue one = open(options);
        String name = "h" + handle;
        submitting.add(threads.submit(() -> submitAll(one, name, each)));
        working.add(threads.submit(() -> work(one, name, handled, over)));
      }
      for (int kill = 0; kill < 3; kill++) {
        int before = handled.size();
        while (handled.size() < before + 1_500) { // bounded by the test's timeout
          Thread.sleep(1);
        }
        server.kill();
        server.start();
      }
      for (Future<?> one : submitting) {
        one.get();
      }
      while (handled.size() < 4 * each || queue.stats().depth() + queue.stats().pending() > 0) {
        Thread.sleep(10);
      }
      over.set(true);
      for (Future<?> one : working) {
        one.get();
      }
    }
    assertEquals(4 * each, handled.size());
    assertStats(0, 0, 0);
  }

  private static Void submitAll(Queue queue, String name, int count) throws Exception {
    for (int i = 0; i < count; ) {
      var batch = new ArrayList<Job>();
      for (int j = i; j < Math.min(count, i + 50); j++) {
        batch.add(job(name + "-" + j));
      }
      try {
        i += queue.submit(batch, ofMillis(200));
      } catch (QueueException away) {
        Thread.sleep(5);
      }
    }
    return null;
  }

  private static Void work(Queue queue, String name, Set<String> handled, AtomicBoolean over) throws Exception {
    while (!over.get()) {
      try {
        List<Delivery> some = queue.claim(name, 100, ofMillis(100));
        handled.addAll(ids(some));
        queue.acknowledge(some);
      } catch (QueueException away) {
        Thread.sleep(5);
      }
    }
    return null;
  }
}
