package uservice.queue;

import module java.base;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import testing.ManualClock;

@Timeout(20) // less than LONG: who is not woken, is late
final class MemoryQueueTest {
  private static final Duration LONG = ofSeconds(30);
  private static final QueueOptions OPTIONS = new QueueOptions(4, ofSeconds(10), ofSeconds(1), 3, ofSeconds(60), 100);

  private final ManualClock clock = new ManualClock();
  private final Queue queue = new MemoryQueue(OPTIONS, clock::nanos);

  static Job job(Object id) {
    return new Job(id.toString(), new byte[0]);
  }

  private static List<Job> jobs(Object... ids) {
    return Stream.of(ids).map(MemoryQueueTest::job).toList();
  }

  private static List<String> ids(List<Delivery> deliveries) {
    return deliveries.stream().map(d -> d.job().id()).toList();
  }

  private List<Delivery> claim(int max) throws Exception {
    return queue.claim("w", max, ZERO);
  }

  private void assertStats(long depth, long pending, long dead) throws QueueException {
    var stats = queue.stats();
    assertEquals(List.of(depth, pending, dead), List.of(stats.depth(), stats.pending(), stats.dead()));
  }

  @Test void handsOutInOrderUntilAcknowledged() throws Exception {
    var body = new byte[] {1};
    assertEquals(3, queue.submit(List.of(new Job("a", body), job("b"), job("c")), ZERO));
    var claimed = claim(2);
    assertEquals(List.of("a", "b"), ids(claimed));
    assertSame(body, claimed.getFirst().job().body());
    assertEquals(1, claimed.getFirst().attempt());
    assertStats(1, 2, 0);
    assertEquals(2, queue.acknowledge(claimed));
    assertEquals(0, queue.acknowledge(claimed));
    assertEquals(List.of("c"), ids(claim(9)));
    assertEquals(List.of(), claim(9));
    assertStats(0, 1, 0);
  }

  @Test void redeliversWhenTheVisibilityIsOver() throws Exception {
    queue.submit(jobs("a", "b"), ZERO);
    var lost = claim(1);
    clock.advance(OPTIONS.visibility().minusNanos(1));
    assertEquals(List.of("b"), ids(claim(9)));
    clock.advance(Duration.ofNanos(1));
    queue.submit(jobs("c"), ZERO);
    var again = claim(1);
    assertEquals(List.of("a"), ids(again));
    assertEquals(2, again.getFirst().attempt());
    assertEquals(1, queue.stats().redelivered());
    assertEquals(1, lost.getFirst().attempt());
  }

  @Test void acknowledgesLateWhoeverHoldsTheJob() throws Exception {
    queue.submit(jobs("a"), ZERO);
    var late = claim(1);
    clock.advance(OPTIONS.visibility());
    var again = claim(1);
    assertEquals(1, queue.acknowledge(late));
    assertEquals(0, queue.acknowledge(again));
    clock.advance(OPTIONS.visibility());
    assertEquals(List.of(), claim(1));
    assertStats(0, 0, 0);
  }

  @Test void ignoresFailAndReleaseOfAClaimThatIsLost() throws Exception {
    queue.submit(jobs("a"), ZERO);
    var late = claim(1);
    clock.advance(OPTIONS.visibility());
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

  @Test void failedJobsRestAndThenAreDead() throws Exception {
    queue.submit(jobs("a"), ZERO);
    for (int attempt = 1; attempt <= 3; attempt++) {
      var claimed = claim(1);
      assertEquals(attempt, claimed.getFirst().attempt());
      queue.fail(claimed.getFirst(), "no " + attempt);
      assertEquals(List.of(), claim(1));
      clock.advance(OPTIONS.retryDelay());
    }
    assertStats(0, 0, 1);
    var dead = queue.dead(9).getFirst();
    assertEquals("a", dead.job().id());
    assertEquals(3, dead.attempts());
    assertEquals("no 3", dead.reason());
  }

  @Test void abandonedJobsAreDeadInTheEnd() throws Exception {
    queue.submit(jobs("a", "b"), ZERO);
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertEquals(List.of("a", "b"), ids(queue.claim("w" + attempt, 9, ZERO)));
      clock.advance(OPTIONS.visibility());
    }
    assertEquals(List.of(), claim(9));
    assertEquals(List.of("not acknowledged within PT10S by 'w3'"), queue.dead(1).stream().map(DeadJob::reason).toList());
    assertEquals(List.of("a", "b"), queue.dead(9).stream().map(dead -> dead.job().id()).toList());
  }

