package uservice.images;

import module java.base;

/// Reads a message in protobuf's wire format, field by field in the order in which they come; fields that nobody asks for are
/// passed over, whatever they are.
///
/// ```
/// while (message.next()) {
///   switch (message.field()) {
///     case 1 -> id = message.string();
///   }
/// }
/// ```
///
/// What a field's length says is checked before anything is made of it; nothing is copied but texts.
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int GROUP = 3;
  private static final int GROUP_END = 4;
  private static final int FIXED_32 = 5;
  private static final int VARINT_BYTES_MAX = 10;
  private static final int FIELD_MAX = (1 << 29) - 1;
  /// Messages within messages, and groups within groups.
  static final int DEPTH_MAX = 16;

  private final byte[] bytes;
  private final int end;
  private final int depth;
  private int at;
  private int field;
  private int type;
  private boolean pending; // the value of the field has not been read

  ProtoReader(byte[] bytes) {
    this(bytes, 0, bytes.length, 0);
  }

  private ProtoReader(byte[] bytes, int from, int end, int depth) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
    this.depth = depth;
  }

  /// Goes to the next field; false at the message's end.
  boolean next() throws Malformed {
    if (pending) {
      skip();
    }
    if (at == end) {
      return false;
    }
    tag();
    if (type == GROUP_END) {
      throw new Malformed("the end of group " + field + ", which did not begin, at byte " + at);
    }
    pending = true;
    return true;
  }

  private void tag() throws Malformed {
    long tag = varint("a field's number");
    field = (int) (tag >>> 3);
    type = (int) (tag & 7);
    if (tag >>> 3 < 1 || tag >>> 3 > FIELD_MAX || type > FIXED_32) {
      throw new Malformed("field " + (tag >>> 3) + " of type " + type + " before byte " + at
          + ", must be from 1 to " + FIELD_MAX + " and of type 0 to 5");
    }
  }

  /// The number of the field.
  int field() { return field; }

  /// The field's whole number, of 64 bits without sign.
  long number() throws Malformed {
    expect(VARINT, "a number");
    return varint("field " + field);
  }

  /// The field's text.
  String string() throws Malformed {
    int length = length("a text");
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, length)).toString();
      at += length;
      return text;
    } catch (CharacterCodingException broken) {
      throw new Malformed("field " + field + " is text that is not UTF-8, at byte " + at);
    }
  }

  /// The field's message; to be read before or after this one goes on.
  ProtoReader message() throws Malformed {
    int length = length("a message");
    if (depth == DEPTH_MAX) {
      throw new Malformed("messages nest more than " + DEPTH_MAX + " deep");
    }
    var inner = new ProtoReader(bytes, at, at + length, depth + 1);
    at += length;
    return inner;
  }

  private int length(String what) throws Malformed {
    expect(BYTES, what);
    long length = varint("a length");
    if (length < 0 || length > end - at) {
      throw new Malformed("field " + field + " has " + Long.toUnsignedString(length) + " bytes, "
          + (end - at) + " are there at byte " + at);
    }
    return (int) length;
  }

  private void expect(int wanted, String what) throws Malformed {
    if (type != wanted) {
      throw new Malformed("field " + field + " is of type " + type + ", " + what + " is of type " + wanted + ", before byte " + at);
    }
    pending = false;
  }

  private long varint(String what) throws Malformed {
    long value = 0;
    for (int i = 0; i < VARINT_BYTES_MAX; i++) {
      if (at == end) {
        throw new Malformed(what + " ends in the middle, at byte " + at);
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << 7 * i;
      if (b >= 0) {
        return value;
      }
    }
    throw new Malformed(what + " has more than " + VARINT_BYTES_MAX + " bytes, at byte " + at);
  }

  private void skip() throws Malformed {
    pending = false;
    pass(depth);
  }

  private void pass(int level) throws Malformed {
    switch (type) {
      case VARINT -> varint("field " + field);
      case FIXED_64 -> skipBytes(Long.BYTES);
      case FIXED_32 -> skipBytes(Integer.BYTES);
      case BYTES -> skipBytes(length("a field"));
      default -> group(level);
    }
  }

  private void skipBytes(int count) throws Malformed {
    if (count > end - at) {
      throw new Malformed("field " + field + " ends in the middle, at byte " + end);
    }
    at += count;
  }

  /// Passes over what is between the begin and the end of a group.
  private void group(int level) throws Malformed {
    int group = field;
    if (level == DEPTH_MAX) {
      throw new Malformed("groups nest more than " + DEPTH_MAX + " deep");
    }
    for (tag(); type != GROUP_END; tag()) {
      pass(level + 1);
    }
    if (field != group) {
      throw new Malformed("group " + group + " ends as " + field + ", at byte " + at);
    }
  }
}
