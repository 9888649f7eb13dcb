package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import testing.KafkaServer;

/// Connections, logins and metadata with a real broker, the newest; [BeforeServerTest] does the same with the one before.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterServerTest {
  static final String PATIENT = "connect_timeout=60s&timeout=60s";

  @TempDir static Path folder;
  private KafkaServer server;

  String version() { return KafkaServer.NEWEST; }

  @BeforeAll void start() throws Exception { server = KafkaServer.start(folder.resolve(version()), version()); }

  @AfterAll void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static Cluster cluster(String uri) { return new Cluster(Target.parse(URI.create(uri + (uri.contains("?") ? "&" : "?") + PATIENT), Set.of())); }

  private static KafkaException refused(String uri) {
    try (Cluster cluster = cluster(uri)) {
      return assertThrows(KafkaException.class, cluster::refresh);
    }
  }

  @Test void makesTopicsAndFindsTheirLeaders() throws Exception {
    try (Cluster cluster = cluster("kafka://" + server.bootstrap())) {
      KafkaException absent = assertThrows(KafkaException.class, () -> cluster.leaders("made"));
      assertEquals(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, absent.code());
      assertEquals("kafka://" + server.bootstrap() + ": topic 'made': the broker knows no such topic or partition: make it, or mend its name"
          + " (UNKNOWN_TOPIC_OR_PARTITION)", absent.getMessage());
      cluster.createTopic("made", 3, -1, Map.of());
      cluster.createTopic("made", 3, 1, Map.of());
      ScriptedBroker.until(() -> cluster.refresh().leaders().containsKey("made"));
      assertEquals(3, cluster.leaders("made").size());
      assertEquals(server.port(), cluster.leaderNode("made", 2).port());
      assertSame(cluster.leader("made", 0), cluster.leader("made", 1));
      assertEquals(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, assertThrows(KafkaException.class, () -> cluster.leader("made", 3)).code());
      assertEquals(ErrorCode.INVALID_TOPIC_EXCEPTION, assertThrows(KafkaException.class, () -> cluster.createTopic("no name", 1, 1, Map.of())).code());
      assertEquals(ErrorCode.INVALID_REPLICATION_FACTOR, assertThrows(KafkaException.class, () -> cluster.createTopic("two", 1, 2, Map.of())).code());
    }
  }

  @Test void findsTheCoordinatorOfAGroup() throws Exception {
    try (Cluster cluster = cluster("kafka://" + server.bootstrap())) {
      Broker found = null;
      while (found == null) { // the broker makes the topic of the offsets when it is first asked
        try {
          found = cluster.coordinator("workers");
        } catch (KafkaException notYet) {
          assertTrue(notYet.retriable(), notYet.getMessage());
        }
      }
      assertSame(found, cluster.coordinator("workers"));
      assertFalse(found == cluster.any());
    }
  }

  @Test void logsInByEachMechanism() throws Exception {
    for (String sasl : List.of("plain", "scram-sha-256", "scram-sha-512")) {
      try (Cluster cluster = cluster(server.saslUri("?sasl=" + sasl).toString())) {
        assertEquals(1, cluster.refresh().nodes().size(), sasl);
      }
      String tls = "kafkas://alice:" + KafkaServer.SECRET + "@localhost:" + server.saslTlsPort() + "?sasl=" + sasl + "&tls_ca=" + server.certificate();
      try (Cluster cluster = cluster(tls)) {
        assertEquals(1, cluster.refresh().nodes().size(), sasl);
      }
    }
  }

  @Test void saysThatThePasswordIsWrong() {
    for (String sasl : List.of("plain", "scram-sha-256", "scram-sha-512")) {
      KafkaException refused = refused("kafka://alice:wr0ng@127.0.0.1:" + server.saslPort() + "?sasl=" + sasl);
      assertEquals(ErrorCode.SASL_AUTHENTICATION_FAILED, refused.code());
      assertFalse(refused.retriable());
      assertTrue(refused.getMessage().startsWith("kafka://127.0.0.1:" + server.saslPort() + ": login by " + sasl.toUpperCase(Locale.ROOT) + " as 'alice', to which the broker says '"),
          refused.getMessage());
      assertFalse(refused.getMessage().contains("wr0ng"));
    }
    assertEquals(ErrorCode.SASL_AUTHENTICATION_FAILED, refused("kafka://nobody:wr0ng@127.0.0.1:" + server.saslPort()).code());
  }

  @Test void speaksTls() throws Exception {
    try (Cluster cluster = cluster("kafkas://localhost:" + server.tlsPort() + "?tls_ca=" + server.certificate())) {
      assertEquals(server.tlsPort(), cluster.refresh().nodes().values().iterator().next().port());
    }
  }

  @Test void saysThatThePortIsAnother() {
    String untrusted = refused("kafkas://localhost:" + server.tlsPort()).getMessage();
    assertTrue(untrusted.contains("TLS: ") && untrusted.contains("certificat"), untrusted);
    String plain = refused("kafkas://localhost:" + server.port()).getMessage();
    assertTrue(plain.endsWith("; a port without TLS is kafka://"), plain);
    String tls = refused("kafka://127.0.0.1:" + server.tlsPort()).getMessage();
    assertTrue(tls.contains("kafkas://"), tls);
    String login = refused("kafka://127.0.0.1:" + server.saslPort()).getMessage();
    assertTrue(login.endsWith("a port that wants a login needs user:password@ in the URI"), login);
    KafkaException none = refused("kafka://alice:x@127.0.0.1:" + server.port());
    assertEquals(ErrorCode.ILLEGAL_SASL_STATE, none.code(), none.getMessage());
  }
}
