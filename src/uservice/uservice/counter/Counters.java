package uservice.counter;

import module java.base;

import uservice.backend.Backends;

/// Opens counters by URI.
public final class Counters {
  private static final CounterBackend MEMORY = new MemoryCounters();

  private Counters() {}

  /// The counter at the URI, up to `limit`. An [IllegalArgumentException] says what is wrong with either.
  public static BoundedCounter open(URI uri, long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit + ", at least 1");
    }
    return require(uri).open(uri, limit);
  }

  /// The backend for the URI, or an [IllegalArgumentException] that names the module to add; opens nothing.
  public static CounterBackend require(URI uri) {
    return Backends.find(uri, MEMORY, ServiceLoader.load(CounterBackend.class));
  }
}
