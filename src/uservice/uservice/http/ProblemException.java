package uservice.http;

import module java.base;

/// Thrown by a handler to answer with a problem (RFC 9457) of this status; it is not logged.
public final class ProblemException extends RuntimeException {
  private final Reply reply;

  /// A problem with the usual title of its status; `detail` is for the caller to read: what was
  /// wrong, what would be right.
  public ProblemException(int status, String detail) { this(status, detail, null); }

  /// The same with a cause, for whoever catches it; it is neither sent nor logged.
  public ProblemException(int status, String detail, Throwable cause) {
    this(Reply.problem(status, Status.title(status), detail), detail, cause);
  }

  /// An answer of any other shape, with headers say.
  public ProblemException(Reply reply, String detail, Throwable cause) {
    super(detail, cause, false, false); // an answer, not a fault: nobody reads its stack
    this.reply = Objects.requireNonNull(reply);
  }

  public Reply reply() { return reply; }
}
