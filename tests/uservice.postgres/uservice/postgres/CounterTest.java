package uservice.postgres;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.postgres.Wired.answer;
import static uservice.postgres.Wired.error;
import static uservice.postgres.Wired.joined;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import testing.LogLines;
import uservice.counter.BoundedCounter;
import uservice.counter.CounterException;

/// The counter against peers that lose its answers.
@Timeout(60)
final class CounterTest {
  /// Answers the question for the server's settings, then plays on.
  private static Peer peer(Peer.Script script) throws IOException {
    return Peer.trusting(connection -> {
      String first = connection.batch().getFirst();
      if (!first.contains("pg_settings")) {
        throw new AssertionError(first);
      }
      connection.send(answer());
      script.play(connection);
    });
  }

  private static BoundedCounter counter(Peer peer, String... parameters) { return new PostgresBackend().open(peer.uri(parameters), 1_000); }

  /// How many numbers a statement of the counter's asks for.
  private static int asked(List<String> batch) {
    String bind = batch.stream().filter(message -> message.startsWith("B")).findFirst().orElseThrow();
    Matcher many = Pattern.compile("default\0\0\0.([0-9]+)", Pattern.DOTALL).matcher(bind);
    assertTrue(many.find(), bind);
    return Integer.parseInt(many.group(1));
  }

