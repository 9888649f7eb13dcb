package uservice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.KafkaServer;
import uservice.queue.DeadJob;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;
import uservice.queue.Queues;

/// The promises of [Queue], as far as Kafka can keep them, on a real broker. Each test has a topic of its own.
@Timeout(180)
class KafkaQueueTest {
  private static final Duration LONG = ofSeconds(30);
  private static final Duration VISIBILITY = ofMillis(300);
  private static final AtomicInteger TESTS = new AtomicInteger();

  @TempDir static Path folder;
  private static KafkaServer server;
  private String topic;
  private Queue queue;
  private final List<Queue> opened = new ArrayList<>();

  @BeforeAll static void begin() throws Exception { server = KafkaServer.start(folder, KafkaServer.NEWEST); }

  @AfterAll static void end() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach void start() {
    topic = "q" + TESTS.incrementAndGet();
    queue = open(options(100, LONG, ZERO, 3));
  }

  @AfterEach void stop() { opened.forEach(Queue::close); }

  private static QueueOptions options(int capacity, Duration visibility, Duration retryDelay, int attempts) {
    return new QueueOptions(capacity, visibility, retryDelay, attempts, ofSeconds(60), 1_000);
  }

  private Queue open(QueueOptions options) { return open("partitions=1", options); }

  private Queue open(String parameters, QueueOptions options) {
    Queue opened = Queues.open(server.uri("/" + topic + "?group=" + topic + "&session_timeout=6s&linger=0&" + parameters), options);
    this.opened.add(opened);
    return opened;
  }

  private static Job job(Object id) { return new Job(id.toString(), ("body of " + id).getBytes(UTF_8)); }

  private static List<Job> jobs(Object... ids) { return Stream.of(ids).map(KafkaQueueTest::job).toList(); }

  private static List<String> ids(List<Delivery> deliveries) { return deliveries.stream().map(delivery -> delivery.job().id()).toList(); }

  /// So many, as they come.
  private static List<Delivery> claim(Queue from, int count) throws Exception {
    var claimed = new ArrayList<Delivery>();
    while (claimed.size() < count) { // bounded by the test's timeout
      claimed.addAll(from.claim("w", count - claimed.size(), LONG));
    }
    return claimed;
  }

  private List<Delivery> claim(int count) throws Exception { return claim(queue, count); }

  private void assertNothing() throws Exception { assertEquals(List.of(), queue.claim("w", 9, ofMillis(700))); }

  private void assertStats(long depth, long pending, long dead) throws QueueException {
    var stats = queue.stats();
    assertEquals(List.of(depth, pending, dead), List.of(stats.depth(), stats.pending(), stats.dead()));
  }

  @Test void handsOutInOrderUntilAcknowledged() throws Exception {
    assertEquals(3, queue.submit(jobs("a", "b", "c"), ZERO));
    List<Delivery> claimed = claim(2);
    assertEquals(List.of("a", "b"), ids(claimed));
    assertEquals("body of a", new String(claimed.getFirst().job().body(), UTF_8));
    assertEquals(1, claimed.getFirst().attempt());
    assertStats(1, 2, 0);
    assertEquals(2, queue.acknowledge(claimed));
    assertEquals(0, queue.acknowledge(claimed));
    assertEquals(List.of("c"), ids(claim(1)));
    assertNothing();
    assertStats(0, 1, 0);
    assertTrue(server.groups("--describe", "--group", topic).lines().anyMatch(line -> line.matches(".* " + topic + " +0 +2 +3 +1 .*")));
  }

  @Test void acknowledgementsMayComeInAnyOrder() throws Exception {
    queue.submit(jobs("a", "b", "c"), ZERO);
    List<Delivery> claimed = claim(3);
    assertEquals(2, queue.acknowledge(List.of(claimed.get(2), claimed.get(1))));
    assertStats(2, 1, 0); // those behind the oldest count until it is done
    assertEquals(1, queue.acknowledge(claimed.subList(0, 1)));
    assertStats(0, 0, 0);
  }

