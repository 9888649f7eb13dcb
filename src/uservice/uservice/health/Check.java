package uservice.health;

import module java.base;

/// A named condition that counts for one or more probes; what adding it returned is the handle to it.
/// Every member may be called from any thread.
public abstract sealed class Check permits Polled, Kick, Manual {
  static final long NEVER = Long.MAX_VALUE;

  final Board board;
  final boolean required;
  private final int probes; // a bit each
  private final String name;

  Check(Board board, String name, Set<Probe> probes, boolean required) {
    if (probes.isEmpty()) {
      throw new IllegalArgumentException("check '" + Text.clean(name) + "' counts for no probe, name one of alive, ready, startup");
    }
    this.board = board;
    this.name = Text.name(name);
    int bits = 0;
    for (Probe probe : probes) {
      bits |= Board.bit(probe);
    }
    this.probes = bits;
    this.required = required;
  }

  public final String name() {
    return name;
  }

  final boolean counts(Probe probe) {
    return (probes & Board.bit(probe)) != 0;
  }

  /// Whether it is valid for `probe` at the monotonic time `now`, without locks and without allocation.
  abstract boolean valid(Probe probe, long now);

  abstract Detail detail(Probe probe, long now);

  /// Does what is due at `now`, on the watcher's thread, and returns the nanoseconds until it wants to be called again.
  long tick(long now) {
    return NEVER;
  }

  /// Ends what it runs.
  void stop() {}

  final Detail detail(boolean valid, String message, Instant since, long ageNanos) {
    return new Detail(name, valid, !required, message, since, Duration.ofNanos(Math.max(0, ageNanos)));
  }
}
