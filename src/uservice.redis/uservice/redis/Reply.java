package uservice.redis;

import module java.base;

/// What a server answers, in RESP2 or RESP3: the kinds that differ to whoever asked, not all that differ on the wire.
sealed interface Reply {
  /// A simple string, a double or a big number, as it was written.
  record Text(String text) implements Reply {}

  /// A number; a boolean is 0 or 1.
  record Int(long number) implements Reply {}

  /// Bytes: a bulk or a verbatim string.
  record Bulk(byte[] bytes) implements Reply {
    String text() { return new String(bytes, StandardCharsets.UTF_8); }
  }

  /// An array or a set; a map as keys and values in turn.
  record Many(List<Reply> items) implements Reply {}

  /// Null, in all its spellings.
  record Nil() implements Reply {}

  /// The server's no: `WRONGTYPE Operation against …`.
  record Refused(String message) implements Reply {
    /// The word in front, `WRONGTYPE`.
    String code() {
      int space = message.indexOf(' ');
      return space < 0 ? message : message.substring(0, space);
    }
  }

  Nil NIL = new Nil();

  /// The text of a string of either kind, else empty.
  default String string() {
    return switch (this) {
      case Text(var text) -> text;
      case Bulk bulk -> bulk.text();
      case Int(var number) -> Long.toString(number);
      case Many _, Nil _, Refused _ -> "";
    };
  }
}
