package uservice.postgres;

import module java.base;

import testing.PostgresServer;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueOptions;

/// Long random stories against a model that is too simple to be wrong. Time passes by an update of the times in the tables; it is
/// counted in steps of a hundred seconds, so that what a slow machine takes does not matter.
@Timeout(300)
final class QueueModelTest {
  private static final int STEP = 100;
  private static final int CAPACITY = 3;
  private static final int ATTEMPTS = 2;
  private static final int IDS = 4;
  private static final QueueOptions OPTIONS = new QueueOptions(CAPACITY, ofSeconds(10 * STEP), ofSeconds(3 * STEP), ATTEMPTS, ofSeconds(25 * STEP), IDS);

  private enum Call {
    SUBMIT_A, SUBMIT_B, SUBMIT_C_A, SUBMIT_ANY, CLAIM_ONE, CLAIM_ALL, ACKNOWLEDGE_FIRST, ACKNOWLEDGE_LAST, FAIL_FIRST, FAIL_LAST,
    RELEASE_ALL, THREE_STEPS, TEN_STEPS, REQUEUE, DISCARD
  }

  private static PostgresServer server;
  private static Session session;

  @BeforeAll static void start() throws Exception {
    server = PostgresServer.start("fsync=off");
    session = Session.open(Wired.target(server));
  }

  @AfterAll static void stop() throws Exception {
    if (server != null) {
      session.close();
      server.close();
    }
  }

  @Test void agreesWithTheModelOverLongStories() throws Exception {
    var random = new Random(42);
    for (int story = 0; story < 80; story++) {
      try (var both = new Both("story-" + story)) {
        for (int i = 0; i < 80; i++) {
          both.call(Call.values()[random.nextInt(Call.values().length)], random.nextInt(9));
        }
      }
    }
  }

  private static final class Item {
    final String id;
    String state = "waiting";
    int attempts;
    long until;
    Delivery holder;

    Item(String id) {
      this.id = id;
    }
  }

  private static final class Both implements AutoCloseable {
    private final String name;
    private final Queue queue;
    private final List<Delivery> deliveries = new ArrayList<>();
    private final List<Item> delivered = new ArrayList<>();
    private final List<Item> items = new ArrayList<>(); // in the order in which they came to their state
    private final LinkedHashMap<String, Long> seen = new LinkedHashMap<>();
    private final StringBuilder story = new StringBuilder();
    private long now;
    private long redelivered;
    private long duplicates;

    Both(String name) {
      this.name = name;
      this.queue = new PostgresBackend().open(server.uri("name=" + name), OPTIONS);
    }

    @Override public void close() { queue.close(); }

    void call(Call call, int any) throws Exception {
      story.append(' ').append(call);
      switch (call) {
        case SUBMIT_A -> submit("a");
        case SUBMIT_B -> submit("b");
        case SUBMIT_C_A -> submit("c", "a");
        case SUBMIT_ANY -> submit("any-" + any, "b", "any-" + any);
        case CLAIM_ONE -> claim(1);
        case CLAIM_ALL -> claim(9);
        case ACKNOWLEDGE_FIRST -> acknowledge(0);
        case ACKNOWLEDGE_LAST -> acknowledge(deliveries.size() - 1);
        case FAIL_FIRST -> fail(0);
        case FAIL_LAST -> fail(deliveries.size() - 1);
        case RELEASE_ALL -> release();
        case THREE_STEPS -> advance(3);
        case TEN_STEPS -> advance(10);
        case REQUEUE -> assertEquals(bring("waiting"), queue.requeue(ids()), this::told);
        case DISCARD -> assertEquals(bring("gone"), queue.discard(ids()), this::told);
      }
      var stats = queue.stats();
      assertEquals(List.of(count("waiting") + count("resting"), count("claimed"), count("dead"), redelivered, duplicates),
          List.of(stats.depth(), stats.pending(), stats.dead(), stats.redelivered(), stats.duplicates()), this::told);
      assertEquals(in("dead").map(i -> i.id + i.attempts).toList(), queue.dead(9).stream().map(d -> d.job().id() + d.attempts()).toList(), this::told);
    }

    private String told() { return name + ":" + story; }

