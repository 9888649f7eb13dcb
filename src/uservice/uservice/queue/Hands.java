package uservice.queue;

import module java.base;

/// What a handle of a queue elsewhere has in its hands, and how it comes to an end: for backends, whose [Queue#claim] begins
/// with [#reach] and ends with [#take], and whose [Queue#drain] is [#empty]. Safe for any threads.
///
/// What has been held for the visibility timeout may be somebody else's by then and is held no more; each [#take] looks, so what
/// is never settled does not pile up. A job that comes again is held for its newer delivery alone.
///
/// @param <K> what tells jobs apart: the entry's id, the row's number
public final class Hands<K> {
  private static final long LOOK_NANOS = 1_000_000_000; // whether claims are over

  private enum State { OPEN, DRAINING, CLOSED }

  private record Held(Delivery delivery, long until) {}

  private final LongSupplier nanos;
  private final long visibility;
  private final Function<? super Delivery, K> key;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LinkedHashMap<K, Held> held = new LinkedHashMap<>(); // those claimed first in front
  private volatile State state = State.OPEN; // written under the lock
  private int reaching;

  /// With a clock in nanoseconds, and the job's key in a delivery.
  public Hands(LongSupplier nanos, Duration visibility, Function<? super Delivery, K> key) {
    this.nanos = nanos;
    this.visibility = TimeUnit.NANOSECONDS.convert(visibility);
    this.key = key;
  }

  /// Neither drained nor closed.
  public boolean open() { return state == State.OPEN; }

  public boolean closed() { return state == State.CLOSED; }

  /// Begins a claim, which ends with [#take], of nothing if need be; false where none is to be had any more.
  public boolean reach() {
    return locked(() -> {
      reaching += open() ? 1 : 0;
      return open();
    });
  }

  /// Ends a claim: these are held from now on.
  public void take(List<? extends Delivery> claimed) {
    locked(() -> {
      reaching--;
      long now = nanos.getAsLong();
      forget(now);
      claimed.forEach(delivery -> held.putLast(key.apply(delivery), new Held(delivery, now + visibility)));
      return null;
    });
  }

  /// These are done, given back or failed.
  public void settle(List<? extends Delivery> ended) {
    locked(() -> {
      ended.forEach(delivery -> held.computeIfPresent(key.apply(delivery), (_, now) -> now.delivery == delivery ? null : now));
      return null;
    });
  }

  /// No claim begins from here on.
  public void drain() {
    locked(() -> state = open() ? State.DRAINING : state);
  }

  /// [Drains][#drain], and waits until nothing is held and no claim is under way; false where the wait was over before, or
  /// where it was [closed][#close] meanwhile.
  public boolean empty(Duration wait) throws InterruptedException {
    long deadline = nanos.getAsLong() + TimeUnit.NANOSECONDS.convert(wait);
    drain();
    lock.lock();
    try {
      while (!closed()) {
        long now = nanos.getAsLong();
        forget(now);
        if (held.isEmpty() && reaching == 0) {
          return true;
        }
        if (deadline - now <= 0) {
          return false;
        }
        changed.awaitNanos(Math.min(deadline - now, LOOK_NANOS));
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Nobody waits any more; true for the first who says so.
  public boolean close() {
    return locked(() -> {
      boolean first = !closed();
      state = State.CLOSED;
      return first;
    });
  }

  private void forget(long now) {
    while (!held.isEmpty() && held.firstEntry().getValue().until - now <= 0) {
      held.pollFirstEntry();
    }
  }

  private <T> T locked(Supplier<T> change) {
    lock.lock();
    try {
      return change.get();
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }
}
