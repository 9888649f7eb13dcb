package uservice.postgres;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.postgres.Wired.answer;
import static uservice.postgres.Wired.complete;
import static uservice.postgres.Wired.error;
import static uservice.postgres.Wired.int32;
import static uservice.postgres.Wired.joined;
import static uservice.postgres.Wired.message;
import static uservice.postgres.Wired.row;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A session against peers that cut, stall, lie and say too much.
@Timeout(60)
final class SessionTest {
  private static final Statement ONE = Statement.of("SELECT 1");
  private static final byte[] NOISE = joined(Wired.notice("hi"), Wired.status("TimeZone", "UTC"), message('A', int32(1), "c\0p\0"));

  private static List<List<String>> texts(List<List<Row>> answers) {
    return answers.stream().map(rows -> rows.stream().map(row -> row.isNull(0) ? "NULL" : row.text(0)).toList()).toList();
  }

  /// What `run` of one statement comes to where this is the answer, after which the connection closes.
  private static PostgresException fault(byte[] answer, Statement... statements) throws Exception {
    try (var peer = Peer.trusting(connection -> {
      connection.batch();
      connection.send(answer);
    }); var session = Session.open(peer.target())) {
      var failed = assertThrows(PostgresException.class, () -> session.run(statements.length == 0 ? new Statement[] {ONE} : statements));
      if (!session.broken()) {
        assertThrows(PostgresException.class, session::validate);
      }
      assertTrue(session.broken());
      return failed;
    }
  }

  @Test void sendsStatementsTogetherAndParsesEachOnce() throws Exception {
    var said = new ArrayList<List<String>>();
    try (var peer = Peer.trusting(connection -> {
      for (int i = 0; i < 2; i++) {
        said.add(connection.batch());
        connection.trickle(joined(i == 0 ? joined(Wired.PARSED) : "", Wired.BOUND, NOISE, row("a"), row((String) null), complete("SELECT 2"), NOISE,
            i == 0 ? Wired.PARSED : "", Wired.BOUND, complete("UPDATE 0"), NOISE, Wired.READY));
      }
      connection.stall();
    }); var session = Session.open(peer.target())) {
      for (int i = 0; i < 2; i++) {
        assertEquals(List.of(List.of("a", "NULL"), List.of()), texts(session.run(Statement.of("SELECT $1", "x"), Statement.of("UPDATE"))));
      }
    }
    String bind = "B\0s1\0\0\0\0\1\0\0\0\1x\0\0";
    assertEquals(List.of("Ps1\0SELECT $1\0\0\0", bind, "E\0\0\0\0\0", "Ps2\0UPDATE\0\0\0", "B\0s2\0\0\0\0\0\0\0", "E\0\0\0\0\0", "S"), said.get(0));
    assertEquals(List.of(bind, "E\0\0\0\0\0", "B\0s2\0\0\0\0\0\0\0", "E\0\0\0\0\0", "S"), said.get(1));
  }

  @Test void forgetsStatementsBeyondTheBound() throws Exception {
    var parses = new AtomicInteger();
    var closed = new ConcurrentLinkedQueue<String>();
    try (var peer = Peer.trusting(connection -> {
      while (true) {
        var said = connection.batch();
        parses.addAndGet((int) said.stream().filter(message -> message.startsWith("P")).count());
        said.stream().filter(message -> message.startsWith("C")).forEach(closed::add);
        connection.send(answer("1"));
      }
    }); var session = Session.open(peer.target())) {
      for (int i = 0; i <= Session.PREPARED_MAX; i++) {
        session.run(Statement.of("SELECT " + i));
        session.run(Statement.of("SELECT 0")); // used all the time, so it stays
      }
      session.run(Statement.of("SELECT " + Session.PREPARED_MAX));
      assertEquals(Session.PREPARED_MAX + 1, parses.get());
      assertEquals(List.of("CSs2\0"), List.copyOf(closed));
      session.run(Statement.of("SELECT 1"));
      assertEquals(Session.PREPARED_MAX + 2, parses.get());
    }
  }

  @Test void readsOnAfterAnErrorAndParsesAgain() throws Exception {
    var said = new ArrayList<List<String>>();
    try (var peer = Peer.trusting(connection -> {
      said.add(connection.batch());
      connection.send(joined(Wired.PARSED, NOISE, error("ERROR", "23505", "duplicate"), NOISE, Wired.READY));
      said.add(connection.batch());
      connection.send(joined(message('3'), answer("1"))).stall();
    }); var session = Session.open(peer.target())) {
      var failed = assertThrows(PostgresException.class, () -> session.run(ONE));
      assertEquals("duplicate (23505)", failed.getMessage());
      assertFalse(failed.mayHaveRun());
      assertFalse(session.broken());
      assertEquals(List.of(List.of("1")), texts(session.run(ONE)));
    }
    assertEquals(List.of("CSs1\0", "Ps2\0SELECT 1\0\0\0"), said.get(1).subList(0, 2));
  }

