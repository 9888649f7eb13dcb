package uservice.counter;

import module java.base;

/// Numbers from 1 to a limit, each exactly once across everyone who uses the same counter. Safe for any threads.
public interface BoundedCounter extends AutoCloseable {
  /// The next number, or empty where the limit is reached (then nothing changes, however often it is asked).
  OptionalLong next() throws CounterException;

  /// How many numbers were given since the last reset, 0 to whatever limit its users have.
  long value() throws CounterException;

  /// Starts again at 1, for everyone.
  void reset() throws CounterException;

  /// Returns if [#next()] would be answered now; for readiness checks. Changes nothing.
  void ping() throws CounterException;

  /// The last number that [#next()] gives.
  long limit();

  /// Gives up connections; the count stays where it is kept outside of the process. Every other call raises a
  /// [CounterException] afterwards; closing again does nothing.
  @Override void close();
}
