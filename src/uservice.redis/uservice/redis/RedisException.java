package uservice.redis;

/// A command without an answer: where, why, and whether the server may have run it.
final class RedisException extends Exception {
  private final boolean mayHaveRun;

  private RedisException(String message, boolean mayHaveRun, Throwable cause) {
    super(message, cause);
    this.mayHaveRun = mayHaveRun;
  }

  /// Nothing of it was sent, or the server said that it does not run commands now.
  static RedisException unreachable(String why, Throwable cause) { return new RedisException(why, false, cause); }

  /// It was sent, and the connection ended before its answer.
  static RedisException unanswered(String why, Throwable cause) { return new RedisException(why, true, cause); }

  boolean mayHaveRun() { return mayHaveRun; }
}
