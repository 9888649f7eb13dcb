package uservice.redis;

import module java.base;

/// Reads replies, each bounded in size, count and depth, so that no server can take more memory than [#REPLY_BYTES_MAX] and a little.
///
/// The format is the Redis serialization protocol, RESP2 and RESP3: <https://redis.io/docs/latest/develop/reference/protocol-spec/>.
/// A violation is a [ProtocolException] that names the byte, counted from the beginning of the connection; after it the stream
/// is of no use.
final class ReplyReader {
  static final int REPLY_BYTES_MAX = 64 << 20;
  static final int ITEMS_MAX = 1 << 20;
  static final int DEPTH_MAX = 16;
  static final int LINE_BYTES_MAX = 64 * 1024;
  private static final int ROOM = 32 * 1024;
  private static final String KINDS = "one of + - : $ * _ # , ( ! = % ~ > |";

  private final InputStream in;
  private final Pause pause;
  private final byte[] buffer = new byte[ROOM];
  private int from;
  private int to;
  private long before; // bytes of the stream before the buffer
  private int bytesLeft;
  private int itemsLeft;

  /// What is to be done before the stream may block.
  interface Pause {
    void before() throws IOException;
  }

  /// Reads from `in`, whose bytes it keeps in a buffer, and runs `pause` before it waits for more of them.
  ReplyReader(InputStream in, Pause pause) {
    this.in = in;
    this.pause = pause;
  }

  /// The next reply. Pushes, which answer nothing, are passed over.
  Reply read() throws IOException {
    while (true) {
      bytesLeft = REPLY_BYTES_MAX;
      itemsLeft = ITEMS_MAX;
      Optional<Reply> reply = value(0);
      if (reply.isPresent()) {
        return reply.get();
      }
    }
  }

  /// A value; nothing where it was a push.
  private Optional<Reply> value(int depth) throws IOException {
    if (depth > DEPTH_MAX) {
      throw wrong(position(), "reply nested deeper than " + DEPTH_MAX);
    }
    long at = position();
    int kind = next();
    return switch (kind) {
      case '+', ',', '(' -> Optional.of(new Reply.Text(line()));
      case '-' -> Optional.of(new Reply.Refused(line()));
      case ':' -> Optional.of(new Reply.Int(number()));
      case '#' -> Optional.of(new Reply.Int(truth()));
      case '_' -> Optional.of(nil());
      case '$' -> Optional.of(bulk());
      case '=' -> Optional.of(verbatim());
      case '!' -> Optional.of(new Reply.Refused(bulk() instanceof Reply.Bulk said ? said.text() : "ERR"));
      case '*', '~' -> Optional.of(many(1, depth));
      case '%' -> Optional.of(many(2, depth));
      case '>' -> {
        many(1, depth);
        yield Optional.empty();
      }
      case '|' -> { // attributes of the value behind them
        many(2, depth);
        yield value(depth + 1);
      }
      default -> throw wrong(at, "reply type 0x%02x".formatted(kind), KINDS);
    };
  }

  /// `*<count>\r\n<item>…`; -1 is null (RESP2).
  private Reply many(int each, int depth) throws IOException {
    long at = position();
    long count = number();
    if (count == -1) {
      return Reply.NIL;
    }
    if (count < 0 || count > itemsLeft / each) {
      throw wrong(at, count < 0 ? "array of " + count + " items" : "more than " + ITEMS_MAX + " items in a reply");
    }
    itemsLeft -= (int) count * each;
    var items = new ArrayList<Reply>(Math.min((int) count * each, 1024));
    for (long i = 0; i < count * each; i++) {
      long place = position();
      items.add(value(depth + 1).orElseThrow(() -> wrong(place, "a push inside of a reply")));
    }
    return new Reply.Many(items);
  }

