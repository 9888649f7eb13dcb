package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import testing.KafkaServer;

/// What is sent to a real broker, the newest, is what Kafka's own consumer reads; [ProducerBeforeServerTest] does the same with the one before.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProducerServerTest {
  static final String PATIENT = "connect_timeout=60s&timeout=60s&delivery_timeout=3m";

  @TempDir static Path folder;
  private KafkaServer server;

  String version() { return KafkaServer.NEWEST; }

  @BeforeAll void start() throws Exception { server = KafkaServer.start(folder.resolve(version()), version()); }

  @AfterAll void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private Producer producer(String parameters) { return Producer.open(server.uri("?" + PATIENT + parameters)); }

  private void topic(String name, int partitions) throws Exception {
    try (var cluster = new Cluster(Target.parse(server.uri("?connect_timeout=60s&timeout=60s"), Set.of()))) {
      cluster.createTopic(name, partitions, 1, Map.of());
    }
  }

  /// Why the first of an epoch goes alone.
  @Test void takesAnySequenceForTheFirstOfAProducer() throws Exception {
    topic("begun", 1);
    var where = new TopicPartition("begun", 0);
    var batches = Map.of(where, new Batch(null, false, 0));
    Batch batch = batches.get(where);
    batch.add(Message.of("begun", null, "x").at(Instant.now()), new CompletableFuture<>());
    batch.place(123_456, 0, 5);
    try (var cluster = new Cluster(Target.parse(server.uri("?connect_timeout=60s&timeout=60s"), Set.of()))) {
      Duration time = Duration.ofSeconds(60);
      ScriptedBroker.until(() -> { // the leader may not know that it is, yet
        cluster.leader("begun", 0).ask(Api.PRODUCE, Batch.request(batches, time), time, in -> Batch.answer(in, batches));
        return !batch.code.retriable();
      });
    }
    assertEquals(ErrorCode.NONE, batch.code);
    assertEquals(0, batch.offset);
  }

  @Test void sendsKeysHeadersAndTimestamps() throws Exception {
    topic("whole", 3);
    try (Producer producer = producer("")) {
      var message = Message.of("whole", "key", "valü").with(Header.of("kind", "greeting")).with(new Header("none", null)).at(Instant.ofEpochMilli(1_234_567_890_123L)).to(1);
      assertEquals(new Sent("whole", 1, 0), producer.deliver(message));
      assertEquals(new Sent("whole", 1, 1), producer.deliver(new Message("whole", 1, null, new byte[0], List.of(), 5)));
    }
    var lines = server.consume("whole", 2, "--property", "print.key=true", "--property", "print.timestamp=true", "--property", "print.headers=true",
        "--property", "print.partition=true", "--property", "print.offset=true");
    assertEquals(List.of("CreateTime:1234567890123\tPartition:1\tOffset:0\tkind:greeting,none:null\tkey\tvalü",
        "CreateTime:5\tPartition:1\tOffset:1\tNO_HEADERS\tnull\t"), lines);
  }

  @Test void choosesThePartitionOfAKeyAsTheStandardClientDoes() throws Exception {
    topic("ours", 7);
    topic("theirs", 7);
    var keys = IntStream.range(0, 200).mapToObj(i -> "key-" + i * 31).toList();
    try (Producer producer = producer("&compression=gzip")) {
      for (String key : keys) {
        producer.send(Message.of("ours", key, key));
      }
    }
    server.produce("theirs", keys.stream().map(key -> key + ":" + key + "\n").collect(Collectors.joining()), "--property", "parse.key=true",
        "--property", "key.separator=:");
    assertEquals(Set.copyOf(server.consume("theirs", 200, "--property", "print.partition=true")), Set.copyOf(server.consume("ours", 200, "--property", "print.partition=true")));
  }

  @Test void isSharedByManyThreads() throws Exception {
    topic("shared", 4);
    var offsets = new ConcurrentHashMap<Integer, Set<Long>>();
    try (Producer producer = producer("&buffer_bytes=65536"); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new ArrayList<Future<?>>();
      for (int i = 0; i < 200; i++) {
        int number = i;
        done.add(threads.submit(() -> {
          for (int j = 0; j < 50; j++) {
            Sent sent = producer.deliver(Message.of("shared", number % 2 == 0 ? null : "k" + number, number + "-" + j));
            assertTrue(offsets.computeIfAbsent(sent.partition(), _ -> ConcurrentHashMap.newKeySet()).add(sent.offset()));
          }
          return null;
        }));
      }
      for (Future<?> each : done) {
        each.get();
      }
      assertEquals(0, producer.waitingBytes());
    }
    assertEquals(10_000, offsets.values().stream().mapToInt(Set::size).sum());
    assertEquals(Set.of(0, 1, 2, 3), offsets.keySet());
    assertEquals(10_000, new HashSet<>(server.consume("shared", 10_000)).size());
  }

  @Test void keepsTheOrderOfAPartitionAndCompresses() throws Exception {
    topic("ordered", 1);
    try (Producer producer = producer("&compression=gzip&batch_bytes=2000&linger=0")) {
      for (int i = 0; i < 5_000; i++) {
        producer.send(Message.of("ordered", Integer.toString(i).getBytes()));
      }
      producer.flush();
      assertEquals(0, producer.waitingBytes());
    }
    assertEquals(IntStream.range(0, 5_000).mapToObj(Integer::toString).toList(), server.consume("ordered", 5_000));
  }

  @Test void splitsBatchesThatAreTooLargeForTheirTopic() throws Exception {
    server.topic("narrow", 1, "max.message.bytes=600");
    try (Producer producer = producer("&linger=200ms")) {
      var sent = new ArrayList<CompletableFuture<Sent>>();
      for (int i = 0; i < 100; i++) {
        sent.add(producer.send(Message.of("narrow", null, "%03d".formatted(i) + "x".repeat(i == 50 ? 1000 : 20))));
      }
      producer.flush();
      for (int i = 0; i < 100; i++) {
        if (i == 50) {
          var large = sent.get(i);
          var why = (KafkaException) assertThrows(ExecutionException.class, large::get).getCause();
          assertEquals(server.uri("") + ": topic 'narrow', partition 0: the record is larger than the topic's max.message.bytes (MESSAGE_TOO_LARGE)", why.getMessage());
          assertFalse(why.mayHaveRun() || why.retriable());
        } else {
          assertEquals(i < 50 ? i : i - 1, sent.get(i).get().offset());
        }
      }
      assertEquals(99, producer.deliver(Message.of("narrow", null, "last")).offset());
    }
    assertEquals(100, server.consume("narrow", 100).size());
  }

  @Test void saysWhyAMessageCannotGo() throws Exception {
    topic("small", 2);
    try (Producer producer = producer("&buffer_bytes=100000")) {
      assertEquals(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, assertThrows(KafkaException.class, () -> producer.send(Message.of("absent", null, "x"))).code());
      assertEquals(server.uri("") + ": topic 'small', partition 2: the topic has partitions 0 to 1",
          assertThrows(KafkaException.class, () -> producer.send(Message.of("small", null, "x").to(2))).getMessage());
      String large = assertThrows(KafkaException.class, () -> producer.send(Message.of("small", new byte[100_000]))).getMessage();
      assertEquals(server.uri("") + ": topic 'small': the message has 100132 bytes with its headers, at most 100000", large);
      assertEquals(0, producer.waitingBytes());
    }
    Producer closed = producer("");
    closed.close();
    assertThrows(KafkaException.class, () -> closed.send(Message.of("small", null, "x")));
  }

  @Test void outlivesABrokerThatFallsSilent() throws Exception {
    topic("silent", 1);
    topic("other", 1);
    String impatient = "?connect_timeout=2s&timeout=2s&linger=0&delivery_timeout=";
    var sent = new ArrayList<CompletableFuture<Sent>>();
    try (Producer producer = Producer.open(server.uri(impatient + "5m")); Producer other = Producer.open(server.uri(impatient + "3s"))) {
      producer.deliver(Message.of("silent", null, "0"));
      other.deliver(Message.of("other", null, "0"));
      server.freeze(true);
      try {
        for (int i = 1; i <= 100; i++) {
          sent.add(producer.send(Message.of("silent", null, Integer.toString(i))));
        }
        KafkaException late = assertThrows(KafkaException.class, () -> other.deliver(Message.of("other", null, "1"))); // by then the others are on their second attempt
        assertTrue(late.mayHaveRun() && late.getMessage().contains("not acknowledged within 3000 ms"), late.getMessage());
      } finally {
        server.freeze(false);
      }
      for (int i = 1; i <= 100; i++) {
        Sent each = sent.get(i - 1).get();
        assertTrue(each.offset() == i || each.offset() == Sent.UNKNOWN, each.toString());
      }
    }
    assertEquals(IntStream.rangeClosed(0, 100).mapToObj(Integer::toString).toList(), server.consume("silent", 101));
    assertEquals(List.of("silent:0:101"), server.ends("silent"));
  }

  @Test void losesAndDoublesNothingWhenTheBrokerIsKilled() throws Exception {
    topic("killed", 2);
    var sent = new ArrayList<CompletableFuture<Sent>>();
    try (Producer producer = producer("&batch_bytes=1000&linger=0")) {
      for (int round = 0; round < 3; round++) {
        Thread writer = Thread.ofVirtual().unstarted(() -> {});
        for (int i = 0; i < 3_000; i++) {
          sent.add(producer.send(new Message("killed", i % 2, null, Integer.toString(sent.size()).getBytes(), List.of(), Message.NOW)));
          if (i == 1_500) {
            writer = Thread.ofVirtual().start(() -> {
              try {
                server.kill();
                server.start();
              } catch (Exception failed) {
                throw new IllegalStateException(failed);
              }
            });
          }
        }
        writer.join();
        producer.flush();
      }
      for (CompletableFuture<Sent> each : sent) {
        each.get();
      }
    }
    var all = server.consume("killed", sent.size(), "--property", "print.partition=true");
    for (int partition = 0; partition < 2; partition++) {
      String mark = "Partition:" + partition + "\t";
      int first = partition;
      assertEquals(IntStream.range(0, sent.size() / 2).mapToObj(i -> mark + (2 * i + first)).toList(), all.stream().filter(line -> line.startsWith(mark)).toList());
    }
    assertEquals(List.of("killed:0:" + sent.size() / 2, "killed:1:" + sent.size() / 2), server.ends("killed"));
  }
}
