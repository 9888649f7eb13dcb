package uservice.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.health.Checks.every;
import static uservice.health.Probe.ALIVE;
import static uservice.health.Probe.READY;
import static uservice.health.Probe.STARTUP;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import testing.LogLines;
import testing.ManualClock;

class PolledTest {
  private final Health health = new Health(InstantSource.system(), System::nanoTime);
  private final LogLines log = new LogLines("uservice.health");
  private final CountDownLatch ends = new CountDownLatch(1);

  @AfterEach void close() {
    ends.countDown();
    health.close();
    log.close();
  }

  private void begin() {
    health.start();
    health.release(STARTUP);
    health.release(READY);
  }

  private String message(String name) {
    return health.verdict(READY, name).orElseThrow().message();
  }

  private void becomes(String name, String message) {
    Eventually.is(name + ": " + message, () -> message(name).equals(message));
  }

  /// Hangs whatever is done to it, until the test ends.
  private void hang() {
    for (boolean ended = false; !ended;) {
      try {
        ends.await();
        ended = true;
      } catch (InterruptedException ignored) {
        // This is what the test is about.
      }
    }
  }

  @Test void isUndecidedUntilTheFirstResult() {
    health.add("db", Set.of(ALIVE, READY), every(ofSeconds(5)), () -> false);
    health.release(STARTUP);
    health.release(READY);
    assertTrue(health.valid(ALIVE));
    assertFalse(health.valid(READY));
    assertEquals("not checked yet", message("db"));
    health.start();
    Eventually.is("first result", () -> !health.valid(ALIVE));
    assertEquals("answered no", message("db"));
  }

  @Test void saysWhatWasThrown() {
    begin();
    health.ready("message", every(ofSeconds(5)), () -> {
      throw new IOException("connection refused");
    });
    health.ready("none", every(ofSeconds(5)), () -> {
      throw new NoSuchElementException();
    });
    health.ready("overflow", every(ofSeconds(5)), () -> {
      recurse(0);
    });
    health.ready("memory", every(ofSeconds(5)), () -> {
      throw new OutOfMemoryError("Java heap space");
    });
    health.ready("huge", every(ofSeconds(5)), () -> {
      throw new IOException("x\n".repeat(1 << 20));
    });
    health.ready("hostile", every(ofSeconds(5)), () -> {
      throw new IOException() {
        @Override public String getMessage() {
          throw new StackOverflowError();
        }
      };
    });
    becomes("message", "connection refused");
    becomes("none", "NoSuchElementException");
    becomes("overflow", "StackOverflowError");
    becomes("memory", "Java heap space");
    becomes("hostile", "failed without a message");
    Eventually.is("huge", () -> message("huge").startsWith("x\\nx\\n"));
    assertTrue(message("huge").length() <= 500);
    assertTrue(message("huge").endsWith("…"));
  }

  private static int recurse(int depth) {
    return recurse(depth + 1) + 1;
  }

  @Test void cutsOffWhatHangsAndStartsNoSecondRun() {
    var runs = new AtomicInteger();
    health.ready("hung", every(ofMillis(30)).timeout(ofMillis(20)), () -> {
      runs.incrementAndGet();
      hang();
    });
    health.ready("fine", every(ofMillis(10)), () -> true);
    begin();
    Eventually.is("timed out", () -> log.lines().stream().anyMatch(line -> line.contains("timed out after 20ms")) || message("hung").startsWith("still"));
    Eventually.is("still running", () -> message("hung").startsWith("still running since 20"));
    assertEquals(1, runs.get());
    assertTrue(health.verdict(READY, "fine").orElseThrow().valid());
    ends.countDown();
    Eventually.is("runs again", () -> runs.get() > 1 && message("hung").isEmpty());
  }

  @Test void discardsTheAnswerThatComesTooLate() {
    var runs = new AtomicInteger();
    health.ready("late", every(Duration.ofDays(1)).timeout(ofMillis(20)), () -> {
      runs.incrementAndGet();
      hang();
      return true;
    });
    begin();
    becomes("late", "timed out after 20ms");
    ends.countDown();
    health.ready("after", every(ofMillis(10)), () -> runs.get() == 1);
    Eventually.is("the thread is free again", () -> health.verdict(READY, "after").orElseThrow().valid());
    assertEquals("timed out after 20ms", message("late"));
  }

  @Test void interruptsOnTimeout() {
    var interrupted = new AtomicInteger();
    health.ready("sleeper", every(ofMillis(20)), () -> {
      try {
        Thread.sleep(ofSeconds(60));
      } catch (InterruptedException cut) {
        interrupted.incrementAndGet();
        throw cut;
      }
    });
    begin();
    Eventually.is("interrupted, and run again, twice", () -> interrupted.get() >= 3);
  }

