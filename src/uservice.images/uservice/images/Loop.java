package uservice.images;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.images.Outcome.Failed;
import uservice.images.Outcome.Listed;
import uservice.images.Outcome.Result;
import uservice.log.Field;

/// Waits for triggers and refreshes, on one thread: a trigger during a refresh makes one more after it, however many they were.
///
/// ```
///              trigger, every, retry               done, nothing wanted meanwhile
///   waiting ─────────────────────────▶ refreshing ───────────────────────────────▶ waiting
///                                         │   ▲ done, and triggered meanwhile
///                                         └───┘
/// ```
final class Loop {
  /// Asks for the images, once.
  @FunctionalInterface interface Source {
    Outcome refresh() throws InterruptedException;
  }

  /// Where the loop's outcomes go, apart from the log.
  @FunctionalInterface interface Sink {
    void take(Outcome outcome);
  }

  private static final long NEVER = Long.MAX_VALUE;
  private static final Duration RETRY_FIRST = Duration.ofSeconds(1);
  private static final Duration RETRY_LONGEST = Duration.ofSeconds(30);

  private final Logger log;
  private final Source source;
  private final Sink sink;
  private final long every;
  private final boolean retries;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread = Thread.ofVirtual().name("images").unstarted(this::run);
  private boolean wanted = true; // the first refresh is the start's
  private boolean closed;
  private int failures; // in a row
  private Throwable fault; // of this program, in the last refresh
  private String failing = ""; // what the log was told last, empty where all is well

  /// @param every from one refresh to the next where nothing triggers one; null for never
  /// @param retries whether a failed refresh is tried again by itself, after a second, then two, up to 30
  Loop(Logger log, Source source, Sink sink, Duration every, boolean retries) {
    this.log = log;
    this.source = source;
    this.sink = sink;
    this.every = every == null ? NEVER : every.toNanos();
    this.retries = retries;
  }

  void start() {
    thread.start();
  }

  /// Asks for a refresh, from any thread; returns at once.
  void trigger() {
    lock.lock();
    try {
      wanted = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Ends the loop, and a refresh that is under way.
  void close() throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    thread.join();
  }

  private void run() {
    try {
      while (awaitTurn()) {
        tell(refresh());
      }
    } catch (InterruptedException closing) {
      // By `close`, which says so before it interrupts.
    }
  }

  /// Waits until it is time for a refresh; false where it is time to end.
  private boolean awaitTurn() throws InterruptedException {
    long pause = Math.min(every, retries && failures > 0 ? retryAfter(failures).toNanos() : NEVER);
    long from = System.nanoTime();
    lock.lock();
    try {
      while (!wanted && !closed) {
        long left = pause == NEVER ? NEVER : pause - (System.nanoTime() - from);
        if (left <= 0) {
          break;
        }
        changed.awaitNanos(left);
      }
      wanted = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /// The pause after so many failures in a row.
  static Duration retryAfter(int failures) {
    Duration pause = RETRY_FIRST.multipliedBy(1L << Math.min(failures - 1, Integer.SIZE / 2));
    return pause.compareTo(RETRY_LONGEST) < 0 ? pause : RETRY_LONGEST;
  }

  private Outcome refresh() throws InterruptedException {
    fault = null;
    try {
      return source.refresh();
    } catch (RuntimeException | Error bug) {
      fault = bug;
      return new Failed(Result.ERROR, bug.getClass().getName(), "BUG: " + bug);
    }
  }

  /// Tells the log of changes, and the sink of everything.
  private void tell(Outcome outcome) {
    try {
      switch (outcome) {
        case Listed listed -> {
          log.log(failures > 0 ? Level.INFO : Level.DEBUG, failures > 0 ? "images are listed again" : "images were listed",
              Field.of("images", listed.images()));
          failures = 0;
          failing = "";
        }
        case Failed failed -> {
          failures = Math.min(failures + 1, Integer.MAX_VALUE - 1);
          String news = failed.result() + failed.kind();
          if (!news.equals(failing)) {
            failing = news;
            log.log(Level.WARNING, "images cannot be listed: " + failed.text(), fault);
          }
        }
      }
      sink.take(outcome);
    } catch (RuntimeException | Error bug) {
      log.log(Level.ERROR, "the outcome of a refresh could not be told", bug);
    }
  }
}
