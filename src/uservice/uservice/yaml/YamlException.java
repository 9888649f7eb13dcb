package uservice.yaml;

import module java.base;

/// Text that is not YAML, or is YAML beyond the subset: what is wrong, where, and what would be right.
///
/// The message does not say the place, so that each caller shows it in its own form. It is one line without control
/// characters, whatever the text held.
public final class YamlException extends Exception {
  private static final int SHOWN_CHARS_MAX = 40;

  private final transient Mark at;
  private final transient Mark end;

  YamlException(Mark at, Mark end, String message) {
    super(message);
    this.at = at;
    this.end = end;
  }

  /// What is wrong stands in bytes `from` to `to` (exclusive) of the text.
  static YamlException in(byte[] text, int from, int to, String message) {
    Mark at = Mark.FIRST.after(text, 0, from);
    return new YamlException(at, at.after(text, from, to), message);
  }

  /// Where the offending text starts.
  public Mark at() { return at; }

  /// Where the offending text ends, exclusive; the same as `at()` where something is missing.
  public Mark end() { return end; }

  /// Text from outside as a message quotes it: not endless, on one line, without control characters.
  static String quoted(String text) {
    var shown = new StringBuilder("'");
    text.codePoints().limit(SHOWN_CHARS_MAX).forEach(c ->
        shown.appendCodePoint(Character.isISOControl(c) || c == 0x2028 || c == 0x2029
            || Character.getType(c) == Character.FORMAT ? 0xFFFD : c));
    return shown.append(text.codePointCount(0, text.length()) > SHOWN_CHARS_MAX ? "…'" : "'").toString();
  }
}
