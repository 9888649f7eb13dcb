package uservice.queue;

import module java.base;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import testing.ManualClock;

/// Every sequence of calls up to some length, and long random ones, against a model that is too simple to be wrong.
final class QueueModelTest {
  private static final int CAPACITY = 3;
  private static final int ATTEMPTS = 2;
  private static final int LENGTH = 5;
  private static final QueueOptions OPTIONS =
      new QueueOptions(CAPACITY, ofSeconds(10), ofSeconds(3), ATTEMPTS, ofSeconds(25), 100);

  private enum Call {
    SUBMIT_A, SUBMIT_B, SUBMIT_C_A, CLAIM_ONE, CLAIM_ALL, ACKNOWLEDGE_FIRST, ACKNOWLEDGE_LAST, FAIL_FIRST, FAIL_LAST,
    RELEASE_ALL, THREE_SECONDS, TEN_SECONDS, REQUEUE, DISCARD
  }

  @Test void agreesWithTheModelInEverySequence() throws Exception {
    var calls = Call.values();
    long sequences = (long) Math.pow(calls.length, LENGTH);
    for (long sequence = 0; sequence < sequences; sequence++) {
      var both = new Both();
      long rest = sequence;
      for (int i = 0; i < LENGTH; i++, rest /= calls.length) {
        both.call(calls[(int) (rest % calls.length)], i == LENGTH - 1);
      }
    }
  }

  @Test void agreesWithTheModelOverLongStories() throws Exception {
    var random = new Random(42);
    for (int story = 0; story < 3_000; story++) {
      var both = new Both();
      for (int i = 0; i < 80; i++) {
        both.call(Call.values()[random.nextInt(Call.values().length)], true);
      }
    }
  }

  /// A job as the model knows it: a state and a few numbers, in the order in which it would be handed out.
  private static final class Item {
    final String id;
    String state = "waiting";
    int attempts;
    long until;
    Object holder;

    Item(String id) {
      this.id = id;
    }
  }

  /// The queue and its model, called alike.
  private static final class Both {
    private final ManualClock clock = new ManualClock();
    private final Queue queue = new MemoryQueue(OPTIONS, clock::nanos);
    private final List<Delivery> deliveries = new ArrayList<>();
    private final List<Item> delivered = new ArrayList<>();

    private long now;
    private final List<Item> items = new ArrayList<>(); // in the order in which they came to their state
    private final Map<String, Long> seen = new HashMap<>();
    private final StringBuilder story = new StringBuilder();

    void call(Call call, boolean check) throws Exception {
      story.append(' ').append(call);
      switch (call) {
        case SUBMIT_A -> submit("a");
        case SUBMIT_B -> submit("b");
        case SUBMIT_C_A -> submit("c", "a");
        case CLAIM_ONE -> claim(1);
        case CLAIM_ALL -> claim(9);
        case ACKNOWLEDGE_FIRST -> acknowledge(0);
        case ACKNOWLEDGE_LAST -> acknowledge(deliveries.size() - 1);
        case FAIL_FIRST -> fail(0);
        case FAIL_LAST -> fail(deliveries.size() - 1);
        case RELEASE_ALL -> release();
        case THREE_SECONDS -> advance(3);
        case TEN_SECONDS -> advance(10);
        case REQUEUE -> assertEquals(bring("waiting"), queue.requeue(List.of("a", "b", "c")), story::toString);
        case DISCARD -> assertEquals(bring("gone"), queue.discard(List.of("a", "b", "c")), story::toString);
      }
      if (check) {
        var stats = queue.stats();
        assertEquals(count("waiting") + count("resting"), stats.depth(), story::toString);
        assertEquals(count("claimed"), stats.pending(), story::toString);
        assertEquals(in("dead").map(i -> i.id + i.attempts).toList(),
            queue.dead(9).stream().map(d -> d.job().id() + d.attempts()).toList(), story::toString);
      }
    }

    private void advance(int seconds) {
      clock.advance(ofSeconds(seconds));
      now += seconds;
    }

    private Stream<Item> in(String state) {
      return items.stream().filter(i -> i.state.equals(state));
    }

    private long count(String state) {
      return in(state).count();
    }

    private void become(Item item, String state, boolean first) {
      items.remove(item);
      item.state = state;
      items.add(first ? 0 : items.size(), item);
    }

    private void submit(String... ids) throws Exception {
      int in = 0;
      for (String id : ids) {
        if (!seen.containsKey(id) || now - seen.get(id) >= 25) {
          if (items.stream().filter(i -> !i.state.equals("gone")).count() == CAPACITY) {
            break;
          }
          seen.put(id, now);
          items.add(new Item(id));
        }
        in++;
      }
      assertEquals(in, queue.submit(Stream.of(ids).map(MemoryQueueTest::job).toList(), ZERO), story::toString);
    }

    private void claim(int max) throws Exception {
      var expected = new ArrayList<Item>();
      while (expected.size() < max) {
        var next = Stream.of(in("claimed").filter(i -> i.until <= now), in("resting").filter(i -> i.until <= now),
            in("waiting")).flatMap(s -> s).findFirst();
        if (next.isEmpty()) {
          break;
        }
        if (next.get().attempts == ATTEMPTS) {
          become(next.get(), "dead", false);
          continue;
        }
        next.get().attempts++;
        next.get().until = now + 10;
        become(next.get(), "claimed", false);
        expected.add(next.get());
      }
      var got = queue.claim("w", max, ZERO);
      assertEquals(expected.stream().map(i -> i.id + i.attempts).toList(),
          got.stream().map(d -> d.job().id() + d.attempt()).toList(), story::toString);
      for (int i = 0; i < got.size(); i++) {
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
        assertEquals(ended, queue.acknowledge(List.of(deliveries.get(i))), story::toString);
      }
    }

    private boolean holds(int i) {
      return delivered.get(i).state.equals("claimed") && delivered.get(i).holder == deliveries.get(i);
    }

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