  /// `$<length>\r\n<bytes>\r\n`; length -1 is null (RESP2).
  private Reply bulk() throws IOException {
    long at = position();
    long length = number();
    if (length == -1) {
      return Reply.NIL;
    }
    if (length < 0) {
      throw wrong(at, "string of " + length + " bytes");
    }
    spend(at, length);
    byte[] bytes = bytes((int) length);
    end();
    return new Reply.Bulk(bytes);
  }

  /// `=<length>\r\ntxt:<bytes>\r\n`
  private Reply verbatim() throws IOException {
    long at = position();
    if (bulk() instanceof Reply.Bulk(var bytes) && bytes.length >= 4 && bytes[3] == ':') {
      return new Reply.Bulk(Arrays.copyOfRange(bytes, 4, bytes.length));
    }
    throw wrong(at, "verbatim string without its format");
  }

  private Reply nil() throws IOException {
    end();
    return Reply.NIL;
  }

  private long truth() throws IOException {
    long at = position();
    int letter = next();
    if (letter != 't' && letter != 'f') {
      throw wrong(at, "boolean that is neither t nor f");
    }
    end();
    return letter == 't' ? 1 : 0;
  }

  private long number() throws IOException {
    long at = position();
    String text = line();
    try {
      return Long.parseLong(text); // takes a plus sign, as the protocol does
    } catch (NumberFormatException unfit) {
      throw wrong(at, "'" + (text.length() > 32 ? text.substring(0, 32) + "…" : text) + "'", "a number");
    }
  }

  /// Up to and without the `\r\n`.
  private String line() throws IOException {
    long at = position();
    var text = new StringBuilder();
    while (true) {
      int b = next();
      if (b == '\r') {
        feed();
        break;
      }
      if (b == '\n' || text.length() == LINE_BYTES_MAX) {
        throw wrong(at, b == '\n' ? "line feed without a carriage return" : "line over " + LINE_BYTES_MAX + " bytes");
      }
      text.append((char) b);
    }
    spend(at, text.length());
    return ascii(text) ? text.toString() : new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static boolean ascii(CharSequence text) { return text.chars().allMatch(c -> c < 0x80); }

  private void end() throws IOException {
    if (next() != '\r') {
      throw wrong(position() - 1, "no \\r\\n where the value ends");
    }
    feed();
  }

  private void feed() throws IOException {
    if (next() != '\n') {
      throw wrong(position() - 1, "carriage return without a line feed");
    }
  }

  private void spend(long at, long bytes) throws ProtocolException {
    if (bytes > bytesLeft) {
      throw new TooLarge("reply over " + REPLY_BYTES_MAX + " bytes at byte " + at);
    }
    bytesLeft -= (int) bytes;
  }

  /// Grows with what comes, so that a length that promises much costs nothing by itself.
  private byte[] bytes(int length) throws IOException {
    byte[] bytes = new byte[Math.min(length, ROOM)];
    for (int filled = 0; filled < length; ) {
      if (from == to) {
        fill();
      }
      if (filled == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, bytes.length * 2L));
      }
      int count = Math.min(bytes.length - filled, to - from);
      System.arraycopy(buffer, from, bytes, filled, count);
      from += count;
      filled += count;
    }
    return bytes;
  }

  private int next() throws IOException {
    if (from == to) {
      fill();
    }
    return buffer[from++] & 0xff;
  }

  private void fill() throws IOException {
    pause.before();
    before += to;
    from = 0;
    to = 0;
    int count = in.read(buffer, 0, buffer.length);
    if (count < 0) {
      throw new EOFException("the server closed the connection");
    }
    to = count;
  }

  private long position() { return before + from; }

  private static ProtocolException wrong(long at, String what) { return new ProtocolException(what + " at byte " + at); }

  private static ProtocolException wrong(long at, String what, String right) {
    return new ProtocolException(what + " at byte " + at + ", expected " + right);
  }

  /// A reply that is right and larger than what is held.
  static final class TooLarge extends ProtocolException {
    TooLarge(String message) { super(message); }
  }
}
