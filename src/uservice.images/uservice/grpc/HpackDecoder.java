package uservice.grpc;

import module java.base;

/// Reads the header blocks of one connection, all of them and in their order, since each may change the table for the next.
///
/// ```
/// 1xxxxxxx  a field from the table, by its index
/// 01xxxxxx  name by index or as text, value as text; goes into the table
/// 001xxxxx  the table's size from here on; only before a block's first field
/// 000_xxxx  name by index or as text, value as text; the bit says whether others must leave it out of tables as well
/// ```
final class HpackDecoder {
  private static final int SHIFT_MAX = 28; // four bytes after the first hold any integer that may stand here

  private final FieldTable table = new FieldTable();
  private final int listMax;
  private byte[] block;
  private int at;

  /// @param listMax the size of the fields of a block, as HTTP/2 counts it
  HpackDecoder(int listMax) {
    this.listMax = listMax;
  }

  FieldTable table() { return table; }

  /// Decodes one whole block.
  List<HeaderField> decode(byte[] bytes) throws Violation {
    block = bytes;
    at = 0;
    var fields = new ArrayList<HeaderField>();
    int size = 0;
    while (at < block.length) {
      int first = block[at];
      if ((first & 0xe0) == 0x20) {
        if (!fields.isEmpty()) {
          throw Violation.compression("the size of the dynamic table changes after a field; before the first one only");
        }
        table.resize(integer(5));
        continue;
      }
      HeaderField field = field(first);
      size += field.size();
      if (size > listMax) {
        throw Violation.calm("header fields of " + size + " bytes, at most " + listMax + " were announced");
      }
      fields.add(field);
    }
    return fields;
  }

  private HeaderField field(int first) throws Violation {
    if ((first & 0x80) != 0) {
      return table.get(integer(7));
    }
    if ((first & 0x40) != 0) {
      HeaderField field = literal(6);
      table.add(field);
      return field;
    }
    return literal(4);
  }

  private HeaderField literal(int prefix) throws Violation {
    int index = integer(prefix);
    String name = index == 0 ? string() : table.get(index).name();
    return new HeaderField(name, string());
  }

  /// An integer that begins in the low `prefix` bits of the next byte (RFC 7541, section 5.1).
  private int integer(int prefix) throws Violation {
    int mask = (1 << prefix) - 1;
    int low = next() & mask;
    if (low < mask) {
      return low;
    }
    long value = mask;
    for (int shift = 0; shift < SHIFT_MAX; shift += 7) {
      int b = next();
      value += (long) (b & 0x7f) << shift;
      if ((b & 0x80) == 0) {
        return (int) value; // below 2^28 + 128
      }
    }
    throw Violation.compression("an integer of more than " + (1 + SHIFT_MAX / 7) + " bytes");
  }

  private int next() throws Violation {
    if (at == block.length) {
      throw cut();
    }
    return block[at++];
  }

  private Violation cut() {
    return Violation.compression("the header block ends in the middle of a field, after " + block.length + " bytes");
  }

  private String string() throws Violation {
    boolean huffman = at < block.length && (block[at] & 0x80) != 0;
    int length = integer(7);
    if (length > block.length - at) {
      throw cut();
    }
    int from = at;
    at += length;
    return huffman ? Huffman.decode(block, from, length) : new String(block, from, length, StandardCharsets.ISO_8859_1);
  }
}
