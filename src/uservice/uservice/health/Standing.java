package uservice.health;

import module java.base;

/// What the results of a polled check amount to: a value, and a rule that takes it to the next one.
///
/// ```
///             successes in a row                    failures in a row
///   undecided ───────────────────▶ decided, valid ───────────────────▶ decided, invalid
///             ───────────────────────────────────────────────────────▶
///                                                 ◀───────────────────
/// ```
///
/// @param streak results of one kind in a row: successes above zero, failures below
/// @param at the monotonic time of the last result
record Standing(boolean decided, boolean valid, int streak, String message, Instant since, long at) {
  static Standing initial(Instant wall, long now) {
    return new Standing(false, false, 0, "not checked yet", wall, now);
  }

  /// Undecided is valid for alive alone, as the kubelet's own first assumptions are.
  boolean validFor(Probe probe) {
    return decided ? valid : probe == Probe.ALIVE;
  }

  Standing after(boolean success, String said, Polling rules, Instant wall, long now) {
    int run = success
        ? Math.min(Math.max(streak, 0) + 1, Polling.THRESHOLD_MAX)
        : Math.max(Math.min(streak, 0) - 1, -Polling.THRESHOLD_MAX);
    boolean reached = success ? run >= rules.successes() : -run >= rules.failures();
    if (reached) {
      return new Standing(true, success, run, success ? "" : said, decided && valid == success ? since : wall, now);
    }
    String message = valid == success && decided ? success ? "" : said
        : success ? run + " of " + rules.successes() + " successes"
        : Text.clean(-run + " of " + rules.failures() + " failures: " + said);
    return new Standing(decided, valid, run, message, since, now);
  }
}
