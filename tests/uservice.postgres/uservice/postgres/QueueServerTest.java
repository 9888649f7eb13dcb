package uservice.postgres;

import module java.base;

import testing.PostgresServer;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;

/// What [Queue] promises, on a real server. Time passes by an update of the times in the tables.
@Timeout(90)
final class QueueServerTest {
  private static final Duration LONG = ofSeconds(60); // who waits that long was not woken
  private static final QueueOptions OPTIONS = new QueueOptions(6, ofSeconds(1_000), ofSeconds(100), 3, ofSeconds(5_000), 100);

  private static PostgresServer server;
  private final List<Queue> open = new ArrayList<>();
  private String name;
  private Queue queue;

  @BeforeAll static void start() throws Exception { server = PostgresServer.start(); }

  @AfterAll static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach void open(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
    queue = queue(OPTIONS);
  }

  @AfterEach void close() { open.forEach(Queue::close); }

  private Queue queue(QueueOptions options, String... parameters) {
    var all = new ArrayList<>(List.of(parameters));
    all.add("name=" + name);
    var queue = new PostgresBackend().open(server.uri(all.toArray(String[]::new)), options);
    open.add(queue);
    return queue;
  }

  private static List<Job> jobs(Object... ids) { return Stream.of(ids).map(id -> new Job(id.toString(), id.toString().getBytes())).toList(); }

  private static List<String> ids(List<Delivery> deliveries) { return deliveries.stream().map(d -> d.job().id()).toList(); }

  private List<Delivery> claim(int max) throws Exception { return queue.claim("w", max, ZERO); }

  private void assertStats(long depth, long pending, long dead) throws QueueException {
    var stats = queue.stats();
    assertEquals(List.of(depth, pending, dead), List.of(stats.depth(), stats.pending(), stats.dead()));
  }

  private void advance(Duration time) throws Exception {
    long micros = time.toNanos() / 1_000;
    server.sql("UPDATE uservice_queue_job SET place = place - " + micros + " WHERE queue = '" + name + "' AND state IN (1, 2)");
    server.sql("UPDATE uservice_queue_job SET since = since - " + micros + " WHERE queue = '" + name + "'");
    server.sql("UPDATE uservice_queue_seen SET since = since - " + micros + " WHERE queue = '" + name + "'");
  }

  @Test void carriesBodiesOfAnyBytesAndIdsOfAnyText() throws Exception {
    var body = new byte[Job.BODY_BYTES_MAX];
    new Random(1).nextBytes(body);
    String id = "ä\"\\'{},NULL 😀\n$1";
    assertEquals(2, queue.submit(List.of(new Job(id, body), new Job("empty", new byte[0])), ZERO));
    var claimed = claim(9);
    assertEquals(List.of(id, "empty"), ids(claimed));
    assertArrayEquals(body, claimed.getFirst().job().body());
    assertEquals(0, claimed.getLast().job().body().length);
    assertEquals(2, queue.acknowledge(claimed));
  }

  @Test void refusesIdsThatWouldComeBackAsOthers() throws Exception {
    for (String id : List.of("a\0b", "\ud800", "a\udc00b")) {
      var failed = assertThrows(QueueException.class, () -> queue.submit(jobs("a", id), ZERO));
      assertFalse(failed.retrySafe());
    }
    assertStats(0, 0, 0);
    assertEquals(0, queue.requeue(List.of("a\0b")));
  }

  @Test void isBoundedExactlyForAllHandles() throws Exception {
    var other = queue(OPTIONS);
    assertEquals(4, queue.submit(jobs(1, 2, 3, 4), ZERO));
    assertEquals(2, other.submit(jobs(5, 6, 7, 8), ZERO));
    assertEquals(0, queue.submit(jobs(9), ZERO));
    assertEquals(2, queue.submit(jobs(1, 2), ZERO)); // known ones are in
    assertEquals(1, queue.submit(jobs(1, 9, 2), ZERO));
    var claimed = claim(1);
    assertEquals(0, queue.submit(jobs(9), ZERO));
    queue.acknowledge(claimed);
    assertEquals(1, queue.submit(jobs(9), ZERO));
    assertEquals(List.of("2", "3", "4", "5", "6", "9"), ids(claim(9)));
    assertEquals(3, queue.stats().duplicates());
  }

