package uservice.health;

import module java.base;

/// The words in which a check is described, to be imported statically:
///
/// ```java
/// health.ready("ledger", every(ofSeconds(5)).failures(3), () -> ledger.ping());
/// health.alive("packing", kickedWithin(ofSeconds(30)));
/// health.ready("stock loaded", manual(false));
/// ```
///
/// All of them throw `IllegalArgumentException` for times and counts out of range.
public final class Checks {
  private Checks() {}

  /// A callback that is run once at once, then once each `period` (10 ms to 365 days).
  public static Polling every(Duration period) {
    return Polling.every(period);
  }

  /// Valid as long as less than `time` (1 ms to 365 days) has passed since the last kick.
  public static Kicking kickedWithin(Duration time) {
    return new Kicking(time, true);
  }

  /// Valid or not as the program says, `valid` to begin with.
  public static Setting manual(boolean valid) {
    return new Setting(valid, true);
  }
}
