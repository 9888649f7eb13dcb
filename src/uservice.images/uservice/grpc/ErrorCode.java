package uservice.grpc;

/// Why a stream or a connection was ended, as HTTP/2 has it on the wire (RFC 9113, section 7); the ordinal is the code.
enum ErrorCode {
  NO_ERROR,
  PROTOCOL_ERROR,
  INTERNAL_ERROR,
  FLOW_CONTROL_ERROR,
  SETTINGS_TIMEOUT,
  STREAM_CLOSED,
  FRAME_SIZE_ERROR,
  REFUSED_STREAM,
  CANCEL,
  COMPRESSION_ERROR,
  CONNECT_ERROR,
  ENHANCE_YOUR_CALM,
  INADEQUATE_SECURITY,
  HTTP_1_1_REQUIRED;

  private static final ErrorCode[] ALL = values();

  /// The code's name, or its number where it has none; a peer may send any.
  static String name(int code) {
    return code >= 0 && code < ALL.length ? ALL[code].name() : "error 0x" + Integer.toHexString(code);
  }

  /// The status of a call whose stream the peer reset with this code (gRPC over HTTP/2, "Errors").
  static Status status(int code) {
    if (code < 0 || code >= ALL.length) {
      return Status.UNKNOWN;
    }
    return switch (ALL[code]) {
      case REFUSED_STREAM -> Status.UNAVAILABLE;
      case CANCEL -> Status.CANCELLED;
      case ENHANCE_YOUR_CALM -> Status.RESOURCE_EXHAUSTED;
      case INADEQUATE_SECURITY -> Status.PERMISSION_DENIED;
      default -> Status.INTERNAL;
    };
  }
}