  @Test void bodiesOfAllBytesAndSizesComeBack() throws Exception {
    var all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    var large = new byte[Job.BODY_BYTES_MAX];
    new Random(1).nextBytes(large);
    assertEquals(4, queue.submit(List.of(new Job("all", all), new Job("none", new byte[0]), new Job("large", large), new Job("ünïcode €", all)), ZERO));
    List<Delivery> claimed = claim(4);
    assertEquals(List.of("all", "none", "large", "ünïcode €"), ids(claimed));
    assertArrayEquals(all, claimed.get(0).job().body());
    assertArrayEquals(new byte[0], claimed.get(1).job().body());
    assertArrayEquals(large, claimed.get(2).job().body());
  }

  @Test void redeliversWhenTheVisibilityIsOver() throws Exception {
    queue = open(options(100, VISIBILITY, ZERO, 3));
    queue.submit(jobs("a"), ZERO);
    List<Delivery> lost = claim(1);
    List<Delivery> again = claim(1); // another worker of this process
    assertEquals(List.of("a"), ids(again));
    assertEquals(2, again.getFirst().attempt());
    assertEquals(1, queue.stats().redelivered());
    assertEquals(1, queue.acknowledge(lost), "late, and it counts all the same");
    assertEquals(0, queue.acknowledge(again));
    assertStats(0, 0, 0);
  }

  @Test void whatAProcessHeldComesToAnotherWhenItIsGone() throws Exception {
    queue.submit(jobs("a", "b", "c"), ZERO);
    List<Delivery> held = claim(3);
    queue.acknowledge(held.subList(1, 2));
    queue.close();
    queue = open(options(100, LONG, ZERO, 3));
    List<Delivery> again = claim(3);
    assertEquals(List.of("a", "b", "c"), ids(again), "b too, whose mark was never set");
    assertEquals(2, again.getFirst().attempt(), "the oldest's attempts are kept with the mark");
    assertEquals(3, queue.acknowledge(again));
    assertStats(0, 0, 0);
  }

  @Test void afterSoManyAttemptsAJobIsDead() throws Exception {
    queue = open(options(100, VISIBILITY, ZERO, 2));
    queue.submit(jobs("a", "b"), ZERO);
    claim(2);
    var second = new ArrayList<>(claim(2));
    queue.fail(second.get(0), "it does not work");
    while (queue.stats().dead() < 2) {
      assertEquals(List.of(), queue.claim("w", 9, ofMillis(50)));
    }
    List<DeadJob> dead = queue.dead(9);
    assertEquals(List.of("a", "b"), dead.stream().map(each -> each.job().id()).toList());
    assertEquals("body of a", new String(dead.get(0).job().body(), UTF_8));
    assertEquals(List.of(2, 2), dead.stream().map(DeadJob::attempts).toList());
    assertEquals(List.of("it does not work", "not acknowledged within 300 ms"), dead.stream().map(DeadJob::reason).toList());
    assertEquals(1, queue.dead(1).size());
    assertEquals(0, queue.acknowledge(second), "the dead stay dead");
    assertStats(0, 0, 2);
    assertEquals(1, queue.requeue(List.of("a", "unknown")));
    assertEquals(1, queue.discard(List.of("b", "a")));
    assertStats(1, 0, 0);
    Delivery again = claim(1).getFirst();
    assertEquals("a", again.job().id());
    assertEquals(1, again.attempt());
    queue.acknowledge(List.of(again));
    assertEquals(List.of(), open(options(100, LONG, ZERO, 3)).dead(9), "nor for others");
  }

  @Test void failedJobsRestFirst() throws Exception {
    queue = open(options(100, ofSeconds(20), ofMillis(400), 3));
    queue.submit(jobs("a"), ZERO);
    Delivery first = claim(1).getFirst();
    long failed = System.nanoTime();
    queue.fail(first, "not now");
    assertStats(1, 0, 0);
    queue.submit(jobs("b"), ZERO);
    var got = new ArrayList<>(claim(2));
    assertEquals(Set.of("a", "b"), Set.copyOf(ids(got)));
    Delivery again = got.stream().filter(each -> each.job().id().equals("a")).findFirst().orElseThrow();
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
    queue.release(claimed.subList(0, 1)); // holds it no longer
    assertEquals(2, queue.acknowledge(again));
    queue.release(again);
    assertEquals(List.of("c"), ids(claim(1)));
    assertStats(0, 1, 0);
  }

