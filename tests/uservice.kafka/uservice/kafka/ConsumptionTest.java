package uservice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.KafkaServer;

/// Topics to handlers, on a real broker: what is handled, in which order, how often, and what becomes of the rest.
@Timeout(240)
class ConsumptionTest {
  private static final AtomicInteger TESTS = new AtomicInteger();
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static KafkaServer server;
  private String topic;
  private Cluster cluster;
  private Producer producer;
  private Shares shares; // of the consumption begun last
  private final List<Consumption> running = new CopyOnWriteArrayList<>();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final Map<String, LongAdder> counted = new ConcurrentHashMap<>();

  @BeforeAll static void begin() throws Exception { server = KafkaServer.start(folder, KafkaServer.NEWEST); }

  @AfterAll static void end() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach void start() throws Exception {
    topic = "t" + TESTS.incrementAndGet();
    cluster = new Cluster(target());
    producer = new Producer(cluster, ProducerSettings.of(target().address()));
  }

  @AfterEach void stop() {
    running.forEach(Consumption::close);
    producer.close();
    cluster.close();
  }

  private static Target target() { return Target.parse(server.uri("?linger=0"), ProducerSettings.PARAMETERS); }

  private Consumption consume(int attempts, String dead, Handler handler) {
    var terms = new Group.Terms(topic, null, Set.of(topic), List.of(Assignor.RANGE), Duration.ofSeconds(6), Duration.ofSeconds(20));
    shares = new Shares(target(), terms, Begin.EARLIEST);
    var config = new KafkaFeature.Config(server.uri(""), false, Optional.empty(), Optional.empty(), Begin.EARLIEST, Assignor.RANGE, attempts, Duration.ofMillis(10), dead,
        Duration.ofMillis(200), Duration.ofSeconds(6), Duration.ofSeconds(20));
    var consumption = new Consumption(Set.of(topic), config, shares, producer, handler,
        (_, result) -> counted.computeIfAbsent(result, _ -> new LongAdder()).increment());
    running.add(consumption);
    consumption.start();
    return consumption;
  }

  private int waitingBytes() { return shares.look(all -> all.stream().mapToInt(share -> share.waitingBytes).sum()); }

