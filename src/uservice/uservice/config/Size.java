package uservice.config;

import module java.base;

/// A number of bytes, written with its unit: `512B`, `64KiB` (1024), `1MB` (1000 × 1000), up to `TiB` and `TB`.
///
/// @param bytes 0 or more
public record Size(long bytes) implements Comparable<Size> {
  private static final List<String> UNITS = List.of("TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "kB", "KB", "B");
  private static final long[] BYTES = {1L << 40, 1_000_000_000_000L, 1L << 30, 1_000_000_000L, 1L << 20, 1_000_000L, 1L << 10, 1000L, 1000L, 1L};

  /// Refuses a negative number of bytes.
  public Size {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is 0 or more bytes");
    }
  }

  /// Reads a whole number with a unit, no space between.
  ///
  /// @throws IllegalArgumentException with what is wrong, the text itself not in it
  public static Size parse(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    int unit = UNITS.indexOf(text.substring(digits));
    if (digits == 0 || unit < 0) {
      throw new IllegalArgumentException(digits == 0 ? "it begins with no digit" : unknown(text.substring(0, digits), text.substring(digits)));
    }
    try {
      return new Size(Math.multiplyExact(Long.parseLong(text, 0, digits, 10), BYTES[unit]));
    } catch (ArithmeticException | NumberFormatException large) {
      throw new IllegalArgumentException("at most " + Long.MAX_VALUE / BYTES[0] + UNITS.getFirst());
    }
  }

  private static String unknown(String number, String unit) {
    for (String known : UNITS) {
      if (known.equalsIgnoreCase(unit) || known.equalsIgnoreCase(unit + "B")) {
        return (unit.isEmpty() ? "no unit" : "unknown unit") + "; did you mean " + number + (unit.isEmpty() ? "B" : known) + "?";
      }
    }
    return "unknown unit; B, KiB, MiB, GiB, TiB, kB, MB, GB and TB are known";
  }

  @Override
  public int compareTo(Size other) {
    return Long.compare(bytes, other.bytes);
  }

  /// In the unit that gives the least whole number: `64KiB`, `1MB`, `1500B`; [#parse] reads it again.
  @Override
  public String toString() {
    int best = UNITS.size() - 1;
    for (int i = 0; bytes > 0 && i < UNITS.size(); i++) {
      best = bytes % BYTES[i] == 0 && BYTES[i] > BYTES[best] ? i : best;
    }
    return bytes / BYTES[best] + UNITS.get(best);
  }
}
