package uservice.postgres;

import module java.base;

/// `LISTEN` on a session of its own. What it loses, when a connection breaks, the polls of those who wait make up for.
final class Listener implements AutoCloseable {
  static final Duration PULSE = Duration.ofSeconds(20);

  private final Target target;
  private final Statement listen;
  private final Consumer<String> heard;
  private final Runnable missed;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Session session;

  /// @param heard gets what each notification brings
  /// @param missed runs where some may have been missed: after each connect
  Listener(Target target, String channel, Consumer<String> heard, Runnable missed) {
    this.target = target;
    this.listen = Statement.of("LISTEN " + channel);
    this.heard = heard;
    this.missed = missed;
  }

  /// Begins; later calls do nothing.
  void start() {
    if (!started.get() && started.compareAndSet(false, true)) {
      Thread.ofVirtual().name("postgres-listener").start(this::listen);
      Thread.ofVirtual().name("postgres-pulse").start(this::pulse);
    }
  }

  private void listen() {
    int failures = 0;
    do {
      try (Session here = Session.open(target)) {
        here.run(listen);
        session = here;
        missed.run();
        failures = 0;
        while (!over(0)) {
          here.hear(PULSE.plus(target.timeout)).ifPresent(heard);
        }
      } catch (PostgresException | IOException broken) {
        failures++;
      }
    } while (!over(Pool.PAUSES.nanos(failures)));
  }

  /// A connection that died without a word is found out: what the server must answer does not come.
  private void pulse() {
    while (!over(PULSE.toNanos())) {
      try {
        if (session != null) {
          session.pulse();
        }
      } catch (IOException broken) {
        // The one who reads will know.
      }
    }
  }

  /// Waits so long; returns whether this was closed.
  private boolean over(long nanos) {
    try {
      return ended.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  @Override public void close() {
    ended.countDown();
    if (session != null) {
      session.close();
    }
  }
}
