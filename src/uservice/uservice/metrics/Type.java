package uservice.metrics;

/// What a family of series measures, spelled as both formats spell it.
public enum Type {
  /// A number that only grows. Its name ends in `_total`.
  COUNTER("counter", "counter"),
  /// A number that goes up and down.
  GAUGE("gauge", "gauge"),
  /// How often values fell at or below each of a few bounds.
  HISTOGRAM("histogram", "histogram"),
  /// Facts in labels, with the value 1. Its name ends in `_info`; text 0.0.4 has no such type and calls it a gauge.
  INFO("gauge", "info");

  final String text;
  final String openMetrics;

  Type(String text, String openMetrics) {
    this.text = text;
    this.openMetrics = openMetrics;
  }
}
