package micro;

import module java.base;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import uservice.metrics.Histogram;
import uservice.metrics.Metrics;

/// An observation in a histogram of 14 bounds: of times around a millisecond, as most requests take, and of times that
/// fall into all buckets alike, which no processor foresees.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HistogramBench {
  private static final int VALUES = 1 << 12;

  private final Histogram histogram = new Metrics().histogram("request_seconds", "Times.");
  private final double[] usual = new double[VALUES];
  private final double[] spread = new double[VALUES];

  /// Where a thread stands in the values.
  @State(Scope.Thread)
  public static class Place {
    private int next;

    double of(double[] values) {
      return values[next++ & VALUES - 1];
    }
  }

  public HistogramBench() {
    var random = new Random(25);
    for (int i = 0; i < VALUES; i++) {
      usual[i] = Math.exp(random.nextGaussian() * 0.8) / 1000; // 98 % below 5 ms
      spread[i] = Math.pow(10, random.nextDouble(-3, 1.2));
    }
  }

  @Benchmark public void observe(Place place) {
    histogram.observe(place.of(usual));
  }

  @Benchmark public void observeSpread(Place place) {
    histogram.observe(place.of(spread));
  }

  @Benchmark @Threads(Threads.MAX) public void observeByAllProcessors(Place place) {
    histogram.observe(place.of(usual));
  }
}
