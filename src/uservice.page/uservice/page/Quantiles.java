package uservice.page;

/// Guesses quantiles from buckets as Prometheus' `histogram_quantile` does: within a bucket the values are taken as spread evenly.
final class Quantiles {
  private Quantiles() {}

  /// The value below which the share `q` of the observed lies; NaN where nothing was. What is beyond the last bound is that bound.
  ///
  /// @param counts for each bucket, one more than there are bounds at least
  static double of(double q, double[] bounds, long[] counts) {
    long total = 0;
    for (int i = 0; i <= bounds.length; i++) {
      total += counts[i];
    }
    if (total == 0 || bounds.length == 0) {
      return Double.NaN;
    }
    double rank = q * total;
    double below = 0;
    for (int i = 0; i < bounds.length; i++) {
      if (counts[i] > 0 && below + counts[i] >= rank) {
        double from = i == 0 ? 0 : bounds[i - 1];
        return from + (bounds[i] - from) * Math.max(0, rank - below) / counts[i];
      }
      below += counts[i];
    }
    return bounds[bounds.length - 1];
  }
}
