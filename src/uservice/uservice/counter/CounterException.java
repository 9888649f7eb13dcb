package uservice.counter;

/// A counter that could not be asked: where, what, and whether asking again may lose a number.
public final class CounterException extends Exception {
  private final boolean retrySafe;

  private CounterException(String where, String what, boolean retrySafe, Throwable cause) {
    super(where + ": " + what, cause);
    this.retrySafe = retrySafe;
  }

  /// Nothing was sent, so nothing was counted: no connection, or none in time.
  public static CounterException unreachable(String where, Throwable cause) {
    return new CounterException(where, "unreachable: " + cause.getMessage(), true, cause);
  }

  /// The question was sent and the answer did not come: a number may be spent.
  public static CounterException unanswered(String where, Throwable cause) {
    return new CounterException(where, "no answer, so that a number may be skipped: " + cause.getMessage(), false, cause);
  }

  /// The peer said no, in its own words.
  public static CounterException refused(String where, String answer) {
    return new CounterException(where, "refused: " + answer, false, null);
  }

  /// This counter was closed before.
  public static CounterException closed(String where) {
    return new CounterException(where, "closed", false, null);
  }

  /// Whether the same call again cannot spend a number more than it gives, and may succeed.
  public boolean retrySafe() {
    return retrySafe;
  }
}
