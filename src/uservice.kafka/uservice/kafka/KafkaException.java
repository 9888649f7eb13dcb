package uservice.kafka;

import module java.base;

/// What was not done, or may have been done unheard: where, why, and whether asking again is safe and of use.
public final class KafkaException extends Exception {
  private final ErrorCode code;
  private final boolean mayHaveRun;
  private final boolean retriable;

  private KafkaException(String message, ErrorCode code, boolean mayHaveRun, boolean retriable, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.mayHaveRun = mayHaveRun;
    this.retriable = retriable;
  }

  /// Nothing was sent: no connection, or none in time.
  static KafkaException unreachable(String message, Throwable cause) { return new KafkaException(message, ErrorCode.NONE, false, true, cause); }

  /// It was sent, and no answer came, or one that makes no sense.
  static KafkaException unanswered(String message, Throwable cause) { return new KafkaException(message, ErrorCode.NONE, true, true, cause); }

  /// The peer, or what it is asked, is not fit, and that will not change by asking again.
  static KafkaException refused(String message, Throwable cause) { return new KafkaException(message, ErrorCode.NONE, false, false, cause); }

  /// The broker's own no, to `what`: `topic 'jobs', partition 3`.
  static KafkaException of(String what, ErrorCode code) {
    boolean written = code == ErrorCode.REQUEST_TIMED_OUT || code == ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND || code == ErrorCode.UNKNOWN_SERVER_ERROR
        || code == ErrorCode.UNLISTED;
    return new KafkaException(what + ": " + code.sentence() + " (" + code + ")", code, written, code.retriable(), null);
  }

  /// Throws the broker's no to `what`, if it is one.
  static void check(String what, ErrorCode code) throws KafkaException {
    if (code != ErrorCode.NONE) {
      throw of(what, code);
    }
  }

  /// The time for it is over; `mayHaveRun` where it had been sent.
  static KafkaException late(String message, boolean mayHaveRun, Throwable cause) { return new KafkaException(message, ErrorCode.NONE, mayHaveRun, true, cause); }

  /// The same again, for another caller.
  KafkaException again() { return new KafkaException(getMessage(), code, mayHaveRun, retriable, this); }

  /// The same of something that an earlier attempt may have done.
  KafkaException unsure() { return new KafkaException(getMessage(), code, true, retriable, this); }

  /// The broker's reason; [ErrorCode#NONE] where it was none of a broker's.
  public ErrorCode code() { return code; }

  /// Whether its effects may be there.
  public boolean mayHaveRun() { return mayHaveRun; }

  /// Whether the same may succeed later though nobody changes anything.
  public boolean retriable() { return retriable; }
}
