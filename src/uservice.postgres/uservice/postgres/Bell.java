package uservice.postgres;

import module java.base;

/// Wakes threads that wait for something to have changed. Who looks, reads [#rung()] before; a change after that is not slept over.
final class Bell {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long rung;

  long rung() {
    lock.lock();
    try {
      return rung;
    } finally {
      lock.unlock();
    }
  }

  /// Wakes one, who rings again where there is more to be had.
  void ring() { ring(changed::signal); }

  void ringAll() { ring(changed::signalAll); }

  private void ring(Runnable signal) {
    lock.lock();
    try {
      rung++;
      signal.run();
    } finally {
      lock.unlock();
    }
  }

  /// Waits so long, or until it was rung after `seen`.
  void await(long seen, long nanos) throws InterruptedException {
    lock.lock();
    try {
      if (rung == seen && nanos > 0) {
        changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }
}
