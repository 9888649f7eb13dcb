package uservice.log;

import module java.base;
import uservice.json.Utf8Buffer;

/// Text on its way into a line: escaped, and cut where it is too long.
final class Text {
  /// What the mark of a cut, `…(+12345 bytes)`, adds at most.
  static final int MARK_BYTES_MAX = 24;

  private static final int PAIR = 4; // bytes of a character that is two `char`s
  private static final int ESCAPE = 6; // bytes of \u001b
  private static final byte[] IN_TEXT = new byte[0x80]; // how many bytes a character takes; 1 is the character itself
  private static final byte[] IN_JSON = new byte[0x80];

  static {
    for (int c = 0; c < 0x80; c++) {
      boolean letter = c == '\n' || c == '\r' || c == '\t';
      IN_TEXT[c] = (byte) (letter ? 2 : c < ' ' || c == 0x7F ? ESCAPE : 1);
      IN_JSON[c] = c == '"' || c == '\\' ? 2 : IN_TEXT[c];
    }
  }

  private Text() {}

  /// A JSON string. Text that takes more than `bytesMax` bytes is cut there, between two characters, and marked.
  static void quoted(String text, int bytesMax, Utf8Buffer out) {
    out.put('"');
    escaped(text, bytesMax, IN_JSON, out);
    out.put('"');
  }

  /// Text for a terminal, in which nothing moves the cursor or starts a line; cut as a JSON string is.
  static void visible(String text, int bytesMax, Utf8Buffer out) {
    escaped(text, bytesMax, IN_TEXT, out);
  }

  /// The last `count` decimal digits of a number that is not negative.
  static void digits(int value, int count, Utf8Buffer out) {
    int unit = 1;
    for (int i = 1; i < count; i++) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      out.put('0' + value / unit % 10);
    }
  }

  private static void escaped(String text, int bytesMax, byte[] ascii, Utf8Buffer out) {
    int room = bytesMax;
    int copied = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int bytes = c < 0x80 ? ascii[c] : bytes(text, i);
      if (bytes > room) {
        break;
      }
      room -= bytes;
      if (bytes == ESCAPE || c < 0x80 && bytes > 1) {
        copy(text, copied, i, out);
        copied = i + 1;
        escape(c, out);
      }
      i += bytes == PAIR ? 2 : 1;
    }
    copy(text, copied, i, out);
    if (i < text.length()) {
      out.put("…(+").put((long) text.substring(i).getBytes(StandardCharsets.UTF_8).length).put(" bytes)");
    }
  }

  /// How many bytes a character beyond ASCII takes: those of UTF-8, or of an escape where it could move a cursor, end a line
  /// or turn the direction of text. A lone surrogate, which UTF-8 does not have, becomes U+FFFD.
  private static int bytes(String text, int i) {
    char c = text.charAt(i);
    if (c < 0xA0 || c >= 0x2028 && c <= 0x202E || c >= 0x2066 && c <= 0x2069) {
      return ESCAPE;
    }
    return c < 0x800 ? 2 : text.codePointAt(i) > Character.MAX_VALUE ? PAIR : 3;
  }

  private static void copy(String text, int from, int to, Utf8Buffer out) {
    if (from < to) {
      out.put(to - from == text.length() ? text : text.substring(from, to));
    }
  }

  /// RFC 8259, section 7.
  private static void escape(char c, Utf8Buffer out) {
    out.put('\\');
    switch (c) {
      case '"', '\\' -> out.put(c);
      case '\n' -> out.put('n');
      case '\r' -> out.put('r');
      case '\t' -> out.put('t');
      default -> {
        out.put('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.put(Character.forDigit(c >> shift & 0xF, 16));
        }
      }
    }
  }
}
