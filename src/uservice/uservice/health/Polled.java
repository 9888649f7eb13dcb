package uservice.health;

import module java.base;

/// A check that asks a callback, on a thread of its own, and keeps what the last answers amount to.
///
/// ```
///           due                      answered, thrown
///   idle ─────────▶ running ──────────────────────────▶ idle   a result
///                      │ timeout: a failure, interrupt
///                      ▼
///                   overdue ──────────────────────────▶ idle   no result, it came too late
///                      │ ▲
///                      └─┘ period: one more failure, "still running since …"
/// ```
///
/// There is never a second run beside the first, however long that hangs.
public final class Polled extends Check {
  /// A callback that answers; may throw, which is a no with a reason.
  @FunctionalInterface public interface Question {
    boolean ask() throws Exception;
  }

  /// A callback that says no by throwing.
  @FunctionalInterface public interface Action {
    void run() throws Exception;
  }

  private enum Run { IDLE, RUNNING, OVERDUE }

  private final Polling polling;
  private final Question question;
  private final ReentrantLock lock = new ReentrantLock(); // guards all below; never held while the callback runs
  private volatile Standing standing; // written under the lock
  private Run run = Run.IDLE;
  private boolean stopped;
  private Thread runner;
  private Instant startedAt;
  private long started;
  private long due;

  Polled(Board board, String name, Set<Probe> probes, Polling polling, Question question) {
    super(board, name, probes, polling.required());
    this.polling = polling;
    this.question = Objects.requireNonNull(question);
    due = board.nanos.getAsLong();
    standing = Standing.initial(board.wall.instant(), due);
  }

  /// Goes on from what `former` amounted to, so that a check whose settings change does not fail for a moment.
  void inherit(Polled former) {
    standing = former.standing;
  }

  @Override boolean valid(Probe probe, long now) {
    return standing.validFor(probe);
  }

  @Override Detail detail(Probe probe, long now) {
    Standing is = standing;
    return detail(is.validFor(probe), is.message(), is.since(), now - is.at());
  }

  @Override long tick(long now) {
    lock.lock();
    try {
      if (stopped) {
        return NEVER;
      }
      if (run == Run.RUNNING && now - started >= timeout()) {
        cut();
      } else if (run == Run.OVERDUE && now - due >= 0) {
        record(false, "still running since " + startedAt);
        due = now + polling.period().toNanos();
      } else if (run == Run.IDLE && now - due >= 0) {
        start(now);
      }
      return run == Run.RUNNING ? started + timeout() - now : due - now;
    } finally {
      lock.unlock();
    }
  }

  @Override void stop() {
    lock.lock();
    try {
      stopped = true;
      interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void start(long now) {
    started = now;
    startedAt = board.wall.instant();
    due = now + polling.period().toNanos();
    run = Run.RUNNING;
    try {
      board.watcher.run(this::answer);
    } catch (RejectedExecutionException | OutOfMemoryError exhausted) {
      run = Run.IDLE;
      record(false, "no thread to run it on");
    }
  }

  private void cut() {
    run = Run.OVERDUE;
    record(false, "timed out after " + Text.of(polling.timeout()));
    interrupt();
  }

  /// Under the lock, so that it cannot hit what the thread does after this run.
  private void interrupt() {
    if (runner != null) {
      runner.interrupt();
    }
  }

  private void answer() {
    boolean success = false;
    String said = "answered no";
    try {
      if (begin()) {
        success = question.ask();
      }
    } catch (Throwable failure) { // Errors too: a callback's StackOverflowError is an answer like any other
      said = Text.of(failure);
    } finally {
      if (end(success, said)) {
        board.changed();
      }
      board.watcher.wake();
    }
  }

  private boolean begin() {
    lock.lock();
    try {
      runner = Thread.currentThread();
      return run == Run.RUNNING && !stopped;
    } finally {
      lock.unlock();
    }
  }

  private boolean end(boolean success, String said) {
    lock.lock();
    try {
      boolean counts = run == Run.RUNNING && !stopped;
      run = Run.IDLE;
      runner = null;
      return counts && record(success, said);
    } finally {
      lock.unlock();
    }
  }

  private boolean record(boolean success, String said) {
    Standing before = standing;
    standing = before.after(success, said, polling, board.wall.instant(), board.nanos.getAsLong());
    return before.decided() != standing.decided() || before.valid() != standing.valid();
  }

  private long timeout() {
    return polling.timeout().toNanos();
  }
}
