package uservice.yaml;

import module java.base;
import uservice.yaml.Node.Scalar;

/// Where the parser stands in the text, and the lexical rules that all its parts share: blanks, comments, lines,
/// indentation, document markers (YAML 1.2.2, chapter 6).
final class Cursor {
  private static final int KEY_CODE_POINTS_MAX = 1024;

  /// The text as [Utf8] leaves it: `\n` for all breaks, one at the end, then zero bytes.
  final byte[] text;

  /// The end of the text.
  final int end;

  private final ByteArrayOutputStream scratch = new ByteArrayOutputStream();

  /// The next byte to read.
  int at;

  /// Where the line of `at` starts.
  int lineStart;

  /// After [#line(int)], the spaces that its first content stands behind.
  int indent;

  /// After [#line(int)], whether a tab follows those spaces.
  boolean tabbed;

  /// After [#line(int)], whether the document ends there: the end of the text, or `---` or `...`.
  boolean over;

  private final boolean odd; // whether U+FEFF, U+FFFE or U+FFFF is anywhere
  private int depth;
  private Mark mark = Mark.FIRST;
  private int markAt;

  Cursor(byte[] text) {
    this.text = text;
    this.end = text.length - Utf8.PADDING;
    boolean found = false;
    for (int i = 0; i < end; i++) {
      found |= text[i] == (byte) 0xEF && (Utf8.isByteOrderMark(text, i) || Utf8.isNoncharacter(text, i));
    }
    this.odd = found;
  }

  static boolean isBlank(byte unit) { return unit == ' ' || unit == '\t'; }

  /// Whether a character is a blank, a line break or the end: what must follow an indicator.
  static boolean isSpace(byte unit) { return unit == ' ' || unit == '\n' || unit == '\t' || unit == 0; }

  /// Whether the indicator stands here, with space behind it.
  boolean isIndicator(char indicator) { return text[at] == indicator && isSpace(text[at + 1]); }

  int skipSpaces(int from) {
    int i = from;
    while (text[i] == ' ') {
      i++;
    }
    return i;
  }

  int skipBlanks(int from) {
    int i = from;
    while (isBlank(text[i])) {
      i++;
    }
    return i;
  }

  /// The end of the text before `to` without the blanks there, not before `from`.
  int trim(int from, int to) {
    int i = to;
    while (i > from && isBlank(text[i - 1])) {
      i--;
    }
    return i;
  }

  /// The line break at or after `from`.
  int lineEnd(int from) {
    int i = from;
    while (text[i] != '\n') {
      i++;
    }
    return i;
  }

  /// Whether `---` or `...` stands at the start of this line (section 9.1.2).
  boolean isMarker(int start) {
    byte unit = text[start];
    return (unit == '-' || unit == '.') && text[start + 1] == unit && text[start + 2] == unit
        && isSpace(text[start + 3]);
  }

  /// Goes to the first content at or after this start of a line, past blank lines and comments (section 6.6).
  void line(int start) throws YamlException {
    int next = start;
    while (true) {
      lineStart = next;
      int i = skipSpaces(next);
      indent = i - next;
      tabbed = text[i] == '\t';
      at = tabbed ? skipBlanks(i) : i;
      over = next >= end || indent == 0 && isMarker(next);
      if (over || text[at] != '\n' && text[at] != '#') {
        return;
      }
      next = lineEnd(at) + 1;
      checkPrintable(at, next);
    }
  }

  /// Goes past blanks and a comment to the content of the next line; anything else is a fault.
  void endLine(String after) throws YamlException {
    int i = skipBlanks(at);
    if (text[i] != '\n' && (text[i] != '#' || i == at)) {
      throw text[i] == '#' ? fault(i, i + 1, "expected a space before the comment")
          : lineFault(i, "expected the end of the line after " + after + ", found " + found(i));
    }
    line(i);
  }

  /// Whether `:` with space behind it follows the scalar that was just read; then `at` is on the `:`.
  boolean isKey(Scalar scalar, int from, int fromLine) throws YamlException {
    int colon = skipBlanks(at);
    if (text[colon] != ':' || !isSpace(text[colon + 1])) {
      return false;
    }
    checkKey(from, fromLine, colon);
    at = colon;
    return true;
  }

