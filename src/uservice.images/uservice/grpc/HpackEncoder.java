package uservice.grpc;

import module java.base;

/// Writes the header block of a request: neither indexing nor Huffman coding, so that it keeps nothing from one to the next.
///
/// Each block begins by making the peer's dynamic table empty, for good. So nothing needs to be said when the peer lowers the
/// limit of that table (RFC 7541, section 4.2).
final class HpackEncoder {
  private static final int TABLE_OF_SIZE_0 = 0x20;

  private final ByteArrayOutputStream block = new ByteArrayOutputStream(256);

  HpackEncoder() {
    block.write(TABLE_OF_SIZE_0);
  }

  /// A field that the static table has, by its index.
  HpackEncoder indexed(int index) {
    integer(0x80, 7, index);
    return this;
  }

  /// A field whose name the static table has.
  HpackEncoder literal(int nameIndex, String value) {
    integer(0, 4, nameIndex);
    string(value);
    return this;
  }

  /// A field by its name in lower case.
  HpackEncoder literal(String name, String value) {
    block.write(0);
    string(name);
    string(value);
    return this;
  }

  byte[] toByteArray() { return block.toByteArray(); }

  private void string(String text) {
    byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
    integer(0, 7, octets.length);
    block.writeBytes(octets);
  }

  /// Writes `value` into the low `prefix` bits of a byte with `high` above them, and what does not fit there behind it.
  private void integer(int high, int prefix, int value) {
    int mask = (1 << prefix) - 1;
    if (value < mask) {
      block.write(high | value);
      return;
    }
    block.write(high | mask);
    int rest = value - mask;
    while (rest >= 0x80) {
      block.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    block.write(rest);
  }
}