  @Test void leavesASessionThatIsNotAsItWas() throws Exception {
    for (String state : Session.PARTING) {
      try (var peer = Peer.trusting(connection -> {
        connection.batch();
        connection.send(error("ERROR", state, "no"), Wired.READY).stall();
      }); var session = Session.open(peer.target())) {
        assertFalse(assertThrows(PostgresException.class, () -> session.run(ONE)).mayHaveRun());
        assertTrue(session.broken());
      }
    }
  }

  @Test void neverKnowsWhatASilentServerDid() throws Exception {
    byte[] whole = joined(Wired.PARSED, Wired.BOUND, row("1"), complete("SELECT 1"), Wired.READY);
    for (int cut = 0; cut < whole.length; cut++) {
      var failed = fault(Arrays.copyOf(whole, cut));
      assertTrue(failed.mayHaveRun(), "cut at " + cut);
      assertTrue(failed.getMessage().startsWith("connection closed by the server at byte "), failed.getMessage());
    }
  }

  @Test void knowsThatNothingWasDoneOnceTheServerSaidNo() throws Exception {
    byte[] no = error("ERROR", "40001", "serialization");
    byte[] whole = joined(Wired.PARSED, Wired.BOUND, no, Wired.READY);
    for (int cut = whole.length - Wired.READY.length; cut < whole.length; cut++) {
      var failed = fault(Arrays.copyOf(whole, cut));
      assertFalse(failed.mayHaveRun(), "cut at " + cut);
      assertEquals("40001", failed.sqlState());
      assertTrue(failed.passing());
    }
  }

  @Test void knowsThatAServerThatEndsBeforeItIsDoneDidNothing() throws Exception {
    byte[] end = error("FATAL", "57P01", "terminating connection due to administrator command");
    assertFalse(fault(end).mayHaveRun());
    assertFalse(fault(joined(Wired.PARSED, Wired.BOUND, row("1"), end)).mayHaveRun());
    assertTrue(fault(joined(Wired.PARSED, Wired.BOUND, row("1"), complete("SELECT 1"), end)).mayHaveRun());
    assertFalse(fault(joined(Wired.PARSED, Wired.BOUND, complete("SELECT 0"), end), ONE, ONE).mayHaveRun());
  }

  @Test void givesUpAConnectionThatSaysWhatCannotBe() throws Exception {
    assertEquals("unexpected ReadyForQuery", fault(answer("1"), ONE, ONE).getMessage());
    assertEquals("unexpected ReadyForQuery", fault(Wired.READY).getMessage());
    assertEquals("unexpected ReadyForQuery", fault(joined(row("1"), Wired.READY)).getMessage());
    assertEquals("unexpected ReadyForQuery", fault(joined(complete("BEGIN"), message('Z', "T"))).getMessage());
    assertEquals("unexpected CommandComplete", fault(joined(complete("SELECT 0"), complete("SELECT 0"), Wired.READY)).getMessage());
    assertEquals("unexpected DataRow", fault(joined(complete("SELECT 0"), row("1"), Wired.READY)).getMessage());
    assertEquals("unexpected DataRow", fault(joined(error("ERROR", "42601", "no"), row("1"), Wired.READY)).getMessage());
    assertEquals("unexpected AuthenticationOk", fault(Wired.OK).getMessage());
    assertEquals("unexpected BackendKeyData", fault(Wired.KEY).getMessage());
    assertTrue(fault(new byte[] {7}).getMessage().startsWith("message type 0x07 at byte "));
    assertTrue(fault(joined("D", int32(MessageReader.MESSAGE_BYTES_MAX + 5))).getMessage().contains("has length 16777221, expected 4 to 16777220"));
  }

  @Test void boundsAnAnswerInAll() throws Exception {
    byte[] big = row("x".repeat(MessageReader.MESSAGE_BYTES_MAX - 100));
    var failed = fault(joined(big, big, big, big, big));
    assertEquals("an answer of more than " + Session.ANSWER_BYTES_MAX + " bytes", failed.getMessage());
  }

  /// What came behind an answer is not the next caller's.
  @Test void givesNobodyAnothersAnswer() throws Exception {
    for (byte[] rest : List.of(answer("of another"), Wired.READY, row("1"), message('Z', "I"))) {
      var seen = new CountDownLatch(1);
      try (var peer = Peer.trusting(connection -> {
        connection.batch();
        connection.send(joined(answer("1"), rest));
        connection.stall();
        seen.countDown();
      }); var session = Session.open(peer.target())) {
        assertEquals(List.of(List.of("1")), texts(session.run(ONE)));
        var failed = assertThrows(PostgresException.class, () -> session.run(ONE));
        assertFalse(failed.mayHaveRun());
        assertTrue(failed.getMessage().startsWith("unexpected "), failed.getMessage());
        assertTrue(session.broken());
        seen.await();
      }
    }
  }