  private void send(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      producer.send(Message.of(topic, "k" + i % 10, Integer.toString(i)));
    }
    producer.flush();
  }

  private static String text(Received message) { return new String(message.value(), UTF_8); }

  private void awaitHandled(int count) throws InterruptedException {
    while (handled.size() < count) { // bounded by the test's timeout
      Thread.sleep(5);
    }
  }

  @Test void handlesInTheOrderOfAPartitionThoughSomeFailAtFirst() throws Exception {
    cluster.createTopic(topic, 1, 1, Map.of());
    var failed = new AtomicInteger();
    consume(100, ".dead", message -> {
      if (text(message).equals("3") && failed.incrementAndGet() < 4) {
        throw new IOException("not yet");
      }
      handled.add(text(message));
    });
    send(0, 10);
    awaitHandled(10);
    assertEquals(IntStream.range(0, 10).mapToObj(Integer::toString).toList(), handled);
    assertEquals(4, failed.get());
    assertEquals(3, counted.get("failed").sum());
    assertEquals(10, counted.get("handled").sum());
  }

  @Test void onlyWhatWasHandledIsCommitted() throws Exception {
    cluster.createTopic(topic, 1, 1, Map.of());
    send(0, 5);
    var began = new CountDownLatch(1);
    Consumption cut = consume(5, ".dead", message -> {
      if (text(message).equals("3")) {
        began.countDown();
        new CountDownLatch(1).await(); // until it is interrupted
      }
      handled.add(text(message));
    });
    began.await();
    assertFalse(cut.finish(Duration.ofMillis(50)));
    cut.close();
    assertEquals(List.of("0", "1", "2"), handled);
    handled.clear();
    consume(5, ".dead", message -> handled.add(text(message)));
    awaitHandled(2);
    assertEquals(List.of("3", "4"), handled);
  }

  @Test void finishLetsWhatIsInHandEnd() throws Exception {
    cluster.createTopic(topic, 1, 1, Map.of());
    send(0, 50);
    var go = new CountDownLatch(1);
    var began = new CountDownLatch(1);
    Consumption consumption = consume(5, ".dead", message -> {
      began.countDown();
      go.await();
      handled.add(text(message));
    });
    began.await();
    var finishing = new FutureTask<>(() -> consumption.finish(LONG));
    Thread.ofVirtual().start(finishing);
    while (consumption.lag().isEmpty() || !running.getFirst().topics().contains(topic)) {
      Thread.sleep(1);
    }
    Thread.sleep(50); // it has begun to finish
    go.countDown();
    assertTrue(finishing.get());
    consumption.close();
    int first = handled.size();
    assertTrue(first >= 1 && first < 50, "nothing new was begun: " + first);
    consume(5, ".dead", message -> handled.add(text(message)));
    awaitHandled(50);
    assertEquals(IntStream.range(0, 50).mapToObj(Integer::toString).toList(), handled, "each once, where all ends well");
  }

  @Test void whatNeverSucceedsGoesToTheDeadAndTheRestGoesOn() throws Exception {
    cluster.createTopic(topic, 1, 1, Map.of());
    consume(2, ".lost", message -> {
      if (text(message).equals("1")) {
        throw new IllegalStateException("never");
      }
      handled.add(text(message));
    });
    send(0, 3);
    awaitHandled(2);
    assertEquals(List.of("0", "2"), handled);
    assertEquals(1, counted.get("dead").sum());
    assertEquals(List.of("attempts:2,reason:java.lang.IllegalStateException: never,from:" + topic + "-0@1\tk1\t1"),
        server.consume(topic + ".lost", 1, "--property", "print.headers=true", "--property", "print.key=true"));
  }

  @Test void withoutATopicForTheDeadItIsTriedUntilItSucceeds() throws Exception {
    cluster.createTopic(topic, 1, 1, Map.of());
    var tries = new AtomicInteger();
    consume(2, "", message -> {
      if (text(message).equals("0") && tries.incrementAndGet() < 10) {
        throw new IllegalStateException("not yet");
      }
      handled.add(text(message));
    });
    send(0, 2);
    awaitHandled(2);
    assertEquals(10, tries.get());
    assertNull(counted.get("dead"));
  }

  @Test void aHandlerThatIsSlowIsNotOverrun() throws Exception {
    cluster.createTopic(topic, 1, 1, Map.of());
    var large = new byte[200_000];
    for (int i = 0; i < 100; i++) {
      producer.send(Message.of(topic, large));
    }
    producer.flush();
    var go = new Semaphore(0);
    consume(5, ".dead", message -> {
      go.acquire();
      handled.add("one");
    });
    go.release(1);
    awaitHandled(1);
    for (int i = 0; i < 20; i++) {
      go.release(4);
      awaitHandled(1 + 4 * (i + 1));
      assertTrue(waitingBytes() <= 3 << 20, "waiting: " + waitingBytes());
    }
    go.release(100);
    awaitHandled(100);
  }

  /// Members come and go while messages do: each is handled, those of a key in their order, but for what comes again.
  @Test void nothingIsLostWhileTheGroupIsDividedAgainAndAgain() throws Exception {
    cluster.createTopic(topic, 6, 1, Map.of());
    Handler handler = message -> handled.add(text(message));
    consume(5, ".dead", handler);
    var sending = new FutureTask<>(() -> {
      for (int i = 0; i < 40; i++) {
        send(i * 100, i * 100 + 100);
        Thread.sleep(100);
      }
      return null;
    });
    Thread.ofVirtual().start(sending);
    for (int round = 0; round < 4; round++) {
      awaitHandled(handled.size() + 50);
      Consumption passing = consume(5, ".dead", handler);
      awaitHandled(handled.size() + 100);
      if (round % 2 == 0) {
        assertTrue(passing.finish(LONG));
      }
      running.remove(passing);
      passing.close();
    }
    sending.get();
    while (Set.copyOf(handled).size() < 4_000) { // bounded by the test's timeout
      Thread.sleep(20);
    }
    for (int key = 0; key < 10; key++) {
      int rest = key;
      List<Integer> firsts = handled.stream().distinct().map(Integer::valueOf).filter(i -> i % 10 == rest).toList();
      assertEquals(firsts.stream().sorted().toList(), firsts, "key " + key + " came in its order");
    }
  }
}
