package uservice.grpc;

import module java.base;

/// A call that brought no answer: where, why, and whether asking again is safe.
public final class GrpcException extends Exception {
  /// What went wrong, in four words for four remedies.
  public enum Kind {
    /// No connection, or one that is no use: nothing was asked.
    UNREACHABLE,
    /// The deadline passed.
    LATE,
    /// The connection ended before the answer was there.
    CUT,
    /// The server does not keep to HTTP/2, HPACK or gRPC, or sends more than it may.
    INVALID
  }

  private final Kind kind;
  private final boolean retrySafe;

  private GrpcException(Kind kind, boolean retrySafe, String where, String what, Throwable cause) {
    super(where + ": " + what, cause);
    this.kind = kind;
    this.retrySafe = retrySafe;
  }

  /// Nothing was asked, since there is no connection: for whoever opens the one that [Connection#open] takes, too.
  public static GrpcException unreachable(String where, String what, Throwable cause) {
    return new GrpcException(Kind.UNREACHABLE, true, where, what, cause);
  }

  static GrpcException late(String where, Duration limit, boolean asked, Throwable cause) {
    return new GrpcException(Kind.LATE, !asked, where, "no answer within " + Text.of(limit), cause);
  }

  static GrpcException cut(String where, String what, boolean unasked, Throwable cause) {
    return new GrpcException(Kind.CUT, unasked, where, what, cause);
  }

  static GrpcException invalid(String where, String what, Throwable cause) {
    return new GrpcException(Kind.INVALID, false, where, what, cause);
  }

  public Kind kind() { return kind; }

  /// Whether the server cannot have begun with what was asked, so that asking again does no harm.
  public boolean retrySafe() { return retrySafe; }
}
