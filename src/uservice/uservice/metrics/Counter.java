package uservice.metrics;

import module java.base;
import uservice.json.Utf8Buffer;

/// A number that only grows. Any thread may add; an addition is a few nanoseconds, without contention and without garbage.
public final class Counter extends Sampled {
  private final LongAdder whole = new LongAdder();
  private final DoubleAdder fraction = new DoubleAdder();
  private volatile boolean fractional;

  Counter() {}

  /// Adds one.
  public void increment() {
    whole.increment();
  }

  /// @throws IllegalArgumentException if `amount` is negative
  public void add(long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException("a counter only grows, got " + amount);
    }
    whole.add(amount);
  }

  /// Adds an amount that need not be whole, such as seconds.
  ///
  /// @throws IllegalArgumentException if `amount` is negative, infinite or no number
  public void add(double amount) {
    if (!(amount >= 0 && amount <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("a counter only grows, by finite amounts, got " + amount);
    }
    fraction.add(amount);
    if (!fractional) {
      fractional = true;
    }
  }

  /// What it stands at; not a snapshot while others add.
  public double value() {
    return whole.sum() + fraction.sum();
  }

  @Override void write(Description family, byte[][] prefixes, Format format, Utf8Buffer out) {
    out.put(prefixes[0]);
    if (fractional) {
      Exposition.number(value(), out);
    } else {
      out.put(whole.sum());
    }
    out.put('\n');
  }
}
