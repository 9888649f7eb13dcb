package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testing.KafkaServer;

/// What a real broker with access control lets a user do, and what it says where it does not.
final class AclServerTest {
  @TempDir Path folder;

  @Test void saysWhatThisUserMayNotDo() throws Exception {
    try (KafkaServer server = KafkaServer.start(folder, KafkaServer.NEWEST, "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users=User:ANONYMOUS;User:admin")) {
      for (String topic : List.of("closed", "seen", "open")) {
        server.topic(topic, 1);
      }
      allow(server, "seen", "Describe");
      URI uri = server.saslUri("?connect_timeout=60s&timeout=60s&delivery_timeout=5m");
      try (Producer producer = Producer.open(uri)) {
        KafkaException closed = assertThrows(KafkaException.class, () -> producer.send(Message.of("closed", null, "x")));
        assertEquals("kafka://127.0.0.1:" + server.saslPort() + ": topic 'closed': this user may not do that with the topic: give the right by an ACL"
            + " (TOPIC_AUTHORIZATION_FAILED)", closed.getMessage());
        assertFalse(closed.retriable() || closed.mayHaveRun());
        assertEquals(ErrorCode.TOPIC_AUTHORIZATION_FAILED, assertThrows(KafkaException.class, () -> producer.deliver(Message.of("seen", null, "x"))).code());
        allow(server, "open", "Write");
        assertEquals(0, producer.deliver(Message.of("open", null, "x")).offset());
      }
      try (var cluster = new Cluster(Target.parse(server.saslUri("?connect_timeout=60s&timeout=60s"), Set.of()))) {
        assertEquals(ErrorCode.TOPIC_AUTHORIZATION_FAILED, assertThrows(KafkaException.class, () -> cluster.createTopic("mine", 1, 1, Map.of())).code());
        assertEquals(ErrorCode.GROUP_AUTHORIZATION_FAILED, assertThrows(KafkaException.class, () -> cluster.coordinator("theirs")).code());
      }
    }
  }

  private static void allow(KafkaServer server, String topic, String operation) throws Exception {
    server.run("org.apache.kafka.tools.AclCommand", "", "--bootstrap-server", server.bootstrap(), "--add", "--allow-principal", "User:" + KafkaServer.USER,
        "--operation", operation, "--topic", topic);
  }
}
