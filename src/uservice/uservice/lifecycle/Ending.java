package uservice.lifecycle;

import module java.base;

/// The steps of an orderly end within one budget of time. Each step runs on a thread of its own and is waited for at most
/// its limit and what is left of the budget; one that overruns is interrupted and left behind. Failures are kept, in order,
/// and no step keeps the next from running.
///
/// One thread runs the steps; [#hurry()] and [#fault(String)] may come from any.
public final class Ending {
  private final LongSupplier nanos;
  private final long deadline;
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> hurry = new CompletableFuture<>();

  /// Starts the budget now. `nanos` is the monotonic clock in nanoseconds.
  public Ending(Duration budget, LongSupplier nanos) {
    this.nanos = nanos;
    this.deadline = nanos.getAsLong() + budget.toNanos();
  }

  /// What is left of the budget; never negative, zero after [#hurry()].
  public Duration left() {
    return hurry.isDone() ? Duration.ZERO : Duration.ofNanos(Math.max(0, deadline - nanos.getAsLong()));
  }

  /// Ends all waiting: the step that runs is cut off, and the steps after it get no time.
  public void hurry() {
    hurry.complete(null);
  }

  public boolean hurried() {
    return hurry.isDone();
  }

  /// Waits for `time`, less where the budget or [#hurry()] ends it.
  public void pause(Duration time) throws InterruptedException {
    await(hurry, shorter(time, left()));
  }

  /// The same, less where `enough` is complete.
  public void pause(Duration time, CompletableFuture<?> enough) throws InterruptedException {
    await(CompletableFuture.anyOf(hurry, enough), shorter(time, left()));
  }

  /// Runs `action` within `limit`; returns whether it ended well in time. What went wrong is in [#faults()].
  public boolean step(String name, Duration limit, Lifecycle.Action action) throws InterruptedException {
    Duration time = shorter(limit, left());
    if (time.isZero()) {
      return fault(name + ": not run, no time was left");
    }
    var outcome = new CompletableFuture<Optional<Throwable>>();
    Thread thread = Thread.ofPlatform().daemon().name("stop-" + name).start(() -> outcome.complete(run(action)));
    await(CompletableFuture.anyOf(outcome, hurry), time);
    if (!outcome.isDone()) {
      thread.interrupt();
      return fault(name + ": cut off after " + (hurry.isDone() ? "a second signal" : time.toMillis() + " ms"));
    }
    Optional<Throwable> thrown = outcome.join();
    return thrown.isEmpty() || fault(name + ": " + thrown.get());
  }

  /// Keeps a fault that a step found by itself; returns false, as the step's verdict.
  public boolean fault(String what) {
    faults.add(what);
    return false;
  }

  /// What was cut off or failed so far, one line each, in order.
  public List<String> faults() {
    return List.copyOf(faults);
  }

  private static Optional<Throwable> run(Lifecycle.Action action) {
    try {
      action.run();
      return Optional.empty();
    } catch (Throwable thrown) {
      return Optional.of(thrown);
    }
  }

  private static void await(CompletableFuture<?> future, Duration time) throws InterruptedException {
    try {
      future.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException over) {
      // The caller looks at what is done.
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("BUG: a step's outcome is a value", impossible);
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
