package uservice.kafka;

import module java.base;

/// Takes an answer of a broker apart, from its first byte to its last. Whatever a length or a count promises is compared with
/// the bytes that are left before anything is allocated; what cannot be is a [ProtocolException] that says where it stands.
///
/// Numbers are big-endian; `varint` and `varlong` are zig-zag, seven bits a byte, the lowest first. Of one thread.
final class BytesReader {
  /// How one element of a list is read.
  @FunctionalInterface interface Element<T> {
    T read(BytesReader in) throws ProtocolException;
  }

  /// How what a list has of one partition is read, behind its number.
  @FunctionalInterface interface Of<T> {
    T read(TopicPartition partition, BytesReader in) throws ProtocolException;
  }

  private static final int VARINT_BYTES_MAX = 5;
  private static final int VARLONG_BYTES_MAX = 10;
  private static final int TOPIC_BYTES_MIN = 6;

  /// Of the request that this answers.
  final int version;
  private final String what;
  private final byte[] bytes;
  private final int end;
  private int at;

  /// `what` begins the messages: `Metadata v4`.
  BytesReader(String what, byte[] bytes) { this(what, 0, bytes, 0, bytes.length); }

  BytesReader(String what, int version, byte[] bytes, int from, int end) {
    this.what = what;
    this.version = version;
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /// The array below, which others may read too: [#at()] counts in it.
  byte[] array() { return bytes; }

  int at() { return at; }

  int remaining() { return end - at; }

  byte int8() throws ProtocolException { return bytes[take("int8", Byte.BYTES)]; }

  boolean bool() throws ProtocolException { return int8() != 0; }

  short int16() throws ProtocolException {
    int from = take("int16", Short.BYTES);
    return (short) (bytes[from] << 8 | bytes[from + 1] & 0xff);
  }

  int int32() throws ProtocolException {
    int from = take("int32", Integer.BYTES);
    return bytes[from] << 24 | (bytes[from + 1] & 0xff) << 16 | (bytes[from + 2] & 0xff) << 8 | bytes[from + 3] & 0xff;
  }

  long int64() throws ProtocolException {
    check("int64", Long.BYTES);
    return (long) int32() << 32 | int32() & 0xffff_ffffL;
  }

  int varint() throws ProtocolException {
    int start = at;
    long raw = raw("varint", VARINT_BYTES_MAX);
    if (raw >>> Integer.SIZE != 0) {
      throw wrong("varint", start, "is larger than 32 bits");
    }
    return (int) (raw >>> 1) ^ -(int) (raw & 1);
  }

  long varlong() throws ProtocolException {
    long raw = raw("varlong", VARLONG_BYTES_MAX);
    return raw >>> 1 ^ -(raw & 1);
  }

  private long raw(String kind, int most) throws ProtocolException {
    int start = at;
    long value = 0;
    for (int i = 0; i < most; i++) {
      if (remaining() == 0) {
        throw wrong(kind, start, "is cut off");
      }
      byte next = bytes[at++];
      if (i == VARLONG_BYTES_MAX - 1 && (next & 0x7e) != 0) {
        throw wrong(kind, start, "is larger than 64 bits");
      }
      value |= (long) (next & 0x7f) << 7 * i;
      if (next >= 0) {
        return value;
      }
    }
    throw wrong(kind, start, "has over " + most + " bytes");
  }

  /// Text, which may not be null.
  String string() throws ProtocolException {
    int start = at;
    String text = nullableString();
    if (text == null) {
      throw wrong("string", start, "is null");
    }
    return text;
  }

  /// Text, or null where its length is -1.
  String nullableString() throws ProtocolException {
    int start = at;
    int length = int16();
    return length == -1 ? null : new String(bytes, slice("string", start, length), length, StandardCharsets.UTF_8);
  }

  /// Bytes behind a length of 32 bits, as a reader over the same array; null where the length is -1.
  BytesReader nullableBytes() throws ProtocolException {
    int start = at;
    int length = int32();
    return length == -1 ? null : part("bytes", start, length);
  }

  /// Bytes behind a length of 32 bits, which may not be null.
  BytesReader bytes() throws ProtocolException {
    int start = at;
    BytesReader found = nullableBytes();
    if (found == null) {
      throw wrong("bytes", start, "is null");
    }
    return found;
  }

  /// The next `length` bytes, as a reader over the same array.
  BytesReader part(int length) throws ProtocolException { return part("part", at, length); }

  private BytesReader part(String kind, int start, int length) throws ProtocolException {
    int from = slice(kind, start, length);
    return new BytesReader(what, version, bytes, from, from + length);
  }

  /// A copy of all that is left.
  byte[] rest() {
    int from = at;
    at = end;
    return Arrays.copyOfRange(bytes, from, end);
  }

  /// A list behind a count of 32 bits; -1 is an empty one. An element takes at least `least` bytes, which bounds the count.
  <T> List<T> list(int least, Element<T> element) throws ProtocolException {
    int start = at;
    int count = int32();
    if (count < -1 || count > remaining() / least) {
      throw wrong("list", start, "has " + count + " elements, expected 0 to " + remaining() / least);
    }
    var list = new ArrayList<T>(Math.max(count, 0));
    for (int i = 0; i < count; i++) {
      list.add(element.read(this));
    }
    return list;
  }

  /// `[topic string | [partition i32 | …]]`; what there is of a partition takes at least `least` bytes, its number included.
  <T> List<T> partitions(int least, Of<T> each) throws ProtocolException {
    var all = new ArrayList<T>();
    list(TOPIC_BYTES_MIN, topic -> {
      String name = topic.string();
      return all.addAll(topic.list(least, one -> each.read(new TopicPartition(name, one.int32()), one)));
    });
    return all;
  }

  /// A broker's yes or no.
  ErrorCode error() throws ProtocolException { return ErrorCode.of(int16()); }

  /// Nothing may be left.
  void end() throws ProtocolException {
    if (remaining() > 0) {
      throw new ProtocolException(what + ": " + remaining() + " bytes too many, from byte " + at + " on");
    }
  }

  private int slice(String kind, int start, int length) throws ProtocolException {
    if (length < 0 || length > remaining()) {
      throw wrong(kind, start, "has length " + length + ", expected 0 to " + remaining());
    }
    int from = at;
    at += length;
    return from;
  }

  private int take(String kind, int count) throws ProtocolException {
    check(kind, count);
    int from = at;
    at += count;
    return from;
  }

  private void check(String kind, int count) throws ProtocolException {
    if (remaining() < count) {
      throw wrong(kind, at, "is cut off, " + remaining() + " bytes are left");
    }
  }

  /// What stands at byte `where` cannot be.
  ProtocolException wrong(String kind, int where, String how) { return new ProtocolException(what + ": " + kind + " at byte " + where + " " + how); }
}
