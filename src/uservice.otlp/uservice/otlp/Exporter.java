package uservice.otlp;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.metrics.Counter;
import uservice.metrics.Metrics;
import uservice.trace.SpanData;

/// Gathers spans in a queue that does not grow, and sends them in batches on a thread of its own.
///
/// ```
///            first span                       full, or time is up               accepted ─▶ exported
///   idle ───────────────▶ gathering ───────────────────────────▶ sending ──┬─▶ refused, or tried enough ─▶ failed
///    ▲                                                              ▲      └─▶ 429 502 503 504, no answer
///    └──────────────── queue empty ◀───────────────────────────────┤              │
///                                                                   └── pause ◀───┘   doubling, or as Retry-After says
/// ```
///
/// Meanwhile more spans come; those that find the queue full are dropped. Each span ends as one of the three, and is counted.
final class Exporter {
  /// How often a batch is tried.
  static final int TRIES_MAX = 5;
  /// The first pause; each further one is twice as long.
  static final Duration PAUSE = Duration.ofSeconds(1);
  /// The longest that a collector's `Retry-After` is heeded.
  static final Duration RETRY_AFTER_MAX = Duration.ofSeconds(60);
  /// A larger request is sent as two.
  static final int REQUEST_BYTES_MAX = 4 << 20;

  private static final Logger LOG = System.getLogger("uservice.otlp");
  private static final int MESSAGE_CHARS_MAX = 200;
  private static final Duration CUT_OFF = Duration.ofMillis(500); // for the worker to notice that it was

  private final Options options;
  private final Encoding encoding;
  private final Collector collector;
  private final LongSupplier nanos;
  private final Duration firstPause;
  private final Counter exported;
  private final Counter dropped;
  private final Counter failed;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();
  private final ArrayDeque<SpanData> queue = new ArrayDeque<>();
  final Thread worker = Thread.ofVirtual().name("otlp").unstarted(this::run);
  private boolean closing;
  private long closeBy; // on the monotonic clock, once closing
  private long droppedHere;

  // The worker's alone.
  private boolean failing;
  private String warning = ""; // the collector's last
  private long droppedSeen;
  private boolean dropping;

  Exporter(Options options, Encoding encoding, Collector collector, Metrics metrics, LongSupplier nanos) {
    this(options, encoding, collector, metrics, nanos, PAUSE);
  }

  Exporter(Options options, Encoding encoding, Collector collector, Metrics metrics, LongSupplier nanos, Duration firstPause) {
    this.options = options;
    this.encoding = encoding;
    this.collector = collector;
    this.nanos = nanos;
    this.firstPause = firstPause;
    exported = metrics.counter("uservice_trace_exported_total", "Spans that the collector took.");
    dropped = metrics.counter("uservice_trace_dropped_total", "Spans that found the queue of the exporter full, or closed.");
    failed = metrics.counter("uservice_trace_failed_total", "Spans that the collector refused, or that it could not be given.");
  }

  void start() { worker.start(); }

