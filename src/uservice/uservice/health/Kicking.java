package uservice.health;

import module java.base;

/// How often a check must be kicked; made by [Checks#kickedWithin].
public record Kicking(Duration time, boolean required) {
  static final Duration TIME_MIN = Duration.ofMillis(1);

  public Kicking {
    Text.within("time between kicks", time, TIME_MIN);
  }

  /// The same for a check that is shown as failing while the verdict stays as it is.
  public Kicking optional() {
    return new Kicking(time, false);
  }
}
