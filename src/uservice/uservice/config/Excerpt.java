package uservice.config;

import module java.base;

/// A line of the source with the place marked below it, and text made fit to be printed.
///
/// ```
///    3 |     prot: 8079
///      |     ^^^^
/// ```
final class Excerpt {
  private static final int SHOWN_MAX = 100; // characters of a line
  private static final int BEFORE_MAX = 60; // of these, before the mark
  private static final int VALUE_MAX = 60;
  private static final int NUMBER = 4;
  private static final String STARS = "***";

  /// First and last code points of what terminals draw two columns wide (Unicode TR 11, W and F, in coarse ranges).
  private static final int[] WIDE = {
    0x1100, 0x115F, 0x2E80, 0x303E, 0x3041, 0xA4CF, 0xA960, 0xA97F, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE30, 0xFE6F, 0xFF00, 0xFF60,
    0xFFE0, 0xFFE6, 0x1F300, 0x1F64F, 0x1F680, 0x1F6FF, 0x1F900, 0x1F9FF, 0x1FA70, 0x1FAFF, 0x20000, 0x3FFFD
  };

  private Excerpt() {}

  /// Appends both lines, or nothing where the place is not on a line.
  static void append(StringBuilder out, Input input, Origin at) {
    if (at.line() == 0) {
      return;
    }
    int[] points = input.line(at.line()).codePoints().toArray();
    int from = points.length <= SHOWN_MAX ? 0 : Math.clamp(at.column() - BEFORE_MAX, 0, points.length - SHOWN_MAX);
    int to = Math.min(points.length, from + SHOWN_MAX);
    var line = new StringBuilder(from > 0 ? "…" : "");
    var marks = new StringBuilder(from > 0 ? " " : "");
    boolean hidden = false;
    for (int i = from; i < to; i++) {
      boolean marked = i + 1 >= at.column() && i + 1 < at.endColumn();
      if (!input.hides(at.line(), i + 1)) {
        line.append(glyph(points[i]));
        marks.repeat(marked ? '^' : ' ', width(points[i]));
        hidden = false;
        continue;
      }
      if (!hidden) {
        line.append(STARS);
        marks.repeat(' ', STARS.length());
        hidden = true;
      }
      if (marked) {
        marks.replace(marks.length() - STARS.length(), marks.length(), "^^^");
      }
    }
    line.append(to < points.length ? "…" : "");
    marks.append(at.column() > points.length ? "^" : "");
    String number = String.valueOf(at.line());
    int width = Math.max(NUMBER, number.length());
    out.repeat(' ', width - number.length()).append(number).append(" | ").append(line.toString().stripTrailing()).append('\n');
    out.repeat(' ', width).append(" | ").append(marks.toString().stripTrailing()).append('\n');
  }

  /// A tab as a space, so that the mark stays below its character; what would move or hide text as `�`.
  private static String glyph(int point) {
    return point == '\t' ? " " : hazardous(point) ? "\uFFFD" : Character.toString(point);
  }

  private static int width(int point) {
    int type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    for (int i = 0; i < WIDE.length; i += 2) {
      if (point >= WIDE[i] && point <= WIDE[i + 1]) {
        return 2;
      }
    }
    return 1;
  }

  /// Controls, line separators, and marks that change the direction of text, which can make it read as another.
  private static boolean hazardous(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> false;
    };
  }

  /// A value as problems show it: in quotes, on one line, cut where it is long.
  static String quote(String value) {
    boolean cut = value.codePointCount(0, value.length()) > VALUE_MAX;
    return "'" + escape(cut ? value.substring(0, value.offsetByCodePoints(0, VALUE_MAX)) + "…" : value) + "'";
  }

  /// Text on one line: what would not print, or would move the text, as its escape.
  static String escape(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints().forEach(point -> {
      switch (point) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (hazardous(point)) {
            out.append(point > 0xFFFF ? "\\U" : "\\u").append(HexFormat.of().toHexDigits(point, point > 0xFFFF ? 8 : 4));
          } else {
            out.appendCodePoint(point);
          }
        }
      }
    });
    return out.toString();
  }
}
