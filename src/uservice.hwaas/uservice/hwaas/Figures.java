package uservice.hwaas;

import module java.base;
import uservice.metrics.Counter;
import uservice.metrics.Emitter;
import uservice.metrics.Metrics;
import uservice.metrics.Type;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueStats;

/// What is counted: this process' own three numbers, and those of the whole queue, as the metrics and as the report.
///
/// A scrape never asks the queue: it gets what the readiness check was told last, and nothing while that fails, since an
/// old depth looks like a queue that stands still.
final class Figures {
  private static final Duration LIVE_PERIOD = Duration.ofMillis(500);

  final Counter submitted;
  final Counter printed;
  final Counter duplicate;
  private final Queue queue;
  private final PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  private volatile QueueStats now; // null while the queue does not answer
  private volatile long redelivered;

  Figures(Metrics metrics, Queue queue) {
    this.queue = queue;
    submitted = metrics.counter("hwaas_submitted_total", "Jobs that the queue has taken from the clients here.");
    printed = metrics.counter("hwaas_printed_total", "Jobs that the workers here have printed.");
    duplicate = metrics.counter("hwaas_duplicate_total", "Jobs that came again after they were printed here, and were not printed again.");
    gauge(metrics, "queue_depth", "Jobs that wait to be claimed, in the whole queue.", QueueStats::depth);
    gauge(metrics, "queue_pending", "Jobs claimed and not acknowledged, in the whole queue.", QueueStats::pending);
    gauge(metrics, "queue_dead", "Jobs on the dead-letter list, in the whole queue.", QueueStats::dead);
    gauge(metrics, "queue_oldest_age_seconds", "How long the job at the head of the queue has waited.",
        stats -> stats.oldestAge().toNanos() / 1e9);
    metrics.counter("queue_redelivered_total", "Deliveries to the workers here that were not the first of their job.",
        () -> redelivered);
  }

  private void gauge(Metrics metrics, String name, String help, ToDoubleFunction<QueueStats> value) {
    metrics.collect(name, Type.GAUGE, help, List.of(), (Emitter emitter) -> {
      QueueStats stats = now;
      if (stats != null) {
        emitter.emit(value.applyAsDouble(stats));
      }
    });
  }

  /// Asks the queue how it is; fails where it cannot be reached.
  QueueStats ask() throws QueueException {
    QueueStats stats = null;
    try {
      stats = queue.stats();
      redelivered = Math.max(redelivered, stats.redelivered());
      return stats;
    } finally {
      now = stats;
    }
  }

  /// Prints the report on standard error, in one line. Where one process does everything, submitted is the sum of printed,
  /// dead and pending once it has ended.
  void report() {
    var line = new StringBuilder("hwaas: submitted ").append((long) submitted.value())
        .append(", printed ").append((long) printed.value())
        .append(", duplicate ").append((long) duplicate.value());
    try {
      QueueStats stats = ask();
      line.append(", dead ").append(stats.dead()).append(", pending ").append(stats.depth() + stats.pending());
    } catch (QueueException away) {
      line.append(", dead and pending unknown: ").append(away.getMessage());
    }
    err.print(line.append('\n'));
  }

  /// Prints the report each `period` until `over`.
  void reportEach(Duration period, CountDownLatch over) {
    try {
      while (!over.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
        report();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /// Keeps `live` at how things stand, until `over`.
  void show(Live live, CountDownLatch over) {
    long before = System.nanoTime();
    double submittedBefore = submitted.value();
    double printedBefore = printed.value();
    try {
      while (!over.await(LIVE_PERIOD.toNanos(), TimeUnit.NANOSECONDS)) {
        long now = System.nanoTime();
        double seconds = (now - before) / 1e9;
        live.show(line((submitted.value() - submittedBefore) / seconds, (printed.value() - printedBefore) / seconds));
        before = now;
        submittedBefore = submitted.value();
        printedBefore = printed.value();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /// `hwaas: submitted 1,204 (101/s), printed 1,200 (99/s), pending 4, dead 0`
  String line(double submittedPerSecond, double printedPerSecond) {
    QueueStats stats = now;
    return String.format(Locale.ROOT, "hwaas: submitted %,d (%,.0f/s), printed %,d (%,.0f/s), ", (long) submitted.value(), submittedPerSecond,
        (long) printed.value(), printedPerSecond)
        + (stats == null ? "the queue does not answer" : String.format(Locale.ROOT, "pending %,d, dead %,d", stats.depth() + stats.pending(), stats.dead()));
  }
}
