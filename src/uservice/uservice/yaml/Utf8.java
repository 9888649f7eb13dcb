package uservice.yaml;

import module java.base;

/// The character stream (YAML 1.2.2, chapter 5): checks bytes, and brings them into the form that the parser reads.
///
/// That form is UTF-8 without a leading byte order mark, with `\n` for `\r\n` and `\r` (section 5.4), a `\n` at the
/// end of the last line, and then [#PADDING] zero bytes, which no valid text holds, so that looking a few bytes ahead
/// needs no bounds check.
final class Utf8 {
  /// Zero bytes after the text.
  static final int PADDING = 4;

  /// The largest byte that continues a character; as signed bytes, continuations are the smallest.
  static final byte CONTINUATION_MAX = (byte) 0xBF;

  private static final int DEL = 0x7F;
  private static final int NEXT_LINE = 0x85;

  private final byte[] in;
  private final byte[] out;
  private int read;
  private int written;

  private Utf8(byte[] in) {
    this.in = in;
    this.out = new byte[in.length + 1 + PADDING];
  }

  /// The checked text in the parser's form.
  ///
  /// @throws YamlException for another encoding, invalid UTF-8 and control characters
  static byte[] read(byte[] in) throws YamlException {
    refuseOtherEncodings(in);
    var text = new Utf8(in);
    text.run();
    return text.written == text.out.length - PADDING ? text.out : Arrays.copyOf(text.out, text.written + PADDING);
  }

  /// By byte order mark, or by where the zero bytes of a first ASCII character stand (section 5.2).
  private static void refuseOtherEncodings(byte[] in) throws YamlException {
    if (in.length < 2) {
      return;
    }
    int first = 0;
    for (int i = 0; i < 4; i++) {
      first = first << 8 | (i < in.length ? in[i] & 0xFF : 0xAA);
    }
    int two = first >>> 16;
    String found =
        first == 0x0000FEFF || first == 0xFFFE0000 || first >>> 8 == 0 || (first & 0x00FFFFFF) == 0 ? "UTF-32"
        : two == 0xFEFF || two == 0xFFFE || two >>> 8 == 0 || (two & 0xFF) == 0 ? "UTF-16"
        : null;
    if (found != null) {
      throw new YamlException(Mark.FIRST, Mark.FIRST, "text is " + found + ", expected UTF-8");
    }
  }

  private void run() throws YamlException {
    if (isByteOrderMark(in, 0)) {
      read = 3;
    }
    while (skipAscii() < in.length) {
      byte unit = in[read];
      if (unit == '\r') {
        out[written++] = '\n';
        read += read + 1 < in.length && in[read + 1] == '\n' ? 2 : 1;
      } else if (unit >= 0) {
        throw control(unit);
      } else {
        multiple(unit & 0xFF);
      }
    }
    if (written > 0 && out[written - 1] != '\n') {
      out[written++] = '\n';
    }
  }

  /// Copies the ASCII that stands for itself, and says where it ends.
  private int skipAscii() {
    byte[] from = in;
    byte[] to = out;
    int i = read;
    int o = written;
    while (i < from.length && (from[i] >= ' ' && from[i] != DEL || from[i] == '\n' || from[i] == '\t')) {
      to[o++] = from[i++];
    }
    written = o;
    read = i;
    return i;
  }

  /// One character of two to four bytes; what may follow the first is table 3-7 of the Unicode standard.
  private void multiple(int first) throws YamlException {
    int length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    int second = read + 1 < in.length ? in[read + 1] & 0xFF : 0;
    String fault = length == 0 ? (first < 0xC0 ? "continues no character"
            : first < 0xC2 ? "starts an overlong form" : "is never part of UTF-8")
        : (second & 0xC0) != 0x80 ? "is not continued"
        : first == 0xE0 && second < 0xA0 || first == 0xF0 && second < 0x90 ? "starts an overlong form"
        : first == 0xED && second > 0x9F ? "starts a surrogate"
        : first == 0xF4 && second > 0x8F ? "starts a character above U+10FFFF"
        : null;
    for (int i = 2; fault == null && i < length; i++) {
      if (read + i >= in.length || in[read + i] > CONTINUATION_MAX) {
        fault = "is not continued";
      }
    }
    if (fault != null) {
      throw refused("invalid UTF-8 at offset " + read + ": byte 0x" + hex((byte) first) + " " + fault);
    }
    if (first == 0xC2 && second < 0xA0 && second != NEXT_LINE) {
      throw control((byte) second);
    }
    System.arraycopy(in, read, out, written, length);
    written += length;
    read += length;
  }

  private YamlException control(byte code) {
    return refused("control character U+00" + hex(code) + ", expected its escape in double quotes: \\x" + hex(code));
  }

  private YamlException refused(String message) {
    Mark at = Mark.FIRST.after(out, 0, written);
    return new YamlException(at, new Mark(at.line(), at.column() + 1), message);
  }

  private static String hex(byte unit) { return HexFormat.of().withUpperCase().toHexDigits(unit); }

  /// Whether U+FEFF stands there.
  static boolean isByteOrderMark(byte[] text, int at) {
    return at + 2 < text.length
        && text[at] == (byte) 0xEF && text[at + 1] == (byte) 0xBB && text[at + 2] == (byte) 0xBF;
  }

  /// Whether U+FFFE or U+FFFF stands there, which are printable in quotes only, as is U+FEFF (section 5.1).
  static boolean isNoncharacter(byte[] text, int at) {
    return at + 2 < text.length && text[at] == (byte) 0xEF && text[at + 1] == (byte) 0xBF
        && (text[at + 2] == (byte) 0xBE || text[at + 2] == (byte) 0xBF);
  }
}
