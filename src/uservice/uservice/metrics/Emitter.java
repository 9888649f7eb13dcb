package uservice.metrics;

/// Takes the samples of a family that is asked for at each scrape. It is good during that call, on that thread.
public interface Emitter {
  /// One sample, with its label values in the order of the label names. Values for the same labels are added up.
  ///
  /// @throws IllegalArgumentException if there are more or fewer values than labels, if a counter's value is negative or no
  ///   number, or an info's is not 1
  void emit(double value, String... labels);
}
