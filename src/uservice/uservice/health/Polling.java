package uservice.health;

import module java.base;

/// How a callback is run and its results are judged; made by [Checks#every].
///
/// @param period from the start of one run to the start of the next
/// @param timeout after which a run counts as a failure and its thread is interrupted; the smaller of `period` and one
///   second where not set
/// @param failures in a row that make a valid check invalid
/// @param successes in a row that make an invalid check valid
/// @param required whether a failing check makes the verdict invalid
public record Polling(Duration period, Duration timeout, int failures, int successes, boolean required) {
  static final Duration PERIOD_MIN = Duration.ofMillis(10);
  static final int THRESHOLD_MAX = 1_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  public Polling {
    Text.within("period", period, PERIOD_MIN);
    Text.within("timeout", timeout, Kicking.TIME_MIN);
    threshold("failures", failures);
    threshold("successes", successes);
  }

  static Polling every(Duration period) {
    return new Polling(period, period.compareTo(TIMEOUT) < 0 ? period : TIMEOUT, 1, 1, true);
  }

  public Polling timeout(Duration time) {
    return new Polling(period, time, failures, successes, required);
  }

  public Polling failures(int count) {
    return new Polling(period, timeout, count, successes, required);
  }

  public Polling successes(int count) {
    return new Polling(period, timeout, failures, count, required);
  }

  /// The same for a check that is shown as failing while the verdict stays as it is.
  public Polling optional() {
    return new Polling(period, timeout, failures, successes, false);
  }

  private static void threshold(String name, int count) {
    if (count < 1 || count > THRESHOLD_MAX) {
      throw new IllegalArgumentException(name + " is " + count + ", must be from 1 to " + THRESHOLD_MAX);
    }
  }
}