  void ended(SpanData span) {
    lock.lock();
    try {
      if (closing || queue.size() >= options.queue()) {
        droppedHere++;
        dropped.increment();
        return;
      }
      queue.add(span);
      if (queue.size() == 1 || queue.size() == options.batch()) {
        wake.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Sends what is there and ends the worker; what has not left after `limit` is given up. Returns whether all got there.
  boolean close(Duration limit) throws InterruptedException {
    double before = failed.value();
    lock.lock();
    try {
      if (!closing) {
        closing = true;
        closeBy = nanos.getAsLong() + limit.toNanos();
        wake.signal();
      }
    } finally {
      lock.unlock();
    }
    boolean ended = worker.join(limit);
    int left = abandon();
    collector.close(); // what is being sent fails, and is counted
    worker.join(CUT_OFF);
    double lost = failed.value() - before;
    if (!ended || lost > 0) {
      LOG.log(Level.WARNING, "spans were lost at the end: "
          + (ended ? "" : "the collector took longer than " + limit.toMillis() + " ms, ") + left + " had not been tried, " + (long) (lost - left) + " could not be given");
    }
    return ended && lost == 0;
  }

  /// Counts what is still in the queue as failed.
  private int abandon() {
    lock.lock();
    try {
      int left = queue.size();
      queue.clear();
      failed.add(left);
      return left;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (List<SpanData> batch = next(); !batch.isEmpty(); batch = next()) {
        try {
          deliver(batch);
        } catch (RuntimeException | Error broken) { // the next batch may fare better, memory being what it lacks
          lost(batch, "could not be asked: " + broken);
        }
        tellDrops();
      }
    } catch (InterruptedException nobody) {
      throw new IllegalStateException("BUG: nobody interrupts the exporter", nobody);
    } finally {
      collector.close();
    }
  }

  /// Waits for a batch: a full one, or what has come by the time that the first span of it has waited long enough, or what is
  /// left at the end. Empty at the very end.
  private List<SpanData> next() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        wake.await();
      }
      long due = nanos.getAsLong() + options.every().toNanos();
      while (due - nanos.getAsLong() > 0 && queue.size() < options.batch() && !closing) {
        wake.awaitNanos(due - nanos.getAsLong());
      }
      var batch = new ArrayList<SpanData>(Math.min(queue.size(), options.batch()));
      while (batch.size() < options.batch() && !queue.isEmpty()) {
        batch.add(queue.poll());
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void deliver(List<SpanData> batch) throws InterruptedException {
    byte[] body = encoding.encode(options.resource(), options.version(), batch);
    if (body.length > REQUEST_BYTES_MAX && batch.size() > 1) {
      deliver(batch.subList(0, batch.size() / 2));
      deliver(batch.subList(batch.size() / 2, batch.size()));
      return;
    }
    long giveUp = nanos.getAsLong() + options.exportTime().toNanos();
    boolean knownDown = failing;
    for (int tries = 1; ; tries++) {
      Optional<Duration> asked = Optional.empty();
      String why;
      try {
        Collector.Answer answer = collector.post(body, shorter(options.timeout(), left()));
        boolean success = answer.status() / 100 == 2;
        Encoding.Said said = encoding.read(success, answer.body());
        if (success) {
          accepted(batch, said);
          return;
        }
        why = "answered " + answer.status() + said(said);
        if (!retryable(answer.status())) {
          lost(batch, why);
          return;
        }
        asked = RetryAfter.parse(answer.retryAfter(), InstantSource.system());
      } catch (IOException unanswered) {
        why = String.valueOf(unanswered.getMessage());
      }
      Duration pause = pause(asked, firstPause, tries, ThreadLocalRandom.current().nextDouble());
      boolean over = asked.isEmpty() && nanos.getAsLong() + pause.toNanos() - giveUp > 0;
      if (tries == TRIES_MAX || over || knownDown && closing() || pause.compareTo(left()) >= 0 || !pause(pause, knownDown)) {
        lost(batch, why);
        return;
      }
    }
  }

  static boolean retryable(int status) {
    return status == 429 || status == 502 || status == 503 || status == 504;
  }

  /// What the collector asked for, or `first` doubled with each try, less up to half of it by `chance` (from 0 to 1), so that
  /// many services do not come back at once.
  static Duration pause(Optional<Duration> asked, Duration first, int tries, double chance) {
    long whole = first.toNanos() << tries - 1;
    return asked.map(time -> shorter(time, RETRY_AFTER_MAX)).orElse(Duration.ofNanos(whole - (long) (whole / 2 * chance)));
  }

  /// Waits; false, at once, where the end has come and leaves less time than that, or the collector is known to be down.
  private boolean pause(Duration time, boolean knownDown) throws InterruptedException {
    long until = nanos.getAsLong() + time.toNanos();
    lock.lock();
    try {
      for (long rest = until - nanos.getAsLong(); rest > 0; rest = until - nanos.getAsLong()) {
        if (closing && (knownDown || until - closeBy >= 0)) {
          return false;
        }
        wake.awaitNanos(rest);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// The time until the end, where one is set.
  private Duration left() {
    lock.lock();
    try {
      return closing ? Duration.ofNanos(Math.max(0, closeBy - nanos.getAsLong())) : Duration.ofDays(1);
    } finally {
      lock.unlock();
    }
  }

  private boolean closing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  private void accepted(List<SpanData> batch, Encoding.Said said) {
    long rejected = Math.clamp(said.rejected(), 0, batch.size());
    if (rejected > 0) {
      tellFailing("took " + (batch.size() - rejected) + " of " + batch.size() + " spans" + said(said));
    } else if (failing) {
      failing = false;
      LOG.log(Level.INFO, "spans are exported again: " + options.where());
    }
    if (rejected == 0 && !said.message().isEmpty() && !said.message().equals(warning)) {
      LOG.log(Level.WARNING, options.where() + " warns" + said(said));
    }
    warning = said.message();
    failed.add(rejected);
    exported.add(batch.size() - rejected);
  }

  private void lost(List<SpanData> batch, String why) {
    tellFailing(why);
    failed.add(batch.size());
  }

  /// A line when it begins; what follows is only counted.
  private void tellFailing(String why) {
    if (!failing) {
      failing = true;
      LOG.log(Level.WARNING, "spans are lost, uservice_trace_failed_total counts them: " + options.where() + " " + why);
    }
  }

  /// A line when the queue has begun to overflow, and one when a whole batch went without.
  private void tellDrops() {
    lock.lock();
    long now = droppedHere;
    lock.unlock();
    if (now > droppedSeen != dropping) {
      dropping = !dropping;
      LOG.log(dropping ? Level.WARNING : Level.INFO, !dropping ? "spans are no longer dropped, after " + now
          : "spans are dropped, uservice_trace_dropped_total counts them: more come than the collector takes, or the queue of "
              + options.queue() + " is too short");
    }
    droppedSeen = now;
  }

  /// What the collector said, on one line and not too long.
  private static String said(Encoding.Said said) {
    String message = said.message();
    boolean cut = message.length() > MESSAGE_CHARS_MAX;
    return message.isEmpty() ? "" : ": " + (cut ? message.substring(0, MESSAGE_CHARS_MAX) + "…" : message);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
