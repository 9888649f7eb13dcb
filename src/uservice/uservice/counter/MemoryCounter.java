package uservice.counter;

import module java.base;

/// One user's handle on a counter of this process.
///
/// Past the limit a call is one volatile read, so that a crowd at a full counter costs nothing. Below it a lost race
/// means that another thread got its number: some thread always advances.
final class MemoryCounter implements BoundedCounter {
  private final AtomicLong given;
  private final long limit;
  private final AtomicReference<Runnable> onClose;

  MemoryCounter(AtomicLong given, long limit, Runnable onClose) {
    this.given = given;
    this.limit = limit;
    this.onClose = new AtomicReference<>(onClose);
  }

  @Override public OptionalLong next() throws CounterException {
    ping();
    for (long now = given.get(); now < limit; now = given.get()) {
      if (given.compareAndSet(now, now + 1)) {
        return OptionalLong.of(now + 1);
      }
      Thread.onSpinWait();
    }
    return OptionalLong.empty();
  }

  @Override public long value() throws CounterException {
    ping();
    return given.get();
  }

  @Override public void reset() throws CounterException {
    ping();
    given.set(0);
  }

  @Override public void ping() throws CounterException {
    if (onClose.get() == null) {
      throw CounterException.closed("counter in memory");
    }
  }

  @Override public long limit() {
    return limit;
  }

  @Override public void close() {
    Runnable last = onClose.getAndSet(null);
    if (last != null) {
      last.run();
    }
  }
}
