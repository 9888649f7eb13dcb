package uservice.metrics;

import module java.base;

/// The trace in which a value was observed: what leads from a bucket of a histogram to one request that fell into it. Only
/// OpenMetrics shows it.
///
/// @param traceId 32 hexadecimal digits
/// @param spanId 16 hexadecimal digits
/// @param millis when, in milliseconds since 1970
public record Exemplar(String traceId, String spanId, long millis) {
  private static final int HEX_DIGITS_MAX = 32; // OpenMetrics allows 128 characters for all names and values together

  public Exemplar {
    if (!hex(traceId) || !hex(spanId)) {
      throw new IllegalArgumentException("exemplar of trace '" + traceId + "', span '" + spanId + "': at most 32 hexadecimal digits each");
    }
  }

  private static boolean hex(String id) {
    for (int i = 0; i < id.length(); i++) {
      if (Character.digit(id.charAt(i), 16) < 0 || id.charAt(i) > 'f') {
        return false;
      }
    }
    return id.length() <= HEX_DIGITS_MAX;
  }
}
