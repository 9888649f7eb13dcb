/// Kafka (brokers 2.1 to 4.x) without a client library: [uservice.kafka] says how it is spoken to.
module uservice.kafka {
  requires transitive uservice;
  requires uservice.wire;

  exports uservice.kafka;

  provides uservice.Feature with uservice.kafka.KafkaFeature;
  provides uservice.queue.QueueBackend with uservice.kafka.KafkaQueues;
}
