package uservice.health;

import module java.base;

/// Tells the log and the listeners of every change of a verdict, in order, each once, on a thread of its own: a listener or
/// a log that blocks holds up neither a check nor an answer.
final class Notices implements AutoCloseable {
  /// Changes that wait while a listener blocks; further ones are counted, and the number is told instead.
  static final int WAITING_MAX = 1_000;
  private static final int REASONS_MAX = 10;
  private static final Duration CLOSE_MAX = Duration.ofSeconds(1);
  private static final Verdict END = new Verdict(Probe.ALIVE, false, List.of());

  private final List<Consumer<Verdict>> listeners = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Verdict> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicInteger lost = new AtomicInteger();
  private final Thread teller = Thread.ofPlatform().daemon().name("health-notices").unstarted(this::tell);

  void start() {
    teller.start();
  }

  void listen(Consumer<Verdict> listener) {
    listeners.add(Objects.requireNonNull(listener));
  }

  void offer(Verdict change) {
    if (!waiting.offer(change)) {
      lost.incrementAndGet();
    }
  }

  private void tell() {
    try {
      for (Verdict change = waiting.take(); change != END; change = waiting.take()) {
        log(change);
        for (Consumer<Verdict> listener : listeners) {
          tell(listener, change);
        }
        int untold = lost.getAndSet(0);
        if (untold > 0) {
          log(System.Logger.Level.WARNING, untold + " changes of verdicts were not told: a listener or the log was blocked");
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tell(Consumer<Verdict> listener, Verdict change) {
    try {
      listener.accept(change);
    } catch (Throwable failure) {
      log(System.Logger.Level.WARNING, "a listener for changes of verdicts failed: " + Text.of(failure));
    }
  }

  private static void log(Verdict change) {
    String probe = change.probe().name().toLowerCase(Locale.ROOT);
    if (change.valid()) {
      log(System.Logger.Level.INFO, probe + " is valid");
    } else {
      log(System.Logger.Level.WARNING, probe + " is invalid: " + reasons(change));
    }
  }

  private static String reasons(Verdict change) {
    var text = new StringJoiner("; ");
    int failing = 0;
    for (Detail detail : change.details()) {
      if (detail.fails() && failing++ < REASONS_MAX) {
        text.add(detail.name() + ": " + detail.message());
      }
    }
    return failing <= REASONS_MAX ? text.toString() : text + "; and " + (failing - REASONS_MAX) + " more";
  }

  /// Writes a line; a log that fails is no reason to stop.
  static void log(System.Logger.Level level, String line) {
    try {
      System.getLogger("uservice.health").log(level, line);
    } catch (Throwable broken) {
      // There is nobody left to tell.
    }
  }

  /// Waits until what was offered is told, at most a second.
  @Override public void close() {
    if (teller == Thread.currentThread() || !teller.isAlive() || !waiting.offer(END)) {
      return;
    }
    try {
      teller.join(CLOSE_MAX);
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
  }
}
