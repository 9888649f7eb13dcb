package uservice.grpc;

/// The outcome of a call as gRPC numbers it; the ordinal is the code on the wire.
public enum Status {
  OK,
  CANCELLED,
  UNKNOWN,
  INVALID_ARGUMENT,
  DEADLINE_EXCEEDED,
  NOT_FOUND,
  ALREADY_EXISTS,
  PERMISSION_DENIED,
  RESOURCE_EXHAUSTED,
  FAILED_PRECONDITION,
  ABORTED,
  OUT_OF_RANGE,
  UNIMPLEMENTED,
  INTERNAL,
  UNAVAILABLE,
  DATA_LOSS,
  UNAUTHENTICATED;

  private static final Status[] ALL = values();
  private static final int DIGITS_MAX = 3;

  /// Reads the text of `grpc-status`; UNKNOWN for a number that is none of these, null for what is no number.
  static Status parse(String text) {
    if (text.isEmpty() || text.length() > DIGITS_MAX || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    int code = Integer.parseInt(text);
    return code < ALL.length ? ALL[code] : UNKNOWN;
  }

  /// The status where the answer is none of gRPC's own, such as a proxy's (gRPC's "HTTP to gRPC Status Code Mapping").
  static Status ofHttp(int status) {
    return switch (status) {
      case 400 -> INTERNAL;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404 -> UNIMPLEMENTED;
      case 429, 502, 503, 504 -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }
}
