package uservice.postgres;

import module java.base;

import uservice.counter.BoundedCounter;
import uservice.counter.CounterBackend;
import uservice.queue.Queue;
import uservice.queue.QueueBackend;
import uservice.queue.QueueOptions;

/// `postgres://user:password@host:port/database?name=…`: the package's chapter has all of it.
public final class PostgresBackend implements CounterBackend, QueueBackend {
  /// For the service loader.
  public PostgresBackend() {}

  @Override public Set<String> schemes() { return Set.of("postgres", "postgresql"); }

  @Override public BoundedCounter open(URI uri, long limit) { return new PostgresCounter(Target.parse(uri, System::getenv), limit); }

  @Override public Queue open(URI uri, QueueOptions options) {
    return new PostgresQueue(Target.parse(uri, System::getenv), options);
  }
}
