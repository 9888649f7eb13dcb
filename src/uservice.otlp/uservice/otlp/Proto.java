package uservice.otlp;

import module java.base;
import uservice.json.Utf8Buffer;

/// Writes protobuf's wire format: a tag (`field << 3 | type`) and a value for each field, messages within messages with their
/// length in front. What is zero or empty is left out, as proto3 does, unless it is one of several alternatives.
final class Proto {
  private static final int ROOM = 1024;
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;

  private final List<Utf8Buffer> open = new ArrayList<>(); // one for each level, kept for the next message there
  private final Utf8Buffer text = new Utf8Buffer(ROOM);
  private int depth;
  private Utf8Buffer out = level(0);

  /// Begins a message; what is written until [#end] is its content.
  Proto message() {
    out = level(++depth).truncate(0);
    return this;
  }

  /// Ends it as the value of `field`, also where it is empty.
  Proto end(int field) {
    Utf8Buffer inner = out;
    out = level(--depth);
    tag(field, LENGTH);
    varint(inner.size());
    out.put(inner);
    return this;
  }

  Proto text(int field, String value) {
    return value.isEmpty() ? this : textAlways(field, value);
  }

  Proto textAlways(int field, String value) {
    text.truncate(0).put(value);
    tag(field, LENGTH);
    varint(text.size());
    out.put(text);
    return this;
  }

  /// Bytes, big-endian, of one or two numbers.
  Proto id(int field, long... parts) {
    tag(field, LENGTH);
    varint(parts.length * Long.BYTES);
    for (long part : parts) {
      little(Long.reverseBytes(part), Long.BYTES);
    }
    return this;
  }

  Proto number(int field, long value) {
    return value == 0 ? this : numberAlways(field, value);
  }

  Proto numberAlways(int field, long value) {
    tag(field, VARINT);
    varint(value);
    return this;
  }

  Proto fixed64(int field, long value) {
    tag(field, FIXED64);
    little(value, Long.BYTES);
    return this;
  }

  Proto fixed32(int field, int value) {
    tag(field, FIXED32);
    little(value, Integer.BYTES);
    return this;
  }

  byte[] toByteArray() {
    if (depth != 0) {
      throw new IllegalStateException("BUG: " + depth + " messages are open");
    }
    return out.toByteArray();
  }

  private Utf8Buffer level(int depth) {
    if (depth == open.size()) {
      open.add(new Utf8Buffer(ROOM));
    }
    return open.get(depth);
  }

  private void tag(int field, int type) {
    varint((long) field << 3 | type);
  }

  /// Seven bits a byte, the lowest first, the top bit set where more follow.
  private void varint(long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      out.put((int) (rest & 0x7f | 0x80));
    }
    out.put((int) rest);
  }

  private void little(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.put((int) (value >>> 8 * i));
    }
  }
}