  @Test void tellsEachWhoWaitedThatTheAnswerIsLost() throws Exception {
    var lines = new LogLines("uservice.postgres");
    var first = new CountDownLatch(1);
    var crowd = new CountDownLatch(1);
    var together = new CompletableFuture<Integer>();
    try (var peer = peer(connection -> {
      assertEquals(1, asked(connection.batch()));
      first.countDown();
      crowd.await();
      connection.send(answer("1"));
      together.complete(asked(connection.batch()));
    }); var counter = counter(peer); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var alone = threads.submit(counter::next);
      first.await();
      var others = new ArrayList<Future<OptionalLong>>();
      var waiting = new ArrayList<Thread>();
      for (int i = 0; i < 2; i++) {
        var task = new FutureTask<>(counter::next);
        others.add(task);
        waiting.add(Thread.ofVirtual().start(task));
      }
      for (var thread : waiting) {
        while (thread.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
      }
      crowd.countDown();
      assertEquals(OptionalLong.of(1), alone.get());
      assertEquals(2, together.get());
      for (var other : others) {
        var failed = (CounterException) assertThrows(ExecutionException.class, other::get).getCause();
        assertFalse(failed.retrySafe());
        assertTrue(failed.getMessage().contains("no answer, so that a number may be skipped: connection closed by the server"), failed.getMessage());
      }
      assertEquals(1, lines.lines().size());
      assertTrue(lines.lines().getFirst().startsWith("WARNING postgres://127.0.0.1:" + peer.port() + "/base: an answer was lost, and up to 2 numbers with it: connection closed"),
          lines.lines().getFirst());
    } finally {
      lines.close();
    }
  }

  @Test void asksAgainWhereNothingRan() throws Exception {
    var connections = new AtomicInteger();
    try (var peer = Peer.trusting(connection -> {
      if (connections.incrementAndGet() == 1) {
        connection.batch();
        connection.send(answer());
        connection.batch();
        connection.send(error("FATAL", "57P01", "terminating connection due to administrator command"));
      } else {
        connection.batch();
        connection.send(joined(Wired.PARSED, error("ERROR", "40P01", "deadlock detected"), Wired.READY));
        connection.batch();
        connection.send(answer("7")).stall();
      }
    }); var counter = counter(peer)) {
      assertEquals(OptionalLong.of(7), counter.next());
      assertEquals(2, connections.get());
    }
  }

  @Test void asksOnANewSessionWhereThePreparedStatementIsGone() throws Exception {
    var connections = new AtomicInteger();
    try (var peer = Peer.trusting(connection -> {
      if (connections.incrementAndGet() == 1) {
        connection.batch();
        connection.send(answer());
        connection.batch();
        connection.send(error("ERROR", "26000", "prepared statement \"s2\" does not exist"), Wired.READY).stall();
      } else {
        connection.batch();
        connection.send(answer("7")).stall();
      }
    }); var counter = counter(peer)) {
      assertEquals(OptionalLong.of(7), counter.next());
    }
  }

  @Test void asksNotForEverWhereNothingRuns() throws Exception {
    var asked = new AtomicInteger();
    try (var peer = peer(connection -> {
      while (true) {
        connection.batch();
        asked.incrementAndGet();
        connection.send(error("ERROR", "40001", "could not serialize access"), Wired.READY);
      }
    }); var counter = counter(peer)) {
      var failed = assertThrows(CounterException.class, counter::next);
      assertTrue(failed.retrySafe());
      assertTrue(failed.getMessage().endsWith("unreachable: could not serialize access (40001)"), failed.getMessage());
      assertEquals(3, asked.get());
    }
  }

  @Test void asksOnceWhereTheServerSaysNo() throws Exception {
    var asked = new AtomicInteger();
    try (var peer = peer(connection -> {
      while (true) {
        connection.batch();
        asked.incrementAndGet();
        connection.send(error("ERROR", "53100", "could not extend file: No space left on device"), Wired.READY);
      }
    }); var counter = counter(peer)) {
      var failed = assertThrows(CounterException.class, counter::next);
      assertFalse(failed.retrySafe());
      assertTrue(failed.getMessage().endsWith("refused: could not extend file: No space left on device (53100); free or add room on the server's disk"), failed.getMessage());
      assertEquals(1, asked.get());
    }
  }

  @Test void makesTheTableOnceItIsMissed() throws Exception {
    var said = new ArrayList<String>();
    try (var peer = peer(connection -> {
      connection.batch();
      connection.send(error("ERROR", "42P01", "relation does not exist"), Wired.READY);
      said.addAll(connection.batch());
      connection.send(Wired.complete("SELECT 1"), Wired.complete("CREATE TABLE"), Wired.READY);
      connection.batch();
      connection.send(Wired.message('3'), answer("-1"));
      said.addAll(connection.batch());
      connection.send(answer());
      connection.batch();
      connection.send(answer("1")).stall();
    }); var counter = counter(peer)) {
      assertEquals(OptionalLong.of(1), counter.next());
    }
    assertTrue(said.getFirst().matches("QSELECT pg_advisory_xact_lock\\([0-9]+\\);CREATE TABLE IF NOT EXISTS uservice_counter .*\0"), said.getFirst());
    assertTrue(said.get(1).contains("ON CONFLICT DO NOTHING"), said.get(1));
  }

  @Test void givesUpOnARowThatIsNeverThere() throws Exception {
    try (var peer = peer(connection -> {
      while (true) {
        connection.send(answer(connection.batch().getFirst().contains("INSERT") ? new String[0] : new String[] {"-1"}));
      }
    }); var counter = counter(peer)) {
      assertTrue(assertThrows(CounterException.class, counter::next).getMessage()
          .endsWith("refused: the row of counter 'default' goes as soon as it is there, must stay"));
    }
  }

  @Test void makesNoSenseOfNonsense() throws Exception {
    try (var peer = peer(connection -> {
      connection.batch();
      connection.send(answer("many")).stall();
    }); var counter = counter(peer)) {
      assertTrue(assertThrows(CounterException.class, counter::next).getMessage().contains("an answer of another form"));
    }
  }

  @Test void isUnreachableAtOnceWhileTheServerIsDown() throws Exception {
    URI uri;
    try (var peer = peer(Peer.Connection::stall)) {
      uri = peer.uri();
    }
    try (var counter = new PostgresBackend().open(uri, 5)) {
      for (int i = 0; i < 200; i++) {
        var failed = assertThrows(CounterException.class, counter::next);
        assertTrue(failed.retrySafe());
        assertTrue(failed.getMessage().endsWith("/base: unreachable: Connection refused"), failed.getMessage());
      }
    }
  }

  @Test void warnsOfAServerThatMayForget() throws Exception {
    var lines = new LogLines("uservice.postgres");
    try (var peer = Peer.trusting(connection -> {
      connection.batch();
      connection.send(answer("fsync", "full_page_writes"));
      while (true) {
        connection.batch();
        connection.send(answer("1"));
      }
    }); var counter = counter(peer)) {
      counter.next();
      counter.next();
      counter.ping();
      assertEquals(List.of("WARNING postgres://127.0.0.1:" + peer.port()
          + "/base: the server runs with fsync = off, full_page_writes = off, so when it crashes it may give numbers a second time; they should be on"), lines.lines());
    } finally {
      lines.close();
    }
  }
}
