package micro;

import module java.base;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import uservice.json.Utf8Buffer;
import uservice.metrics.Format;
import uservice.metrics.Metrics;
import uservice.metrics.Page;

/// A page of 10,000 series, half of them counters, half the lines of histograms; in `Text` 10,012 lines beside the comments.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScrapeBench {
  private static final int COUNTERS = 5_000;
  private static final int HISTOGRAMS = 294; // of 17 lines each: 15 buckets, a sum, a count

  private final Metrics metrics = new Metrics(new Metrics.Config(COUNTERS));
  private final Utf8Buffer page = new Utf8Buffer(1 << 21);

  @Setup public void fill() {
    var random = new Random(25);
    var counters = metrics.counter("orders_total", "Orders.", "customer", "kind");
    for (int i = 0; i < COUNTERS; i++) {
      counters.with("customer-" + i, i % 2 == 0 ? "book" : "record").add(random.nextLong(1_000_000));
    }
    var histograms = metrics.histogram("request_seconds", "Times.", "route", "status");
    for (int i = 0; i < HISTOGRAMS; i++) {
      for (int k = 0; k < 100; k++) {
        histograms.with("/orders/" + i, "2xx").observe(random.nextDouble(0.2));
      }
    }
  }

  /// Into a buffer that has grown, as it does once per process.
  @Benchmark public Utf8Buffer tenThousandSeries() {
    metrics.render(Format.TEXT, List.of(), page.truncate(0));
    return page;
  }

  /// As Prometheus asks: OpenMetrics, gzipped.
  @Benchmark public Page tenThousandSeriesGzipped() {
    return metrics.render("application/openmetrics-text;version=1.0.0", "gzip", List.of());
  }
}