  @Test void releaseTakesTheAttemptBackAndKeepsTheOrder() throws Exception {
    queue.submit(jobs("a", "b", "c"), ZERO);
    for (int restart = 0; restart < 10; restart++) {
      var claimed = claim(2);
      assertEquals(List.of("a", "b"), ids(claimed));
      assertEquals(1, claimed.getFirst().attempt());
      queue.release(claimed);
    }
    assertEquals(0, queue.stats().redelivered());
    assertStats(3, 0, 0);
  }

  @Test void requeuesAndDiscardsTheDead() throws Exception {
    var once = new MemoryQueue(new QueueOptions(3, ofSeconds(1), ZERO, 1, ZERO, 0), clock::nanos);
    once.submit(jobs("a", "b", "c"), ZERO);
    for (var delivery : once.claim("w", 9, ZERO)) {
      once.fail(delivery, "bad");
    }
    assertEquals(0, once.submit(jobs("d"), ZERO), "dead jobs take room");
    assertEquals(1, once.discard(List.of("b", "x")));
    assertEquals(2, once.requeue(List.of("c", "a", "b")));
    assertEquals(1, once.submit(jobs("d"), ZERO));
    var again = once.claim("w", 9, ZERO);
    assertEquals(List.of("a", "c", "d"), ids(again));
    assertEquals(1, again.getFirst().attempt());
    assertEquals(List.of(), once.dead(9));
  }

  @Test void recognisesDuplicatesWithinTheWindow() throws Exception {
    assertEquals(2, queue.submit(jobs("a", "a"), ZERO));
    assertStats(1, 0, 0);
    queue.acknowledge(claim(1));
    clock.advance(OPTIONS.duplicateWindow().minusNanos(1));
    assertEquals(1, queue.submit(jobs("a"), ZERO));
    assertStats(0, 0, 0);
    assertEquals(2, queue.stats().duplicates());
    clock.advance(Duration.ofNanos(1));
    assertEquals(1, queue.submit(jobs("a"), ZERO));
    assertStats(1, 0, 0);
  }

  @Test void remembersOnlySoManyIds() throws Exception {
    var two = new MemoryQueue(new QueueOptions(9, LONG, ZERO, 1, LONG, 2), clock::nanos);
    two.submit(jobs("a", "b", "c", "a", "c"), ZERO);
    assertEquals(4, two.stats().depth());
    var none = new MemoryQueue(new QueueOptions(9, LONG, ZERO, 1, LONG, 0), clock::nanos);
    none.submit(jobs("a", "a"), ZERO);
    assertEquals(2, none.stats().depth());
  }

  @Test void saysHowManyWentIn() throws Exception {
    assertEquals(4, queue.submit(jobs(1, 2, 3, 4, 5, 6), ZERO));
    assertEquals(0, queue.submit(jobs(5), ZERO));
    assertEquals(1, queue.submit(jobs(2), ZERO), "a duplicate needs no room");
    assertEquals(0, queue.submit(List.of(), ZERO));
    queue.acknowledge(claim(1));
    assertEquals(1, queue.submit(jobs(5, 6), ZERO), "what was refused was not remembered");
  }

  @Test void tellsTheAgeOfTheHead() throws Exception {
    assertEquals(ZERO, queue.stats().oldestAge());
    queue.submit(jobs("a"), ZERO);
    clock.advance(ofSeconds(3));
    queue.submit(jobs("b"), ZERO);
    assertEquals(ofSeconds(3), queue.stats().oldestAge());
    claim(1);
    assertEquals(ZERO, queue.stats().oldestAge());
  }

