package uservice.queue;

/// A queue that could not do what was asked: where, what, and whether asking again is safe.
public final class QueueException extends Exception {
  private final boolean retrySafe;

  private QueueException(String where, String what, boolean retrySafe, Throwable cause) {
    super(where + ": " + what, cause);
    this.retrySafe = retrySafe;
  }

  /// No connection, or none in time. Nothing was done.
  public static QueueException unreachable(String where, Throwable cause) {
    return new QueueException(where, "unreachable: " + cause.getMessage(), true, cause);
  }

  /// The answer was lost, and with it whether the thing was done. To do it again is safe where ids recognise it: jobs
  /// submitted twice are duplicates, acknowledged twice are gone, claimed and not received come back in time.
  public static QueueException unanswered(String where, Throwable cause) {
    return new QueueException(where, "no answer: " + cause.getMessage(), true, cause);
  }

  /// The peer said no, in its own words; it will say so again.
  public static QueueException refused(String where, String answer) {
    return new QueueException(where, "refused: " + answer, false, null);
  }

  /// This queue was closed, or takes no more jobs since it drains.
  public static QueueException closed(String where) {
    return new QueueException(where, "closed", false, null);
  }

  /// Whether the same call again does no harm, and may succeed.
  public boolean retrySafe() { return retrySafe; }
}
