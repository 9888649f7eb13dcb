package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import testing.ManualClock;
import uservice.wire.Address.Host;

/// Who leads what, with brokers that say what the test likes.
final class ClusterTest {
  private static Target target(int... ports) {
    return Target.parse(URI.create("kafka://" + IntStream.of(ports).mapToObj(port -> "127.0.0.1:" + port).collect(Collectors.joining(","))
        + "?connect_timeout=60s&timeout=60s"), Set.of());
  }

  private static int deadPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static long count(ScriptedBroker peer, Api api) {
    synchronized (peer.asked) {
      return peer.asked.stream().filter(api::equals).count();
    }
  }

  @Test void beginsWithAnyBrokerThatAnswers() throws Exception {
    try (var peer = new ScriptedBroker(); var cluster = new Cluster(target(deadPort(), peer.port(), deadPort()))) {
      peer.topics.put("jobs", 2);
      assertEquals(2, cluster.leaders("jobs").size());
      assertEquals(new Host("127.0.0.1", peer.port()), cluster.leaderNode("jobs", 1));
    }
  }

  @Test void failsAtOnceBetweenTwoAttempts() throws Exception {
    var clock = new ManualClock();
    int port = deadPort();
    try (var cluster = new Cluster(target(port), clock::nanos)) {
      KafkaException first = assertThrows(KafkaException.class, cluster::refresh);
      KafkaException second = assertThrows(KafkaException.class, cluster::refresh);
      assertEquals(first.getMessage(), second.getMessage());
      assertSame(first, second.getCause());
      clock.advance(Duration.ofMillis(50));
      assertNotSame(first, assertThrows(KafkaException.class, cluster::refresh).getCause());
    }
  }

  @Test void asksAgainWhenWhatItKnowsIsOldOrSaidToBeWrong() throws Exception {
    var clock = new ManualClock();
    try (var peer = new ScriptedBroker(); var cluster = new Cluster(target(peer.port()), clock::nanos)) {
      peer.topics.put("jobs", 1);
      for (int i = 0; i < 10; i++) {
        cluster.leaderNode("jobs", 0);
      }
      assertEquals(1, count(peer, Api.METADATA));
      clock.advance(Cluster.AGE_MAX.plusMillis(1));
      cluster.leaderNode("jobs", 0);
      assertEquals(2, count(peer, Api.METADATA));
      clock.advance(Duration.ofSeconds(1));
      cluster.stale();
      cluster.leaderNode("jobs", 0);
      assertEquals(3, count(peer, Api.METADATA));
    }
  }

  @Test void countsPartitionsWithoutWaitingForWhatIsNewer() throws Exception {
    var clock = new ManualClock();
    var go = new CountDownLatch(1);
    try (var peer = new ScriptedBroker(); var cluster = new Cluster(target(peer.port()), clock::nanos)) {
      peer.topics.put("jobs", 1);
      assertEquals(1, cluster.partitionCount("jobs"));
      peer.topics.put("jobs", 3);
      peer.on(Api.METADATA, request -> {
        go.await();
        return peer.metadata(request.body().list(2, BytesReader::string), peer.port(), 0);
      });
      clock.advance(Cluster.AGE_MAX.plusMillis(1));
      assertEquals(1, cluster.partitionCount("jobs"));
      go.countDown();
      ScriptedBroker.until(() -> cluster.partitionCount("jobs") == 3);
      assertEquals(2, count(peer, Api.METADATA));
    }
  }

  @Test void followsALeaderToAnotherBroker() throws Exception {
    try (var one = new ScriptedBroker(); var two = new ScriptedBroker(); var cluster = new Cluster(target(one.port()))) {
      one.topics.put("jobs", 1);
      two.topics.put("jobs", 1);
      Broker first = cluster.leader("jobs", 0);
      assertEquals("kafka://127.0.0.1:" + one.port(), first.toString());
      one.on(Api.METADATA, request -> one.metadata(request.body().list(2, BytesReader::string), two.port(), 1));
      cluster.stale();
      assertEquals("kafka://127.0.0.1:" + two.port(), cluster.leader("jobs", 0).toString());
      ScriptedBroker.until(() -> !first.usable()); // the first is no longer in the cluster
    }
  }

  @Test void connectsAgainWhenItIsCut() throws Exception {
    try (var peer = new ScriptedBroker(); var cluster = new Cluster(target(peer.port()))) {
      peer.topics.put("jobs", 1);
      Broker first = cluster.leader("jobs", 0);
      first.close();
      Broker second = cluster.leader("jobs", 0);
      assertNotSame(first, second);
      assertTrue(second.usable());
    }
  }

