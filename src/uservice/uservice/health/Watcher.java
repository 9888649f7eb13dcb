package uservice.health;

import module java.base;

/// The thread that looks after the checks when something is due and sleeps in between, and the threads that run callbacks.
/// All of them are platform threads: a callback that spins on a virtual one would take a carrier from the data plane.
final class Watcher implements AutoCloseable {
  private static final long THREAD_IDLE_SECONDS = 30;
  private static final long NANOS_AFTER_ERROR = 100_000_000;

  private final LongSupplier look;
  private final ExecutorService runners = new ThreadPoolExecutor(0, Health.CHECKS_MAX, THREAD_IDLE_SECONDS, TimeUnit.SECONDS,
      new SynchronousQueue<>(), work -> Thread.ofPlatform().daemon().name("health-check").unstarted(work));
  private final Thread thread = Thread.ofPlatform().daemon().name("health-watcher").unstarted(this::watch);
  private volatile boolean closed;

  /// @param look what to do when awake; returns the nanoseconds to sleep unless woken
  Watcher(LongSupplier look) {
    this.look = look;
  }

  void start() {
    thread.start();
  }

  private void watch() {
    while (!closed) {
      long sleep;
      try {
        sleep = look.getAsLong();
      } catch (Throwable failure) { // out of memory, say: no reason to watch no more
        sleep = NANOS_AFTER_ERROR;
      }
      if (sleep > 0) {
        LockSupport.parkNanos(this, sleep);
      }
    }
  }

  void wake() {
    LockSupport.unpark(thread);
  }

  /// @throws RejectedExecutionException where every thread hangs in a callback
  void run(Runnable callback) {
    runners.execute(callback);
  }

  @Override public void close() {
    closed = true;
    wake();
    runners.shutdown();
  }
}
