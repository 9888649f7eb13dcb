package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A producer, with a broker that keeps its log as a real one does, and fails as it is told.
final class ProducerTest {
  /// What a broker may do wrong with a request.
  private enum Fault { NONE, CUT_BEFORE, CUT_AFTER, NOT_LEADER, TIMED_OUT, FEW_REPLICAS, FEW_REPLICAS_AFTER, RESTART, FORGET, TOO_LARGE, INVALID, SILENT, DAMAGED }

  private final Map<TopicPartition, ModelLog> logs = new ConcurrentHashMap<>();
  private boolean old; // the broker
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicInteger requests = new AtomicInteger();

  private static ModelLog.Outcome no(ErrorCode code) { return new ModelLog.Outcome(code, -1); }

  private ScriptedBroker broker(Supplier<Fault> faults) throws IOException {
    var peer = new ScriptedBroker();
    peer.topics.put("jobs", 2);
    return peer.on(Api.PRODUCE, request -> {
      writing.lock();
      try {
        return produce(peer, request.body(), faults);
      } finally {
        writing.unlock();
      }
    });
  }

  private byte[] produce(ScriptedBroker peer, BytesReader in, Supplier<Fault> faults) throws Exception {
    requests.incrementAndGet();
    Fault whole = faults.get();
    if (whole == Fault.CUT_BEFORE) {
      throw new ScriptedBroker.Cut();
    }
    in.nullableString();
    assertEquals(-1, in.int16());
    in.int32();
    var outcomes = new TreeMap<TopicPartition, ModelLog.Outcome>();
    for (int topics = in.int32(); topics > 0; topics--) {
      String topic = in.string();
      for (int partitions = in.int32(); partitions > 0; partitions--) {
        var where = new TopicPartition(topic, in.int32());
        BytesReader records = in.bytes();
        RecordBatch batch = RecordBatch.read(records);
        records.end();
        outcomes.put(where, outcome(logs.computeIfAbsent(where, _ -> new ModelLog(old)), batch, whole == Fault.NONE ? faults.get() : whole));
      }
    }
    in.end();
    if (whole == Fault.CUT_AFTER) {
      throw new ScriptedBroker.Cut();
    }
    if (whole == Fault.SILENT) {
      return null;
    }
    byte[] answer = answer(outcomes);
    return whole == Fault.DAMAGED ? Arrays.copyOf(answer, answer.length - 5) : answer;
  }

  private static ModelLog.Outcome outcome(ModelLog log, RecordBatch batch, Fault fault) throws ProtocolException {
    return switch (fault) {
      case NOT_LEADER -> no(ErrorCode.NOT_LEADER_OR_FOLLOWER);
      case FEW_REPLICAS -> no(ErrorCode.NOT_ENOUGH_REPLICAS);
      case INVALID -> no(ErrorCode.INVALID_RECORD);
      case TOO_LARGE -> batch.count > 1 ? no(ErrorCode.MESSAGE_TOO_LARGE) : log.append(batch);
      case TIMED_OUT -> log.append(batch).code() == ErrorCode.NONE ? no(ErrorCode.REQUEST_TIMED_OUT) : log.append(batch);
      case FEW_REPLICAS_AFTER -> log.append(batch).code() == ErrorCode.NONE ? no(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND) : log.append(batch);
      case RESTART -> {
        log.restart();
        yield log.append(batch);
      }
      case FORGET -> {
        log.forget();
        yield log.append(batch);
      }
      case NONE, CUT_BEFORE, CUT_AFTER, SILENT, DAMAGED -> log.append(batch);
    };
  }

  private static byte[] answer(SortedMap<TopicPartition, ModelLog.Outcome> outcomes) {
    return ScriptedBroker.bytes(out -> out.list(TopicPartition.byTopic(outcomes.keySet()).entrySet(), (to, topic) -> to.string(topic.getKey())
        .list(topic.getValue(), (each, number) -> {
          var outcome = outcomes.get(new TopicPartition(topic.getKey(), number));
          each.int32(number).int16(outcome.code().number()).int64(outcome.offset()).int64(-1).int64(0);
        })).int32(0));
  }

