package uservice.health;

import module java.base;

/// Text from outside made fit to be shown: bounded, on one line, without control characters.
final class Text {
  static final int MESSAGE_CHARS_MAX = 500;
  static final int NAME_CHARS_MAX = 100;
  private static final Duration TIME_MAX = Duration.ofDays(365);

  private Text() {}

  /// `text` with control characters, line separators, text direction marks and lone surrogates as escapes, cut at 500 characters.
  static String clean(String text) {
    if (text == null) {
      return "";
    }
    int plain = 0;
    while (plain < text.length() && plain < MESSAGE_CHARS_MAX && text.charAt(plain) >= ' ' && text.charAt(plain) < 0x7f) {
      plain++;
    }
    if (plain == text.length()) {
      return text;
    }
    var clean = new StringBuilder(Math.min(text.length() + 16, MESSAGE_CHARS_MAX + 8));
    for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      int before = clean.length();
      append(clean, c);
      if (clean.length() > MESSAGE_CHARS_MAX - (i + Character.charCount(c) < text.length() ? 1 : 0)) {
        clean.setLength(before);
        return clean.append('…').toString();
      }
    }
    return clean.toString();
  }

  private static void append(StringBuilder clean, int c) {
    switch (c) {
      case '\n' -> clean.append("\\n");
      case '\r' -> clean.append("\\r");
      case '\t' -> clean.append("\\t");
      default -> {
        if (hidden(c)) {
          clean.append("\\u").append(HexFormat.of().toHexDigits((char) c));
        } else {
          clean.appendCodePoint(c);
        }
      }
    }
  }

  private static boolean hidden(int c) {
    return Character.isISOControl(c) || c >= 0x2028 && c <= 0x202e || c >= 0x2066 && c <= 0x2069
        || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  /// What a callback's failure says: the exception's message, or the name of its class where it has none.
  static String of(Throwable failure) {
    try {
      String message = failure.getMessage();
      return message == null || message.isBlank() ? failure.getClass().getSimpleName() : clean(message);
    } catch (Throwable hostile) { // getMessage() is the callback's own code too
      return "failed without a message";
    }
  }

  /// `5s`, `250ms`, `1500us`: the largest of these units that divides `time`.
  static String of(Duration time) {
    long nanos = time.toNanos();
    return nanos % 1_000_000_000 == 0 ? nanos / 1_000_000_000 + "s"
        : nanos % 1_000_000 == 0 ? nanos / 1_000_000 + "ms" : nanos / 1_000 + "us";
  }

  /// Returns `name`, which must be 1 to 100 visible characters, and not `service`.
  static String name(String name) {
    if (name.isBlank() || name.length() > NAME_CHARS_MAX || !clean(name).equals(name)) {
      throw new IllegalArgumentException(
          "check name '" + clean(name) + "' must be 1 to " + NAME_CHARS_MAX + " characters, none of them control characters");
    }
    if (name.equals(Health.SERVICE)) {
      throw new IllegalArgumentException("check name '" + name + "' is taken by the service's own state");
    }
    return name;
  }

  /// Refuses a `time` below `least` or above 365 days.
  static void within(String what, Duration time, Duration least) {
    if (time.compareTo(least) < 0 || time.compareTo(TIME_MAX) > 0) {
      throw new IllegalArgumentException(
          what + " is " + (time.compareTo(TIME_MAX) > 0 ? time : of(time)) + ", must be from " + of(least) + " to 365 days");
    }
  }
}