  /// An implicit key stands on one line, and its `:` at most 1,024 characters from its start (section 7.4.2).
  void checkKey(int from, int fromLine, int colon) throws YamlException {
    if (lineStart != fromLine) {
      throw fault(colon, colon + 1,
          "':' after text that began on an earlier line; a key stands on one line, indented as its siblings are");
    } else if (colon - from > KEY_CODE_POINTS_MAX // bytes: counting is for the long ones
        && Mark.FIRST.after(text, from, colon).column() > KEY_CODE_POINTS_MAX + 1) {
      throw fault(from, colon, "key is longer than " + KEY_CODE_POINTS_MAX + " characters");
    }
  }

  /// A value that is left out.
  Scalar nothing(int where) {
    Mark place = mark(where);
    return new Scalar("", Style.PLAIN, place, place);
  }

  /// The place of a byte; must not go backwards, so that all places together cost one pass.
  Mark mark(int where) {
    mark = mark.after(text, markAt, where);
    markAt = where;
    return mark;
  }

  /// Appends a piece of the text to the scalar that [#taken()] gives.
  void take(int from, int to) { scratch.write(text, from, to - from); }

  void take(char ascii, int times) {
    for (int i = 0; i < times; i++) {
      scratch.write(ascii);
    }
  }

  void takeCodePoint(int c) { scratch.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8)); }

  /// What was appended since the last call: a scalar that is not one slice of the text.
  String taken() {
    String taken = scratch.toString(StandardCharsets.UTF_8);
    scratch.reset();
    return taken;
  }

  String slice(int from, int to) { return new String(text, from, to - from, StandardCharsets.UTF_8); }

  void enter() throws YamlException {
    if (++depth > Yaml.DEPTH_MAX) {
      throw fault(at, at + 1, "nested deeper than " + Yaml.DEPTH_MAX);
    }
  }

  void leave() { depth--; }

  /// A byte order mark is no content, and noncharacters are not printable; only quotes may hold them (section 5.1).
  void checkPrintable(int from, int to) throws YamlException {
    for (int i = from; odd && i < to; i++) {
      if (Utf8.isByteOrderMark(text, i)) {
        throw fault(i, i + 3, "byte order mark inside the text, expected it only at the start");
      } else if (Utf8.isNoncharacter(text, i)) {
        throw fault(i, i + 3, "noncharacter, expected its escape in double quotes");
      }
    }
  }

  YamlException fault(int from, int to, String message) {
    return YamlException.in(text, Math.min(from, end), Math.min(to, end), message);
  }

  /// A fault in the rest of a line.
  YamlException lineFault(int from, String message) { return fault(from, trim(from, lineEnd(from)), message); }

  /// A fault in a line that belongs to what opened before, and is not indented enough for that.
  YamlException dedentFault(int line, int n, int opened, String what, char close) {
    Mark open = Mark.FIRST.after(text, 0, opened);
    int spaces = skipSpaces(line) - line;
    return text[line + spaces] == '\t' ? tabFault(line) : lineFault(line + spaces, what + " from line " + open.line()
        + ", column " + open.column() + ", goes on here, indented by " + spaces + ", expected at least " + n + ", or its closing "
        + close + " earlier");
  }

  /// The first tab of a line, which stands where indentation should.
  YamlException tabFault(int start) {
    int tab = tab(start, end);
    return fault(tab, tab + 1, "tab as indentation, expected spaces");
  }

  /// The first tab from `from` to `to`, or `to`.
  int tab(int from, int to) {
    int i = from;
    while (i < to && text[i] != '\t') {
      i++;
    }
    return i;
  }

  /// The next character as a message shows it.
  String found(int where) {
    if (where >= end) {
      return "the end of the text";
    } else if (text[where] == '\n') {
      return "the end of the line";
    }
    int next = where + 1;
    while (text[next] <= Utf8.CONTINUATION_MAX) {
      next++;
    }
    return YamlException.quoted(slice(where, next));
  }

}