  /// An interrupt that is meant for one run must not reach the next one on the same thread.
  @Test void interruptsNobodyElse() {
    var strays = new AtomicInteger();
    var runs = new AtomicInteger();
    for (int i = 0; i < 8; i++) {
      boolean patient = i % 2 == 0; // these are never cut off, and share threads with those that are
      health.ready("check" + i, every(ofMillis(10)).timeout(patient ? ofSeconds(60) : ofMillis(1)), () -> {
        runs.incrementAndGet();
        long end = System.nanoTime() + 1_000_000; // about when the others are cut off
        while (System.nanoTime() < end) {
          Thread.onSpinWait();
        }
        if (patient && Thread.currentThread().isInterrupted()) {
          strays.incrementAndGet();
        }
      });
    }
    begin();
    Eventually.is("many runs", () -> runs.get() > 1_500);
    assertEquals(0, strays.get());
  }

  @Test void neverRunsTwiceAtOnceAndNotMoreOftenThanItsPeriod() {
    var inside = new AtomicInteger();
    var overlap = new AtomicInteger();
    var starts = new CopyOnWriteArrayList<Long>();
    health.ready("flood", every(ofMillis(10)), () -> {
      starts.add(System.nanoTime());
      overlap.accumulateAndGet(inside.incrementAndGet(), Math::max);
      inside.decrementAndGet();
    });
    begin();
    Eventually.is("runs", () -> starts.size() >= 30);
    assertEquals(1, overlap.get());
    long took = starts.get(29) - starts.get(0);
    assertTrue(took >= 28 * 10_000_000L, "30 runs in " + took + " ns"); // from one due time to the next, a late first run aside
    assertThrows(IllegalArgumentException.class, () -> every(ofMillis(1)));
  }

  @Test void runsOnDaemonPlatformThreads() {
    var seen = new CompletableFuture<Thread>();
    health.ready("who", every(ofSeconds(5)), () -> {
      seen.complete(Thread.currentThread());
    });
    begin();
    Thread thread = seen.orTimeout(20, TimeUnit.SECONDS).join();
    assertFalse(thread.isVirtual());
    assertTrue(thread.isDaemon());
  }

  @Test void fiveHundredChecksOfWhichTenHang() {
    var runs = new AtomicIntegerArray(500);
    for (int i = 0; i < 500; i++) {
      int index = i;
      health.ready("check" + i, every(ofMillis(50)).timeout(ofMillis(40)), () -> {
        runs.incrementAndGet(index);
        if (index % 50 == 0) {
          hang();
        }
        return true;
      });
    }
    begin();
    Eventually.is("all ran five times but those that hang", () ->
        IntStream.range(0, 500).allMatch(i -> i % 50 == 0 ? runs.get(i) == 1 : runs.get(i) >= 5));
    assertFalse(health.valid(READY));
    IntStream.range(0, 10).forEach(i -> health.remove("check" + 50 * i));
    Eventually.is("the rest is fine", () -> health.valid(READY));
  }

  @Test void isRemovedWhileItRuns() {
    var interrupted = new CountDownLatch(1);
    var running = new CountDownLatch(1);
    health.ready("db", every(ofSeconds(60)), () -> {
      running.countDown();
      try {
        Thread.sleep(ofSeconds(60));
      } catch (InterruptedException cut) {
        interrupted.countDown();
      }
    });
    begin();
    Eventually.is("running", () -> running.getCount() == 0);
    assertTrue(health.remove("db"));
    Eventually.is("interrupted", () -> interrupted.getCount() == 0);
    assertTrue(health.valid(READY));
    health.ready("db", every(ofSeconds(60)), () -> true);
    becomes("db", "");
  }

  @Test void repeatsAreDrivenByTheMonotonicClock() {
    var clock = new ManualClock();
    var runs = new AtomicInteger();
    try (var manual = new Health(clock, clock::nanos)) {
      manual.ready("db", every(ofSeconds(5)).failures(2), () -> runs.incrementAndGet() == 1);
      manual.start();
      manual.release(STARTUP);
      manual.release(READY);
      Eventually.is("valid", () -> manual.valid(READY));
      clock.jump(Duration.ofDays(400));
      manual.wake();
      clock.advance(ofSeconds(5));
      manual.wake();
      Eventually.is("one failure", () -> manual.verdict(READY, "db").orElseThrow().message().equals("1 of 2 failures: answered no"));
      assertEquals(2, runs.get());
      assertTrue(manual.valid(READY));
      clock.advance(ofSeconds(5));
      manual.wake();
      Eventually.is("invalid", () -> !manual.valid(READY));
      assertEquals(clock.instant(), manual.verdict(READY, "db").orElseThrow().since());
      clock.advance(ofSeconds(2));
      assertEquals(ofSeconds(2), manual.verdict(READY, "db").orElseThrow().age());
    }
  }

  @Test void defaultsToATimeoutOfASecondOrThePeriod() {
    assertEquals(ofSeconds(1), every(ofSeconds(5)).timeout());
    assertEquals(ofMillis(200), every(ofMillis(200)).timeout());
    assertThrows(IllegalArgumentException.class, () -> every(ofSeconds(5)).failures(0));
    assertThrows(IllegalArgumentException.class, () -> every(ofSeconds(5)).successes(1001));
    assertThrows(IllegalArgumentException.class, () -> every(ofSeconds(5)).timeout(Duration.ZERO));
  }
}
