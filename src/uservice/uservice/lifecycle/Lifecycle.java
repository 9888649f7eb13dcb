package uservice.lifecycle;

import module java.base;

/// The life of one service: its [State], who asked for its end and why, and the actions that its parts want run then.
///
/// All methods may be called from any thread. The thread that creates it is the one that starts the service; a stop that
/// comes before the start is complete interrupts it.
public final class Lifecycle {
  /// An action at the end of a service; what it throws is recorded and does not keep the next one from running.
  @FunctionalInterface public interface Action {
    void run() throws Exception;
  }

  /// A named action with the longest time it may take.
  public record StopAction(String name, Duration limit, Action action) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final Deque<StopAction> actions = new ArrayDeque<>();
  private final List<Consumer<State>> listeners = new CopyOnWriteArrayList<>();
  private final Thread starter = Thread.currentThread();
  private volatile State state = State.STARTING;
  private volatile boolean stopping; // written under the lock
  private volatile String reason = "";
  private volatile int exitCode;

  /// A life that begins now, on this thread.
  public Lifecycle() {}

  public State state() {
    return state;
  }

  /// Calls `listener` with each state that is entered from now on, on the thread that caused it.
  public void onChange(Consumer<State> listener) {
    listeners.add(listener);
  }

  /// Takes note that `event` happened, and returns whether it changed the state.
  public boolean advance(State.Event event) {
    lock.lock();
    try {
      State next = state.after(event);
      if (next == state) {
        return false;
      }
      boolean early = state == State.STARTING && event == State.Event.STOP;
      state = next;
      if (early && Thread.currentThread() != starter) {
        starter.interrupt();
      }
    } finally {
      lock.unlock();
    }
    if (state == State.STOPPED) {
      over.countDown();
    }
    listeners.forEach(listener -> listener.accept(state));
    return true;
  }

  /// Asks for the end. The first caller's reason and exit code stand; returns false to every later one.
  public boolean stop(String why, int code) {
    lock.lock();
    try {
      if (stopping) {
        return false;
      }
      stopping = true;
      reason = why;
      exitCode = code;
    } finally {
      lock.unlock();
    }
    try {
      advance(State.Event.STOP);
    } finally {
      asked.countDown(); // whoever waited finds the state that follows
    }
    return true;
  }

  public boolean stopping() {
    return stopping;
  }

  /// Waits until the end is asked for; there is no deadline, since a service runs as long as it is wanted.
  public void awaitStop() throws InterruptedException {
    asked.await();
  }

  /// Waits at most `time` until the end is asked for; returns whether it was.
  public boolean awaitStop(Duration time) throws InterruptedException {
    return asked.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Waits at most `time` until the last stop action has run; returns whether it has.
  public boolean awaitEnd(Duration time) throws InterruptedException {
    return over.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Why the end was asked for, in words for the log; empty before.
  public String reason() {
    return reason;
  }

  /// The exit code that came with the request; 0 before.
  public int exitCode() {
    return exitCode;
  }

  /// Gives the exit code of a stop that was asked for without one; a code that is there stands.
  public void exitCode(int code) {
    lock.lock();
    try {
      exitCode = exitCode == 0 ? code : exitCode;
    } finally {
      lock.unlock();
    }
  }

  /// Registers `action` to run at the end, before those that were registered earlier.
  ///
  /// @throws IllegalArgumentException if `limit` is not positive
  public void onStop(String name, Duration limit, Action action) {
    if (!limit.isPositive()) {
      throw new IllegalArgumentException("stop action '" + name + "' has the limit " + limit + ", must be above 0");
    }
    lock.lock();
    try {
      actions.push(new StopAction(name, limit, action));
    } finally {
      lock.unlock();
    }
  }

  /// Takes the next action to run, the last registered first; empty when all have run.
  public Optional<StopAction> nextAction() {
    lock.lock();
    try {
      return Optional.ofNullable(actions.poll());
    } finally {
      lock.unlock();
    }
  }
}
