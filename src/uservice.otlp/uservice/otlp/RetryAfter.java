package uservice.otlp;

import module java.base;

/// The header field `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
final class RetryAfter {
  private static final int DIGITS_MAX = 9;

  private RetryAfter() {}

  /// How long it says to wait; empty where it is neither.
  static Optional<Duration> parse(String text, InstantSource wall) {
    if (!text.isEmpty() && text.length() <= DIGITS_MAX && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(wall.instant(), date);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException neither) {
      return Optional.empty();
    }
  }
}
