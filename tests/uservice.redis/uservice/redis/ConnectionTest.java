package uservice.redis;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import testing.ScriptedPeer;
import uservice.wire.Wire;

@Timeout(60)
class ConnectionTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(150);

  private static Connection to(ScriptedPeer peer) throws IOException {
    return new Connection(Wire.connect("127.0.0.1", peer.port(), LONG), "test");
  }

  private static Command echo(Object what) { return Command.of("ECHO", what); }

  private static String wire(String word) { return "*2\r\n$4\r\nECHO\r\n$" + word.length() + "\r\n" + word + "\r\n"; }

  private static String bulk(String word) { return "$" + word.length() + "\r\n" + word + "\r\n"; }

  /// The word of the next ECHO.
  private static String asked(ScriptedPeer.Connection c) throws IOException {
    c.readUntil("ECHO\r\n$");
    c.readUntil("\r\n");
    return c.readUntil("\r\n").strip();
  }

  @Test void showsItsBytes() throws Exception {
    var got = new CompletableFuture<String>();
    try (var peer = ScriptedPeer.playing(c -> {
      c.readUntil("\u00ff\r\n");
      got.complete(c.received());
      c.send("+OK\r\n").stall();
    }); var connection = to(peer)) {
      assertEquals(new Reply.Text("OK"), connection.ask(Command.of("SET", "grüß", new byte[] {0, (byte) 0xff}), LONG));
      assertEquals("*3\r\n$3\r\nSET\r\n$6\r\ngr\u00c3\u00bc\u00c3\u009f\r\n$2\r\n\0\u00ff\r\n", got.get());
    }
  }

  @Test void manyThreadsShareItAndEachGetsItsOwnAnswer() throws Exception {
    try (var peer = ScriptedPeer.playing(c -> {
      var random = new Random(3);
      while (true) {
        byte[] answer = bulk(asked(c)).getBytes();
        if (random.nextInt(50) == 0) {
          c.trickle(answer);
        } else {
          c.send(answer);
        }
      }
    }); var connection = to(peer); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new ArrayList<Future<?>>();
      for (int i = 0; i < 64; i++) {
        String name = "thread" + i + "-";
        all.add(threads.submit(() -> {
          for (int n = 0; n < 100; n++) {
            assertEquals(name + n, connection.ask(echo(name + n), LONG).string());
          }
          return null;
        }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      assertEquals(1, peer.accepted());
    }
  }

  @Test void commandsSentTogetherAreAnsweredInOrder() throws Exception {
    try (var peer = ScriptedPeer.playing(c -> {
      while (true) {
        c.send(bulk(asked(c)));
      }
    }); var connection = to(peer)) {
      var commands = IntStream.range(0, 1_000).mapToObj(ConnectionTest::echo).toList();
      List<Reply> replies = connection.ask(commands, LONG);
      for (int i = 0; i < 1_000; i++) {
        assertEquals("" + i, replies.get(i).string());
      }
    }
  }

  /// Three ask at once; the answers are cut after each byte in turn. Whoever got an answer got its own.
  @Test void aCutNeverGivesAnothersAnswer() throws Exception {
    String answers = bulk("aa") + bulk("bb") + bulk("cc");
    for (int cut = 0; cut <= answers.length(); cut++) {
      int at = cut;
      try (var peer = ScriptedPeer.playing(c -> {
        for (int i = 0; i < 3; i++) {
          asked(c);
        }
        c.send(answers.substring(0, at));
      }); var connection = to(peer)) {
        var asking = new ArrayList<FutureTask<Object>>();
        for (String word : List.of("aa", "bb", "cc")) {
          var task = new FutureTask<Object>(() -> {
            try {
              return connection.ask(echo(word), LONG).string();
            } catch (RedisException failed) {
              return failed;
            }
          });
          asking.add(task);
          Thread.ofVirtual().start(task).join(5); // in this order, as a rule
        }
        var answered = new ArrayList<String>();
        for (FutureTask<Object> each : asking) {
          if (each.get() instanceof RedisException failed) {
            assertTrue(failed.mayHaveRun());
            assertEquals("the server closed the connection", failed.getMessage());
          } else {
            answered.add((String) each.get());
          }
        }
        assertEquals(at / 8, answered.size(), "those that came whole");
        var after = assertThrows(RedisException.class, () -> connection.ask(echo("later"), LONG));
        assertFalse(after.mayHaveRun());
        assertTrue(connection.broken());
      }
    }
  }

  @Test void aServerThatStallsFailsAllThatWait() throws Exception {
    try (var peer = ScriptedPeer.playing(c -> {
      asked(c);
      c.send("$5\r\nab").stall();
    }); var connection = to(peer)) {
      var second = new FutureTask<>(() -> assertThrows(RedisException.class, () -> connection.ask(echo("b"), LONG)));
      var first = new FutureTask<>(() -> assertThrows(RedisException.class, () -> connection.ask(echo("a"), SHORT)));
      Thread.ofVirtual().start(first);
      Thread.ofVirtual().start(second);
      assertEquals("no answer within 150 ms", first.get().getMessage());
      assertTrue(first.get().mayHaveRun());
      assertTrue(second.get().getMessage().startsWith("no answer within"), second.get().getMessage());
      assertTrue(connection.broken());
    }
  }

  @Test void damagedAnswersEndTheConnectionAfterThoseThatWereWhole() throws Exception {
    try (var peer = ScriptedPeer.playing(c -> {
      asked(c);
      asked(c);
      c.send("+first\r\nHTTP").stall();
    }); var connection = to(peer)) {
      var first = new FutureTask<>(() -> connection.ask(echo("a"), LONG).string());
      Thread.ofVirtual().start(first).join(50);
      var failed = assertThrows(RedisException.class, () -> connection.ask(echo("b"), LONG));
      assertEquals("reply type 0x48 at byte 8, expected one of + - : $ * _ # , ( ! = % ~ > |", failed.getMessage());
      assertEquals("first", first.get());
    }
  }

  @Test void anAnswerThatNobodyAskedForEndsTheConnection() throws Exception {
    for (var sent : Map.of("+hello\r\n", "an answer that nobody asked for",
        "-ERR max number of clients reached\r\n", "the server closed the connection: ERR max number of clients reached").entrySet()) {
      try (var peer = ScriptedPeer.playing(c -> c.send(sent.getKey()).stall()); var connection = to(peer)) {
        while (!connection.broken()) { // bounded by the test's timeout
          Thread.sleep(1);
        }
        var failed = assertThrows(RedisException.class, () -> connection.ask(echo("a"), LONG));
        assertEquals(sent.getValue(), failed.getMessage());
        assertFalse(failed.mayHaveRun());
      }
    }
  }

  @Test void whoGivesUpDoesNotShiftTheAnswersOfOthers() throws Exception {
    var go = new CountDownLatch(1);
    try (var peer = ScriptedPeer.playing(c -> {
      String first = asked(c);
      String second = asked(c);
      go.await();
      c.send(bulk(first)).send(bulk(second)).send(bulk(asked(c)));
    }); var connection = to(peer)) {
      var given = new FutureTask<>(() -> assertThrows(InterruptedException.class, () -> connection.ask(echo("given up"), LONG)));
      Thread impatient = Thread.ofVirtual().start(given);
      impatient.join(50);
      var second = new FutureTask<>(() -> connection.ask(echo("second"), LONG).string());
      Thread.ofVirtual().start(second).join(50);
      impatient.interrupt();
      assertNotNull(given.get());
      go.countDown();
      assertEquals("second", second.get());
      assertEquals("third", connection.ask(echo("third"), LONG).string());
    }
  }

  @Test void noMoreWaitThanItsLimit() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall); var connection = to(peer)) {
      var full = IntStream.range(0, Connection.WAITING_MAX).mapToObj(ConnectionTest::echo).toList();
      var waiting = new FutureTask<>(() -> assertThrows(RedisException.class, () -> connection.ask(full, LONG)));
      Thread.ofVirtual().start(waiting).join(200);
      RedisException refused = null;
      while (refused == null || refused.mayHaveRun()) { // until the crowd is in line
        refused = assertThrows(RedisException.class, () -> connection.ask(echo("one more"), Duration.ofMillis(20)));
        assertFalse(connection.broken());
      }
      assertTrue(refused.getMessage().startsWith("too many commands wait for the server"), refused.getMessage());
      connection.close();
      assertTrue(waiting.get().mayHaveRun());
    }
  }

  @Test void closingFailsWhoWaits() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall); var connection = to(peer)) {
      var waiting = new FutureTask<>(() -> assertThrows(RedisException.class, () -> connection.ask(echo("a"), LONG)));
      Thread.ofVirtual().start(waiting).join(20);
      connection.close();
      connection.close();
      assertEquals("closed here", waiting.get().getMessage());
    }
  }
}
