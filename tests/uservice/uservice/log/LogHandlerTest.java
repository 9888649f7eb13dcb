package uservice.log;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import uservice.json.Utf8Buffer;

class LogHandlerTest {
  private static final int ROUNDS = 50;
  private static final int STACK_BYTES = 256 << 10;
  private static final int STEP_BYTES = 4 << 10; // stacks are whole pages
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Outlet outlet = new Outlet(OutputStream.nullOutputStream(), 1_000_000, _ -> new Utf8Buffer(10).put("dropped\n"));
  private final LogHandler handler = new LogHandler(new JsonFormat("shop"), outlet);
  private final Logger logger = Logger.getAnonymousLogger();

  /// `ReentrantLock.lock()` on the last bytes of a stack takes the lock and throws: nobody would ever log again.
  @Test void leavesNothingLockedWhereAStackOverflows() throws Exception {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    for (int i = 0; i < ROUNDS; i++) {
      assertEnds(new Thread(null, this::overflow, "overflow", STACK_BYTES + STEP_BYTES * i));
    }
    var flushed = new AtomicBoolean();
    assertEnds(new Thread(() -> flushed.set(flush())));
    assertTrue(flushed.get());
  }

  /// So that there is stack left for the lock where there was enough for the line; this half of it overflows too rarely to wait for.
  @Test void makesALineFurtherDownThanItHandsItOver() {
    var depth = new AtomicInteger();
    handler.publish(Records.record("{0}", new Object() {
      @Override public String toString() {
        depth.set(depth());
        return "made";
      }
    }));
    assertTrue(depth.get() - depth() > 64, () -> depth + " and " + depth());
  }

  private static int depth() {
    return new Throwable().getStackTrace().length;
  }

  private void overflow() {
    try {
      deeper();
    } catch (StackOverflowError expected) {
      // It is what follows that matters.
    }
  }

  private void deeper() {
    logger.info("deep");
    deeper();
  }

  private boolean flush() {
    try {
      handler.publish(Records.record("last"));
      return outlet.flush(LONG);
    } catch (InterruptedException cut) {
      return false;
    }
  }

  private static void assertEnds(Thread thread) throws InterruptedException {
    thread.setDaemon(true);
    thread.start();
    thread.join(LONG);
    assertFalse(thread.isAlive(), () -> List.of(thread.getStackTrace()).toString());
  }
}
