package uservice.counter;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import uservice.backend.Backends;

final class CountersTest {
  private static BoundedCounter open(String uri, long limit) {
    return Counters.open(Backends.uri(uri), limit);
  }

  @Test void countsToTheLimitAndStops() throws CounterException {
    try (var counter = open("memory:", 3)) {
      for (long n = 1; n <= 3; n++) {
        assertEquals(OptionalLong.of(n), counter.next());
        assertEquals(n, counter.value());
      }
      assertEquals(OptionalLong.empty(), counter.next());
      assertEquals(3, counter.value());
      assertEquals(3, counter.limit());
      counter.reset();
      assertEquals(0, counter.value());
      assertEquals(OptionalLong.of(1), counter.next());
    }
  }

  @Test void sharesByNameAsLongAsOneIsOpen() throws CounterException {
    var first = open("memory:orders", 10);
    var second = open("memory:orders", 10);
    try (var other = open("memory:invoices", 10); var unnamed = open("memory:", 10)) {
      assertEquals(OptionalLong.of(1), first.next());
      assertEquals(OptionalLong.of(2), second.next());
      assertEquals(OptionalLong.of(1), other.next());
      assertEquals(0, unnamed.value());
    }
    first.close();
    first.close();
    assertEquals(OptionalLong.of(3), second.next());
    second.close();
    try (var third = open("memory:orders", 10)) {
      assertEquals(0, third.value());
    }
  }

  @Test void eachUserHasItsOwnLimit() throws CounterException {
    try (var few = open("memory:limits", 2); var many = open("memory:limits", 4)) {
      assertEquals(OptionalLong.of(1), few.next());
      assertEquals(OptionalLong.of(2), many.next());
      assertEquals(OptionalLong.empty(), few.next());
      assertEquals(OptionalLong.of(3), many.next());
      assertEquals(OptionalLong.empty(), few.next());
      assertEquals(OptionalLong.of(4), many.next());
      assertEquals(OptionalLong.empty(), many.next());
      assertEquals(4, few.value());
    }
  }

  @Test void givesEachNumberOnceToManyThreads() throws Exception {
    int limit = 100_000;
    var given = new AtomicIntegerArray(limit + 1);
    var refused = new LongAdder();
    try (var counter = open("memory:threads", limit)) {
      var threads = new ArrayList<Thread>();
      for (int t = 0; t < 64; t++) {
        threads.add(Thread.ofPlatform().start(() -> {
          try (var own = open("memory:threads", limit)) {
            for (int past = 0; past < 100; ) {
              var number = own.next();
              number.ifPresent(n -> given.incrementAndGet((int) n));
              past += number.isPresent() ? 0 : 1;
            }
            refused.add(100);
          } catch (CounterException e) {
            throw new AssertionError(e);
          }
        }));
      }
      for (var thread : threads) {
        thread.join();
      }
      assertEquals(limit, counter.value());
    }
    assertEquals(6_400, refused.sum());
    assertEquals(0, given.get(0));
    for (int n = 1; n <= limit; n++) {
      assertEquals(1, given.get(n), "number " + n);
    }
  }

  @Test void refusesUseAfterClose() {
    var counter = open("memory:closed", 1);
    counter.close();
    for (var use : List.<org.junit.jupiter.api.function.Executable>of(
        counter::next, counter::value, counter::reset, counter::ping)) {
      var refused = assertThrows(CounterException.class, use);
      assertEquals("counter in memory: closed", refused.getMessage());
      assertFalse(refused.retrySafe());
    }
  }

  @Test void refusesWhatCannotBeOpened() {
    assertEquals("limit 0, at least 1",
        assertThrows(IllegalArgumentException.class, () -> open("memory:", 0)).getMessage());
    String unknown = assertThrows(IllegalArgumentException.class, () -> open("nats://localhost", 1)).getMessage();
    assertTrue(unknown.startsWith("unknown scheme 'nats', known here: memory"), unknown);
  }

  @Test void saysWhetherARetryMaySpendANumber() {
    var cause = new IOException("connection refused");
    var unreachable = CounterException.unreachable("redis://db:6379", cause);
    assertEquals("redis://db:6379: unreachable: connection refused", unreachable.getMessage());
    assertTrue(unreachable.retrySafe());
    assertFalse(CounterException.unanswered("redis://db:6379", cause).retrySafe());
    assertFalse(CounterException.refused("redis://db:6379", "NOAUTH").retrySafe());
  }
}
