package uservice.config;

import module java.base;

/// Durations as they are written: whole numbers with units, the greater before the less, `1m30s`.
public final class Times {
  /// What an `Optional<Duration>` that is empty may be written as.
  static final String OFF = "off";

  private static final List<String> UNITS = List.of("d", "h", "m", "s", "ms");
  private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1000, 1};

  private Times() {}

  /// Reads one.
  ///
  /// @throws Unfit with what would be right
  static Duration parse(String text) throws Unfit {
    try {
      long millis = 0;
      int unit = -1;
      for (int at = 0; at < text.length() || unit < 0; ) {
        int digits = skip(text, at, '0', '9');
        int end = skip(text, digits, 'a', 'z');
        int next = UNITS.indexOf(text.substring(digits, end));
        if (digits == at || next <= unit) {
          boolean bare = at == 0 && digits > 0 && digits == text.length();
          throw new Unfit(Unfit.Fault.TYPE, Kind.DURATION.expected() + (bare ? ", did you mean " + text + "s?" : ""));
        }
        unit = next;
        millis = Math.addExact(millis, Math.multiplyExact(Long.parseLong(text, at, digits, 10), MILLIS[unit]));
        at = end;
      }
      return Duration.ofMillis(millis);
    } catch (ArithmeticException | NumberFormatException tooLong) {
      throw new Unfit(Unfit.Fault.RANGE, "at most " + Long.MAX_VALUE / MILLIS[0] + "d");
    }
  }

  /// Reads one that comes from elsewhere than the configuration.
  ///
  /// @throws IllegalArgumentException with what would be right
  public static Duration of(String text) {
    try {
      return parse(text);
    } catch (Unfit unfit) {
      throw new IllegalArgumentException(unfit.getMessage(), unfit);
    }
  }

  private static int skip(String text, int at, char least, char most) {
    int end = at;
    while (end < text.length() && text.charAt(end) >= least && text.charAt(end) <= most) {
      end++;
    }
    return end;
  }

  /// In the greatest unit that gives a whole number, but a minute in seconds: `500ms`, `60s`, `90s`, `5m`, `1h`, `2d`.
  public static String format(Duration time) {
    long millis = time.toMillis();
    for (int i = 0; millis != 0 && i < UNITS.size(); i++) {
      if (millis % MILLIS[i] == 0 && (millis != MILLIS[2] || i > 2)) {
        return millis / MILLIS[i] + UNITS.get(i);
      }
    }
    return "0s";
  }
}
