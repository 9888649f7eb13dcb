package uservice.kafka;

import module java.base;
import uservice.queue.Queue;
import uservice.queue.QueueBackend;
import uservice.queue.QueueOptions;

/// Queues for Kafka's schemes.
public final class KafkaQueues implements QueueBackend {
  /// For `ServiceLoader`.
  public KafkaQueues() {}

  @Override public Set<String> schemes() { return Target.SCHEMES; }

  @Override public Queue open(URI uri, QueueOptions options) { return new KafkaQueue(new QueueSettings(uri), options, System::nanoTime); }
}
