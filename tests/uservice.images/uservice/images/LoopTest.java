package uservice.images;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// When a refresh is made, and what the loop lives through.
@Timeout(60)
class LoopTest {
  private static final Outcome LISTED = new Outcome.Listed(1, 1);

  /// What the loop logs, as `LEVEL message`.
  private static final class Lines implements System.Logger {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override public String getName() { return "uservice.images"; }

    @Override public boolean isLoggable(Level level) { return level.getSeverity() >= Level.INFO.getSeverity(); }

    @Override public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
      log(level, bundle, message + (thrown == null ? "" : " + " + thrown.getClass().getSimpleName()));
    }

    @Override public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
      if (isLoggable(level)) {
        lines.add(level + " " + format);
      }
    }
  }

  private final Lines log = new Lines();

  /// A source that says when it is asked, and answers when it is told to.
  private static final class Steered implements Loop.Source {
    private final Semaphore asked = new Semaphore(0);
    private final BlockingQueue<Outcome> answers = new LinkedBlockingQueue<>();

    @Override public Outcome refresh() throws InterruptedException {
      asked.release();
      return answers.take();
    }
  }

  @Test void startIsATrigger() throws Exception {
    var source = new Steered();
    var loop = new Loop(log, source, _ -> {}, null, false);
    loop.start();
    source.asked.acquire();
    loop.close();
  }

  @Test void triggersDuringARefreshMakeOneMore() throws Exception {
    var source = new Steered();
    var outcomes = new LinkedBlockingQueue<Outcome>();
    var loop = new Loop(log, source, outcomes::add, null, false);
    loop.start();
    source.asked.acquire();
    for (int i = 0; i < 10_000; i++) {
      loop.trigger();
    }
    source.answers.add(LISTED);
    source.asked.acquire(); // the one more
    source.answers.add(LISTED);
    assertEquals(LISTED, outcomes.take());
    assertEquals(LISTED, outcomes.take());
    loop.trigger();
    source.asked.acquire(); // asked for after it
    loop.close();
    assertEquals(0, source.asked.availablePermits(), "and no other");
    assertEquals(0, outcomes.size());
  }

  @Test void burstsOfTriggersFromManyThreadsEndInARefreshThatBeganAfterTheLast() throws Exception {
    var began = new AtomicInteger();
    var seen = new AtomicInteger();
    var wanted = new AtomicInteger();
    var loop = new Loop(log, () -> {
      int now = wanted.get();
      began.incrementAndGet();
      seen.accumulateAndGet(now, Math::max);
      return LISTED;
    }, _ -> {}, null, false);
    loop.start();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        callers.submit(() -> {
          for (int j = 0; j < 1_000; j++) {
            wanted.incrementAndGet();
            loop.trigger();
          }
        });
      }
    }
    while (seen.get() < 8_000) {
      Thread.onSpinWait();
    }
    loop.close();
    assertTrue(began.get() <= 8_001);
  }

  @Test void refreshesByItselfWhereATimeIsGiven() throws Exception {
    var asked = new CountDownLatch(5);
    var loop = new Loop(log, () -> {
      asked.countDown();
      return LISTED;
    }, _ -> {}, Duration.ofMillis(1), false);
    loop.start();
    asked.await();
    loop.close();
  }

  @Test void failuresOfEverySortAreLivedThrough() throws Exception {
    var outcomes = new LinkedBlockingQueue<Outcome>();
    var next = new ArrayDeque<Loop.Source>(List.of(
        () -> new Outcome.Failed(Outcome.Result.CUT, "", "cut"),
        () -> { throw new IllegalStateException("a bug"); },
        () -> { throw new OutOfMemoryError("so it says"); },
        () -> LISTED));
    var loop = new Loop(log, () -> next.remove().refresh(), outcome -> {
      outcomes.add(outcome);
      throw new IllegalStateException("a bug in the sink");
    }, null, false);
    loop.start();
    assertEquals("cut", ((Outcome.Failed) outcomes.take()).text());
    loop.trigger();
    assertEquals("BUG: java.lang.IllegalStateException: a bug", ((Outcome.Failed) outcomes.take()).text());
    loop.trigger();
    assertEquals("BUG: java.lang.OutOfMemoryError: so it says", ((Outcome.Failed) outcomes.take()).text());
    loop.trigger();
    assertEquals(LISTED, outcomes.take());
    loop.close();
    String sink = "ERROR the outcome of a refresh could not be told + IllegalStateException";
    assertEquals(List.of("WARNING images cannot be listed: cut", sink,
        "WARNING images cannot be listed: BUG: java.lang.IllegalStateException: a bug + IllegalStateException", sink,
        "WARNING images cannot be listed: BUG: java.lang.OutOfMemoryError: so it says + OutOfMemoryError", sink,
        "INFO images are listed again", sink), log.lines);
  }

  @Test void logTellsEachChangeOnce() throws Exception {
    var next = new ArrayDeque<Outcome>(List.of(
        failed(Outcome.Result.CUT, "", "cut 1"), failed(Outcome.Result.CUT, "", "cut 2"), failed(Outcome.Result.REFUSED, "UNAVAILABLE", "no 1"),
        failed(Outcome.Result.REFUSED, "UNAVAILABLE", "no 2"), failed(Outcome.Result.REFUSED, "INTERNAL", "no 3"), LISTED, LISTED,
        failed(Outcome.Result.REFUSED, "INTERNAL", "no 4"), LISTED));
    var told = new LinkedBlockingQueue<Outcome>();
    int all = next.size();
    var loop = new Loop(log, next::remove, told::add, null, false);
    loop.start();
    for (int left = all; left > 0; left--) {
      told.take();
      if (left > 1) {
        loop.trigger();
      }
    }
    loop.close();
    assertEquals(List.of("WARNING images cannot be listed: cut 1", "WARNING images cannot be listed: no 1", "WARNING images cannot be listed: no 3",
        "INFO images are listed again", "WARNING images cannot be listed: no 4", "INFO images are listed again"), log.lines);
  }

  private static Outcome failed(Outcome.Result result, String kind, String text) { return new Outcome.Failed(result, kind, text); }

  @Test void retriesByItselfWhereReadinessHangsOnIt() throws Exception {
    var asked = new CountDownLatch(2);
    var loop = new Loop(log, () -> {
      asked.countDown();
      return new Outcome.Failed(Outcome.Result.CUT, "", "cut");
    }, _ -> {}, null, true);
    loop.start();
    asked.await();
    loop.close();
    assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 30L, 30L), IntStream.of(1, 2, 3, 4, 5, 6, Integer.MAX_VALUE)
        .mapToObj(failures -> Loop.retryAfter(failures).toSeconds()).toList());
  }

  @Test void closeEndsARefreshThatHangs() throws Exception {
    var source = new Steered();
    var loop = new Loop(log, source, _ -> fail("it was interrupted"), null, false);
    loop.start();
    source.asked.acquire();
    loop.close();
    loop.trigger();
    assertEquals(0, source.asked.availablePermits());
  }
}
