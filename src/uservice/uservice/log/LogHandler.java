package uservice.log;

import module java.base;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// The one handler. It has no lock: a line is made in a buffer of its own and handed over whole.
final class LogHandler extends Handler {
  private static final int POOL = 16; // a power of two
  private static final int FRAMES = 64;
  private static final int KEEP = 32 * 1024; // a buffer that grew beyond this is let go

  private final LineFormat format;
  private final Outlet outlet;
  private final AtomicReferenceArray<Line> pool = new AtomicReferenceArray<>(POOL);

  LogHandler(LineFormat format, Outlet outlet) {
    this.format = format;
    this.outlet = outlet;
  }

  /// Never throws: what cannot be logged is counted.
  @Override public void publish(LogRecord record) {
    try {
      int slot = (int) Thread.currentThread().threadId() & POOL - 1;
      Line kept = pool.getAndSet(slot, null);
      Line line = kept == null ? new Line() : kept; // where none is kept, a parameter's toString() may be logging as well
      format(record, line, FRAMES);
      outlet.put(line.bytes);
      Listening.tell(record, line);
      if (line.bytes.size() <= KEEP) {
        line.clear();
        pool.set(slot, line);
      }
    } catch (Throwable failed) { // out of memory, out of stack, or no record
      outlet.drop();
    }
  }

  /// Makes the line so many calls further down. Once it is made there is stack enough to hand it over: where a stack overflows
  /// in `ReentrantLock`, `lock()` takes the lock, then throws, and nobody gives it back.
  private void format(LogRecord record, Line line, int frames) {
    if (frames > 0) {
      format(record, line, frames - 1);
    } else {
      format.format(record, line);
    }
  }

  @Override public void flush() {
    // Lines leave by themselves; Logging#flush waits for them.
  }

  /// The JDK's own manager closes and removes every handler in a shutdown hook, while others still log: this one comes back,
  /// and what is logged in between, in another hook, may be lost.
  @Override public void close() {
    Logger.getLogger("").addHandler(this);
  }
}