    private List<String> ids() { return Stream.concat(Stream.of("a", "b", "c"), IntStream.range(0, 9).mapToObj(i -> "any-" + i)).toList(); }

    private void advance(int steps) throws Exception {
      now += steps;
      long micros = steps * STEP * 1_000_000L;
      session.run(Statement.of("UPDATE uservice_queue_job SET place = place - $2::bigint WHERE queue = $1 AND state IN (1, 2)", name, micros),
          Statement.of("UPDATE uservice_queue_seen SET since = since - $2::bigint WHERE queue = $1", name, micros));
    }

    private Stream<Item> in(String state) { return items.stream().filter(i -> i.state.equals(state)); }

    private long count(String state) { return in(state).count(); }

    private void become(Item item, String state, boolean first) {
      items.remove(item);
      item.state = state;
      items.add(first ? 0 : items.size(), item);
    }

    private void submit(String... ids) throws Exception {
      int in = 0;
      for (String id : ids) {
        if (seen.containsKey(id) && now - seen.get(id) < 25) {
          duplicates++;
        } else if (items.stream().filter(i -> !i.state.equals("gone")).count() == CAPACITY) {
          break;
        } else {
          seen.putLast(id, now);
          items.add(new Item(id));
        }
        in++;
      }
      while (seen.size() > IDS) { // a batch is looked at as a whole, before its ids push out others
        seen.pollFirstEntry();
      }
      assertEquals(in, queue.submit(Stream.of(ids).map(id -> new Job(id, id.getBytes(StandardCharsets.UTF_8))).toList(), ZERO), this::told);
    }

    private void claim(int max) throws Exception {
      var expected = new ArrayList<Item>();
      in("claimed").filter(i -> i.until <= now && i.attempts == ATTEMPTS).limit(max).toList().forEach(i -> become(i, "dead", false));
      while (expected.size() < max) {
        var next = Stream.of(in("claimed").filter(i -> i.until <= now && i.attempts < ATTEMPTS), in("resting").filter(i -> i.until <= now), in("waiting"))
            .flatMap(s -> s).findFirst();
        if (next.isEmpty()) {
          break;
        }
        next.get().attempts++;
        redelivered += next.get().attempts > 1 ? 1 : 0;
        next.get().until = now + 10;
        become(next.get(), "claimed", false);
        expected.add(next.get());
      }
      var got = queue.claim("w", max, ZERO);
      assertEquals(expected.stream().map(i -> i.id + i.attempts).toList(), got.stream().map(d -> d.job().id() + d.attempt()).toList(), this::told);
      for (int i = 0; i < got.size(); i++) {
        assertEquals(expected.get(i).id, new String(got.get(i).job().body(), StandardCharsets.UTF_8));
        expected.get(i).holder = got.get(i);
      }
      deliveries.addAll(got);
      delivered.addAll(expected);
    }

    private void acknowledge(int i) throws Exception {
      if (!deliveries.isEmpty()) {
        var item = delivered.get(i);
        int ended = item.state.equals("gone") || item.state.equals("dead") ? 0 : 1;
        if (ended == 1) {
          item.state = "gone";
        }
        assertEquals(ended, queue.acknowledge(List.of(deliveries.get(i))), this::told);
      }
    }

    private boolean holds(int i) { return delivered.get(i).state.equals("claimed") && delivered.get(i).holder == deliveries.get(i); }

    private void fail(int i) throws Exception {
      if (!deliveries.isEmpty()) {
        var item = delivered.get(i);
        if (holds(i)) {
          item.until = now + 3;
          become(item, item.attempts == ATTEMPTS ? "dead" : "resting", false);
        }
        queue.fail(deliveries.get(i), "failed");
      }
    }

    private void release() throws Exception {
      for (int i = deliveries.size() - 1; i >= 0; i--) {
        if (holds(i)) {
          delivered.get(i).attempts--;
          become(delivered.get(i), "waiting", true);
        }
      }
      queue.release(deliveries);
    }

    private int bring(String state) {
      var dead = in("dead").toList();
      for (var item : dead) {
        item.attempts = state.equals("waiting") ? 0 : item.attempts;
        become(item, state, false);
      }
      return dead.size();
    }
  }
}