  private static Message job(int number, int partition) { return Message.of("jobs", null, Integer.toString(number)).to(partition); }

  private static KafkaException why(CompletableFuture<Sent> sent) { return (KafkaException) assertThrows(ExecutionException.class, () -> sent.get(60, TimeUnit.SECONDS)).getCause(); }

  private Producer producer(ScriptedBroker peer, String parameters) { return Producer.open(peer.uri(parameters)); }

  // ---- whatever goes wrong ---------------------------------------------------------------------------------------

  @ParameterizedTest @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void doublesNothingAndKeepsTheOrderWhateverFails(long seed) throws Exception {
    var random = new Random(seed);
    old = seed % 2 == 0; // another that forgets a producer takes what is sent again for new
    int[] weights = {60, 3, 3, 4, 3, 3, 3, 3, seed % 2 == 0 ? 2 : 0, 3, seed % 3 == 0 ? 2 : 0, seed % 4 == 0 ? 1 : 0, 1};
    try (ScriptedBroker peer = broker(() -> {
      int at = random.nextInt(IntStream.of(weights).sum());
      for (int i = 0; ; at -= weights[i++]) {
        if (at < weights[i]) {
          return Fault.values()[i];
        }
      }
    })) {
      var sent = new ArrayList<CompletableFuture<Sent>>();
      try (Producer producer = producer(peer, "batch_bytes=150&linger=0&delivery_timeout=5m" + (seed % 4 == 0 ? "&timeout=700ms" : ""))) {
        for (int i = 0; i < 600; i++) {
          sent.add(producer.send(job(i, i % 2)));
          if (i % 100 == 99) {
            producer.flush();
          }
        }
      }
      for (int i = 0; i < sent.size(); i++) {
        check(i, sent.get(i), logs.getOrDefault(new TopicPartition("jobs", i % 2), new ModelLog(old)).values);
      }
      logs.values().forEach(log -> {
        var numbers = log.values.stream().map(Integer::valueOf).toList();
        assertEquals(numbers.stream().sorted().distinct().toList(), numbers);
      });
      assertTrue(requests.get() > 50);
    }
  }

  private static void check(int number, CompletableFuture<Sent> future, List<String> log) throws Exception {
    String value = Integer.toString(number);
    int times = Collections.frequency(log, value);
    try {
      Sent sent = future.get(0, TimeUnit.SECONDS);
      assertEquals(1, times, value);
      assertTrue(sent.offset() == Sent.UNKNOWN || log.get((int) sent.offset()).equals(value), value);
    } catch (ExecutionException failed) {
      assertTrue(times == 0 || ((KafkaException) failed.getCause()).mayHaveRun() && times == 1, value + " is there " + times + " times, " + failed.getCause().getMessage());
    }
  }

  /// Faults in turn, one for each request, and none afterwards.
  private static Supplier<Fault> first(Fault... faults) {
    var left = new ConcurrentLinkedQueue<>(List.of(faults));
    return () -> Objects.requireNonNullElse(left.poll(), Fault.NONE);
  }

  private List<String> log(int partition) { return logs.get(new TopicPartition("jobs", partition)).values; }

  @Test void writesOnceWhatWasSentTwice() throws Exception {
    for (Fault fault : List.of(Fault.CUT_AFTER, Fault.DAMAGED, Fault.TIMED_OUT, Fault.FEW_REPLICAS_AFTER, Fault.CUT_BEFORE, Fault.NOT_LEADER, Fault.FEW_REPLICAS)) {
      logs.clear();
      requests.set(0);
      try (ScriptedBroker peer = broker(first(fault)); Producer producer = producer(peer, "linger=0&delivery_timeout=5m")) {
        assertEquals(new Sent("jobs", 0, 0), producer.deliver(job(1, 0)), fault.name());
        assertEquals(new Sent("jobs", 0, 1), producer.deliver(job(2, 0)), fault.name());
        assertEquals(List.of("1", "2"), log(0), fault.name());
      }
      assertEquals(3, requests.get(), fault.name());
    }
  }

