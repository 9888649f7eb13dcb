package uservice.metrics;

import module java.base;
import uservice.json.Utf8Buffer;

/// A number that goes up and down. Any thread may set it or add to it.
public final class Gauge extends Sampled {
  private final AtomicLong bits = new AtomicLong();

  Gauge() {}

  public void set(double value) {
    bits.set(Double.doubleToRawLongBits(value));
  }

  /// Adds one.
  public void increment() {
    add(1);
  }

  /// Takes one away.
  public void decrement() {
    add(-1);
  }

  /// Adds `amount`, which may be negative.
  public void add(double amount) {
    long before = bits.get();
    while (true) {
      long after = Double.doubleToRawLongBits(Double.longBitsToDouble(before) + amount);
      long witness = bits.compareAndExchange(before, after);
      if (witness == before) {
        return;
      }
      before = witness;
    }
  }

  public double value() {
    return Double.longBitsToDouble(bits.get());
  }

  @Override void write(Description family, byte[][] prefixes, Format format, Utf8Buffer out) {
    Exposition.number(value(), out.put(prefixes[0]));
    out.put('\n');
  }
}
