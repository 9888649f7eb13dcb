package uservice.grpc;

import module java.base;

/// A frame as the peer may send it to a client that allows no push (RFC 9113, section 6). What the stream and the connection
/// allow at that moment is not known here.
sealed interface Frame {
  /// The stream that it belongs to; 0 is the connection.
  int stream();

  /// Part of a body.
  ///
  /// @param length what it takes from the windows: the bytes and their padding
  record Data(int stream, byte[] bytes, int length, boolean end) implements Frame {}

  /// A whole header block, its CONTINUATION frames included.
  record Headers(int stream, byte[] block, boolean end) implements Frame {}

  record RstStream(int stream, int code) implements Frame {}

  /// The settings in the order in which they hold; an identifier may come twice, and may be unknown.
  record Settings(List<Setting> settings) implements Frame {
    @Override public int stream() { return 0; }
  }

  /// One parameter; the value is a number of 32 bits without sign.
  record Setting(int id, long value) {
    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;
    static final int MAX_HEADER_LIST_SIZE = 6;
  }

  record SettingsAck() implements Frame {
    @Override public int stream() { return 0; }
  }

  record Ping(long opaque, boolean ack) implements Frame {
    @Override public int stream() { return 0; }
  }

  /// @param last the highest stream that the peer may have worked on
  record GoAway(int last, int code, String debug) implements Frame {
    @Override public int stream() { return 0; }
  }

  record WindowUpdate(int stream, int increment) implements Frame {}

  /// PRIORITY, which says nothing any more, and the types that are not known: both are to be left alone.
  record Ignored(int stream, int type) implements Frame {}
}
