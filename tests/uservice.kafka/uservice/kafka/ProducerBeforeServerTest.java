package uservice.kafka;

import testing.KafkaServer;

/// The same with the last version before the newest.
final class ProducerBeforeServerTest extends ProducerServerTest {
  @Override String version() { return KafkaServer.BEFORE; }
}
