package uservice.hwaas;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.queue.QueueException;

/// How one side, the clients or the workers, stands with the queue: each change is logged once, whoever of them notices, a loss
/// at most every ten seconds, since some may reach it while others do not. Who has failed waits longer each time, up to some seconds, by chance more or less, so that not all come back at once.
final class Contact {
  private static final Logger LOG = System.getLogger("uservice.hwaas");
  private static final long PAUSE_MILLIS_MIN = 100;
  private static final long PAUSE_MILLIS_MAX = 5_000;
  private static final int DOUBLINGS_MAX = 6;
  private static final long QUIET_NANOS = 10_000_000_000L;

  private final String side;
  private final CountDownLatch ended;
  private final AtomicBoolean lost = new AtomicBoolean();
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

  /// A contact of `side`, as the log calls it; no pause outlasts `ended`.
  Contact(String side, CountDownLatch ended) {
    this.side = side;
    this.ended = ended;
  }

  /// The queue has answered.
  void reached() {
    if (lost.get() && lost.compareAndSet(true, false)) {
      LOG.log(Level.INFO, side + ": the queue is back");
    }
  }

  /// The queue has failed `times` in a row before this one: waits; returns false where the end came meanwhile.
  boolean pause(QueueException why, int times) throws InterruptedException {
    long until = quietUntil.get();
    if (ended.getCount() > 0 && !lost.get() && System.nanoTime() - until >= 0 && quietUntil.compareAndSet(until, System.nanoTime() + QUIET_NANOS)) {
      lost.set(true);
      LOG.log(why.retrySafe() ? Level.WARNING : Level.ERROR, side + ": waiting for the queue: " + why.getMessage());
    }
    return !ended.await(millis(times, ThreadLocalRandom.current().nextDouble()), TimeUnit.MILLISECONDS);
  }

  /// The pause: doubled with each failure, of which the half is up to chance, 0 to 1.
  static long millis(int times, double chance) {
    long whole = Math.min(PAUSE_MILLIS_MAX, PAUSE_MILLIS_MIN << Math.min(times, DOUBLINGS_MAX));
    return whole / 2 + (long) (whole / 2 * chance);
  }
}