  @Test void isBoundedExactlyWhileManySubmit() throws Exception {
    var handles = List.of(queue, queue(OPTIONS), queue(OPTIONS), queue(OPTIONS));
    var in = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int thread = 0; thread < 32; thread++) {
        int number = thread;
        threads.submit(() -> in.addAndGet(handles.get(number % 4).submit(jobs(number + "a", number + "b", number + "c"), ZERO)));
      }
    }
    assertEquals(6, in.get());
    assertStats(6, 0, 0);
  }

  @Test void waitsForRoomAndIsWokenByAnotherHandle() throws Exception {
    assertEquals(6, queue.submit(jobs(1, 2, 3, 4, 5, 6), ZERO));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = threads.submit(() -> queue.submit(jobs(7, 8, 9), LONG));
      var other = queue(OPTIONS);
      while (!waiting.isDone()) {
        other.acknowledge(other.claim("w", 1, Duration.ofMillis(10)));
      }
      assertEquals(3, waiting.get());
    }
  }

  @Test void discardsMakeRoomToo() throws Exception {
    queue.submit(jobs(1, 2, 3, 4, 5, 6), ZERO);
    for (int attempt = 0; attempt < 3; attempt++) {
      queue.fail(claim(1).getFirst(), "no");
      advance(OPTIONS.retryDelay());
    }
    assertStats(5, 0, 1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = threads.submit(() -> queue.submit(jobs(7), LONG));
      var other = queue(OPTIONS);
      while (server.sql("SELECT crowded FROM uservice_queue WHERE name = '" + name + "'").equals("f")) {
        Thread.sleep(1);
      }
      assertEquals(1, other.discard(List.of("1")));
      assertEquals(1, waiting.get());
    }
  }

  @Test void knowsAJobThatIsSubmittedAgainWithinTheWindow() throws Exception {
    queue.submit(jobs("a"), ZERO);
    queue.acknowledge(claim(1));
    assertEquals(3, queue.submit(jobs("a", "b", "b"), ZERO));
    assertEquals(2, queue.stats().duplicates());
    assertEquals(1, queue.acknowledge(claim(9)));
    advance(OPTIONS.duplicateWindow().minusSeconds(500));
    queue.submit(jobs("a"), ZERO);
    assertEquals(List.of(), ids(claim(9)));
    advance(ofSeconds(500));
    queue.submit(jobs("a"), ZERO);
    assertEquals(List.of("a"), ids(claim(9)));
  }

  @Test void forgetsTheOldestIdsAndKeepsNoMoreThanItMay() throws Exception {
    var few = queue(new QueueOptions(1_000, ofSeconds(1_000), ZERO, 3, ofSeconds(5_000), 3));
    few.submit(jobs(1, 2, 3), ZERO);
    few.submit(jobs(1, 4), ZERO); // 1 is known, then 4 puts it out
    few.submit(jobs(1), ZERO);
    assertEquals(List.of("1", "2", "3", "4", "1"), ids(few.claim("w", 9, ZERO)));
    for (int i = 0; i < 20; i++) {
      few.submit(jobs("x" + i, "y" + i), ZERO);
    }
    assertTrue(Integer.parseInt(server.sql("SELECT count(*) FROM uservice_queue_seen WHERE queue = '" + name + "'")) <= 5);
  }

  @Test void remembersNothingWhereNothingIsToBeRemembered() throws Exception {
    for (var options : List.of(new QueueOptions(99, ofSeconds(1_000), ZERO, 3, ZERO, 100), new QueueOptions(99, ofSeconds(1_000), ZERO, 3, ofSeconds(9), 0))) {
      var forgetful = queue(options);
      assertEquals(3, forgetful.submit(jobs("a", "a", "a"), ZERO));
      assertEquals(3, forgetful.acknowledge(forgetful.claim("w", 9, ZERO)));
      assertEquals(0, forgetful.stats().duplicates());
    }
  }

  @Test void acknowledgesLateWhoeverHoldsTheJob() throws Exception {
    queue.submit(jobs("a"), ZERO);
    var late = claim(1);
    advance(OPTIONS.visibility());
    var other = queue(OPTIONS);
    var again = other.claim("v", 1, ZERO);
    assertEquals(2, again.getFirst().attempt());
    assertEquals(1, queue.acknowledge(late));
    assertEquals(0, other.acknowledge(again));
    assertStats(0, 0, 0);
  }

  @Test void ignoresFailAndReleaseOfAClaimThatIsLost() throws Exception {
    queue.submit(jobs("a"), ZERO);
    var late = claim(1);
    advance(OPTIONS.visibility());
    var again = claim(1);
    queue.fail(late.getFirst(), "late");
    queue.release(late);
    assertStats(0, 1, 0);
    queue.release(again);
    queue.release(again);
    queue.fail(again.getFirst(), "late");
    assertStats(1, 0, 0);
    assertEquals(2, claim(1).getFirst().attempt());
  }

  @Test void releasedJobsAreFirstAgainInTheirOrderAndWereNotTried() throws Exception {
    queue.submit(jobs(1, 2, 3, 4), ZERO);
    var claimed = claim(3);
    queue.release(claimed.subList(0, 2));
    var again = claim(9);
    assertEquals(List.of("1", "2", "4"), ids(again));
    assertEquals(1, again.getFirst().attempt());
    assertEquals(0, queue.stats().redelivered());
  }

  @Test void failedJobsRestAndThenAreDead() throws Exception {
    queue.submit(jobs("a"), ZERO);
    for (int attempt = 1; attempt <= 3; attempt++) {
      var claimed = claim(1);
      assertEquals(attempt, claimed.getFirst().attempt());
      queue.fail(claimed.getFirst(), "no\0 " + attempt + "€" + "x".repeat(2_000));
      assertEquals(List.of(), claim(1));
      advance(OPTIONS.retryDelay());
    }
    assertStats(0, 0, 1);
    var dead = queue.dead(9).getFirst();
    assertEquals(List.of("a", 3, "no  3€" + "x".repeat(PostgresQueue.NOTE_CHARS_MAX - 6)), List.of(dead.job().id(), dead.attempts(), dead.reason()));
    assertEquals("a", new String(dead.job().body()));
    assertEquals(0, queue.acknowledge(List.of()));
  }

  @Test void abandonedJobsAreDeadInTheEndAndDoNotHideOthers() throws Exception {
    queue.submit(jobs("a", "b"), ZERO);
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertEquals(attempt, queue.claim("it's me", 1, ZERO).getFirst().attempt());
      advance(OPTIONS.visibility());
    }
    assertEquals(List.of("b"), ids(claim(1)));
    assertStats(0, 1, 1);
    assertEquals("not acknowledged within 1000000 ms by 'it's me'", queue.dead(1).getFirst().reason());
    assertEquals(2, queue.stats().redelivered());
  }

  @Test void givesDeadJobsBackOrAway() throws Exception {
    var strict = queue(new QueueOptions(6, ofSeconds(1_000), ZERO, 1, ZERO, 0));
    strict.submit(jobs("a", "b", "c", "b"), ZERO);
    for (var delivery : strict.claim("w", 9, ZERO)) {
      strict.fail(delivery, "no");
    }
    assertEquals(List.of("a", "b", "c", "b"), strict.dead(9).stream().map(d -> d.job().id()).toList());
    assertEquals(List.of("a", "b"), strict.dead(2).stream().map(d -> d.job().id()).toList());
    strict.submit(jobs("d"), ZERO);
    assertEquals(2, strict.requeue(List.of("b", "absent", "b")));
    assertEquals(1, strict.discard(Set.of("a", "d")));
    var claimed = strict.claim("w", 9, ZERO);
    assertEquals(List.of("d", "b", "b"), ids(claimed));
    assertEquals(1, claimed.getLast().attempt());
    assertEquals(3, strict.acknowledge(claimed));
    assertEquals(List.of(0L, 0L, 1L), List.of(strict.stats().depth(), strict.stats().pending(), strict.stats().dead()));
    assertEquals("1", server.sql("SELECT jobs FROM uservice_queue WHERE name = '" + name + "'"));
  }

  @Test void listsDeadJobsInPagesOfBoundedSize() throws Exception {
    var big = queue(new QueueOptions(99, ofSeconds(1_000), ZERO, 1, ZERO, 0));
    big.submit(IntStream.range(0, 11).mapToObj(i -> new Job("" + i, new byte[Job.BODY_BYTES_MAX])).toList(), ZERO);
    int claims = 0;
    for (var claimed = big.claim("w", 99, ZERO); !claimed.isEmpty(); claimed = big.claim("w", 99, ZERO), claims++) {
      assertTrue(claimed.size() <= 4, claimed.size() + " at once");
      for (var delivery : claimed) {
        big.fail(delivery, "no");
      }
    }
    assertEquals(3, claims);
    assertEquals(IntStream.range(0, 11).mapToObj(String::valueOf).toList(), big.dead(99).stream().map(d -> d.job().id()).toList());
  }

  @Test void tellsHowOldTheHeadIs() throws Exception {
    assertEquals(ZERO, queue.stats().oldestAge());
    queue.submit(jobs("a", "b"), ZERO);
    advance(ofSeconds(500));
    assertEquals(500, queue.stats().oldestAge().toSeconds(), 90);
    claim(9);
    assertEquals(ZERO, queue.stats().oldestAge());
  }

  /// The poll alone would take longer than there is for a hundred turns.
  @Test void wakesAClaimOfAnotherHandleAtOnce() throws Exception {
    var other = queue(OPTIONS);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int turn = 0; turn < 120; turn++) {
        var waiting = threads.submit(() -> other.claim("w", 1, LONG));
        queue.submit(jobs(turn), ZERO);
        assertEquals(1, other.acknowledge(waiting.get()));
      }
    }
  }

  @Test void wakesAsManyAsThereIsWorkFor() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = IntStream.range(0, 6).mapToObj(i -> threads.submit(() -> queue.claim("w" + i, 1, LONG))).toList();
      queue.submit(jobs(1, 2, 3, 4, 5, 6), ZERO);
      var got = new TreeSet<String>();
      for (var each : waiting) {
        got.addAll(ids(each.get()));
      }
      assertEquals(6, got.size());
    }
  }

  @Test void claimsWhatIsReleasedRestedOrOverWithoutANewJob() throws Exception {
    var quick = queue(new QueueOptions(6, Duration.ofMillis(300), Duration.ofMillis(200), 9, ZERO, 0));
    quick.submit(jobs("a"), ZERO);
    quick.claim("dies", 1, ZERO);
    var over = quick.claim("w", 1, LONG);
    assertEquals(2, over.getFirst().attempt());
    quick.fail(over.getFirst(), "no");
    var rested = quick.claim("w", 1, LONG);
    assertEquals(3, rested.getFirst().attempt());
    var slow = queue(OPTIONS);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertEquals(1, quick.acknowledge(rested));
      quick.submit(jobs("b"), ZERO);
      var held = slow.claim("w", 1, ZERO);
      var waiting = threads.submit(() -> quick.claim("w", 1, LONG));
      slow.release(held);
      assertEquals(List.of("b"), ids(waiting.get()));
    }
  }

  @Test void waitsNoLongerThanItIsTold() throws Exception {
    assertEquals(List.of(), queue.claim("w", 1, Duration.ofMillis(30)));
    queue.submit(jobs(1, 2, 3, 4, 5, 6), ZERO);
    assertEquals(0, queue.submit(jobs(7), Duration.ofMillis(30)));
    assertThrows(IllegalArgumentException.class, () -> claim(0));
    assertEquals(0, queue.submit(List.of(), ZERO));
  }

  @Test void anInterruptEndsAWaitAndNoAnswer() throws Exception {
    var ended = new CompletableFuture<Object>();
    var waiting = Thread.ofVirtual().start(() -> {
      try {
        ended.complete(queue.claim("w", 1, LONG));
      } catch (InterruptedException e) {
        ended.complete("interrupted");
      } catch (QueueException e) {
        ended.complete(e);
      }
    });
    waiting.interrupt();
    assertEquals("interrupted", ended.get());
    queue.submit(jobs("a"), ZERO);
    var claimed = claim(1);
    Thread.currentThread().interrupt();
    int acknowledged = queue.acknowledge(claimed);
    assertTrue(Thread.interrupted());
    assertEquals(1, acknowledged);
  }

  @Test void drainsWhatThisHandleHolds() throws Exception {
    var other = queue(OPTIONS);
    queue.submit(jobs(1, 2, 3, 4, 5), ZERO);
    var claimed = claim(4);
    other.claim("v", 1, ZERO);
    assertFalse(queue.drain(ZERO));
    assertFalse(assertThrows(QueueException.class, () -> queue.submit(jobs("x"), ZERO)).retrySafe());
    assertEquals(List.of(), queue.claim("w", 1, LONG));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var draining = threads.submit(() -> queue.drain(LONG));
      queue.acknowledge(claimed.subList(0, 2));
      queue.release(claimed.subList(2, 3));
      assertFalse(queue.drain(ZERO));
      queue.fail(claimed.get(3), "no");
      assertTrue(draining.get());
    }
    assertTrue(queue.drain(ZERO));
    assertEquals(List.of("3"), ids(other.claim("v", 9, ZERO))); // the other one goes on
  }

  @Test void drainsPastClaimsThatAreOver() throws Exception {
    var quick = queue(new QueueOptions(6, Duration.ofMillis(200), ZERO, 9, ZERO, 0));
    quick.submit(jobs(1), ZERO);
    quick.claim("w", 1, ZERO);
    assertTrue(quick.drain(LONG));
  }

  @Test void wakesWhoWaitsWhenItDrainsOrCloses() throws Exception {
    queue.submit(jobs(1, 2, 3, 4, 5, 6), ZERO);
    var empty = queue(OPTIONS, "application_name=empty");
    var held = empty.claim("w", 9, ZERO);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var submit = threads.submit(() -> queue.submit(jobs(7), LONG));
      var claim = threads.submit(() -> queue.claim("w", 1, LONG));
      queue.drain(ZERO);
      assertEquals(List.of(), claim.get());
      assertTrue(assertThrows(ExecutionException.class, submit::get).getCause() instanceof QueueException);
      var closing = threads.submit(() -> empty.claim("w", 1, LONG));
      var draining = new FutureTask<>(() -> empty.drain(LONG));
      var drainer = Thread.ofVirtual().start(draining);
      while (drainer.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      empty.close();
      try {
        assertEquals(List.of(), closing.get()); // it saw the drain first
      } catch (ExecutionException closed) {
        assertTrue(closed.getCause() instanceof QueueException);
      }
      assertFalse(draining.get());
      assertEquals(6, held.size());
    }
  }

  @Test void isClosedForEveryCallAfterwards() throws Exception {
    queue.submit(jobs("a"), ZERO);
    var claimed = claim(1);
    queue.close();
    queue.close();
    for (var call : List.<org.junit.jupiter.api.function.Executable>of(() -> queue.submit(jobs("b"), ZERO), () -> claim(1), () -> queue.acknowledge(claimed),
        () -> queue.release(claimed), () -> queue.fail(claimed.getFirst(), "no"), queue::stats, () -> queue.dead(1), () -> queue.requeue(List.of("a")),
        () -> queue.discard(List.of("a")), () -> queue.drain(ZERO))) {
      var failed = assertThrows(QueueException.class, call);
      assertTrue(failed.getMessage().endsWith("/postgres: closed"), failed.getMessage());
    }
  }

  @Test void takesBackOnlyItsOwnDeliveries() throws Exception {
    queue.submit(jobs("a"), ZERO);
    var claimed = claim(1);
    var other = queue(OPTIONS);
    assertThrows(IllegalArgumentException.class, () -> other.acknowledge(claimed));
    assertThrows(IllegalArgumentException.class, () -> other.release(claimed));
    assertThrows(IllegalArgumentException.class, () -> other.fail(claimed.getFirst(), "no"));
  }

  @Test void givesEachJobToOneOfManyAtOnce() throws Exception {
    int total = 8_000;
    var options = new QueueOptions(500, LONG, ZERO, 3, ofSeconds(500), 100_000);
    var handles = IntStream.range(0, 4).mapToObj(_ -> queue(options, "pool=4")).toList();
    var seen = new ConcurrentHashMap<String, Integer>();
    var ended = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<?>>();
      for (int handle = 0; handle < 4; handle++) {
        var own = handles.get(handle);
        int from = handle * total / 4;
        futures.add(threads.submit(() -> own.submit(IntStream.range(from, from + total / 4).mapToObj(i -> new Job("" + i, new byte[0])).toList(), LONG)));
        for (int worker = 0; worker < 4; worker++) {
          String consumer = handle + "-" + worker;
          futures.add(threads.submit(() -> {
            while (ended.get() < total) {
              var claimed = own.claim(consumer, 37, Duration.ofMillis(100));
              claimed.forEach(d -> seen.merge(d.job().id(), 1, Integer::sum));
              ended.addAndGet(own.acknowledge(claimed));
            }
            return null;
          }));
        }
      }
      for (var future : futures) {
        future.get();
      }
    }
    assertEquals(total, seen.size());
    assertEquals(Set.of(1), Set.copyOf(seen.values()));
    assertStats(0, 0, 0);
  }

  @Test void keepsQueuesOfOtherNamesApart() throws Exception {
    queue.submit(jobs("a"), ZERO);
    name = name + "-other";
    var other = queue(OPTIONS);
    assertEquals(List.of(), other.claim("w", 1, ZERO));
    assertEquals(1, other.submit(jobs("a"), ZERO));
    assertEquals(List.of("a"), ids(claim(1)));
    assertEquals(1, other.stats().depth());
  }

  @Test void makesItsTablesThoughManyComeAtOnce() throws Exception {
    server.sql("CREATE DATABASE fresh");
    var uri = URI.create(server.uri().toString().replace("/postgres?", "/fresh?"));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = IntStream.range(0, 12).mapToObj(i -> threads.submit(() -> {
        try (var fresh = new PostgresBackend().open(uri, OPTIONS)) {
          return i % 2 == 0 ? fresh.submit(jobs(i), ZERO) : fresh.stats().dead();
        }
      })).toList();
      for (var future : futures) {
        future.get();
      }
    }
    assertEquals("6", server.sql("fresh", "SELECT jobs FROM uservice_queue"));
  }

  @Test void listensOnWhereTheListenersConnectionWasEnded() throws Exception {
    var other = queue(OPTIONS, "application_name=listens");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int turn = 0; turn < 3; turn++) {
        var waiting = threads.submit(() -> other.claim("w", 1, LONG));
        String listening = "application_name = 'listens' AND query LIKE 'LISTEN%'";
        while (server.sql("SELECT count(*) FROM pg_stat_activity WHERE " + listening).equals("0")) {
          Thread.sleep(5);
        }
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE " + listening);
        queue.submit(jobs(turn), ZERO);
        assertEquals(1, other.acknowledge(waiting.get()));
      }
    }
  }
}
