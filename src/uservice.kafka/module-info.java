/// Kafka (brokers 2.1 to 4.x) without a client library: topics to handlers and routes to topics ([uservice.kafka.Kafka]), and a queue behind `kafka://` and `kafkas://`.
///
/// In reading order: [uservice.kafka] says what a URI may hold, what is promised, and where a log of partitions cannot be a queue.
module uservice.kafka {
  requires transitive uservice;
  requires uservice.wire;

  exports uservice.kafka;

  provides uservice.Feature with uservice.kafka.KafkaFeature;
  provides uservice.queue.QueueBackend with uservice.kafka.KafkaFeature;
}
