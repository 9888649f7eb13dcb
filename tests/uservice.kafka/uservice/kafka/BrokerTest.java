package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import testing.ScriptedPeer;
import uservice.wire.Address.Host;

/// One connection, with a broker that does as it likes.
final class BrokerTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(2);

  private static Broker connect(ScriptedBroker peer, String parameters) throws Exception {
    return Broker.connect(new Host("127.0.0.1", peer.port()), peer.target(parameters));
  }

  private static Metadata ask(Broker broker, Duration time) throws Exception { return broker.ask(Api.METADATA, Metadata.request(List.of()), time, Metadata::read); }

  private static KafkaException fails(ScriptedBroker peer) { return assertThrows(KafkaException.class, () -> connect(peer, "").close()); }

  private static KafkaException failsAsked(ScriptedBroker peer) throws Exception {
    try (Broker broker = connect(peer, "")) {
      return assertThrows(KafkaException.class, () -> ask(broker, LONG));
    }
  }

  @Test void sendsTheBytesOfTheProtocol() throws Exception {
    var seen = new CompletableFuture<String>();
    try (var peer = ScriptedPeer.playing(connection -> {
      connection.read(18);
      connection.send(ScriptedBroker.frame(1, ScriptedBroker.versions(List.of(Api.values()))));
      seen.complete(HexFormat.of().formatHex(connection.read(Integer.BYTES + 25)));
    })) {
      Target target = Target.parse(URI.create("kafka://127.0.0.1:" + peer.port() + "?client=test"), Set.of());
      try (Broker broker = Broker.connect(new Host("127.0.0.1", peer.port()), target)) {
        broker.send(Api.METADATA, Metadata.request(List.of("jobs")), LONG);
        // length, Metadata, version 4, number 2, "test", one topic "jobs", none made
        assertEquals("00000019" + "0003" + "0004" + "00000002" + "000474657374" + "00000001" + "00046a6f6273" + "00", seen.get(60, TimeUnit.SECONDS));
      }
    }
  }

  @Test void readsAnswersThatComeByteByByte() throws Exception {
    try (var peer = new ScriptedBroker().sending(ScriptedPeer.Connection::trickle); Broker broker = connect(peer, "")) {
      assertEquals(new Host("127.0.0.1", peer.port()), ask(broker, LONG).nodes().get(1));
      assertEquals("kafka://127.0.0.1:" + peer.port(), broker.toString());
    }
  }

  @Test void saysWhereAnAnswerIsCutOff() throws Exception {
    byte[] whole = ScriptedBroker.frame(2, new ScriptedBroker().metadata(List.of(), 9092, 0));
    for (int length = 0; length < whole.length; length++) {
      int cut = length;
      try (var peer = new ScriptedBroker()) {
        peer.on(Api.METADATA, _ -> {
          peer.sending((connection, frame) -> {
            connection.send(Arrays.copyOf(frame, cut));
            throw new IOException("cut");
          });
          return peer.metadata(List.of(), 9092, 0);
        });
        KafkaException why = failsAsked(peer);
        assertTrue(why.getMessage().contains("the broker closed the connection"), why.getMessage());
        assertTrue(why.mayHaveRun() && why.retriable());
      }
    }
  }

  @Test void saysWhereABodyThatIsShorterThanItSaysEnds() throws Exception {
    byte[] whole = new ScriptedBroker().metadata(List.of(), 9092, 0);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      try (var peer = new ScriptedBroker().on(Api.METADATA, _ -> part)) {
        KafkaException why = failsAsked(peer);
        assertTrue(why.getMessage().startsWith("kafka://127.0.0.1:" + peer.port() + ": Metadata v4: "), why.getMessage());
      }
    }
    try (var peer = new ScriptedBroker().on(Api.METADATA, _ -> Arrays.copyOf(whole, whole.length + 3))) {
      assertTrue(failsAsked(peer).getMessage().contains(": 3 bytes too many, from byte "));
    }
  }

  @Test void refusesAnswersToOtherRequests() throws Exception {
    try (var peer = new ScriptedBroker().sending((connection, frame) -> connection.send(ByteBuffer.wrap(frame).putInt(4, 7).array()))) {
      assertEquals("kafka://127.0.0.1:" + peer.port() + ": an answer to request 7, expected 1", fails(peer).getMessage());
    }
  }

  @Test void refusesAnswersThatNobodyAskedFor() throws Exception {
    try (var peer = new ScriptedBroker().sending((connection, frame) -> connection.send(frame).send(frame)); Broker broker = connect(peer, "")) {
      ScriptedBroker.until(() -> !broker.usable());
      KafkaException why = assertThrows(KafkaException.class, () -> ask(broker, LONG));
      assertTrue(why.getMessage().endsWith(": an answer that nobody asked for"), why.getMessage());
      assertFalse(why.mayHaveRun());
    }
  }

  @Test void refusesLengthsThatCannotBe() throws Exception {
    for (int length : List.of(Integer.MIN_VALUE, -1, 0, 3, Broker.ANSWER_BYTES_MAX + 1)) {
      try (var peer = new ScriptedBroker().sending((connection, frame) -> connection.send(ByteBuffer.wrap(frame).putInt(0, length).array()))) {
        String why = fails(peer).getMessage();
        assertEquals("kafka://127.0.0.1:%d: an answer begins with 0x%08x, expected a length from 4 to 67108864".formatted(peer.port(), length), why);
      }
    }
  }

  @Test void knowsOtherProtocolsByTheirFirstBytes() throws Exception {
    try (var peer = new ScriptedBroker().sending((connection, _) -> connection.send(HexFormat.of().parseHex("15030300020246")))) {
      assertTrue(fails(peer).getMessage().endsWith("; the port speaks TLS: kafkas://"));
    }
    try (var peer = new ScriptedBroker().sending((connection, _) -> connection.send("HTTP/1.1 400 Bad Request\r\n\r\n"))) {
      assertTrue(fails(peer).getMessage().endsWith("; the port speaks HTTP"));
    }
  }

  @Test void failsAllThatWaitWhenTheOldestIsLate() throws Exception {
    try (var peer = new ScriptedBroker().on(Api.METADATA, _ -> null); Broker broker = connect(peer, "")) {
      Broker.Answer first = broker.send(Api.METADATA, Metadata.request(List.of()), SHORT);
      Broker.Answer second = broker.send(Api.METADATA, Metadata.request(List.of()), LONG);
      KafkaException why = assertThrows(KafkaException.class, first::await);
      assertTrue(why.mayHaveRun() && why.getMessage().endsWith("within 2000 ms"), why.getMessage());
      assertThrows(KafkaException.class, second::await);
      assertFalse(broker.usable());
      assertFalse(assertThrows(KafkaException.class, () -> ask(broker, LONG)).mayHaveRun());
    }
  }

  @Test void watchesTheNextWhenTheOldestIsAnswered() throws Exception {
    try (var peer = new ScriptedBroker(); Broker broker = connect(peer, "")) {
      peer.on(Api.METADATA, request -> request.number() == 2 ? peer.metadata(List.of(), peer.port(), 0) : null);
      Broker.Answer first = broker.send(Api.METADATA, Metadata.request(List.of()), LONG);
      broker.send(Api.METADATA, Metadata.request(List.of()), SHORT);
      first.await();
      ScriptedBroker.until(() -> !broker.usable());
    }
  }

  @Test void answersInOrderWhoeverAsks() throws Exception {
    try (var peer = new ScriptedBroker(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      peer.on(Api.METADATA, request -> ScriptedBroker.bytes(out -> out.int32(0).int32(0).string(null).int32(request.number()).int32(0)));
      try (Broker broker = connect(peer, "")) {
        var controllers = ConcurrentHashMap.newKeySet();
        for (Future<?> each : IntStream.range(0, 500).mapToObj(_ -> threads.submit(() -> controllers.add(ask(broker, LONG).controller()))).toList()) {
          each.get();
        }
        assertEquals(500, controllers.size());
      }
    }
  }

  @Test void takesBackWhatWasNotHandedOver() throws Exception {
    var go = new CountDownLatch(1);
    try (var peer = new ScriptedBroker(); Broker broker = connect(peer, "")) {
      peer.on(Api.SASL_AUTHENTICATE, _ -> new byte[0]).on(Api.METADATA, _ -> {
        go.await();
        return peer.metadata(List.of(), peer.port(), 0);
      });
      broker.send(Api.METADATA, Metadata.request(List.of()), LONG); // while that is answered, nothing is read
      Broker.Answer large = broker.send(Api.SASL_AUTHENTICATE, out -> out.bytes(new byte[48 << 20]), LONG);
      KafkaException why = assertThrows(KafkaException.class, () -> ask(broker, SHORT));
      assertFalse(why.mayHaveRun());
      assertEquals("kafka://127.0.0.1:" + peer.port() + ": Metadata: no answer within 2000 ms", why.getMessage());
      go.countDown();
      large.await();
      assertEquals(1, ask(broker, LONG).nodes().size());
      assertEquals(List.of(Api.API_VERSIONS, Api.METADATA, Api.SASL_AUTHENTICATE, Api.METADATA), peer.asked);
    }
  }

  @Test void takesNoMoreThanCanWait() throws Exception {
    var go = new CountDownLatch(1);
    try (var peer = new ScriptedBroker().on(Api.METADATA, _ -> {
      go.await();
      return null;
    }); Broker broker = connect(peer, "")) {
      for (int i = 0; i < Broker.WAITING_MAX; i++) {
        broker.send(Api.METADATA, Metadata.request(List.of()), LONG);
      }
      KafkaException why = assertThrows(KafkaException.class, () -> ask(broker, LONG));
      assertTrue(why.getMessage().endsWith("too many requests wait for the broker: 4096, at most 4096") && !why.mayHaveRun(), why.getMessage());
      go.countDown();
    }
  }

  @Test void saysThatABrokerIsTooOldOrTooNew() throws Exception {
    try (var peer = new ScriptedBroker().on(Api.API_VERSIONS, _ -> ScriptedBroker.bytes(out -> out.int16(0)
        .list(List.of(Api.METADATA, Api.PRODUCE), (to, api) -> to.int16(api.key()).int16(api == Api.PRODUCE ? 9 : 0).int16(api == Api.PRODUCE ? 12 : 3)))); Broker broker = connect(peer, "")) {
      String where = "kafka://127.0.0.1:" + peer.port() + ": the broker takes ";
      KafkaException old = assertThrows(KafkaException.class, () -> broker.version(Api.METADATA));
      assertEquals(where + "Metadata in versions 0 to 3, spoken here are 4 to 4: it must be a broker from 2.1 to 4.x", old.getMessage());
      assertFalse(old.retriable());
      assertEquals(where + "Produce in versions 9 to 12, spoken here are 7 to 7: it must be a broker from 2.1 to 4.x",
          assertThrows(KafkaException.class, () -> broker.version(Api.PRODUCE)).getMessage());
      assertEquals(where + "Fetch not at all, spoken here are 4 to 4: it must be a broker from 2.1 to 4.x",
          assertThrows(KafkaException.class, () -> broker.version(Api.FETCH)).getMessage());
    }
    try (var peer = new ScriptedBroker().on(Api.API_VERSIONS, _ -> ScriptedBroker.versions(List.of(Api.API_VERSIONS)))) {
      assertEquals("kafka://127.0.0.1:" + peer.port() + ": this is no broker, but a controller: name a broker, or its other port", failsAsked(peer).getMessage());
    }
    try (var peer = new ScriptedBroker().on(Api.API_VERSIONS, _ -> ScriptedBroker.bytes(out -> out.int16(35).int32(0)))) {
      assertEquals(ErrorCode.UNSUPPORTED_VERSION, fails(peer).code());
    }
  }

  @Test void hintsAtWhatAnEarlyEndMeans() throws Exception {
    try (var peer = new ScriptedBroker().on(Api.API_VERSIONS, _ -> {
      throw new ScriptedBroker.Cut();
    })) {
      KafkaException why = fails(peer);
      assertTrue(why.getMessage().endsWith("the broker closed the connection; a port with TLS is kafkas://") && !why.mayHaveRun(), why.getMessage());
    }
    try (var peer = new ScriptedBroker().on(Api.METADATA, _ -> {
      throw new ScriptedBroker.Cut();
    })) {
      assertTrue(failsAsked(peer).getMessage().endsWith("; a port that wants a login needs user:password@ in the URI"));
    }
    try (var peer = new ScriptedBroker(); Broker broker = connect(peer, "")) {
      ask(broker, LONG);
      peer.on(Api.METADATA, _ -> {
        throw new ScriptedBroker.Cut();
      });
      assertTrue(assertThrows(KafkaException.class, () -> ask(broker, LONG)).getMessage().endsWith("the broker closed the connection"));
    }
  }

  @Test void saysThatNobodyListens() throws Exception {
    var peer = new ScriptedBroker();
    peer.close();
    KafkaException why = fails(peer);
    assertTrue(why.retriable() && !why.mayHaveRun() && why.getMessage().startsWith("kafka://127.0.0.1:" + peer.port() + ": "), why.getMessage());
  }

  @Test void endsWhenTheLastAnswerHasCome() throws Exception {
    var go = new CountDownLatch(1);
    try (var peer = new ScriptedBroker(); Broker broker = connect(peer, "")) {
      peer.on(Api.METADATA, request -> {
        go.await();
        return peer.metadata(List.of(), peer.port(), 0);
      });
      Broker.Answer answer = broker.send(Api.METADATA, Metadata.request(List.of()), LONG);
      broker.retire();
      assertThrows(KafkaException.class, () -> ask(broker, LONG));
      assertTrue(broker.usable());
      go.countDown();
      assertEquals(1, broker.read(answer.await(), Metadata::read).nodes().size());
      ScriptedBroker.until(() -> !broker.usable());
    }
  }

  // ---- logins ----------------------------------------------------------------------------------------------------

  private static KafkaException login(ScriptedBroker peer, String parameters) throws Exception {
    Target target = Target.parse(URI.create("kafka://alice:s3cret@127.0.0.1:" + peer.port() + "?connect_timeout=60s" + parameters), Set.of());
    KafkaException why = assertThrows(KafkaException.class, () -> Broker.connect(new Host("127.0.0.1", peer.port()), target).close());
    assertFalse(why.getMessage().contains("s3cret"));
    return why;
  }

  private static byte[] offered(int code) { return ScriptedBroker.bytes(out -> out.int16(code).list(List.of("GSSAPI", "PLAIN"), BytesWriter::string)); }

  @Test void saysWhichMechanismsThereAre() throws Exception {
    try (var peer = new ScriptedBroker().on(Api.SASL_HANDSHAKE, _ -> offered(33))) {
      KafkaException why = login(peer, "");
      assertEquals("kafka://127.0.0.1:" + peer.port() + ": the broker takes no SCRAM-SHA-512, but GSSAPI, PLAIN: must be one of sasl=plain, scram-sha-256, scram-sha-512",
          why.getMessage());
      assertFalse(why.retriable());
    }
  }

  @Test void sendsUserAndPasswordByPlain() throws Exception {
    var seen = new CompletableFuture<String>();
    try (var peer = new ScriptedBroker().on(Api.SASL_HANDSHAKE, _ -> offered(0)).on(Api.SASL_AUTHENTICATE, request -> {
      seen.complete(new String(request.body().bytes().rest(), StandardCharsets.UTF_8));
      return ScriptedBroker.bytes(out -> out.int16(58).string("Authentication failed:\nno").bytes(new byte[0]).int64(0));
    })) {
      KafkaException why = login(peer, "&sasl=plain");
      assertEquals("\0alice\0s3cret", seen.get());
      assertEquals("kafka://127.0.0.1:" + peer.port() + ": login by PLAIN as 'alice', to which the broker says 'Authentication failed: no': "
          + ErrorCode.SASL_AUTHENTICATION_FAILED.sentence() + " (SASL_AUTHENTICATION_FAILED)", why.getMessage());
    }
  }

  @Test void holdsTheBrokerToItsProof() throws Exception {
    try (var peer = new ScriptedBroker().on(Api.SASL_HANDSHAKE, _ -> offered(0)).on(Api.SASL_AUTHENTICATE, request -> {
      String said = new String(request.body().bytes().rest(), StandardCharsets.UTF_8);
      String answer = said.startsWith("n,,") ? "r=" + said.substring(said.indexOf("r=") + 2) + "server,s=c2FsdA==,i=4096" : "v=d3Jvbmc=";
      return ScriptedBroker.bytes(out -> out.int16(0).string(null).bytes(answer.getBytes(StandardCharsets.UTF_8)).int64(0));
    })) {
      assertEquals("kafka://127.0.0.1:" + peer.port() + ": SCRAM: the server did not prove that it knows the password", login(peer, "&sasl=scram-sha-256").getMessage());
    }
  }

  @Test void isNotUsedForLongerThanTheLoginLasts() throws Exception {
    try (var peer = new ScriptedBroker().on(Api.SASL_HANDSHAKE, _ -> offered(0)).on(Api.SASL_AUTHENTICATE,
        _ -> ScriptedBroker.bytes(out -> out.int16(0).string(null).bytes(new byte[0]).int64(200)))) {
      Target target = Target.parse(URI.create("kafka://alice:s3cret@127.0.0.1:" + peer.port() + "?connect_timeout=60s&timeout=60s&sasl=plain"), Set.of());
      try (var cluster = new Cluster(target)) {
        Broker first = cluster.any();
        ScriptedBroker.until(() -> !first.usable());
        assertEquals(1, cluster.refresh().nodes().size());
        assertTrue(peer.accepted() >= 2);
      }
    }
  }
}