  @Test void whatIsGivenBackIsNotDeadThoughAProcessDiedWithIt() throws Exception {
    queue = open(options(100, LONG, ZERO, 1));
    queue.submit(jobs("a"), ZERO);
    claim(1);
    queue.close();
    queue = open(options(100, LONG, ZERO, 1));
    List<Delivery> again = claim(1);
    assertEquals(2, again.getFirst().attempt());
    queue.release(again);
    assertEquals(List.of("a"), ids(claim(1)));
    assertStats(0, 1, 0);
  }

  @Test void lateReleaseTakesNothingFromWhoHoldsIt() throws Exception {
    queue = open(options(100, VISIBILITY, ZERO, 9));
    queue.submit(jobs("a"), ZERO);
    List<Delivery> late = claim(1);
    List<Delivery> holder = claim(1);
    queue.release(late);
    queue.fail(late.getFirst(), "late");
    assertStats(0, 1, 0);
    assertEquals(1, queue.acknowledge(holder));
  }

  @Test void recognisesJobsSubmittedTwice() throws Exception {
    assertEquals(2, queue.submit(jobs("a", "b"), ZERO));
    assertEquals(3, queue.submit(jobs("b", "c", "a"), ZERO));
    assertEquals(2, queue.stats().duplicates(), "by the one who submits");
    open(options(100, LONG, ZERO, 3)).submit(jobs("b", "d"), ZERO);
    List<Delivery> claimed = claim(4);
    assertEquals(List.of("a", "b", "c", "d"), ids(claimed));
    assertNothing();
    assertEquals(4, queue.acknowledge(claimed));
    assertEquals(3, queue.stats().duplicates(), "by the one who claims");
    open(options(100, LONG, ZERO, 3)).submit(jobs("a"), ZERO);
    assertNothing();
    assertEquals(4, queue.stats().duplicates(), "and has done it");
    Queue never = open(new QueueOptions(100, LONG, ZERO, 3, ZERO, 0));
    assertEquals(2, never.submit(jobs("e", "e"), ZERO));
    queue.close();
    assertEquals(List.of("e", "e"), ids(claim(never, 2)));
  }

  @Test void submitWaitsForRoom() throws Exception {
    queue = open(options(3, LONG, ZERO, 1));
    assertEquals(2, queue.submit(jobs("a", "b"), ZERO));
    assertEquals(1, queue.submit(jobs("c", "d"), ZERO), "so many are in");
    assertEquals(0, queue.submit(jobs("d"), ofMillis(20)));
    assertEquals(1, queue.submit(jobs("a"), ZERO), "what is known is in, though it is full");
    List<Delivery> claimed = claim(3);
    queue.fail(claimed.get(0), "dead now");
    assertEquals(0, queue.submit(jobs("d"), ofMillis(20)), "the dead take room too");
    var waiting = new FutureTask<>(() -> queue.submit(jobs("d", "e"), LONG));
    Thread.ofVirtual().start(waiting);
    assertEquals(1, queue.acknowledge(claimed.subList(1, 2)));
    assertEquals(1, queue.discard(List.of("a")));
    assertEquals(2, waiting.get());
  }

  @Test void claimWaitsForAJob() throws Exception {
    var waiting = new FutureTask<>(() -> ids(claim(1)));
    Thread.ofVirtual().start(waiting).join(50);
    open(options(100, LONG, ZERO, 3)).submit(jobs("a"), ZERO);
    assertEquals(List.of("a"), waiting.get());
    long begin = System.nanoTime();
    assertEquals(List.of(), queue.claim("w", 9, ofMillis(150)));
    assertTrue(System.nanoTime() - begin >= 145_000_000);
  }

