package uservice.postgres;

import module java.base;

import testing.PostgresServer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import uservice.counter.BoundedCounter;
import uservice.counter.CounterException;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;

/// The server is killed and comes back while everybody is at work.
@Timeout(200)
final class CrashServerTest {
  private static final int KILLS = 3;

  /// Kills the server `KILLS` times, each after another so many steps of `done`.
  private static void torment(PostgresServer server, AtomicInteger done, int steps) throws Exception {
    for (int kill = 1; kill <= KILLS; kill++) {
      while (done.get() < kill * steps) {
        Thread.sleep(1);
      }
      server.kill();
      server.begin();
    }
  }

  @Test void givesNoNumberTwiceThoughTheServerIsKilled() throws Exception {
    int limit = 40_000;
    var given = new ConcurrentLinkedQueue<Long>();
    var lost = new AtomicInteger();
    var safe = new AtomicInteger();
    var done = new AtomicInteger();
    try (var server = PostgresServer.start(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var handles = IntStream.range(0, 4).mapToObj(_ -> new PostgresBackend().open(server.uri("timeout=2s"), limit)).toList();
      var futures = new ArrayList<Future<?>>();
      for (var counter : handles) {
        for (int thread = 0; thread < 16; thread++) {
          futures.add(threads.submit(() -> {
            while (true) {
              try {
                OptionalLong next = counter.next();
                if (next.isEmpty()) {
                  return null;
                }
                given.add(next.getAsLong());
                done.incrementAndGet();
              } catch (CounterException e) {
                (e.retrySafe() ? safe : lost).incrementAndGet();
                Thread.sleep(2);
              }
            }
          }));
        }
      }
      torment(server, done, limit / 8);
      for (var future : futures) {
        future.get();
      }
      assertEquals(limit, handles.getFirst().value());
      handles.forEach(BoundedCounter::close);
    }
    var sorted = given.stream().sorted().toList();
    assertEquals(sorted.stream().distinct().toList(), sorted);
    assertTrue(sorted.getFirst() >= 1 && sorted.getLast() <= limit);
    int holes = limit - sorted.size();
    assertTrue(holes <= lost.get(), holes + " numbers are missing, and only " + lost + " answers were lost");
    assertTrue(safe.get() > 0, "the server was never missed");
  }

  @Test void goesOnWhereAReplicaIsPromoted() throws Exception {
    try (var server = PostgresServer.start(); var counter = new PostgresBackend().open(server.uri(), 9)) {
      counter.next();
      try (var replica = server.replica(); var late = new PostgresBackend().open(replica.uri(), 9)) {
        for (int i = 0; i < 2; i++) {
          var failed = assertThrows(CounterException.class, late::next);
          assertEquals("postgres://127.0.0.1:" + replica.port() + "/postgres: refused: " + PostgresException.READ_ONLY, failed.getMessage());
          assertThrows(CounterException.class, late::ping);
        }
        server.kill();
        replica.promote();
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        OptionalLong next = OptionalLong.empty();
        while (next.isEmpty()) {
          try {
            next = late.next();
          } catch (CounterException e) {
            assertTrue(System.nanoTime() < end, e.getMessage());
            Thread.sleep(5);
          }
        }
        assertEquals(OptionalLong.of(2), next);
      }
    }
  }

  @Test void comesBackAfterAnOrderlyStopWithoutAHole() throws Exception {
    try (var server = PostgresServer.start(); var counter = new PostgresBackend().open(server.uri(), 1_000)) {
      for (int i = 1; i <= 5; i++) {
        assertEquals(OptionalLong.of(i), counter.next());
        server.stop();
        assertTrue(assertThrows(CounterException.class, counter::next).retrySafe());
        server.begin();
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        for (boolean back = false; !back; ) {
          try {
            counter.ping();
            back = true;
          } catch (CounterException e) {
            assertTrue(e.retrySafe() && System.nanoTime() < end, e.getMessage());
            Thread.sleep(5);
          }
        }
      }
    }
  }

  @Test void losesNoJobThoughTheServerIsKilled() throws Exception {
    int total = 20_000;
    int batch = 50;
    var options = new QueueOptions(2_000, Duration.ofSeconds(2), Duration.ofMillis(100), 1_000, Duration.ofMinutes(5), 100_000);
    var seen = new ConcurrentHashMap<String, Integer>();
    var done = new AtomicInteger();
    var ended = new AtomicLong();
    try (var server = PostgresServer.start(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var handles = IntStream.range(0, 4).mapToObj(_ -> new PostgresBackend().open(server.uri("timeout=2s"), options)).toList();
      var futures = new ArrayList<Future<?>>();
      for (int handle = 0; handle < 4; handle++) {
        Queue queue = handles.get(handle);
        int first = handle * total / 4;
        futures.add(threads.submit(() -> {
          for (int next = first; next < first + total / 4; ) {
            int from = next;
            var jobs = IntStream.range(from, Math.min(from + batch, first + total / 4)).mapToObj(i -> new Job("job-" + i, ("body " + i).getBytes())).toList();
            try {
              next += queue.submit(jobs, Duration.ofSeconds(1));
            } catch (QueueException e) {
              assertTrue(e.retrySafe(), e.getMessage());
              Thread.sleep(2);
            }
          }
          return null;
        }));
        for (int worker = 0; worker < 3; worker++) {
          String name = handle + "-" + worker;
          futures.add(threads.submit(() -> {
            while (seen.size() < total || ended.get() < total) {
              try {
                var claimed = queue.claim(name, batch, Duration.ofMillis(200));
                for (Delivery delivery : claimed) {
                  assertEquals("body " + delivery.job().id().substring(4), new String(delivery.job().body()));
                  seen.merge(delivery.job().id(), 1, Integer::sum);
                  done.incrementAndGet();
                }
                queue.acknowledge(claimed);
                var stats = queue.stats();
                ended.set(stats.depth() + stats.pending() == 0 && seen.size() == total ? total : 0);
              } catch (QueueException e) {
                assertTrue(e.retrySafe(), e.getMessage());
                Thread.sleep(2);
              }
            }
            return null;
          }));
        }
      }
      torment(server, done, total / 8);
      for (var future : futures) {
        future.get();
      }
      var stats = handles.getFirst().stats();
      assertEquals(List.of(0L, 0L, 0L), List.of(stats.depth(), stats.pending(), stats.dead()));
      assertEquals("0", server.sql("SELECT jobs FROM uservice_queue"));
      handles.forEach(Queue::close);
    }
    assertEquals(total, seen.size());
  }
}
