package uservice.trace;

/// Small questions about the characters of header fields.
final class Chars {
  private Chars() {}

  /// Without the spaces and tabs around it.
  static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /// Whether all are visible ASCII or spaces, so that they can go into a header field again.
  static boolean arePrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /// At most `max` characters of it, no pair of surrogates cut in two.
  static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
