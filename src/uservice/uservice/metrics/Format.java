package uservice.metrics;

/// The formats of a page.
public enum Format {
  /// Prometheus text format 0.0.4.
  TEXT("text/plain; version=0.0.4; charset=utf-8"),
  /// OpenMetrics 1.0.0.
  OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

  final String contentType;

  Format(String contentType) {
    this.contentType = contentType;
  }
}
