package testing;

import module java.base;

/// A clock that moves when told: the wall time as an [InstantSource], the monotonic time from [#nanos()].
/// The two move together with [#advance(Duration)]; [#jump(Duration)] moves the wall alone, as NTP or an operator does.
public final class ManualClock implements InstantSource {
  private final AtomicLong nanos = new AtomicLong(1_000_000_000L);
  private final AtomicReference<Instant> wall;

  public ManualClock() {
    this(Instant.parse("2026-01-30T10:00:00Z"));
  }

  public ManualClock(Instant start) {
    wall = new AtomicReference<>(start);
  }

  @Override public Instant instant() {
    return wall.get();
  }

  /// The monotonic time in nanoseconds; hand on as `clock::nanos`.
  public long nanos() {
    return nanos.get();
  }

  public void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
    jump(by);
  }

  public void jump(Duration by) {
    wall.updateAndGet(now -> now.plus(by));
  }
}