  @Test void hearsAFarewellBeforeItSpeaks() throws Exception {
    try (var peer = Peer.trusting(connection -> {
      connection.batch();
      connection.send(joined(answer("1"), NOISE, error("FATAL", "57P01", "terminating"))).stall();
    }); var session = Session.open(peer.target())) {
      session.run(ONE);
      var failed = assertThrows(PostgresException.class, () -> session.run(ONE));
      assertFalse(failed.mayHaveRun());
      assertTrue(failed.passing());
    }
  }

  @Test void cancelsWhatItDoesNotWaitForAnyMore() throws Exception {
    var cancelled = new CompletableFuture<String>();
    try (var peer = Peer.playing(connection -> {
      String said = connection.startup();
      if (said.startsWith("\4\u00d2\26.")) {
        cancelled.complete(said);
      } else {
        connection.send(Wired.GREETING);
        connection.batch();
        connection.send(Wired.PARSED).stall();
      }
    }); var session = Session.open(peer.target("timeout=200ms"))) {
      var failed = assertThrows(PostgresException.class, () -> session.run(ONE));
      assertTrue(failed.mayHaveRun());
      assertEquals("no answer within 200 ms", failed.getMessage());
      assertEquals("\4\u00d2\26.\0\0\22g\0\0\u00ca\u00fe", cancelled.get(30, TimeUnit.SECONDS));
      assertTrue(session.broken());
      assertFalse(assertThrows(PostgresException.class, () -> session.run(ONE)).mayHaveRun());
    }
  }

  @Test void endsWhereTheServerDoesNotTakeWhatIsSent() throws Exception {
    try (var peer = Peer.trusting(connection -> new CountDownLatch(1).await());
        var session = Session.open(peer.target("timeout=300ms"))) {
      var failed = assertThrows(PostgresException.class, () -> session.run(Statement.of("SELECT $1", "x".repeat(64 << 20))));
      assertEquals("no answer within 300 ms", failed.getMessage());
    }
  }

  @Test void runsSeveralStatementsByTheSimpleProtocol() throws Exception {
    var said = new CompletableFuture<String>();
    try (var peer = Peer.trusting(connection -> {
      said.complete(connection.request());
      connection.send(joined(message('T', Wired.int16(0)), row("a"), complete("SELECT 1"), message('I'), complete("CREATE TABLE"), Wired.READY)).stall();
    }); var session = Session.open(peer.target())) {
      assertEquals(List.of(List.of("a"), List.of(), List.of()), texts(session.query("SELECT 'a';;CREATE TABLE t ()")));
      assertEquals("QSELECT 'a';;CREATE TABLE t ()\0", said.get());
    }
  }

  @Test void saysGoodbye() throws Exception {
    var said = new CompletableFuture<String>();
    try (var peer = Peer.trusting(connection -> said.complete(connection.request()))) {
      Session.open(peer.target()).close();
      assertEquals("X", said.get());
    }
  }

  @Test void hearsNotificationsAndNothingElse() throws Exception {
    try (var peer = Peer.trusting(connection -> {
      connection.send(joined(message('A', int32(1), "uservice_queue\0jobs:x\0"), Wired.notice("hi")));
      assertEquals("S", connection.request());
      connection.send(joined(Wired.READY, row("a"))).stall();
    }); var session = Session.open(peer.target())) {
      assertEquals(Optional.of("jobs:x"), session.hear(Duration.ofSeconds(20)));
      assertEquals(Optional.empty(), session.hear(Duration.ofSeconds(20)));
      session.pulse();
      assertEquals(Optional.empty(), session.hear(Duration.ofSeconds(20)));
      assertThrows(ProtocolException.class, () -> session.hear(Duration.ofSeconds(20)));
    }
  }

  /// Random damage to an answer: the answer, or a named fault, and never another's rows.
  @Test void endsDamagedAnswersWithANamedFault() throws Exception {
    var random = new Random(3);
    byte[] whole = joined(Wired.PARSED, Wired.BOUND, row("1"), complete("SELECT 1"), Wired.READY);
    try (var peer = Peer.trusting(connection -> {
      connection.batch();
      byte[] damaged = whole.clone();
      synchronizedDamage(random, damaged);
      connection.send(damaged);
    })) {
      int failed = 0;
      for (int round = 0; round < 300; round++) {
        try (var session = Session.open(peer.target())) {
          session.run(ONE);
        } catch (PostgresException named) {
          failed++;
        }
      }
      assertTrue(failed > 30 && failed < 300, failed + " failed");
    }
  }

  private static synchronized void synchronizedDamage(Random random, byte[] bytes) { bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256); }
}
