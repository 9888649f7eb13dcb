package uservice.redis;

import module java.base;
import uservice.queue.Delivery;

/// What a handle has in its hands: the entries that it gave out and that have not ended, and the claims under way.
final class Held {
  private static final long LOOK_NANOS = 1_000_000_000; // whether claims are over

  private final LongSupplier nanos;
  private final long visibility;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Long> entries = new HashMap<>(); // with the time when the claim is over
  private int claiming;
  private boolean abandoned;

  Held(LongSupplier nanos, Duration visibility) {
    this.nanos = nanos;
    this.visibility = visibility.toNanos();
  }

  /// A claim begins, with +1, or ends, with -1.
  void claiming(int more) {
    lock.lock();
    claiming += more;
    changed.signalAll();
    lock.unlock();
  }

  List<Delivery> take(List<Delivery> taken) {
    long until = nanos.getAsLong() + visibility;
    lock.lock();
    taken.forEach(delivery -> entries.put(((Entry) delivery).entry(), until));
    lock.unlock();
    return taken;
  }

  void letGo(List<Delivery> gone) {
    lock.lock();
    gone.forEach(delivery -> entries.remove(((Entry) delivery).entry()));
    changed.signalAll();
    lock.unlock();
  }

  /// Nobody waits for it any more.
  void abandon() {
    lock.lock();
    abandoned = true;
    changed.signalAll();
    lock.unlock();
  }

  /// Waits until nothing is held; false where that takes longer. What others may claim by now is held no more.
  boolean awaitNothing(Duration wait) throws InterruptedException {
    long deadline = nanos.getAsLong() + wait.toNanos();
    lock.lock();
    try {
      while (true) {
        long now = nanos.getAsLong();
        entries.values().removeIf(until -> until - now <= 0);
        if (entries.isEmpty() && claiming == 0 || abandoned) {
          return entries.isEmpty();
        }
        if (deadline - now <= 0) {
          return false;
        }
        changed.awaitNanos(Math.min(deadline - now, LOOK_NANOS));
      }
    } finally {
      lock.unlock();
    }
  }
}
