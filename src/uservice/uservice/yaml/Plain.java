package uservice.yaml;

import module java.base;
import uservice.yaml.Node.Scalar;

/// Plain scalars, in block and in flow, on one line or several (YAML 1.2.2, section 7.3.3).
final class Plain {
  /// For `n`: no line may continue it.
  static final int ONE_LINE = Integer.MAX_VALUE;

  private static final String FLOW_INDICATORS = ",[]{}";
  private static final boolean[] STOPS_BLOCK = stops("");
  private static final boolean[] STOPS_FLOW = stops(FLOW_INDICATORS);

  private final Cursor c;
  private int breaks; // before the line that continues

  Plain(Cursor cursor) {
    this.c = cursor;
  }

  /// Bytes that may end a plain scalar, by their unsigned value.
  private static boolean[] stops(String indicators) {
    var stops = new boolean[256];
    for (char indicator : ("\n:#" + indicators).toCharArray()) {
      stops[indicator] = true;
    }
    return stops;
  }

  /// Whether a byte may follow `:`, `-` or `?` in a plain scalar, and so makes it part of the text (`ns-plain-safe`).
  static boolean isSafe(byte unit, boolean flow) {
    return !Cursor.isSpace(unit) && !(flow && FLOW_INDICATORS.indexOf(unit) >= 0);
  }

  /// The scalar that starts here. Lines that continue it are indented by `n` at least.
  Scalar read(int n, boolean flow) throws YamlException {
    int from = c.at;
    checkFirst(flow);
    Mark start = c.mark(from);
    int stop = stop(from, flow);
    int last = c.trim(from, stop);
    c.checkPrintable(from, last);
    c.at = last;
    String text;
    int next = continuation(stop, n, flow);
    if (next < 0) {
      text = c.slice(from, last);
    } else {
      c.take(from, last);
      for (; next >= 0; next = continuation(stop, n, flow)) {
        c.take(breaks == 0 ? ' ' : '\n', Math.max(breaks, 1)); // line folding, section 6.5
        stop = stop(next, flow);
        last = c.trim(next, stop);
        c.checkPrintable(next, last);
        c.take(next, last);
        c.at = last;
      }
      text = c.taken();
    }
    return new Scalar(text, Style.PLAIN, start, c.mark(last));
  }

  /// Where the scalar ends on this line.
  private int stop(int from, boolean flow) {
    byte[] text = c.text;
    boolean[] stops = flow ? STOPS_FLOW : STOPS_BLOCK;
    int i = from;
    while (true) {
      while (!stops[text[i] & 0xFF]) {
        i++;
      }
      boolean inside = text[i] == ':' ? isSafe(text[i + 1], flow)
          : text[i] == '#' && !Cursor.isBlank(text[i - 1]);
      if (!inside) {
        return i;
      }
      i++;
    }
  }

  /// Where the text goes on after the line break at `stop`, or -1; counts the empty lines between.
  private int continuation(int stop, int n, boolean flow) throws YamlException {
    byte[] text = c.text;
    if (text[stop] != '\n' || n == ONE_LINE) {
      return -1;
    }
    breaks = -1;
    int tab = -1;
    int start = stop;
    int next = stop;
    int spaces = 0;
    while (text[next] == '\n') {
      breaks++;
      start = next + 1;
      next = c.skipSpaces(start);
      spaces = next - start;
      if (text[next] == '\t') {
        tab = tab < 0 && spaces < n ? start : tab;
        next = c.skipBlanks(next);
      }
    }
    if (spaces < n || start >= c.end || text[next] == '#' || c.isMarker(start)
        || text[next] == ':' && !isSafe(text[next + 1], flow) || flow && FLOW_INDICATORS.indexOf(text[next]) >= 0) {
      return -1;
    } else if (tab >= 0) { // an empty line inside a scalar is indented as its text is, or less, by spaces only
      throw c.tabFault(tab);
    }
    c.lineStart = start;
    return next;
  }

  /// The characters that have another meaning cannot start a plain scalar (section 5.3).
  private void checkFirst(boolean flow) throws YamlException {
    byte first = c.text[c.at];
    boolean fine = switch (first) {
      case '-', '?', ':' -> isSafe(c.text[c.at + 1], flow);
      case ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`' -> false;
      default -> true;
    };
    if (fine) {
      return;
    }
    throw c.fault(c.at, wordEnd(), switch (first) {
      case '&' -> "anchor '&' is not supported, expected the value itself, or quotes where it is text";
      case '*' -> "alias '*' is not supported, expected the value itself, or quotes where it is text";
      case '!' -> "tag '!' is not supported, expected the value alone, or quotes where it is text";
      case '%', '@', '`' -> "plain text cannot start with '" + (char) first + "', expected quotes around it";
      case '|', '>' -> "block scalar cannot stand here, expected a plain or quoted one";
      case '-' -> "sequence item '-' cannot stand here, expected a value";
      case '?' -> "complex key '?' is not supported, expected 'key: value'";
      default -> "expected a value, found " + c.found(c.at);
    });
  }

  private int wordEnd() {
    int i = c.at + 1;
    while (isSafe(c.text[i], true)) {
      i++;
    }
    return i;
  }
}