  @Test void goesOnUnderAnotherEpochBehindWhatWasRefused() throws Exception {
    try (ScriptedBroker peer = broker(first(Fault.NONE, Fault.INVALID)); Producer producer = producer(peer, "linger=0&delivery_timeout=5m")) {
      KafkaException why = why(producer.send(job(1, 0)));
      assertEquals(ErrorCode.INVALID_RECORD, why.code());
      assertFalse(why.mayHaveRun() || why.retriable());
      assertEquals(new Sent("jobs", 0, 0), producer.deliver(job(2, 0)));
      assertEquals(List.of("2"), log(0));
    }
  }

  @Test void goesOnWhenTheBrokerHasForgottenIt() throws Exception {
    old = true;
    try (ScriptedBroker peer = broker(first(Fault.NONE, Fault.NONE, Fault.NONE, Fault.FORGET)); Producer producer = producer(peer, "linger=0&delivery_timeout=5m")) {
      assertEquals(0, producer.deliver(job(1, 0)).offset());
      assertEquals(1, producer.deliver(job(2, 0)).offset());
      assertEquals(List.of("1", "2"), log(0));
    }
  }

  /// A broker takes whatever it sees first of a producer for the beginning: what was before, and was not taken, would be lost.
  @Test void losesNothingThatWasRefusedBeforeTheBrokerKnewIt() throws Exception {
    var turn = new AtomicInteger();
    try (ScriptedBroker peer = broker(() -> turn.getAndIncrement() == 0 ? Fault.FEW_REPLICAS : Fault.NONE);
        Producer producer = producer(peer, "linger=1m&batch_bytes=1&delivery_timeout=5m")) {
      writing.lock(); // the broker has the first in hand while the others are sent
      var sent = new ArrayList<CompletableFuture<Sent>>();
      try {
        for (int i = 0; i < 5; i++) {
          sent.add(producer.send(job(i, 0)));
        }
        ScriptedBroker.until(() -> peer.asked.contains(Api.PRODUCE));
      } finally {
        writing.unlock();
      }
      for (int i = 0; i < 5; i++) {
        sent.get(i).get(60, TimeUnit.SECONDS);
      }
      assertEquals(List.of("0", "1", "2", "3", "4"), log(0));
    }
  }

  @Test void asksForAnotherIdWhenTheEpochsAreUsedUp() throws Exception {
    var ids = new AtomicInteger();
    try (ScriptedBroker peer = broker(first(Fault.NONE, Fault.INVALID)); Producer producer = producer(peer, "linger=0&delivery_timeout=5m")) {
      peer.on(Api.INIT_PRODUCER_ID, _ -> {
        int id = ids.incrementAndGet();
        return ScriptedBroker.bytes(out -> out.int32(0).int16(0).int64(id).int16(id == 1 ? Short.MAX_VALUE : 0));
      });
      assertEquals(ErrorCode.INVALID_RECORD, why(producer.send(job(1, 0))).code());
      assertEquals(0, producer.deliver(job(2, 0)).offset());
      assertEquals(2, ids.get());
    }
  }

  @Test void doesWithoutNumbersWhereItMayNotHaveThem() throws Exception {
    try (ScriptedBroker peer = broker(first(Fault.CUT_AFTER)); Producer producer = producer(peer, "linger=0&delivery_timeout=5m")) {
      peer.on(Api.INIT_PRODUCER_ID, _ -> ScriptedBroker.bytes(out -> out.int32(0).int16(31).int64(-1).int16(-1)));
      assertEquals(1, producer.deliver(job(1, 0)).offset());
      assertEquals(List.of("1", "1"), log(0)); // that is what the numbers are for
    }
  }

  @Test void followsALeader() throws Exception {
    try (ScriptedBroker one = broker(() -> Fault.NOT_LEADER); ScriptedBroker two = broker(() -> Fault.NONE)) {
      var asked = new AtomicInteger();
      one.on(Api.METADATA, request -> one.metadata(request.body().list(2, BytesReader::string), asked.incrementAndGet() > 2 ? two.port() : one.port(), 0));
      try (Producer producer = producer(one, "linger=0&delivery_timeout=5m")) {
        assertEquals(0, producer.deliver(job(1, 0)).offset());
      }
    }
  }