  @Test void manyWaitAndEachJobGoesToOne() throws Exception {
    queue = open("partitions=4", options(100, LONG, ZERO, 3));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = new ArrayList<Future<List<String>>>();
      for (int i = 0; i < 40; i++) {
        waiting.add(threads.submit(() -> ids(claim(1))));
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
  }

  /// Another claim comes in between, whenever the first one looks at the clock.
  @Test void whatAnotherClaimTookMeanwhileIsNotTakenAgain() throws Exception {
    Thread claiming = Thread.currentThread();
    var looks = new AtomicInteger();
    var between = new AtomicReference<Callable<Boolean>>();
    URI uri = server.uri("/" + topic + "?group=" + topic + "&session_timeout=6s&linger=0&partitions=1");
    var clocked = new KafkaQueue(new QueueSettings(uri), options(100, LONG, ZERO, 3), () -> {
      if (Thread.currentThread() == claiming && looks.decrementAndGet() == 0) {
        assertDoesNotThrow(() -> between.get().call());
      }
      return System.nanoTime();
    });
    opened.add(clocked);
    clocked.submit(jobs("a"), ZERO);
    var held = new ArrayList<>(claim(clocked, 1));
    between.set(() -> held.addAll(clocked.claim("other", 1, ZERO)));
    for (int at = 1; at < 9; at++) {
      clocked.release(List.copyOf(held));
      held.clear();
      looks.set(at);
      held.addAll(clocked.claim("w", 1, ZERO));
      looks.set(0);
      assertEquals(List.of("a"), ids(held), "at look " + at);
    }
  }

  @Test void interruptEndsAWait() throws Exception {
    var waiting = new FutureTask<>(() -> assertThrows(InterruptedException.class, () -> queue.claim("w", 1, LONG)));
    Thread thread = Thread.ofVirtual().start(waiting);
    thread.join(50);
    thread.interrupt();
    assertNotNull(waiting.get());
    queue.submit(jobs("a"), ZERO);
    assertEquals(List.of("a"), ids(claim(1)));
  }

  @Test void oldestAgeIsThatOfTheHead() throws Exception {
    assertEquals(ZERO, queue.stats().oldestAge());
    queue.submit(jobs("a"), ZERO);
    Thread.sleep(30);
    Duration age = queue.stats().oldestAge();
    assertTrue(age.compareTo(ofMillis(25)) >= 0 && age.compareTo(LONG) < 0, age.toString());
    queue.acknowledge(claim(1));
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

  /// What another program puts there, in whatever language.
  @Test void takesMessagesOfOthersAndBuriesWhatIsNoJob() throws Exception {
    queue.submit(jobs("first"), ZERO);
    server.produce(topic, "by:hand\tk1\tfrom elsewhere\nid:mine\tk1\tb\nby:hand\tk1\tNULL\n", "--property", "parse.key=true", "--property", "parse.headers=true",
        "--property", "null.marker=NULL");
    List<Delivery> claimed = claim(3);
    assertEquals(List.of("first", topic + "-0@1", "mine"), ids(claimed));
    assertEquals("from elsewhere", new String(claimed.get(1).job().body(), UTF_8));
    while (queue.stats().dead() == 0) {
      assertEquals(List.of(), queue.claim("w", 9, ofMillis(50)));
    }
    List<DeadJob> dead = queue.dead(9);
    assertEquals(List.of("no job: the message has no value"), dead.stream().map(DeadJob::reason).toList());
    assertEquals(topic + "-0@3", dead.getFirst().job().id());
    assertEquals(3, queue.acknowledge(claimed));
    assertStats(0, 0, 1);
    assertEquals("by:hand,id:" + topic + "-0@3,attempts:0,reason:no job: the message has no value,from:" + topic + "-0@3",
        server.consume(topic + ".dead", 1, "--property", "print.headers=true", "--property", "print.value=false").getLast());
  }

  @Test void whatCannotBeBuriedKeepsNothingElseFromBeingHandled() throws Exception {
    server.topic(topic, 1);
    server.topic(topic + ".dead", 1, "max.message.bytes=80");
    server.produce(topic, "k1\tNULL\nk2\tgood\n", "--property", "parse.key=true", "--property", "null.marker=NULL");
    var refused = assertThrows(QueueException.class, () -> claim(1));
    assertTrue(refused.getMessage().contains("max.message.bytes"), refused.getMessage());
    List<Delivery> good = claim(1);
    assertEquals("good", new String(good.getFirst().job().body(), UTF_8));
    assertEquals(1, queue.acknowledge(good));
    assertEquals(2, queue.stats().depth() + queue.stats().pending(), "but the mark stays before it");
    assertThrows(QueueException.class, () -> claim(1));
  }

  @Test void theGroupKnowsOfAnAttemptAsItBegins() throws Exception {
    queue.submit(jobs("a", "b"), ZERO);
    claim(2);
    try (var cluster = new Cluster(Target.parse(server.uri("/"), Set.of()))) {
      String note = Log.marks(cluster, topic, List.of(new TopicPartition(topic, 0))).getFirst().note();
      assertTrue(note.startsWith("attempts=1 until="), note);
    }
  }

  @Test void aJobThatEndsItsWorkersAnswersForItselfAlone() throws Exception {
    queue.close();
    queue = open(options(100, LONG, ZERO, 3));
    queue.submit(jobs("a", "poison", "c"), ZERO);
    var seen = new ArrayList<String>();
    for (int crash = 0; crash < 12 && queue.stats().dead() == 0; crash++) {
      Queue dies = open(options(100, LONG, ZERO, 3));
      try {
        boolean alive = true;
        while (alive) {
          for (Delivery each : dies.claim("w", 9, ofSeconds(3))) {
            seen.add(each.job().id() + each.attempt());
            if (each.job().id().equals("poison")) {
              alive = false; // with all that it has in hand
              break;
            }
            dies.acknowledge(List.of(each));
          }
          alive &= dies.stats().dead() == 0;
        }
      } finally {
        dies.close();
      }
    }
    assertEquals(List.of("poison"), queue.dead(9).stream().map(each -> each.job().id()).toList(), seen.toString());
    assertEquals(3, queue.dead(9).getFirst().attempts(), seen.toString());
    assertEquals("begun 3 times and never ended, it may have ended its workers", queue.dead(9).getFirst().reason());
    assertTrue(seen.getLast().startsWith("c"), "the next one is healthy: " + seen);
  }

  @Test void manyLargeJobsComeAllTheSame() throws Exception {
    queue = open("partitions=3", options(1_000, LONG, ZERO, 9));
    var large = new byte[Job.BODY_BYTES_MAX];
    for (int i = 0; i < 60; i++) {
      assertEquals(1, queue.submit(List.of(new Job("large" + i, large)), ZERO));
    }
    var got = new TreeSet<String>();
    while (got.size() < 60) {
      List<Delivery> some = queue.claim("w", 500, LONG);
      assertTrue(some.size() <= 16, "in pieces: " + some.size());
      got.addAll(ids(some));
      queue.acknowledge(some);
    }
  }

  @Test void saysWhatIsWrong() throws Exception {
    for (var each : Map.of("kafka://h:1/", "topic is ''", "kafka://h:1/a/b", "topic is 'a/b'", "kafka://h:1/t?session_timeout=9h", "session_timeout",
        "kafka://h:1/t?partitions=0", "partitions", "kafka://h:1/t?group=a%20b", "without spaces", "kafka://h:1/t?grup=x", "did you mean 'group'?").entrySet()) {
      String message = assertThrows(IllegalArgumentException.class, () -> Queues.open(URI.create(each.getKey()), QueueOptions.defaults())).getMessage();
      assertTrue(message.contains(each.getValue()), message);
    }
    try (Queue nowhere = Queues.open(URI.create("kafka://127.0.0.1:1/t?timeout=1s"), QueueOptions.defaults())) {
      var away = assertThrows(QueueException.class, () -> nowhere.submit(jobs("a"), ZERO));
      assertTrue(away.retrySafe());
      assertTrue(away.getMessage().startsWith("kafka://127.0.0.1:1/t: unreachable: "), away.getMessage());
      assertThrows(QueueException.class, () -> nowhere.claim("w", 1, ZERO));
      assertThrows(QueueException.class, nowhere::stats);
    }
  }
}