  @Test void submitWaitsForRoom() throws Exception {
    var live = new MemoryQueue(OPTIONS, System::nanoTime);
    live.submit(jobs(1, 2, 3), ZERO);
    var submitted = start(() -> live.submit(jobs(4, 5, 6), LONG)).waits();
    for (int acknowledged = 0; acknowledged < 6; ) {
      acknowledged += live.acknowledge(live.claim("w", 1, LONG));
    }
    assertEquals(3, submitted.get());
    var full = new MemoryQueue(OPTIONS, System::nanoTime);
    assertEquals(4, full.submit(jobs(1, 2, 3, 4, 5), ofMillis(20)));
  }

  @Test void submitTellsClaimsBeforeItWaitsForRoom() throws Exception {
    var live = new MemoryQueue(OPTIONS, System::nanoTime);
    var claims = List.of(start(() -> live.claim("w", 2, LONG)).waits(), start(() -> live.claim("w", 2, LONG)).waits());
    var submitted = start(() -> live.submit(jobs(1, 2, 3, 4, 5), LONG));
    for (var claim : claims) {
      assertEquals(2, claim.get().size());
    }
    assertEquals(1, live.acknowledge(claims.getFirst().get().subList(0, 1)));
    assertEquals(5, submitted.get());
  }

  @Test void claimWaitsForJobsForRestAndForClaimsThatEnd() throws Exception {
    var live = new MemoryQueue(new QueueOptions(9, ofMillis(200), ofMillis(50), 5, ZERO, 0), System::nanoTime);
    assertEquals(List.of(), live.claim("w", 1, ofMillis(10)));
    var first = start(() -> live.claim("w", 1, LONG)).waits();
    var second = start(() -> live.claim("w", 1, LONG)).waits();
    live.submit(jobs("a"), ZERO);
    var both = Stream.of(first.get().getFirst(), second.get().getFirst()) // the second sleeps until the claim is over
        .sorted(Comparator.comparingInt(Delivery::attempt)).toList();
    assertEquals(List.of(1, 2), both.stream().map(Delivery::attempt).toList());
    var again = both.getLast();
    var third = start(() -> live.claim("w", 1, LONG)).waits();
    live.fail(again, "once more");
    assertEquals(3, third.get().getFirst().attempt());
  }

  @Test void closeWakesWhoeverWaits() throws Exception {
    var live = new MemoryQueue(OPTIONS, System::nanoTime);
    var claim = start(() -> live.claim("w", 1, LONG)).waits();
    live.close();
    live.close();
    assertEquals(List.of(), claim.get());
    for (var use : List.<org.junit.jupiter.api.function.Executable>of(() -> live.submit(jobs("a"), ZERO),
        () -> live.claim("w", 1, ZERO), () -> live.acknowledge(List.of()), () -> live.release(List.of()), live::stats,
        () -> live.dead(1), () -> live.requeue(List.of()), () -> live.drain(ZERO))) {
      var closed = assertThrows(QueueException.class, use);
      assertEquals("queue in memory: closed", closed.getMessage());
      assertFalse(closed.retrySafe());
    }
    var full = new MemoryQueue(OPTIONS, System::nanoTime);
    full.submit(jobs(1, 2, 3), ZERO);
    var submit = start(() -> full.submit(jobs(4, 5), LONG)).waits();
    full.close();
    assertEquals(1, submit.get());
  }