  // ---- time and room ---------------------------------------------------------------------------------------------

  @Test void givesUpWhenTheTimeIsOver() throws Exception {
    for (Fault fault : List.of(Fault.NOT_LEADER, Fault.SILENT)) {
      var fails = new AtomicBoolean();
      try (ScriptedBroker peer = broker(() -> fails.get() ? fault : Fault.NONE); Producer producer = producer(peer, "linger=0&delivery_timeout=3s")) {
        producer.deliver(job(1, 0)); // connected by now
        fails.set(true);
        int before = requests.get();
        var sent = producer.send(job(2, 0));
        ScriptedBroker.until(() -> requests.get() > before);
        KafkaException why = why(sent);
        String where = "kafka://127.0.0.1:" + peer.port() + ": topic 'jobs', partition 0: ";
        assertEquals(where + "not acknowledged within 3000 ms"
            + (fault == Fault.SILENT ? "" : ": " + where + "the partition has another leader now (NOT_LEADER_OR_FOLLOWER)"), why.getMessage());
        assertEquals(fault == Fault.SILENT, why.mayHaveRun());
        assertTrue(why.retriable());
        assertEquals(0, producer.waitingBytes());
      }
    }
  }

  @Test void writesWhatComesBehindSomethingGivenUp() throws Exception {
    var silent = new AtomicBoolean(true);
    try (ScriptedBroker peer = broker(() -> silent.get() ? Fault.SILENT : Fault.NONE); Producer producer = producer(peer, "linger=0&delivery_timeout=4s&timeout=1s")) {
      var first = producer.send(job(1, 0));
      assertTrue(why(first).mayHaveRun());
      silent.set(false);
      while (true) {
        try {
          producer.deliver(job(2, 0));
          break;
        } catch (KafkaException busy) {
          assertTrue(busy.retriable(), busy.getMessage());
        }
      }
      assertEquals("2", log(0).getLast());
      assertEquals(1, Collections.frequency(log(0), "1"));
    }
  }

  @Test void holdsBackWhoSendsMoreThanThereIsRoomFor() throws Exception {
    var go = new CountDownLatch(1);
    try (ScriptedBroker peer = broker(() -> {
      try {
        go.await();
      } catch (InterruptedException cut) {
        return Fault.CUT_BEFORE;
      }
      return Fault.NONE;
    }); Producer producer = producer(peer, "buffer_bytes=65536&delivery_timeout=5m")) {
      var sent = new AtomicInteger();
      Thread writer = Thread.ofPlatform().start(() -> {
        try {
          while (sent.get() < 10) {
            producer.send(Message.of("jobs", new byte[20_000]).to(0));
            sent.incrementAndGet();
          }
        } catch (KafkaException | InterruptedException failed) {
          throw new IllegalStateException(failed);
        }
      });
      ScriptedBroker.until(() -> sent.get() >= 3 && writer.getState() == Thread.State.TIMED_WAITING);
      assertEquals(3, sent.get());
      assertEquals(3 * 20_132, producer.waitingBytes());
      go.countDown();
      writer.join();
      producer.flush();
      assertEquals(10, log(0).size());
    }
  }

