package uservice.redis;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.RedisServer;
import testing.ScriptedPeer;
import uservice.counter.BoundedCounter;
import uservice.counter.CounterException;
import uservice.counter.Counters;

@Timeout(120)
class RedisCounterTest {
  @TempDir Path folder;

  @Test void countsToTheLimitAndStopsThere() throws Exception {
    try (var server = RedisServer.start(folder); var counter = Counters.open(server.uri("/1?name=a"), 3); var other = Counters.open(server.uri("/1?name=b"), 3)) {
      assertEquals(0, counter.value());
      counter.ping();
      assertEquals("", server.cli("-n", "1", "GET", "uservice:counter:a"), "asking changes nothing");
      for (int i = 1; i <= 3; i++) {
        assertEquals(OptionalLong.of(i), counter.next());
      }
      assertEquals(OptionalLong.empty(), counter.next());
      assertEquals(OptionalLong.empty(), counter.next());
      assertEquals(3, counter.value());
      assertEquals("3", server.cli("-n", "1", "GET", "uservice:counter:a"));
      assertEquals(OptionalLong.of(1), other.next(), "another name, another counter");
      try (var higher = Counters.open(server.uri("/1?name=a"), 4)) {
        assertEquals(OptionalLong.of(4), higher.next());
        assertEquals(OptionalLong.empty(), counter.next(), "beyond its own limit");
      }
      counter.ping();
      counter.reset();
      assertEquals(OptionalLong.of(1), counter.next());
      server.cli("SCRIPT", "FLUSH");
      assertEquals(OptionalLong.of(2), counter.next(), "the server has forgotten the script");
    }
  }

  @Test void saysWhatIsWrong() throws Exception {
    try (var server = RedisServer.start(folder, "--maxmemory-policy", "noeviction"); var counter = Counters.open(server.uri("?name=a"), 3)) {
      String where = "redis://127.0.0.1:" + server.port() + ": ";
      server.cli("LPUSH", "uservice:counter:a", "x");
      refused(where + "refused: a key that begins with 'uservice:counter:a' holds something else: choose another by ?name=…", counter::next);
      refused(where + "refused: a key that begins with 'uservice:counter:a' holds something else: choose another by ?name=…", counter::ping);
      server.cli("SET", "uservice:counter:a", "many");
      refused(where + "refused: key 'uservice:counter:a' holds 'many', which is no whole number", counter::value);
      server.cli("DEL", "uservice:counter:a");
      server.cli("CONFIG", "SET", "maxmemory", "1");
      refused(where + "refused: it has used up its maxmemory: raise it, or take jobs out", counter::next);
      refused(where + "refused: it has used up its maxmemory: raise it, or take jobs out", counter::ping);
      server.cli("CONFIG", "SET", "maxmemory", "0");
      assertEquals(OptionalLong.of(1), counter.next());
      server.cli("ACL", "SETUSER", "weak", "on", ">geheim", "~other:*", "+@all");
      try (var weak = Counters.open(URI.create("redis://weak:geheim@127.0.0.1:" + server.port() + "?name=a"), 3)) {
        String told = assertThrows(CounterException.class, weak::next).getMessage();
        assertTrue(told.startsWith(where + "refused: the user may not do that (NOPERM"), told);
        assertTrue(told.endsWith("grant it the keys ~uservice:counter:a* and the commands that are named"), told);
        assertThrows(CounterException.class, weak::ping);
      }
    }
    assertEquals("limit 9007199254740992, at most 9007199254740991 with Redis",
        assertThrows(IllegalArgumentException.class, () -> Counters.open(URI.create("redis://h"), 1L << 53)).getMessage());
  }

  private interface Call {
    void run() throws Exception;
  }

  private static void refused(String message, Call call) {
    var refused = assertThrows(CounterException.class, call::run);
    assertEquals(message, refused.getMessage());
    assertFalse(refused.retrySafe());
  }

  @Test void closedIsClosed() throws Exception {
    try (var server = RedisServer.start(folder); var counter = Counters.open(server.uri(""), 3)) {
      assertEquals(OptionalLong.of(1), counter.next());
      counter.close();
      counter.close();
      for (Call call : List.<Call>of(counter::next, counter::value, counter::reset, counter::ping)) {
        assertTrue(assertThrows(CounterException.class, call::run).getMessage().endsWith(": closed"));
      }
    }
  }

  @Test void saysWhetherANumberMayBeLost() throws Exception {
    try (var peer = ScriptedPeer.playing(c -> {
      c.readUntil("\r\nuservice\r\n");
      c.send("%0\r\n");
      c.readUntil("persistence\r\n");
      c.send("$-1\r\n");
      c.readUntil("memory\r\n");
      c.send("$-1\r\n");
      c.readUntil("EVALSHA"); // and the answer never comes
    }); var counter = Counters.open(URI.create("redis://127.0.0.1:" + peer.port()), 3)) {
      var lost = assertThrows(CounterException.class, counter::next);
      assertFalse(lost.retrySafe());
      assertTrue(lost.getMessage().contains("a number may be skipped"), lost.getMessage());
    }
    try (var counter = Counters.open(URI.create("redis://127.0.0.1:1"), 3)) {
      assertTrue(assertThrows(CounterException.class, counter::next).retrySafe(), "nothing was sent");
    }
  }

  /// Several handles, as several processes have, with many threads each, while the server is killed again and again.
  @Test void eachNumberOnceThoughTheServerIsKilled() throws Exception {
    long limit = 20_000;
    var given = new ConcurrentLinkedQueue<Long>();
    var lost = new LongAdder();
    try (var server = RedisServer.start(folder); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var handles = new ArrayList<BoundedCounter>();
      var asking = new ArrayList<Future<?>>();
      for (int handle = 0; handle < 4; handle++) {
        BoundedCounter counter = Counters.open(server.uri("?timeout=10s"), limit);
        handles.add(counter);
        for (int i = 0; i < 32; i++) {
          asking.add(threads.submit(() -> ask(counter, given, lost)));
        }
      }
      for (int kill = 0; kill < 3; kill++) {
        int before = given.size();
        while (given.size() < before + 2_000) { // bounded by the test's timeout
          Thread.sleep(1);
        }
        server.kill();
        server.start();
      }
      for (Future<?> each : asking) {
        each.get();
      }
      var distinct = new TreeSet<>(given);
      assertEquals(given.size(), distinct.size(), "none twice");
      assertEquals(1, distinct.first());
      assertTrue(distinct.last() <= limit);
      assertTrue(limit - distinct.size() <= lost.sum(), limit - distinct.size() + " skipped, and " + lost.sum() + " answers lost");
      assertEquals(limit, handles.getFirst().value());
      handles.forEach(BoundedCounter::close);
    }
  }

  private static Void ask(BoundedCounter counter, Queue<Long> given, LongAdder lost) throws InterruptedException {
    long last = 0;
    while (true) {
      try {
        OptionalLong number = counter.next();
        if (number.isEmpty()) {
          return null;
        }
        assertTrue(number.getAsLong() > last, "never backwards");
        last = number.getAsLong();
        given.add(last);
      } catch (CounterException failed) {
        if (!failed.retrySafe()) {
          lost.increment();
        }
        Thread.sleep(1);
      }
    }
  }
}
