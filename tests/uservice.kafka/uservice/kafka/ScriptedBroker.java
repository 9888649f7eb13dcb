package uservice.kafka;

import module java.base;
import testing.ScriptedPeer;

/// A broker of a test's own making: it answers `ApiVersions`, `Metadata` (itself alone, with the topics it was given), `FindCoordinator` and
/// `InitProducerId` as a real one does, and whatever the test says to the rest, or instead.
final class ScriptedBroker implements AutoCloseable {
  /// What came: the request behind its header.
  record Request(Api api, int version, int number, String client, BytesReader body) {}

  /// Answers a request; `null` says nothing.
  @FunctionalInterface interface Answers {
    byte[] answer(Request request) throws Exception;
  }

  /// Sends the bytes of an answer, with their length and number.
  @FunctionalInterface interface Sending {
    void send(ScriptedPeer.Connection connection, byte[] frame) throws IOException;
  }

  /// Ends the connection.
  static final class Cut extends Exception {}

  final Map<String, Integer> topics = new ConcurrentHashMap<>();
  final List<Api> asked = Collections.synchronizedList(new ArrayList<>());
  private final Map<Api, Answers> answers = new ConcurrentHashMap<>();
  private final ScriptedPeer peer;
  private volatile Sending sending = (connection, frame) -> connection.send(frame);
  private volatile int nextId = 1000;

  ScriptedBroker() throws IOException {
    peer = ScriptedPeer.playing(this::play);
    on(Api.API_VERSIONS, _ -> versions(List.of(Api.values())));
    on(Api.METADATA, request -> metadata(request.body().list(2, BytesReader::string), port(), 0));
    on(Api.FIND_COORDINATOR, _ -> bytes(out -> out.int32(0).int16(0).string(null).int32(1).string("127.0.0.1").int32(port())));
    on(Api.INIT_PRODUCER_ID, _ -> bytes(out -> out.int32(0).int16(0).int64(nextId++).int16(0)));
  }

  /// Waits until something is so, a minute at most.
  static void until(Callable<Boolean> so) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!so.call()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("it is not so after a minute");
      }
      Thread.sleep(1);
    }
  }

  int port() { return peer.port(); }

  int accepted() { return peer.accepted(); }

  /// `kafka://127.0.0.1:PORT` with patience enough for a busy machine, unless `parameters` say otherwise.
  URI uri(String parameters) {
    var query = new StringBuilder(parameters);
    for (String each : List.of("connect_timeout=60s", "timeout=60s")) {
      if (!("&" + parameters).contains("&" + each.substring(0, each.indexOf('=') + 1))) {
        query.append(query.isEmpty() ? "" : "&").append(each);
      }
    }
    return URI.create("kafka://127.0.0.1:" + port() + "?" + query);
  }

  Target target(String parameters) { return Target.parse(uri(parameters), ProducerSettings.PARAMETERS); }

  ScriptedBroker on(Api api, Answers answer) {
    answers.put(api, answer);
    return this;
  }

  /// Sends answers otherwise than whole.
  ScriptedBroker sending(Sending how) {
    sending = how;
    return this;
  }

  static byte[] bytes(Consumer<BytesWriter> write) {
    var out = new BytesWriter();
    write.accept(out);
    return out.toByteArray();
  }

  static byte[] versions(Collection<Api> apis) {
    return bytes(out -> out.int16(0).list(apis, (to, api) -> to.int16(api.key()).int16(0).int16(api.most() + 3)));
  }

  /// `Metadata` v4 of a cluster whose only broker has the id `1 + moves`.
  byte[] metadata(List<String> asked, int port, int moves) {
    return bytes(out -> out.int32(0).list(List.of(1 + moves), (to, id) -> to.int32(id).string("127.0.0.1").int32(port).string(null)).string("cluster").int32(1 + moves)
        .list(asked, (to, topic) -> {
          Integer partitions = topics.get(topic);
          to.int16(partitions == null ? 3 : 0).string(topic).bool(false).list(IntStream.range(0, partitions == null ? 0 : partitions).boxed().toList(),
              (each, number) -> each.int16(0).int32(number).int32(1 + moves).list(List.of(1), BytesWriter::int32).list(List.of(1), BytesWriter::int32));
        }));
  }

  /// An answer with its head, as it goes over the wire.
  static byte[] frame(int number, byte[] body) { return bytes(out -> out.int32(body.length + Integer.BYTES).int32(number).put(body)); }

  private void play(ScriptedPeer.Connection connection) throws Exception {
    while (true) {
      int length = ByteBuffer.wrap(connection.read(Integer.BYTES)).getInt();
      var in = new BytesReader("request", connection.read(length));
      int key = in.int16();
      Api api = Stream.of(Api.values()).filter(each -> each.key() == key).findFirst().orElseThrow();
      var request = new Request(api, in.int16(), in.int32(), in.string(), in);
      asked.add(api);
      byte[] answer = answers.get(api).answer(request);
      if (answer != null) {
        sending.send(connection, frame(request.number(), answer));
      }
    }
  }

  @Override public void close() throws IOException { peer.close(); }
}
