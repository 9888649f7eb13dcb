package uservice.postgres;

import module java.base;

import testing.PostgresServer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import uservice.counter.BoundedCounter;
import uservice.counter.CounterException;

/// The counter on a real server.
@Timeout(120)
final class CounterServerTest {
  private static PostgresServer server;

  @BeforeAll static void start() throws Exception { server = PostgresServer.start(); }

  @AfterAll static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static BoundedCounter counter(String name, long limit) { return new PostgresBackend().open(server.uri("name=" + name), limit); }

  @Test void countsToTheLimitAndStops() throws Exception {
    try (var counter = counter("stops", 3)) {
      assertEquals(0, counter.value());
      for (int number = 1; number <= 3; number++) {
        assertEquals(OptionalLong.of(number), counter.next());
      }
      assertEquals(OptionalLong.empty(), counter.next());
      assertEquals(OptionalLong.empty(), counter.next());
      assertEquals(3, counter.value());
      counter.reset();
      counter.ping();
      assertEquals(0, counter.value());
      assertEquals(OptionalLong.of(1), counter.next());
    }
  }

  @Test void letsEachUserHaveItsLimit() throws Exception {
    try (var low = counter("limits", 2); var high = counter("limits", 4)) {
      assertEquals(OptionalLong.of(1), low.next());
      assertEquals(OptionalLong.of(2), high.next());
      assertEquals(OptionalLong.empty(), low.next());
      assertEquals(OptionalLong.of(3), high.next());
      assertEquals(3, low.value());
      assertEquals(OptionalLong.of(4), high.next());
      assertEquals(OptionalLong.empty(), high.next());
    }
  }

  @Test void keepsCountersOfOtherNamesApart() throws Exception {
    try (var one = counter("one", 9); var other = counter("other", 9)) {
      one.next();
      one.next();
      assertEquals(OptionalLong.of(1), other.next());
      assertEquals(2, one.value());
    }
  }

  @Test void countsOverTheWholeRange() throws Exception {
    try (var counter = counter("range", Long.MAX_VALUE)) {
      counter.next();
      server.sql("UPDATE uservice_counter SET value = " + (Long.MAX_VALUE - 1) + " WHERE name = 'range'");
      assertEquals(OptionalLong.of(Long.MAX_VALUE), counter.next());
      assertEquals(OptionalLong.empty(), counter.next());
    }
  }

  @Test void givesEachNumberOnceToManyThreadsOfFourHandles() throws Exception {
    int limit = 20_000;
    var given = new ConcurrentLinkedQueue<Long>();
    var backwards = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var handles = new ArrayList<BoundedCounter>();
      for (int handle = 0; handle < 4; handle++) {
        var counter = counter("crowd", limit);
        handles.add(counter);
        for (int thread = 0; thread < 64; thread++) {
          threads.submit(() -> {
            long last = 0;
            for (var next = counter.next(); next.isPresent(); next = counter.next()) {
              backwards.addAndGet(next.getAsLong() <= last ? 1 : 0);
              last = next.getAsLong();
              given.add(last);
            }
            return null;
          });
        }
      }
      threads.shutdown();
      assertTrue(threads.awaitTermination(100, TimeUnit.SECONDS));
      handles.forEach(BoundedCounter::close);
    }
    assertEquals(LongStream.rangeClosed(1, limit).boxed().toList(), given.stream().sorted().toList());
    assertEquals(0, backwards.get());
  }

  @Test void makesItsTableThoughManyComeAtOnce() throws Exception {
    server.sql("CREATE DATABASE fresh");
    var uri = URI.create(server.uri("name=race").toString().replace("/postgres?", "/fresh?"));
    var given = new ConcurrentSkipListSet<Long>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<?>>();
      for (int i = 0; i < 20; i++) {
        futures.add(threads.submit(() -> {
          try (var counter = new PostgresBackend().open(uri, 100)) {
            given.add(counter.next().getAsLong());
          }
          return null;
        }));
      }
      for (var future : futures) {
        future.get();
      }
    }
    assertEquals(LongStream.rangeClosed(1, 20).boxed().toList(), List.copyOf(given));
  }

  @Test void startsAgainWhereTheRowOrTheTableIsGone() throws Exception {
    server.sql("CREATE DATABASE gone");
    var uri = URI.create(server.uri().toString().replace("/postgres?", "/gone?"));
    try (var counter = new PostgresBackend().open(uri, 5)) {
      counter.next();
      counter.next();
      server.sql("gone", "DELETE FROM uservice_counter");
      assertEquals(0, counter.value());
      assertEquals(OptionalLong.of(1), counter.next());
      server.sql("gone", "DROP TABLE uservice_counter");
      assertEquals(OptionalLong.of(1), counter.next());
    }
  }

  @Test void isClosedForEveryCallAfterwards() throws Exception {
    var counter = counter("closed", 5);
    counter.next();
    counter.close();
    counter.close();
    for (var call : List.<org.junit.jupiter.api.function.Executable>of(counter::next, counter::value, counter::reset, counter::ping)) {
      var failed = assertThrows(CounterException.class, call);
      assertFalse(failed.retrySafe());
      assertTrue(failed.getMessage().endsWith("/postgres: closed"), failed.getMessage());
    }
  }
}
