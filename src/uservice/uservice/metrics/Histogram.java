package uservice.metrics;

import module java.base;
import uservice.json.Utf8Buffer;

/// How often values fell at or below each of a few bounds, and their sum. Any thread may observe; an observation is some ten
/// nanoseconds, without garbage.
///
/// A scrape reads each bucket once and makes the count of what it read, so that `_count` always equals the last bucket.
public final class Histogram extends Sampled {
  /// The bounds for durations in seconds that OpenTelemetry recommends for HTTP.
  static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10};

  private final double[] bounds;
  private final LongAdder[] buckets;
  private final DoubleAdder sum = new DoubleAdder();
  private final Sources sources;
  private final AtomicReferenceArray<Seen> seen; // the last value with a trace, for each bucket

  /// Who knows the trace that a thread works in, for all histograms of a registry.
  static final class Sources {
    volatile Supplier<Exemplar> current;
  }

  private record Seen(double value, Exemplar exemplar) {}

  Histogram(double[] bounds, Sources sources) {
    this.bounds = bounds;
    this.sources = sources;
    this.seen = new AtomicReferenceArray<>(bounds.length + 1);
    this.buckets = new LongAdder[bounds.length + 1]; // the last one holds what is above every bound
    Arrays.setAll(buckets, _ -> new LongAdder());
  }

  /// Counts `value`, in the unit that the name tells. What is infinite or no number leaves the sum alone; NaN counts as
  /// above every bound. Where [Metrics#exemplars] was told who knows the present trace, the bucket keeps it.
  public void observe(double value) {
    Supplier<Exemplar> current = sources.current;
    observe(value, current == null ? null : current.get());
  }

  /// The same for a value of this trace; null is none.
  public void observe(double value, Exemplar exemplar) {
    int bucket = bucket(value);
    buckets[bucket].increment();
    if (exemplar != null && Double.isFinite(value)) {
      seen.set(bucket, new Seen(value, exemplar));
    }
    if (Double.isFinite(value)) {
      sum.add(value);
    }
  }

  /// Adds what was counted elsewhere in the same buckets: how many values fell into each (not added up, the last one above
  /// every bound), and their sum.
  ///
  /// @throws IllegalArgumentException if there are more or fewer buckets, or a count is negative
  public void add(long[] counts, double total) {
    if (counts.length != buckets.length || Arrays.stream(counts).anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException("counts are " + Arrays.toString(counts) + ", must be " + buckets.length + " and none negative");
    }
    for (int i = 0; i < counts.length; i++) {
      buckets[i].add(counts[i]);
    }
    if (Double.isFinite(total)) {
      sum.add(total);
    }
  }

  /// The first bucket whose bound is not below. Bounds are few, and the processor foresees a loop that most values leave in
  /// the same place; halving the range would make it guess at each step.
  private int bucket(double value) {
    int bucket = 0;
    while (bucket < bounds.length && !(value <= bounds[bucket])) {
      bucket++;
    }
    return bucket;
  }

  /// How many values were observed.
  public long count() {
    long count = 0;
    for (LongAdder bucket : buckets) {
      count += bucket.sum();
    }
    return count;
  }

  public double sum() {
    return sum.sum();
  }

  /// The upper bounds of the buckets but for the last, which has none.
  public double[] bounds() {
    return bounds.clone();
  }

  /// Adds to each of `totals` what was observed in that bucket, above the bound below it; not cumulative.
  ///
  /// @throws IndexOutOfBoundsException if there are fewer than the bounds and one more
  public void addTo(long[] totals) {
    for (int i = 0; i < buckets.length; i++) {
      totals[i] += buckets[i].sum();
    }
  }

  /// One line a bucket, cumulative, then `_count` and `_sum`, which OpenMetrics forbids where a bound is negative: such a sum
  /// falls, and what may fall is no counter.
  @Override void write(Description family, byte[][] prefixes, Format format, Utf8Buffer out) {
    double total = sum.sum(); // before the buckets: what is observed meanwhile may be counted and not yet summed
    long count = 0;
    for (int i = 0; i < buckets.length; i++) {
      count += buckets[i].sum();
      out.put(prefixes[0]).put(family.bucketEnd(i)).put(count);
      if (format == Format.OPENMETRICS && seen.get(i) instanceof Seen(double value, Exemplar exemplar)) {
        exemplar(value, exemplar, out);
      }
      out.put('\n');
    }
    if (bounds[0] >= 0) {
      out.put(prefixes[1]).put(count).put('\n');
      Exposition.number(total, out.put(prefixes[2]));
      out.put('\n');
    }
  }

  // # {trace_id="…",span_id="…"} 0.67 1520879607.789
  private static void exemplar(double value, Exemplar exemplar, Utf8Buffer out) {
    out.put(" # {trace_id=\"").put(exemplar.traceId()).put("\",span_id=\"").put(exemplar.spanId()).put("\"} ");
    Exposition.number(value, out);
    out.put(' ').put(exemplar.millis() / 1000).put('.').put(Long.toString(1000 + exemplar.millis() % 1000).substring(1));
  }
}
