package uservice.trace;

/// Small questions about the characters of header fields.
final class Chars {
  private Chars() {}

  /// Whether there are hexadecimal digits in lower case alone from `from` to before `to`.
  static boolean areHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  /// At most 16 such digits as a number.
  static long hex(String text, int from, int to) {
    return Long.parseUnsignedLong(text, from, to, 16);
  }

  /// Whether all are visible ASCII or spaces, so that they can go into a header field again.
  static boolean arePrintable(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /// At most `max` characters of it, no pair of surrogates cut in two.
  static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
  }
}
