package uservice.grpc;

import module java.base;

/// What a peer said, made fit for a log line.
final class Text {
  private static final int CHARS_MAX = 400;

  private Text() {}

  /// Without control characters and lone surrogates, and cut where it is long.
  static String clean(String text) {
    var clean = new StringBuilder();
    int end = Math.min(text.length(), CHARS_MAX);
    text.substring(0, end).codePoints().forEach(c -> {
      int type = Character.getType(c);
      boolean told = type != Character.CONTROL && type != Character.SURROGATE && type != Character.FORMAT;
      clean.appendCodePoint(told ? c : '\ufffd');
    });
    return end < text.length() ? clean + "…" : clean.toString();
  }

  /// Decodes `grpc-message`: UTF-8 of which all but printable ASCII, and the percent sign, is `%XX`. What is not so encoded
  /// stays as it is.
  static String percentDecoded(String text) {
    var octets = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      int high = i + 2 < text.length() && text.charAt(i) == '%' ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
      octets.write(low >= 0 ? high << 4 | low : text.charAt(i));
      i += low >= 0 ? 2 : 0;
    }
    return octets.toString(StandardCharsets.UTF_8);
  }

  /// A time as a person writes it: `500 ms`, `5 s`.
  static String of(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  /// A time as `grpc-timeout` has it: at most eight digits and a unit. Rounded up, and a moment at least.
  static String timeout(long nanos) {
    long most = 99_999_999;
    long micros = Math.max(1, (nanos + 999) / 1000);
    long millis = (micros + 999) / 1000;
    return micros <= most ? micros + "u" : millis <= most ? millis + "m" : Math.min(most, (millis + 999) / 1000) + "S";
  }
}