  @Test void saysWhatIsMissing() throws Exception {
    try (var peer = new ScriptedBroker(); var cluster = new Cluster(target(peer.port()))) {
      peer.topics.put("jobs", 1);
      assertEquals(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, assertThrows(KafkaException.class, () -> cluster.leaderNode("jobs", 1)).code());
      assertEquals(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, assertThrows(KafkaException.class, () -> cluster.leaderNode("jobs", -1)).code());
      peer.on(Api.METADATA, _ -> ScriptedBroker.bytes(out -> out.int32(0).int32(0).string(null).int32(-1).list(List.of("jobs"), (to, topic) -> to.int16(0).string(topic).bool(false)
          .list(List.of(0), (each, number) -> each.int16(5).int32(number).int32(-1).int32(0).int32(0)))));
      cluster.stale();
      KafkaException none = assertThrows(KafkaException.class, () -> cluster.leaderNode("jobs", 0));
      assertEquals(target(peer.port()).where() + ": topic 'jobs', partition 0: the partition has no leader at the moment (LEADER_NOT_AVAILABLE)", none.getMessage());
    }
  }

  @Test void findsTheCoordinatorOnceAndAgainWhenItHasMoved() throws Exception {
    try (var one = new ScriptedBroker(); var two = new ScriptedBroker(); var cluster = new Cluster(target(one.port()))) {
      Broker first = cluster.coordinator("workers");
      assertSame(first, cluster.coordinator("workers"));
      assertEquals(1, count(one, Api.FIND_COORDINATOR));
      one.on(Api.FIND_COORDINATOR, _ -> ScriptedBroker.bytes(out -> out.int32(0).int16(0).string(null).int32(2).string("127.0.0.1").int32(two.port())));
      cluster.forgetCoordinator("workers");
      assertEquals("kafka://127.0.0.1:" + two.port(), cluster.coordinator("workers").toString());
      one.on(Api.FIND_COORDINATOR, _ -> ScriptedBroker.bytes(out -> out.int32(0).int16(15).string("none").int32(-1).string("").int32(-1)));
      cluster.forgetCoordinator("workers");
      KafkaException none = assertThrows(KafkaException.class, () -> cluster.coordinator("workers"));
      assertTrue(none.retriable());
    }
  }

  @Test void makesTopicsAsOldBrokersHaveIt() throws Exception {
    var seen = new CompletableFuture<String>();
    try (var peer = new ScriptedBroker(); var cluster = new Cluster(target(peer.port()))) {
      peer.on(Api.API_VERSIONS, _ -> ScriptedBroker.bytes(out -> out.int16(0).list(List.of(Api.values()), (to, api) -> to.int16(api.key()).int16(0).int16(api.least()))));
      peer.on(Api.CREATE_TOPICS, request -> {
        assertEquals(2, request.version());
        seen.complete(HexFormat.of().formatHex(request.body().rest()));
        return ScriptedBroker.bytes(out -> out.int32(0).list(List.of("jobs"), (to, topic) -> to.string(topic).int16(36).string("there")));
      });
      cluster.createTopic("jobs", 4, -1, Map.of());
      assertEquals("00000001" + "00046a6f6273" + "00000004" + "0001" + "00000000" + "00000000" + "0000ea60" + "00", seen.get());
      peer.on(Api.CREATE_TOPICS, _ -> ScriptedBroker.bytes(out -> out.int32(0).list(List.of("jobs"), (to, topic) -> to.string(topic).int16(44).string("not\nhere"))));
      KafkaException forbidden = assertThrows(KafkaException.class, () -> cluster.createTopic("jobs", 4, -1, Map.of()));
      assertEquals(target(peer.port()).where() + ": topic 'jobs', of which the broker says 'not here': the cluster's policy forbids it (POLICY_VIOLATION)", forbidden.getMessage());
      peer.on(Api.CREATE_TOPICS, _ -> ScriptedBroker.bytes(out -> out.int32(0).int32(0)));
      assertTrue(assertThrows(KafkaException.class, () -> cluster.createTopic("jobs", 4, -1, Map.of())).getMessage().contains("has 0 topics, expected 1"));
    }
  }

  @Test void boundsTheTopicsItAsksAbout() throws Exception {
    try (var peer = new ScriptedBroker(); var cluster = new Cluster(target(peer.port()))) {
      peer.on(Api.METADATA, _ -> ScriptedBroker.bytes(out -> out.int32(0).int32(0).string(null).int32(-1)
          .list(IntStream.range(0, Cluster.TOPICS_MAX).boxed().toList(), (to, i) -> to.int16(0).string("t" + i).bool(false).int32(0))));
      for (int i = 0; i < Cluster.TOPICS_MAX; i++) {
        cluster.leaders("t" + i);
      }
      assertTrue(assertThrows(KafkaException.class, () -> cluster.leaders("more")).getMessage().endsWith(": topic 'more' is one too many, at most 1000 are asked about"));
      assertEquals(0, cluster.leaders("t7").size());
    }
  }

  @Test void endsForGood() throws Exception {
    var peer = new ScriptedBroker();
    var cluster = new Cluster(target(peer.port()));
    Broker broker = cluster.any();
    cluster.close();
    assertTrue(!broker.usable());
    KafkaException why = assertThrows(KafkaException.class, cluster::refresh);
    assertTrue(!why.retriable() && why.getMessage().endsWith(": closed here"));
    peer.close();
  }
}
