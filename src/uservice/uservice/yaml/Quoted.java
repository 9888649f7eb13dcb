package uservice.yaml;

import module java.base;
import uservice.yaml.Node.Scalar;

/// Single- and double-quoted scalars: escapes, and lines folded into one (YAML 1.2.2, sections 5.7, 7.3.1, 7.3.2).
final class Quoted {
  private final Cursor c;

  Quoted(Cursor cursor) {
    this.c = cursor;
  }

  /// The scalar whose opening quote stands here. Its further lines are indented by `n` at least.
  Scalar read(int n) throws YamlException {
    byte[] text = c.text;
    int from = c.at;
    byte quote = text[from];
    Mark start = c.mark(from);
    int copied = from + 1; // what stands before is in the scratch
    int i = copied;
    boolean sliced = true;
    while (true) {
      while (text[i] != quote && text[i] != '\\' && text[i] != '\n') {
        i++;
      }
      if (text[i] == quote && (quote == '"' || text[i + 1] != '\'')) {
        break;
      } else if (text[i] == '\\' && quote == '\'') {
        i++;
        continue;
      }
      sliced = false;
      boolean escape = text[i] == '\\';
      if (text[i] == quote) { // '' stands for '
        c.take(copied, i + 1);
        i += 2;
      } else if (escape && text[i + 1] != '\n') {
        c.take(copied, i);
        i = escape(i);
      } else {
        c.take(copied, escape ? i : c.trim(copied, i));
        i = fold(from, escape ? i + 1 : i, escape, n);
      }
      copied = i;
    }
    if (!sliced) {
      c.take(copied, i);
    }
    String value = sliced ? c.slice(copied, i) : c.taken();
    c.at = i + 1;
    return new Scalar(value, quote == '"' ? Style.DOUBLE_QUOTED : Style.SINGLE_QUOTED, start, c.mark(i + 1));
  }

  /// Line folding (section 6.5): one break is a space, or nothing where it is escaped; each empty line is a break.
  private int fold(int from, int lineBreak, boolean escaped, int n) throws YamlException {
    int next = lineBreak;
    for (int breaks = 0; ; breaks++) {
      int start = next + 1;
      c.lineStart = start;
      int spaces = c.skipSpaces(start) - start;
      next = c.skipBlanks(start);
      if (start >= c.end || c.isMarker(start)) {
        throw c.fault(from, from + 1, "quoted text is not closed, expected " + (char) c.text[from] + " before "
            + (start >= c.end ? "the end of the text" : "the end of the document"));
      } else if (n == Plain.ONE_LINE) {
        throw c.fault(from, lineBreak, "quoted key is not closed on its line, expected " + (char) c.text[from]);
      } else if (spaces < n && (c.text[start + spaces] == '\t' || c.text[next] != '\n')) {
        throw c.dedentFault(start, n, from, "quoted text", (char) c.text[from]);
      } else if (c.text[next] != '\n') {
        if (breaks == 0 && !escaped) {
          c.take(' ', 1);
        } else {
          c.take('\n', breaks);
        }
        return next;
      }
    }
  }

  /// One escape sequence into the scratch; returns what follows it.
  private int escape(int backslash) throws YamlException {
    int code = switch (c.text[backslash + 1]) {
      case '0' -> 0;
      case 'a' -> 0x07;
      case 'b' -> '\b';
      case 't', '\t' -> '\t';
      case 'n' -> '\n';
      case 'v' -> 0x0B;
      case 'f' -> '\f';
      case 'r' -> '\r';
      case 'e' -> 0x1B;
      case ' ', '"', '/', '\\' -> c.text[backslash + 1];
      case 'N' -> 0x85;
      case '_' -> 0xA0;
      case 'L' -> 0x2028;
      case 'P' -> 0x2029;
      case 'x' -> -2;
      case 'u' -> -4;
      case 'U' -> -8;
      default -> throw c.fault(backslash, backslash + 2, "unknown escape, expected \\\\ for a backslash,"
          + " or one of \\0 \\a \\b \\t \\n \\v \\f \\r \\e \\\" \\/ \\N \\_ \\L \\P \\x \\u \\U");
    };
    int next = backslash + 2;
    if (code < 0) {
      int digits = -code;
      code = hex(backslash, next, digits);
      next += digits;
      boolean pair = digits == 4 && Character.isHighSurrogate((char) code); // as JSON has them
      if (pair && c.text[next] == '\\' && c.text[next + 1] == 'u') {
        int low = hex(next, next + 2, 4);
        if (Character.isLowSurrogate((char) low)) {
          code = Character.toCodePoint((char) code, (char) low);
          next += 6;
        }
      }
      if (code < 0 || code > Character.MAX_CODE_POINT) {
        throw c.fault(backslash, next, "escape is above \\U0010FFFF, the last character");
      } else if (code <= Character.MAX_VALUE && Character.isSurrogate((char) code)) {
        throw c.fault(backslash, next, 
            "escape of a lone surrogate, expected \\ud800 to \\udbff and then \\udc00 to \\udfff");
      }
    }
    c.takeCodePoint(code);
    return next;
  }

  private int hex(int backslash, int from, int digits) throws YamlException {
    int code = 0;
    for (int i = from; i < from + digits; i++) {
      if (!HexFormat.isHexDigit(c.text[i])) {
        throw c.fault(backslash, i, "expected " + digits + " hexadecimal digits in the escape, found " + c.found(i));
      }
      code = code << 4 | HexFormat.fromHexDigit(c.text[i]);
    }
    return code;
  }
}
