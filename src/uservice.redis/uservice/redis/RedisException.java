package uservice.redis;

/// A command without an answer: where, why, and whether the server may have run it.
final class RedisException extends Exception {
  private enum Kind { UNREACHABLE, REFUSED, UNANSWERED }

  private final Kind kind;

  private RedisException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// Nothing of it was sent, or the server said that it does not run commands now.
  static RedisException unreachable(String why, Throwable cause) { return new RedisException(Kind.UNREACHABLE, why, cause); }

  /// The server takes no commands from this client: whoever set it up has to do something first.
  static RedisException refused(String why) { return new RedisException(Kind.REFUSED, why, null); }

  /// It was sent, and the connection ended before its answer.
  static RedisException unanswered(String why, Throwable cause) { return new RedisException(Kind.UNANSWERED, why, cause); }

  /// The same again, for another caller.
  RedisException again() { return new RedisException(kind, getMessage(), this); }

  boolean mayHaveRun() { return kind == Kind.UNANSWERED; }

  boolean refused() { return kind == Kind.REFUSED; }
}
