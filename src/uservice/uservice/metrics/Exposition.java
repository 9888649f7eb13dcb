package uservice.metrics;

import module java.base;
import uservice.json.Utf8Buffer;

/// How both formats write families, numbers and escapes. The sample lines of a family are the same in both, but for
/// OpenMetrics' exemplars.
final class Exposition {
  private static final double WHOLE_MAX = 0x1p63;
  private static final int GZIP_ROOM = 16 * 1024;

  private Exposition() {}

  /// Writes one family. One without samples is left out, and so, whole, is one that fails.
  ///
  /// @throws RuntimeException what the callback threw, with nothing of the family in `out`
  static void write(Series series, Format format, Utf8Buffer out) {
    int begin = out.size();
    int end = begin;
    try {
      int head = out.put(series.description.head(format)).size();
      series.write(format, out);
      end = out.size() == head ? begin : out.size();
    } finally {
      out.truncate(end);
    }
  }

  /// Escapes backslash and line feed, and the quote in label values and in OpenMetrics' help.
  static Utf8Buffer escape(String text, boolean quotes, Utf8Buffer out) {
    int plain = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' || c == '\n' || quotes && c == '"') {
        out.put(text.substring(plain, i)).put('\\').put(c == '\n' ? 'n' : c);
        plain = i + 1;
      }
    }
    return out.put(text.substring(plain));
  }

  /// A value as Go's `ParseFloat` reads it: whole numbers as digits, the others in the shortest form that reads back.
  static void number(double value, Utf8Buffer out) {
    if (value == Math.rint(value) && Math.abs(value) < WHOLE_MAX) {
      out.put((long) value);
    } else if (Double.isFinite(value)) {
      out.put(value);
    } else {
      out.put(value != value ? "NaN" : value > 0 ? "+Inf" : "-Inf");
    }
  }

  /// A finite number as OpenMetrics 1.0 wants it in `le` ("Considerations: Canonical Numbers"), and as Go's `%g` has it but for
  /// the `.0`: `0.005`, `1.0`, `1e+06`, `2.5e-05`. It is used in both formats, so that a bucket is one series whichever was read.
  static String canonical(double value) {
    double size = Math.abs(value);
    if (size == 0 || size >= 1e-3 && size < 1e6) {
      return Double.toString(size == 0 ? 0 : value);
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1; // of the first digit
    if (exponent == -4) {
      return exact.toPlainString();
    }
    return exact.movePointLeft(exponent).toPlainString() + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
  }

  /// The page as gzip, made quickly rather than small.
  static byte[] gzip(Utf8Buffer page) {
    var packed = new ByteArrayOutputStream(page.size() / 8 + GZIP_ROOM);
    try (var gzip = new GZIPOutputStream(packed, GZIP_ROOM) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    }) {
      page.writeTo(gzip);
    } catch (IOException impossible) {
      throw new IllegalStateException("BUG: memory does not fail", impossible);
    }
    return packed.toByteArray();
  }
}
