package uservice.redis;

import module java.base;
import uservice.queue.Queue;
import uservice.queue.QueueBackend;
import uservice.queue.QueueOptions;

/// Queues for Redis' schemes.
public final class RedisQueues implements QueueBackend {
  /// For `ServiceLoader`.
  public RedisQueues() {}

  @Override public Set<String> schemes() { return Settings.SCHEMES; }

  @Override public Queue open(URI uri, QueueOptions options) { return new RedisQueue(Settings.of(uri, "queue"), options, System::nanoTime); }
}