  @Test void drainsUntilAllIsAcknowledgedOrDead() throws Exception {
    var live = new MemoryQueue(new QueueOptions(9, LONG, ZERO, 2, ZERO, 0), System::nanoTime);
    live.submit(jobs("a", "b"), ZERO);
    assertFalse(live.drain(ofMillis(5)));
    assertThrows(QueueException.class, () -> live.submit(jobs("c"), ZERO));
    var drained = start(() -> live.drain(LONG)).waits();
    var a = live.claim("w", 1, LONG);
    live.fail(a.getFirst(), "first");
    var both = live.claim("w", 9, LONG);
    assertEquals(List.of("a", "b"), ids(both));
    var idle = start(() -> live.claim("w", 1, LONG)).waits();
    live.fail(both.getFirst(), "second");
    assertFalse(drained.isDone());
    live.acknowledge(both);
    assertTrue(drained.get());
    assertEquals(List.of(), idle.get());
    assertEquals(List.of("second"), live.dead(9).stream().map(DeadJob::reason).toList());
  }

  @Test void refusesWhatMakesNoSense() {
    assertThrows(IllegalArgumentException.class, () -> new Job("", new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> new Job("a".repeat(256), new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> new Job("a", new byte[Job.BODY_BYTES_MAX + 1]));
    assertThrows(IllegalArgumentException.class, () -> queue.claim("w", 0, ZERO));
    var foreign = new Delivery() {
      @Override public Job job() {
        return MemoryQueueTest.job("a");
      }

      @Override public int attempt() {
        return 1;
      }
    };
    assertThrows(IllegalArgumentException.class, () -> queue.acknowledge(List.of(foreign)));
  }

  /// Workers that die with what they hold, stop and give back, fail, or are late: every job is done at least once, and
  /// is gone exactly once.
  @Test void losesNothingWhenWorkersDie() throws Exception {
    int count = 5_000;
    var live = new MemoryQueue(new QueueOptions(64, ofMillis(20), ofMillis(1), 1_000, LONG, count), System::nanoTime);
    var done = new AtomicIntegerArray(count);
    var ended = new AtomicInteger();
    var threads = new ArrayList<Future<?>>();
    for (int s = 0; s < 4; s++) {
      int from = s * count / 4;
      threads.add(start(() -> {
        for (int i = from; i < from + count / 4; i += 5) {
          var batch = jobs(i, i + 1, i + 2, i + 3, i + 4);
          for (int in = 0; in < batch.size(); ) {
            in += live.submit(batch.subList(in, batch.size()), ofMillis(10));
          }
          live.submit(batch, LONG); // again, as after a lost answer
        }
        return null;
      }));
    }
    for (int w = 0; w < 8; w++) {
      var random = new Random(w);
      threads.add(start(() -> {
        while (ended.get() < count) {
          var claimed = live.claim("w", 1 + random.nextInt(9), ofMillis(10));
          switch (random.nextInt(8)) {
            case 0 -> { } // dies
            case 1 -> live.release(claimed);
            case 2 -> {
              for (var delivery : claimed) {
                live.fail(delivery, "unlucky");
              }
            }
            default -> {
              claimed.forEach(delivery -> done.incrementAndGet(Integer.parseInt(delivery.job().id())));
              ended.addAndGet(live.acknowledge(claimed));
            }
          }
        }
        return null;
      }));
    }
    for (var thread : threads) {
      thread.get();
    }
    assertEquals(count, ended.get());
    for (int i = 0; i < count; i++) {
      assertTrue(done.get(i) >= 1, "job " + i);
    }
    assertEquals(count, live.stats().duplicates());
    assertEquals(List.of(0L, 0L, 0L),
        List.of(live.stats().depth(), live.stats().pending(), live.stats().dead()));
  }

  private static <T> Task<T> start(Callable<T> call) {
    var task = new Task<>(call);
    task.thread.start();
    return task;
  }

  private static final class Task<T> extends FutureTask<T> {
    private final Thread thread = Thread.ofVirtual().unstarted(this);

    Task(Callable<T> call) {
      super(call);
    }

    /// Returns once the call waits for something, or is over.
    Task<T> waits() throws Exception {
      until(() -> isDone() || thread.getState() == Thread.State.TIMED_WAITING);
      return this;
    }
  }

  private static void until(Callable<Boolean> fact) throws Exception {
    while (!fact.call()) {
      Thread.onSpinWait();
    }
  }
}
