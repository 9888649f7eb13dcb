package uservice.redis;

import module java.base;
import uservice.counter.BoundedCounter;
import uservice.counter.CounterBackend;

/// Counters for Redis' schemes.
public final class RedisCounters implements CounterBackend {
  /// For `ServiceLoader`.
  public RedisCounters() {}

  @Override public Set<String> schemes() { return Settings.SCHEMES; }

  @Override public BoundedCounter open(URI uri, long limit) { return new RedisCounter(Settings.of(uri, "counter"), limit); }
}