  @Test void doesNotWaitForRoomForLongerThanADelivery() throws Exception {
    try (ScriptedBroker peer = broker(() -> Fault.SILENT); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Producer producer = producer(peer, "buffer_bytes=65536&delivery_timeout=300ms");
      var refused = new ConcurrentLinkedQueue<KafkaException>();
      var all = new ArrayList<Future<?>>();
      for (int i = 0; i < 60; i++) { // in each 300 ms, three find room
        all.add(threads.submit(() -> {
          try {
            producer.deliver(Message.of("jobs", new byte[20_000]).to(0));
          } catch (KafkaException late) {
            refused.add(late);
          }
          return null;
        }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      assertEquals(60, refused.size());
      KafkaException full = refused.stream().filter(why -> why.getMessage().contains("no room for 20132 bytes within 300 ms")).findFirst().orElseThrow();
      assertTrue(full.retriable() && !full.mayHaveRun());
      assertEquals(0, producer.waitingBytes());
      producer.close();
    }
  }

  @Test void sendsAtOnceWhenThereIsNoRoomLeft() throws Exception {
    try (ScriptedBroker peer = broker(() -> Fault.NONE); Producer producer = producer(peer, "buffer_bytes=65536&linger=1m&delivery_timeout=5m&batch_bytes=1000000")) {
      for (int i = 0; i < 20; i++) {
        producer.send(Message.of("jobs", new byte[20_000]).to(0)); // lingers for a minute otherwise
      }
      producer.flush();
      assertEquals(20, log(0).size());
    }
  }

  @Test void lingersForMoreToSendTogether() throws Exception {
    try (ScriptedBroker peer = broker(() -> Fault.NONE); Producer producer = producer(peer, "linger=1m&delivery_timeout=5m")) {
      for (int i = 0; i < 500; i++) {
        producer.send(job(i, 0));
      }
      producer.flush();
      assertEquals(1, requests.get());
      assertEquals(500, log(0).size());
    }
  }

  @Test void waitsForATopicThatIsJustBeingMade() throws Exception {
    try (ScriptedBroker peer = broker(() -> Fault.NONE); Producer producer = producer(peer, "delivery_timeout=5m")) {
      peer.topics.remove("jobs");
      var asked = new AtomicInteger();
      peer.on(Api.METADATA, request -> {
        if (asked.incrementAndGet() == 3) {
          peer.topics.put("jobs", 2);
        }
        return peer.metadata(request.body().list(2, BytesReader::string), peer.port(), 0);
      });
      assertEquals(0, producer.deliver(job(1, 1)).offset());
    }
  }

  @Test void givesUpAtOnceWhatCannotBe() throws Exception {
    try (ScriptedBroker peer = broker(() -> Fault.NONE)) {
      peer.on(Api.PRODUCE, request -> {
        requests.incrementAndGet();
        return answer(new TreeMap<>(Map.of(new TopicPartition("jobs", 0), no(ErrorCode.TOPIC_AUTHORIZATION_FAILED))));
      });
      try (Producer producer = producer(peer, "linger=0&delivery_timeout=5m")) {
        KafkaException why = assertThrows(KafkaException.class, () -> producer.deliver(job(1, 0)));
        assertEquals(ErrorCode.TOPIC_AUTHORIZATION_FAILED, why.code());
        assertEquals(1, requests.get());
      }
    }
  }

  @Test void refusesAnswersAboutOtherPartitions() throws Exception {
    try (ScriptedBroker peer = broker(() -> Fault.NONE)) {
      peer.on(Api.PRODUCE, _ -> {
        int other = requests.incrementAndGet() == 1 ? 1 : 0;
        return answer(new TreeMap<>(Map.of(new TopicPartition("jobs", other), new ModelLog.Outcome(ErrorCode.NONE, 7))));
      });
      try (Producer producer = producer(peer, "linger=0&delivery_timeout=5m")) {
        assertEquals(7, producer.deliver(job(1, 0)).offset());
        assertEquals(2, requests.get());
        assertTrue(peer.accepted() >= 3); // the connection of the wrong answer is of no use
      }
    }
  }

  @Test void givesUpWhatIsLeftWhenItsCloserIsInterrupted() throws Exception {
    try (ScriptedBroker peer = broker(() -> Fault.SILENT)) {
      Producer producer = producer(peer, "linger=0&delivery_timeout=5m");
      var sent = producer.send(job(1, 0));
      ScriptedBroker.until(() -> requests.get() != 0);
      Thread closer = Thread.ofVirtual().start(producer::close);
      closer.interrupt();
      closer.join();
      assertTrue(why(sent).mayHaveRun());
      assertThrows(KafkaException.class, () -> producer.send(job(2, 0)));
    }
  }
}
