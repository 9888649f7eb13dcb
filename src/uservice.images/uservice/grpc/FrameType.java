package uservice.grpc;

/// The types of frames (RFC 9113, section 6) and their flags.
final class FrameType {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 0x1;
  static final int ACK = 0x1;
  static final int END_HEADERS = 0x4;
  static final int PADDED = 0x8;
  static final int WITH_PRIORITY = 0x20;

  /// A frame's length, type, flags and stream: `LL LL LL TT FF SS SS SS SS`.
  static final int HEADER_BYTES = 9;
  /// The payload that every peer takes; more only where it says so.
  static final int PAYLOAD_MAX = 1 << 14;

  private static final String[] NAMES = {
    "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION"
  };

  private FrameType() {}

  static String name(int type) { return type < NAMES.length ? NAMES[type] : "frame of type 0x" + Integer.toHexString(type); }
}
