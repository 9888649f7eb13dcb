package uservice.grpc;

import module java.base;

/// What the server has said of itself in SETTINGS, as far as a client that opens one stream at a time has to mind it.
final class PeerSettings {
  private static final int PAYLOAD_MAX_MOST = (1 << 24) - 1;
  private static final long UNLIMITED = 0xffff_ffffL;

  private long streamsMax = UNLIMITED;
  private long window = Window.DEFAULT;
  private int payloadMax = FrameType.PAYLOAD_MAX;

  /// Takes one setting. Unknown ones are to be left alone; the size of a dynamic table does not matter to an encoder that has none,
  /// nor the largest header section, which is advice, to one whose header sections are some hundred bytes.
  void apply(Frame.Setting setting) throws Violation {
    long value = setting.value();
    switch (setting.id()) {
      case Frame.Setting.ENABLE_PUSH -> {
        if (value != 0) {
          throw Violation.protocol("SETTINGS with ENABLE_PUSH " + value + ", a server's must be 0");
        }
      }
      case Frame.Setting.MAX_CONCURRENT_STREAMS -> streamsMax = value;
      case Frame.Setting.INITIAL_WINDOW_SIZE -> {
        if (value > Window.MAX) {
          throw Violation.flow("SETTINGS with INITIAL_WINDOW_SIZE " + value + ", at most " + Window.MAX);
        }
        window = value;
      }
      case Frame.Setting.MAX_FRAME_SIZE -> {
        if (value < FrameType.PAYLOAD_MAX || value > PAYLOAD_MAX_MOST) {
          throw Violation.protocol(
              "SETTINGS with MAX_FRAME_SIZE " + value + ", must be from " + FrameType.PAYLOAD_MAX + " to " + PAYLOAD_MAX_MOST);
        }
        payloadMax = (int) value;
      }
      default -> { }
    }
  }

  boolean allowsStream() { return streamsMax > 0; }

  /// The first window of a stream.
  long window() { return window; }

  /// The largest payload of a frame.
  int payloadMax() { return payloadMax; }
}
