package uservice.grpc;

import module java.base;

/// The peer broke a rule of HTTP/2 or HPACK. The connection ends with this code; RFC 9113 (5.4.1) allows that for errors of a
/// stream too, and a peer that cannot keep one stream in order is not asked for another.
final class Violation extends IOException {
  private final ErrorCode code;

  Violation(ErrorCode code, String what) {
    super(what);
    this.code = code;
  }

  static Violation protocol(String what) { return new Violation(ErrorCode.PROTOCOL_ERROR, what); }

  static Violation size(String what) { return new Violation(ErrorCode.FRAME_SIZE_ERROR, what); }

  static Violation flow(String what) { return new Violation(ErrorCode.FLOW_CONTROL_ERROR, what); }

  static Violation compression(String what) { return new Violation(ErrorCode.COMPRESSION_ERROR, what); }

  static Violation calm(String what) { return new Violation(ErrorCode.ENHANCE_YOUR_CALM, what); }

  ErrorCode code() { return code; }
}
