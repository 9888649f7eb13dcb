package uservice.trace;

/// Hexadecimal as the trace headers have it: digits in lower case, of a fixed number.
final class Hex {
  private Hex() {}

  /// Whether there are such digits alone from `from` to before `to`.
  static boolean is(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (digit(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /// At most 16 digits as a number; what they are has been checked.
  static long parse(String text, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value << 4 | digit(text.charAt(i));
    }
    return value;
  }

  static void append(long value, int digits, StringBuilder out) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      out.append("0123456789abcdef".charAt((int) (value >>> shift) & 0xf));
    }
  }

  private static int digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }
}
