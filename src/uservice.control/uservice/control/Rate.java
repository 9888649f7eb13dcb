package uservice.control;

import module java.base;

/// How many of something are let through a second, with a second's worth in a burst. For any number of threads.
final class Rate {
  private static final long SECOND = 1_000_000_000;

  private final int perSecond;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private long asked; // guarded by the lock, as is the rest
  private double left;

  Rate(int perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.nanos = nanos;
    this.asked = nanos.getAsLong();
    this.left = perSecond;
  }

  int perSecond() {
    return perSecond;
  }

  /// Takes one, if there is one.
  boolean take() {
    return delay() == 0;
  }

  /// Takes one and returns 0; or takes none and returns the nanoseconds until there is one.
  long delay() {
    lock.lock();
    try {
      long now = nanos.getAsLong();
      left = Math.min(perSecond, left + (double) (now - asked) * perSecond / SECOND);
      asked = now;
      if (left >= 1) {
        left--;
        return 0;
      }
      return Math.max(1, (long) ((1 - left) * SECOND / perSecond));
    } finally {
      lock.unlock();
    }
  }
}
