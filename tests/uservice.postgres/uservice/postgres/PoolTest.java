package uservice.postgres;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.postgres.Wired.answer;
import static uservice.postgres.Wired.error;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import testing.ManualClock;

@Timeout(60)
final class PoolTest {
  private final ManualClock clock = new ManualClock();

  private static void serve(Peer.Connection peer) throws IOException {
    while (true) {
      peer.send(peer.batch().size() == 1 ? Wired.READY : answer("1"));
    }
  }

  private Pool pool(Peer peer, String... parameters) { return new Pool(peer.target(parameters), clock::nanos); }

  @Test void usesASessionAgain() throws Exception {
    try (var peer = Peer.trusting(PoolTest::serve); var pool = pool(peer)) {
      Session first = pool.with(session -> session);
      assertSame(first, pool.with(session -> session));
      assertEquals(1, peer.accepted());
    }
  }

  @Test void opensNoMoreThanItMayAndServesInTurn() throws Exception {
    try (var peer = Peer.trusting(PoolTest::serve); var pool = pool(peer, "pool=2", "checkout_timeout=50s"); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var busy = new CountDownLatch(2);
      var freeOne = new CountDownLatch(1);
      var freeOther = new CountDownLatch(1);
      var order = new ConcurrentLinkedQueue<Integer>();
      var futures = new ArrayList<Future<?>>();
      for (var free : List.of(freeOne, freeOther)) {
        futures.add(threads.submit(() -> pool.with(_ -> {
          busy.countDown();
          await(free);
          return null;
        })));
      }
      busy.await();
      var waiting = new ArrayList<Thread>();
      for (int i = 0; i < 5; i++) {
        int number = i;
        var begun = Thread.ofVirtual().unstarted(() -> {
          try {
            pool.with(_ -> order.add(number));
          } catch (PostgresException e) {
            order.add(-1);
          }
        });
        begun.start();
        while (begun.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
        waiting.add(begun);
      }
      freeOne.countDown(); // one session serves all five, one after the other: two would race for the list
      for (var thread : waiting) {
        thread.join();
      }
      freeOther.countDown();
      for (var future : futures) {
        future.get();
      }
      assertEquals(List.of(0, 1, 2, 3, 4), List.copyOf(order));
      assertEquals(2, peer.accepted());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test void saysThatAllAreBusy() throws Exception {
    try (var peer = Peer.trusting(PoolTest::serve); var pool = pool(peer, "pool=1", "checkout_timeout=50ms")) {
      pool.with(_ -> {
        var failed = assertThrows(PostgresException.class, () -> pool.with(session -> session));
        assertEquals("no session free within 50 ms: all 1 are busy, more by pool=… in the URI", failed.getMessage());
        assertTrue(failed.passing());
        assertFalse(failed.mayHaveRun());
        return null;
      });
      pool.with(session -> session);
    }
  }

  @Test void dropsASessionThatBroke() throws Exception {
    try (var peer = Peer.trusting(connection -> {
      connection.batch();
      connection.send(new byte[] {7});
    }); var pool = pool(peer)) {
      var broken = new ArrayList<Session>();
      assertThrows(PostgresException.class, () -> pool.with(session -> {
        broken.add(session);
        return session.run(Statement.of("SELECT 1"));
      }));
      assertNotSame(broken.getFirst(), pool.with(session -> session));
      assertEquals(2, peer.accepted());
    }
  }

  @Test void dropsASessionWhoseAnswerMakesNoSense() throws Exception {
    try (var peer = Peer.trusting(PoolTest::serve); var pool = pool(peer)) {
      var failed = assertThrows(PostgresException.class, () -> pool.with(session -> session.run(Statement.of("SELECT 1")).getFirst().get(7)));
      assertTrue(failed.mayHaveRun());
      assertTrue(failed.getMessage().startsWith("an answer of another form"), failed.getMessage());
      pool.with(session -> session);
      assertEquals(2, peer.accepted());
    }
  }

  @Test void asksASessionThatRestedForLongBeforeItTrustsIt() throws Exception {
    var asked = new AtomicInteger();
    try (var peer = Peer.trusting(connection -> {
      connection.batch();
      asked.incrementAndGet();
      connection.send(Wired.READY);
      connection.batch();
      asked.incrementAndGet(); // and closes
    }); var pool = pool(peer)) {
      Session first = pool.with(session -> session);
      clock.advance(Pool.IDLE_TRUSTED.minusNanos(1));
      assertSame(first, pool.with(session -> session));
      assertEquals(0, asked.get());
      clock.advance(Pool.IDLE_TRUSTED);
      assertSame(first, pool.with(session -> session));
      assertEquals(1, asked.get());
      clock.advance(Pool.IDLE_TRUSTED);
      assertNotSame(first, pool.with(session -> session));
      assertEquals(2, asked.get());
    }
  }

  @Test void dropsAllThatRestedWhereOneIsDead() throws Exception {
    try (var peer = Peer.trusting(connection -> connection.batch()); var pool = pool(peer, "pool=3")) {
      pool.with(_ -> pool.with(_ -> pool.with(_ -> null)));
      assertEquals(3, peer.accepted());
      clock.advance(Pool.IDLE_TRUSTED);
      pool.with(_ -> pool.with(_ -> pool.with(_ -> null)));
      assertEquals(6, peer.accepted());
    }
  }

  @Test void leavesAServerThatIsDownInPeaceForAWhileAndLongerEachTime() throws Exception {
    var down = new AtomicBoolean(true);
    try (var peer = Peer.playing(connection -> {
      connection.startup();
      if (down.get()) {
        connection.send(error("FATAL", "57P03", "the database system is starting up"));
      } else {
        connection.send(Wired.GREETING);
        serve(connection);
      }
    }); var pool = pool(peer)) {
      long most = Pool.PAUSES.least().toNanos();
      for (int attempt = 1; attempt <= 12; attempt++) {
        var failed = assertThrows(PostgresException.class, () -> pool.with(session -> session));
        assertEquals("the database system is starting up (57P03)", failed.getMessage());
        assertEquals(attempt, peer.accepted());
        clock.advance(Duration.ofNanos(most / 2 - 1));
        assertThrows(PostgresException.class, () -> pool.with(session -> session));
        assertEquals(attempt, peer.accepted()); // it was not asked
        clock.advance(Duration.ofNanos(most / 2 + 1));
        most = Math.min(2 * most, Pool.PAUSES.most().toNanos());
      }
      down.set(false);
      pool.with(session -> session);
      down.set(true);
      assertThrows(PostgresException.class, () -> pool.with(_ -> pool.with(session -> session)));
      clock.advance(Pool.PAUSES.least());
      down.set(false);
      pool.with(_ -> pool.with(session -> session)); // it began anew with the shortest
    }
  }

  @Test void letsOneTryForAllWhileAServerIsDown() throws Exception {
    var down = new AtomicBoolean(true);
    var trying = new AtomicInteger();
    var most = new AtomicInteger();
    try (var peer = Peer.playing(connection -> {
      connection.startup();
      most.accumulateAndGet(trying.incrementAndGet(), Math::max);
      if (down.get()) {
        connection.send(error("FATAL", "57P03", "starting up"));
      } else {
        connection.socket().setSoTimeout(100);
        try {
          connection.read(1); // takes its time
        } catch (SocketTimeoutException slow) {
          trying.decrementAndGet();
          connection.send(Wired.GREETING);
          serve(connection);
        }
      }
    }); var pool = pool(peer, "pool=5", "checkout_timeout=50s"); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThrows(PostgresException.class, () -> pool.with(session -> session));
      trying.set(0);
      most.set(0);
      down.set(false);
      clock.advance(Pool.PAUSES.least());
      var barrier = new CyclicBarrier(5);
      var futures = IntStream.range(0, 5).mapToObj(_ -> threads.submit(() -> {
        barrier.await();
        return pool.with(session -> session.run(Statement.of("SELECT 1")));
      })).toList();
      for (var future : futures) {
        future.get();
      }
      assertEquals(1, most.get());
    }
  }

  @Test void endsThoseUnderWayWhenItCloses() throws Exception {
    var asked = new CountDownLatch(1);
    try (var peer = Peer.trusting(connection -> {
      connection.batch();
      asked.countDown();
      connection.stall();
    }); var pool = pool(peer, "timeout=50s"); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var work = threads.submit(() -> pool.with(session -> session.run(Statement.of("SELECT 1"))));
      asked.await();
      pool.close();
      var failed = (PostgresException) assertThrows(ExecutionException.class, work::get).getCause();
      assertTrue(failed.mayHaveRun());
      assertEquals("closed", assertThrows(PostgresException.class, () -> pool.with(session -> session)).getMessage());
    }
  }
}
