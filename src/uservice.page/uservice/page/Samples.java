package uservice.page;

import module java.base;

/// The last quarter of an hour in numbers: a ring of samples in one array that never grows.
///
/// ```
/// (900 s / 5 s + 1 samples) × 37 numbers × 8 bytes = 53,576 bytes
/// ```
///
/// What only grows (requests, processor time, buckets) is kept as it stands; differences are made when somebody looks. A number
/// that is not known is [#UNKNOWN]. For one thread at a time.
final class Samples {
  static final Duration SPAN = Duration.ofMinutes(15);
  static final Duration STEP = Duration.ofSeconds(5);
  /// One more than the steps, since each point is the difference of two. By long numbers: to divide one duration by another, the
  /// platform calculates the powers of five up to the 65,536th first, 30 ms of a start.
  static final int SAMPLES_MAX = (int) (SPAN.toMillis() / STEP.toMillis()) + 1;
  /// The most buckets of a histogram; of one with more, latency is not shown.
  static final int BUCKETS_MAX = 24;
  static final long UNKNOWN = -1;

  /// What stands in a sample, in front of the buckets.
  enum Column {
    /// The monotonic clock, in nanoseconds.
    NANOS,
    /// The wall clock, in milliseconds since 1970.
    TIME,
    REQUESTS,
    /// Requests that were answered with 4xx.
    CLIENT_ERRORS,
    /// Requests that were answered with 5xx.
    SERVER_ERRORS,
    /// Requests whose answer was not sent to the end.
    ABORTED,
    ACTIVE,
    CPU_MILLIS,
    RESIDENT_BYTES,
    HEAP_USED_BYTES,
    HEAP_COMMITTED_BYTES,
    THREADS,
    FILES
  }

  private static final int BUCKETS = Column.values().length;
  static final int COLUMNS = BUCKETS + BUCKETS_MAX;
  static final int BYTES = SAMPLES_MAX * COLUMNS * Long.BYTES;

  private final long[] ring = new long[SAMPLES_MAX * COLUMNS];
  private long count; // of all samples that were ever taken

  /// Adds a sample of these numbers, [#COLUMNS] of them.
  void add(long[] sample) {
    System.arraycopy(sample, 0, ring, place(count), COLUMNS);
    count++;
  }

  /// The number of the oldest sample that is still there.
  long first() {
    return Math.max(0, count - SAMPLES_MAX);
  }

  /// One more than the number of the youngest.
  long end() {
    return count;
  }

  long get(long number, Column column) {
    return ring[place(number) + column.ordinal()];
  }

  long bucket(long number, int bucket) {
    return ring[place(number) + BUCKETS + bucket];
  }

  /// How many of a column came between two samples; 0 where either is not known.
  long grown(long from, long to, Column column) {
    long before = get(from, column);
    long after = get(to, column);
    return before == UNKNOWN || after == UNKNOWN ? 0 : Math.max(0, after - before);
  }

  /// How many fell into each bucket between two samples.
  long[] fallen(long from, long to) {
    var fallen = new long[BUCKETS_MAX];
    Arrays.setAll(fallen, i -> Math.max(0, bucket(to, i) - bucket(from, i)));
    return fallen;
  }

  /// The seconds between two samples.
  double seconds(long from, long to) {
    return (get(to, Column.NANOS) - get(from, Column.NANOS)) / 1e9;
  }

  /// Where the buckets of a sample begin.
  static int buckets() {
    return BUCKETS;
  }

  private static int place(long number) {
    return (int) (number % SAMPLES_MAX) * COLUMNS;
  }
}
