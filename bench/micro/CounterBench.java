package micro;

import module java.base;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import uservice.metrics.Counter;
import uservice.metrics.Family;
import uservice.metrics.Metrics;

/// One more on a counter: of its own, found by its labels, and by as many threads as there are processors.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CounterBench {
  private final Metrics metrics = new Metrics();
  private final Counter counter = metrics.counter("orders_total", "Orders.");
  private final Family<Counter> family = metrics.counter("orders_by_kind_total", "Orders.", "kind", "country");

  @Benchmark public void increment() {
    counter.increment();
  }

  @Benchmark public void incrementByLabels() {
    family.with("book", "de").increment();
  }

  @Benchmark @Threads(Threads.MAX) public void incrementByAllProcessors() {
    counter.increment();
  }
}
