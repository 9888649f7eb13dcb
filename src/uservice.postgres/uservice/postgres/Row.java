package uservice.postgres;

import module java.base;

import static java.nio.charset.StandardCharsets.UTF_8;

/// One row of an answer, its columns in PostgreSQL's text format.
record Row(List<byte[]> columns) {
  boolean isNull(int column) { return columns.get(column) == null; }

  String text(int column) { return new String(columns.get(column), UTF_8); }

  long number(int column) { return Long.parseLong(text(column)); }

  /// The bytes of a `bytea`, which come as `\x0aff`.
  byte[] bytes(int column) {
    byte[] hex = columns.get(column);
    var bytes = new byte[hex.length / 2 - 1];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (HexFormat.fromHexDigit(hex[2 * i + 2]) << 4 | HexFormat.fromHexDigit(hex[2 * i + 3]));
    }
    return bytes;
  }
}
