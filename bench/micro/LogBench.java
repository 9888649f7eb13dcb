package micro;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import uservice.log.Field;
import uservice.log.Logging;

/// A JSON line from `System.Logger` to a stream that takes everything, on the thread that logs.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogBench {
  private Logging logging;
  private Logger log;
  private long number;

  /// Lines that found the queue full, and so cost less than a line does: there should be none.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Lost {
    public long dropped;
    private long before;

    @TearDown(org.openjdk.jmh.annotations.Level.Iteration) public void count(LogBench bench) {
      long now = bench.logging.dropped();
      dropped = now - before;
      before = now;
    }
  }

  @Setup public void install() {
    var config = new Logging.Config(Logging.Level.INFO, Map.of(), Logging.Format.JSON, 1_000_000);
    logging = Logging.install(config, "shop", OutputStream.nullOutputStream(), false);
    log = System.getLogger("shop.orders");
  }

  @Benchmark public void line(Lost lost) {
    log.log(Level.INFO, "the order was taken");
  }

  /// As many fields as a line of the access log has.
  @Benchmark public void lineWithSevenFields(Lost lost) {
    log.log(Level.INFO, "request", Field.of("method", "GET"), Field.of("route", "/orders/{id}"), Field.of("path", "/orders/7"),
        Field.of("status", 200), Field.of("duration_ms", 0.234), Field.of("bytes", ++number), Field.of("remote", "10.0.3.17"));
  }

  /// Below the level.
  @Benchmark public void nothing() {
    log.log(Level.DEBUG, "the order was taken");
  }
}
