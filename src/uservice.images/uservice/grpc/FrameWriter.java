package uservice.grpc;

import static uservice.grpc.FrameType.*;

import module java.base;

/// Writes frames into a buffer; they leave with [#flush()].
final class FrameWriter {
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int BUFFER = 32 * 1024;

  private final DataOutputStream out;

  FrameWriter(OutputStream out) {
    this.out = new DataOutputStream(new BufferedOutputStream(out, BUFFER));
  }

  /// What a client says first: the preface, then its settings.
  void preface(List<Frame.Setting> settings) throws IOException {
    out.write(PREFACE);
    header(settings.size() * 6, SETTINGS, 0, 0);
    for (Frame.Setting setting : settings) {
      out.writeShort(setting.id());
      out.writeInt((int) setting.value());
    }
  }

  void settingsAck() throws IOException {
    header(0, SETTINGS, ACK, 0);
  }

  void pong(long opaque) throws IOException {
    header(Long.BYTES, PING, ACK, 0);
    out.writeLong(opaque);
  }

  /// A header block that begins a request, in frames of at most `payloadMax` bytes.
  void headers(int stream, byte[] block, int payloadMax) throws IOException {
    int from = 0;
    do {
      int length = Math.min(payloadMax, block.length - from);
      boolean last = from + length == block.length;
      header(length, from == 0 ? HEADERS : CONTINUATION, last ? END_HEADERS : 0, stream);
      out.write(block, from, length);
      from += length;
    } while (from < block.length);
  }

  void data(int stream, byte[] bytes, int from, int length, boolean end) throws IOException {
    header(length, DATA, end ? END_STREAM : 0, stream);
    out.write(bytes, from, length);
  }

  void windowUpdate(int stream, int increment) throws IOException {
    header(Integer.BYTES, WINDOW_UPDATE, 0, stream);
    out.writeInt(increment);
  }

  void rstStream(int stream, ErrorCode code) throws IOException {
    header(Integer.BYTES, RST_STREAM, 0, stream);
    out.writeInt(code.ordinal());
  }

  /// @param debug says why, for the log of the peer's operator
  void goAway(ErrorCode code, String debug) throws IOException {
    byte[] why = debug.getBytes(StandardCharsets.UTF_8);
    header(2 * Integer.BYTES + why.length, GOAWAY, 0, 0);
    out.writeInt(0); // this side has opened streams, the peer none
    out.writeInt(code.ordinal());
    out.write(why);
  }

  void flush() throws IOException {
    out.flush();
  }

  private void header(int length, int type, int flags, int stream) throws IOException {
    out.writeInt(length << 8 | type);
    out.writeByte(flags);
    out.writeInt(stream);
  }
}
