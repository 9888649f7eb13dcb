package uservice.postgres;

import module java.base;

/// Takes a server's bytes apart into messages: a type byte, a length that counts itself, the rest. A [ProtocolException] says at which
/// byte of the connection something stands that cannot be; what a length promises is allocated as it arrives.
final class MessageReader {
  static final int STARTUP_BYTES_MAX = 64 << 10;
  static final int MESSAGE_BYTES_MAX = 16 << 20;
  private static final int BUFFER_BYTES = 16 << 10;

  private final BufferedInputStream in;
  private long at;
  private int most = STARTUP_BYTES_MAX;

  MessageReader(InputStream in) {
    this.in = new BufferedInputStream(in, BUFFER_BYTES);
  }

  /// The peer is known by now: messages may be as long as rows are.
  void started() { most = MESSAGE_BYTES_MAX; }

  /// Whether bytes are here that were not asked for, as far as that can be told without waiting.
  boolean pending() throws IOException { return in.available() > 0; }

  BackendMessage read() throws IOException {
    long start = at;
    int type = in.read();
    if (type < 0) {
      throw ended();
    }
    if (BackendMessage.TYPES.indexOf(type) < 0) {
      throw new ProtocolException("message type 0x%02x at byte %d, expected one of %s".formatted(type, start, BackendMessage.TYPES));
    }
    at++;
    int length = ByteBuffer.wrap(take(Integer.BYTES)).getInt();
    if (length < Integer.BYTES || length - Integer.BYTES > most) {
      throw new ProtocolException("message '%c' at byte %d has length %d, expected 4 to %d".formatted(type, start, length, most + Integer.BYTES));
    }
    byte[] body = take(length - Integer.BYTES);
    try {
      return BackendMessage.parse((char) type, body);
    } catch (ProtocolException e) {
      throw new ProtocolException(e.getMessage() + ", at byte " + start);
    }
  }

  private byte[] take(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    at += bytes.length;
    if (bytes.length < count) {
      throw ended();
    }
    return bytes;
  }

  private EOFException ended() { return new EOFException("connection closed by the server at byte " + at); }
}
