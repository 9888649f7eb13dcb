package uservice.grpc;

import static uservice.grpc.FrameType.*;

import module java.base;

/// Reads the frames of one connection and holds them to the rules that a frame can break by itself: its length, its stream,
/// its padding, the order of CONTINUATION.
final class FrameReader {
  /// The bytes of a header block, still encoded.
  static final int BLOCK_MAX = 64 * 1024;
  private static final int CONTINUATIONS_MAX = 16;
  private static final int BUFFER = 16 * 1024;
  private static final int RECOGNISABLE = 5;
  private static final int SETTING_BYTES = 6;
  private static final int PRIORITY_BYTES = 5;
  private static final int GOAWAY_BYTES = 8;
  private static final int DEBUG_MAX = 512;

  private final InputStream in;
  private boolean first = true;
  private int length;
  private int type;
  private int flags;
  private int stream;
  private byte[] payload;

  FrameReader(InputStream in) {
    this.in = new BufferedInputStream(in, BUFFER);
  }

  /// Waits for the next frame.
  ///
  /// @throws EOFException where the peer has closed
  /// @throws Violation where the frame must not be
  Frame read() throws IOException {
    header();
    return switch (type) {
      case DATA -> data();
      case HEADERS -> headers();
      case PRIORITY -> {
        onStream();
        exactly(PRIORITY_BYTES);
        yield new Frame.Ignored(stream, type);
      }
      case RST_STREAM -> {
        onStream();
        exactly(4);
        yield new Frame.RstStream(stream, int32(0));
      }
      case SETTINGS -> settings();
      case PUSH_PROMISE -> throw Violation.protocol("PUSH_PROMISE, although push was not allowed");
      case PING -> {
        onConnection();
        exactly(Long.BYTES);
        yield new Frame.Ping(ByteBuffer.wrap(payload).getLong(), has(ACK));
      }
      case GOAWAY -> goAway();
      case WINDOW_UPDATE -> windowUpdate();
      case CONTINUATION -> throw Violation.protocol("CONTINUATION on stream " + stream + " with no header block to continue");
      default -> new Frame.Ignored(stream, type);
    };
  }

  private void header() throws IOException {
    byte[] begin = in.readNBytes(RECOGNISABLE);
    if (first) {
      Stranger.refuse(begin);
      first = false;
    }
    if (begin.length == 0) {
      throw new EOFException("closed by the peer");
    }
    byte[] header = Arrays.copyOf(begin, HEADER_BYTES);
    int more = in.readNBytes(header, begin.length, HEADER_BYTES - begin.length);
    if (begin.length + more < HEADER_BYTES) {
      throw new EOFException("closed by the peer after " + (begin.length + more) + " of the " + HEADER_BYTES + " bytes of a frame header");
    }
    length = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | header[2] & 0xff;
    type = header[3] & 0xff;
    flags = header[4] & 0xff;
    stream = ByteBuffer.wrap(header).getInt(5) & Integer.MAX_VALUE;
    if (length > PAYLOAD_MAX) {
      throw Violation.size(name(type) + " of " + length + " bytes, at most " + PAYLOAD_MAX);
    }
    payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException("closed by the peer after " + payload.length + " of the " + length + " bytes of " + name(type));
    }
  }

  private boolean has(int flag) { return (flags & flag) != 0; }

  private int int32(int at) { return ByteBuffer.wrap(payload).getInt(at); }

  private void onStream() throws Violation {
    if (stream == 0) {
      throw Violation.protocol(name(type) + " on stream 0, belongs to a request's");
    }
  }

  private void onConnection() throws Violation {
    if (stream != 0) {
      throw Violation.protocol(name(type) + " on stream " + stream + ", belongs on stream 0");
    }
  }

  private void exactly(int bytes) throws Violation {
    if (length != bytes) {
      throw Violation.size(name(type) + " of " + length + " bytes, must be " + bytes);
    }
  }

  private Frame data() throws Violation {
    onStream();
    return new Frame.Data(stream, unpadded(0), length, has(END_STREAM));
  }

  /// What is left of the payload without padding and without the `skipped` bytes before it.
  private byte[] unpadded(int skipped) throws Violation {
    int from = skipped;
    int padding = 0;
    if (has(PADDED)) {
      if (length == 0) {
        throw Violation.size(name(type) + " of 0 bytes says that it is padded, and has no length of padding");
      }
      padding = payload[0] & 0xff;
      from++;
    }
    if (from > length && padding == 0) {
      throw Violation.size(name(type) + " of " + length + " bytes, its flags make it at least " + from);
    }
    if (from + padding > length) {
      throw Violation.protocol(name(type) + " of " + length + " bytes with " + padding + " bytes of padding");
    }
    return Arrays.copyOfRange(payload, from, length - padding);
  }

  private Frame headers() throws IOException {
    onStream();
    int of = stream;
    boolean end = has(END_STREAM);
    byte[] fragment = unpadded(has(WITH_PRIORITY) ? PRIORITY_BYTES : 0);
    if (has(END_HEADERS)) {
      return new Frame.Headers(of, fragment, end);
    }
    var block = new ByteArrayOutputStream();
    block.writeBytes(fragment);
    for (int more = 1; !has(END_HEADERS); more++) {
      header();
      if (type != CONTINUATION || stream != of) {
        throw Violation.protocol(name(type) + " on stream " + stream + " inside the header block of stream " + of);
      }
      block.writeBytes(payload);
      if (more > CONTINUATIONS_MAX || block.size() > BLOCK_MAX) {
        throw Violation.calm("a header block of " + (more + 1) + " frames and " + block.size() + " bytes so far, at most "
            + (CONTINUATIONS_MAX + 1) + " and " + BLOCK_MAX);
      }
    }
    return new Frame.Headers(of, block.toByteArray(), end);
  }

  private Frame settings() throws Violation {
    onConnection();
    if (has(ACK)) {
      exactly(0);
      return new Frame.SettingsAck();
    }
    if (length % SETTING_BYTES != 0) {
      throw Violation.size("SETTINGS of " + length + " bytes, must be a multiple of " + SETTING_BYTES);
    }
    var settings = new ArrayList<Frame.Setting>();
    for (int at = 0; at < length; at += SETTING_BYTES) {
      settings.add(new Frame.Setting(ByteBuffer.wrap(payload).getShort(at) & 0xffff, int32(at + Short.BYTES) & 0xffff_ffffL));
    }
    return new Frame.Settings(settings);
  }

  private Frame goAway() throws Violation {
    onConnection();
    if (length < GOAWAY_BYTES) {
      throw Violation.size("GOAWAY of " + length + " bytes, must be at least " + GOAWAY_BYTES);
    }
    String debug = new String(payload, GOAWAY_BYTES, Math.min(length - GOAWAY_BYTES, DEBUG_MAX), StandardCharsets.UTF_8);
    return new Frame.GoAway(int32(0) & Integer.MAX_VALUE, int32(4), debug);
  }

  private Frame windowUpdate() throws Violation {
    exactly(4);
    int increment = int32(0) & Integer.MAX_VALUE;
    if (increment == 0) {
      throw Violation.protocol("WINDOW_UPDATE on stream " + stream + " by 0, must be from 1 to 2^31-1");
    }
    return new Frame.WindowUpdate(stream, increment);
  }
}
