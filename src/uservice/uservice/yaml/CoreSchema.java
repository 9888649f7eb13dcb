package uservice.yaml;

import module java.base;

/// What a plain scalar's text means (YAML 1.2.2, section 10.3.2), and nothing of YAML 1.1: `no`, `0777` as octal,
/// `1_000`, `12:30` and dates are not in it.
final class CoreSchema {
  private static final int DIGITS_LONG_MAX = 18; // any so many fit a long
  private static final int DIGITS_AT_ONCE_MAX = 1000;

  private CoreSchema() {}

  static Object value(String text) {
    if (text.isEmpty()) {
      return null;
    }
    return switch (text.charAt(0)) {
      case '~', 'n', 'N', 't', 'T', 'f', 'F' -> word(text);
      case '+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(text);
      default -> text;
    };
  }

  private static Object word(String text) {
    return switch (text) {
      case "~", "null", "Null", "NULL" -> null;
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      default -> text;
    };
  }

  private static Object number(String text) {
    if (text.startsWith("0x") && digits(text, 2, 16) == text.length() && text.length() > 2) {
      return integer(text.substring(2), 16);
    } else if (text.startsWith("0o") && digits(text, 2, 8) == text.length() && text.length() > 2) {
      return integer(text.substring(2), 8);
    }
    int sign = text.charAt(0) == '+' || text.charAt(0) == '-' ? 1 : 0;
    int at = digits(text, sign, 10);
    int count = at - sign;
    if (at == text.length() && count > 0) {
      return integer(text, 10);
    }
    if (text.startsWith(".", at)) {
      int fraction = at + 1;
      at = digits(text, fraction, 10);
      count += at - fraction;
    }
    if (count == 0) {
      return notFinite(text, sign);
    }
    if (text.startsWith("e", at) || text.startsWith("E", at)) {
      int exponent = at + (text.startsWith("+", at + 1) || text.startsWith("-", at + 1) ? 2 : 1);
      at = digits(text, exponent, 10);
      count = at - exponent;
    }
    return at == text.length() && count > 0 ? (Object) Double.parseDouble(text) : text;
  }

  private static Object notFinite(String text, int sign) {
    return switch (text.substring(sign)) {
      case ".inf", ".Inf", ".INF" -> text.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      case ".nan", ".NaN", ".NAN" -> sign == 0 ? (Object) Double.NaN : text;
      default -> text;
    };
  }

  private static Object integer(String digits, int radix) {
    if (digits.length() <= DIGITS_LONG_MAX && radix <= 10) {
      return Long.parseLong(digits, radix);
    }
    boolean signed = digits.charAt(0) == '+' || digits.charAt(0) == '-';
    BigInteger size = big(signed ? digits.substring(1) : digits, radix);
    BigInteger value = digits.charAt(0) == '-' ? size.negate() : size;
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  /// By halves, since the JDK's own reading of digits takes time that grows with the square of their number.
  private static BigInteger big(String digits, int radix) {
    if (digits.length() <= DIGITS_AT_ONCE_MAX) {
      return new BigInteger(digits, radix);
    }
    int low = digits.length() / 2;
    String high = digits.substring(0, digits.length() - low);
    return big(high, radix).multiply(BigInteger.valueOf(radix).pow(low))
        .add(big(digits.substring(digits.length() - low), radix));
  }

  private static int digits(String text, int from, int radix) {
    int i = from;
    while (i < text.length() && isDigit(text.charAt(i), radix)) {
      i++;
    }
    return i;
  }

  private static boolean isDigit(char c, int radix) {
    return c >= '0' && c < '0' + Math.min(radix, 10)
        || radix == 16 && (c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F');
  }
}
