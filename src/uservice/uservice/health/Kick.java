package uservice.health;

import module java.base;

/// A dead man's handle: valid as long as less than its time has passed since the last [#kick()], by the monotonic clock.
///
/// Lateness shows in the very answer that is asked for too late, and in the log although nobody asks. The next kick heals
/// it at once. Before the first kick it is invalid for ready and startup; for alive the time counts from when it was added.
public final class Kick extends Check {
  private final long within;
  private final String lateness;
  private volatile long last;
  private volatile boolean kicked;
  private volatile boolean late = true; // so that the first kick takes the way of a healing one
  private volatile Instant since;
  private volatile String disabled; // why; null where it is not

  Kick(Board board, String name, Set<Probe> probes, Kicking kicking) {
    super(board, name, probes, kicking.required());
    within = kicking.time().toNanos();
    lateness = "not kicked within " + Text.of(kicking.time());
    last = board.nanos.getAsLong();
    since = board.wall.instant();
  }

  /// Tells that all is well. Costs a read of the clock and a volatile write: fit for the innermost loop.
  public void kick() {
    last = board.nanos.getAsLong();
    if (late) {
      late = false;
      kicked = true;
      since = board.wall.instant();
      board.changed();
      board.watcher.wake(); // to watch the new deadline
    }
  }

  /// Makes it invalid for this reason, whoever kicks, until [#enable()].
  public void disable(String why) {
    disabled = why.isBlank() ? "disabled" : Text.clean(why);
    since = board.wall.instant();
    board.changed();
  }

  /// Ends what [#disable(String)] began, with a kick.
  public void enable() {
    disabled = null;
    late = true;
    kick();
  }

  /// Raises `late` before it looks a second time: a kick in between is either seen here, or sees `late` and reports itself.
  @Override boolean valid(Probe probe, long now) {
    return disabled == null && kicked(probe, now);
  }

  private boolean kicked(Probe probe, long now) {
    boolean counts = kicked || probe == Probe.ALIVE;
    if (now - last < within) {
      return counts;
    }
    late = true;
    return now - last < within && counts;
  }

  @Override Detail detail(Probe probe, long now) {
    String why = disabled;
    long age = now - last;
    if (why != null) {
      return detail(false, why, since, age);
    }
    boolean valid = kicked(probe, now);
    Instant changed = !valid && age >= within ? board.wall.instant().minusNanos(age - within) : since;
    return detail(valid, valid ? "" : kicked || age >= within ? lateness : "not kicked yet", changed, age);
  }

  @Override long tick(long now) {
    long left = within - (now - last);
    return left > 0 ? left : NEVER;
  }
}
