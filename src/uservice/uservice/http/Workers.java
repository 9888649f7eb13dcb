package uservice.http;

import module java.base;

/// The threads that requests run on, and how many are under way. The JDK's server hands over a task
/// when the first bytes of a request are there: the task reads the header too.
final class Workers implements Executor {
  /// The most threads of the health port: that many clients that never complete a header keep a
  /// probe from being answered.
  static final int ADMIN_THREADS_MAX = 64;

  private static final long ADMIN_IDLE_SECONDS = 10;

  private final Executor threads;
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong finished = new AtomicLong();

  private Workers(Executor threads) { this.threads = threads; }

  /// A virtual thread for each request.
  static Workers virtual(String name) {
    ThreadFactory factory = Thread.ofVirtual().name(name).factory();
    return new Workers(task -> factory.newThread(task).start());
  }

  /// A few platform threads of their own, so that handlers of the data port that never yield the
  /// processors' virtual threads cannot keep a probe from being answered. Beyond the most threads a
  /// request's connection is closed.
  static Workers platform(String name) {
    var number = new AtomicInteger();
    // Not the factory that counts by itself: its first name costs milliseconds of method handles, in front of the first probe.
    return new Workers(new ThreadPoolExecutor(0, ADMIN_THREADS_MAX, ADMIN_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(),
        task -> Thread.ofPlatform().daemon().name(name + "-" + number.incrementAndGet()).unstarted(task)));
  }

  @Override public void execute(Runnable task) {
    started.incrementAndGet();
    try {
      threads.execute(() -> {
        try {
          task.run();
        } finally {
          finished.incrementAndGet();
        }
      });
    } catch (RejectedExecutionException full) {
      finished.incrementAndGet();
      throw full; // the JDK closes the connection
    }
  }

  /// Lets idle threads go at once; for after the server has stopped.
  void close() {
    if (threads instanceof ExecutorService pool) {
      pool.shutdown();
    }
  }

  /// How many requests ever began.
  long started() { return started.get(); }

  /// The requests under way, from the first bytes to the end of the exchange.
  long running() {
    long ended = finished.get(); // read first, so that the difference is never too small
    return started.get() - ended;
  }
}
