package uservice.http;

import module java.base;
import module java.logging;
import uservice.config.Size;
import uservice.metrics.Metrics;

/// What the tests of servers share.
final class Fixture {
  private Fixture() {}

  static Web.Config limits() {
    return limits(0);
  }

  static Web.Config limits(double accessLog) {
    return limits(accessLog, Optional.empty());
  }

  static Web.Config limits(double accessLog, Optional<Web.Tls> tls) {
    return new Web.Config("127.0.0.1", 0, new Size(1 << 10), new Size(8 << 10), 50, 10_000, Duration.ofSeconds(75), Duration.ofSeconds(30),
        accessLog, tls);
  }

  static Metrics metrics() {
    return new Metrics(new Metrics.Config(1000));
  }

  static Server secured(Web web, Web.Tls tls) throws ServerException {
    return Server.data("web", "127.0.0.1", 0, web, limits(0, Optional.of(tls)), metrics());
  }

  static Server data(Web web) throws ServerException {
    return Server.data("web", "127.0.0.1", 0, web, limits(), metrics());
  }

  /// Waits until it holds; fails when it does not within a time that is much longer than it should take.
  static void eventually(String what, BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("never came: " + what);
      }
      Thread.sleep(2);
    }
  }

  /// Collects what a logger gets, by its message and parameters.
  static final class Lines extends java.util.logging.Handler implements AutoCloseable {
    private final Logger logger;
    private final Level before;
    private final boolean parents;
    final List<LogRecord> records = new CopyOnWriteArrayList<>();

    Lines(String name) {
      logger = Logger.getLogger(name);
      before = logger.getLevel();
      parents = logger.getUseParentHandlers();
      logger.setLevel(Level.INFO);
      logger.setUseParentHandlers(false);
      logger.addHandler(this);
    }

    @Override public void publish(LogRecord record) {
      records.add(record);
    }

    @Override public void flush() {}

    @Override public void close() {
      logger.removeHandler(this);
      logger.setLevel(before);
      logger.setUseParentHandlers(parents);
    }
  }
}
