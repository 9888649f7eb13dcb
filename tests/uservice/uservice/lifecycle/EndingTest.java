package uservice.lifecycle;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import testing.ManualClock;

@Timeout(30)
class EndingTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private final Ending ending = new Ending(LONG, System::nanoTime);

  @Test void failureOfOneStepIsKeptAndTheNextRuns() throws Exception {
    var ran = new ArrayList<String>();
    assertFalse(ending.step("first", LONG, () -> { throw new IOException("disk full"); }));
    assertFalse(ending.step("second", LONG, () -> { throw new StackOverflowError(); }));
    assertTrue(ending.step("third", LONG, () -> ran.add("third")));
    assertEquals(List.of("third"), ran);
    assertEquals(List.of("first: java.io.IOException: disk full", "second: java.lang.StackOverflowError"), ending.faults());
  }

  @Test void stepThatHangsIsInterruptedAndLeftBehind() throws Exception {
    var interrupted = new CountDownLatch(1);
    assertFalse(ending.step("slow", Duration.ofMillis(20), () -> {
      try {
        Thread.sleep(LONG);
      } catch (InterruptedException cut) {
        interrupted.countDown();
      }
    }));
    interrupted.await();
    assertEquals(List.of("slow: cut off after 20 ms"), ending.faults());
  }

  @Test void stepThatIgnoresInterruptsHoldsNobody() throws Exception {
    var end = new AtomicBoolean();
    assertFalse(ending.step("deaf", Duration.ofMillis(20), () -> {
      while (!end.get()) {
        Thread.onSpinWait();
      }
    }));
    assertTrue(ending.step("next", LONG, () -> {}));
    end.set(true);
  }

  @Test void hurryCutsTheStepThatRunsAndLeavesNoTimeForOthers() throws Exception {
    var running = new CountDownLatch(1);
    Thread.ofVirtual().start(() -> {
      try {
        running.await();
        ending.hurry();
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    });
    assertFalse(ending.step("drain", LONG, () -> {
      running.countDown();
      Thread.sleep(LONG);
    }));
    assertFalse(ending.step("flush", LONG, () -> fail("there was no time for it")));
    ending.pause(LONG);
    assertEquals(List.of("drain: cut off after a second signal", "flush: not run, no time was left"), ending.faults());
  }

  @Test void stepGetsNoMoreThanWhatIsLeftOfTheBudget() {
    var clock = new ManualClock();
    var budget = new Ending(Duration.ofSeconds(30), clock::nanos);
    clock.advance(Duration.ofSeconds(29));
    assertEquals(Duration.ofSeconds(1), budget.left());
    clock.advance(Duration.ofSeconds(5));
    assertEquals(Duration.ZERO, budget.left());
  }
}
