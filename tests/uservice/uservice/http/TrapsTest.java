package uservice.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import uservice.config.Size;

/// What the JDK's server does wrong on a network, row by row, and what happens here instead.
class TrapsTest {
  private static final String HOST = "Host: a\r\n";

  private final Web web = new Web();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private Server server;

  @BeforeEach void open() throws ServerException {
    web.get("/", _ -> Reply.text("root"));
    web.get("/hello", request -> {
      handled.add(request.path());
      return Reply.text("hello");
    });
    web.post("/echo", request -> {
      handled.add(new String(request.body(), StandardCharsets.UTF_8));
      return Reply.bytes("text/plain", request.body());
    });
    web.post("/ignore", _ -> Reply.text("ignored")).streaming().bodyMax(new Size(64 << 20));
    web.get("/sized/{bytes}", request -> Reply.bytes("text/plain", new byte[Integer.parseInt(request.path("bytes"))]));
    server = Fixture.data(web);
  }

  @AfterEach void livesOnAndHasNothingInFlight() throws Exception {
    assertEquals("hello", Wire.get(server, "/hello").text());
    Fixture.eventually("nothing in flight", () -> server.active() == 0);
    assertEquals(0, server.stop(Duration.ZERO));
  }

  private Wire.Answer ask(String request) throws IOException {
    return Wire.ask(server, request);
  }

  private static void assertProblem(int status, Wire.Answer answer) {
    assertEquals(status, answer.status(), answer.head());
    assertEquals("application/problem+json", answer.field("Content-Type"));
    assertTrue(answer.text().contains("\"status\":" + status), answer.text());
  }

  // ---- handlers -------------------------------------------------------------------------------------------------

  @Test void answers500WhenAHandlerThrows() throws IOException {
    web.get("/throws", _ -> {
      throw new IllegalStateException("secret");
    });
    web.get("/error", _ -> {
      throw new AssertionError("secret");
    });
    web.get("/checked", _ -> {
      throw new IOException("secret");
    });
    try (var log = new Fixture.Lines("uservice.web"); Wire wire = Wire.to(server)) {
      for (String path : List.of("/throws", "/error", "/checked")) {
        Wire.Answer answer = wire.send("GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n").answer();
        assertEquals("{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500,\"instance\":\"" + path + "\"}", answer.text());
        assertFalse(answer.closes());
      }
      assertEquals(List.of("GET /throws failed", "GET /error failed", "GET /checked failed"), log.records.stream().map(r -> r.getMessage()).toList());
      assertEquals(List.of("secret", "secret", "secret"), log.records.stream().map(r -> r.getThrown().getMessage()).toList());
    }
  }

  @Test void answersOnAThreadThatAHandlerLeftInterrupted() throws IOException {
    web.get("/interrupted", _ -> {
      Thread.currentThread().interrupt();
      return Reply.text("fine");
    });
    assertEquals("fine", Wire.get(server, "/interrupted").text());
  }

  @Test void answers500WhenAHandlerReturnsNothing() throws IOException {
    web.get("/null", _ -> null);
    try (var log = new Fixture.Lines("uservice.web")) {
      assertProblem(500, Wire.get(server, "/null"));
      assertEquals("BUG: the handler of GET /null returned null", log.records.getFirst().getThrown().getMessage());
    }
  }

  @Test void answersAsAProblemExceptionSays() throws IOException {
    web.get("/orders/{id}", request -> {
      throw new ProblemException(404, "no order '" + request.path("id") + "'");
    });
    try (var log = new Fixture.Lines("uservice.web")) {
      Wire.Answer answer = Wire.get(server, "/orders/a%20b?x=1");
      assertEquals("{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"no order 'a b'\",\"instance\":\"/orders/a%20b\"}",
          answer.text());
      assertEquals(List.of(), log.records);
    }
  }

  @Test void breaksTheConnectionOffWhenAStreamFailsHalfway() throws Exception {
    web.get("/half", _ -> Reply.stream("text/plain", out -> {
      out.write("half".getBytes(StandardCharsets.UTF_8));
      out.flush();
      throw new AssertionError("broken");
    }));
    try (var log = new Fixture.Lines("uservice.web"); Wire wire = Wire.to(server)) {
      String all = wire.send("GET /half HTTP/1.1\r\n" + HOST + "\r\n").untilClosed();
      assertTrue(all.endsWith("\r\n4\r\nhalf\r\n"), all);
      assertEquals(List.of("GET /half was broken off"), log.records.stream().map(r -> r.getMessage()).toList());
    }
  }

  // ---- lengths of answers ---------------------------------------------------------------------------------------

  @Test void sendsBodiesOfAnySizeWithTheirLengthAndKeepsTheConnection() throws IOException {
    try (Wire wire = Wire.to(server)) {
      for (int size : new int[] {0, 1, 4095, 4096, 8191, 8192, 16_384, 16_385, 70_000, 1_000_000}) {
        Wire.Answer answer = wire.send("GET /sized/" + size + " HTTP/1.1\r\n" + HOST + "\r\n").answer();
        assertEquals("" + size, answer.field("Content-Length"));
        assertNull(answer.field("Transfer-Encoding"));
        assertEquals(size, answer.body().length);
      }
    }
  }

  @Test void streamsInChunksAndSendsWhatIsFlushed() throws Exception {
    var go = new CountDownLatch(1);
    web.get("/stream", _ -> Reply.stream("text/event-stream", out -> {
      out.write("data: 1\n\n".getBytes(StandardCharsets.UTF_8));
      out.flush();
      go.await();
      out.write(new byte[100_000]);
    }));
    try (Wire wire = Wire.to(server)) {
      wire.send("GET /stream HTTP/1.1\r\n" + HOST + "\r\n");
      assertTrue(wire.head().contains("Transfer-encoding: chunked"), "the header comes before the end");
      go.countDown();
      assertEquals("hello", wire.send("GET /hello HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n").untilClosed()
          .replaceFirst("(?s).*\r\n\r\n", ""));
    }
    Wire.Answer again = Wire.get(server, "/stream");
    assertEquals(100_009, again.body().length);
  }

  @Test void streamsToHttp10UntilTheEndOfTheConnection() throws Exception {
    web.get("/stream", _ -> Reply.stream("text/plain", out -> out.write(new byte[10_000])));
    try (Wire wire = Wire.to(server)) {
      String all = wire.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").untilClosed();
      assertTrue(all.contains("Connection: close\r\n"), all);
      assertEquals(10_000, all.length() - all.indexOf("\r\n\r\n") - 4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void sendsNoBodyWhereTheStatusHasNone(int status) throws IOException {
    web.get("/bodiless", _ -> Reply.text("never sent").status(status));
    try (var log = new Fixture.Lines("com.sun.net.httpserver"); Wire wire = Wire.to(server)) {
      for (String method : List.of("GET", "HEAD")) {
        String head = wire.send(method + " /bodiless HTTP/1.1\r\n" + HOST + "\r\n").head();
        assertTrue(head.startsWith("HTTP/1.1 " + status), head);
        assertFalse(head.contains("Content-length"), head);
      }
      assertEquals("hello", wire.send("GET /hello HTTP/1.1\r\n" + HOST + "\r\n").answer().text());
      assertEquals(List.of(), log.records, "the JDK warns of nothing");
    }
  }

  @Test void answersHeadWithTheLengthAndNoBody() throws IOException {
    try (var log = new Fixture.Lines("com.sun.net.httpserver"); Wire wire = Wire.to(server)) {
      assertTrue(wire.send("HEAD /sized/12345 HTTP/1.1\r\n" + HOST + "\r\n").head().contains("Content-length: 12345"));
      assertTrue(wire.send("HEAD /nix HTTP/1.1\r\n" + HOST + "\r\n").head().startsWith("HTTP/1.1 404"));
      assertEquals("hello", wire.send("GET /hello HTTP/1.1\r\n" + HOST + "\r\n").answer().text());
      assertEquals(List.of(), log.records, "the JDK warns of nothing");
    }
  }

  @Test void doesNotStallOnBodiesOfAFewPackets() throws IOException {
    // What a timed test would show reliably only on a quiet machine: that the switch is on.
    assertEquals("true", System.getProperty("sun.net.httpserver.nodelay"));
  }

  // ---- what is asked for ----------------------------------------------------------------------------------------

  @Test void answersWhatNoRouteAnswers() throws IOException {
    assertProblem(404, Wire.get(server, "/nix"));
    assertProblem(404, Wire.get(server, "/hellofoo"));
    assertProblem(404, Wire.get(server, "/hello/"));
    assertProblem(404, Wire.get(server, "/%68ello"));
    Wire.Answer wrong = ask("DELETE /hello HTTP/1.1\r\n" + HOST + "\r\n");
    assertProblem(405, wrong);
    assertEquals("GET, HEAD, OPTIONS", wrong.field("Allow"));
    Wire.Answer options = ask("OPTIONS /hello HTTP/1.1\r\n" + HOST + "\r\n");
    assertEquals(204, options.status());
    assertEquals("GET, HEAD, OPTIONS", options.field("Allow"));
    assertProblem(404, ask("OPTIONS /nix HTTP/1.1\r\n" + HOST + "\r\n"));
  }

  @ParameterizedTest
  @CsvSource({"TRACE,405", "CONNECT,405", "BREW,501", "get,501", "PRI,501", "G@T,501"})
  void refusesOtherMethods(String method, int status) throws IOException {
    assertProblem(status, ask(method + " /hello HTTP/1.1\r\n" + HOST + "\r\n"));
    assertEquals(List.of(), handled);
  }

  @ParameterizedTest
  @ValueSource(strings = {"//hello", "///hello", "http://a/hello", "HTTP://a/hello", "foo:/hello", "hello", "/./hello", "/x/../hello",
      "/x/%2e%2e/hello", "/x//hello", "/hello%2f", "/hello%00", "/hello#x", "/\u00e4"})
  void refusesTargetsThatServersReadDifferently(String target) throws IOException {
    Wire.Answer answer = ask("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n");
    if (target.equals("hello") || target.equals("//hello")) {
      assertEquals(404, answer.status(), "the JDK finds no context");
    } else {
      assertProblem(400, answer);
    }
    assertTrue(answer.closes());
    assertEquals(List.of(), handled);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/9.9", "HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "http/1.1", "HTTP/1.10", "FOO"})
  void refusesOtherVersions(String version) throws IOException {
    Wire.Answer answer = ask("GET /hello " + version + "\r\n" + HOST + "\r\n");
    assertProblem(505, answer);
    assertTrue(answer.closes());
    assertEquals(List.of(), handled);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n", "Host:\r\n", "Host: a b\r\n", "Host: a/b\r\n", "Host: a:b\r\n",
      "Host: a@b\r\n", "Host: :80\r\n", "Host: a:123456\r\n", "Host: [::1\r\n", "Host: []\r\n", "Host: [x]\r\n", "Host: [::1]a\r\n", "Host: \u00e4\r\n"})
  void refusesWhatHasNotOneValidHost(String hosts) throws IOException {
    Wire.Answer answer = ask("GET /hello HTTP/1.1\r\n" + hosts + "\r\n");
    assertProblem(400, answer);
    assertTrue(answer.closes());
    assertEquals(List.of(), handled);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a:80", "a.example:65535", "127.0.0.1:8080", "[::1]", "[::1]:8080", "a_b", "a%41", "a:"})
  void takesValidHosts(String host) throws IOException {
    assertEquals(200, ask("GET /hello HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status());
  }

  @Test void refusesSpaceBeforeTheColon() throws IOException {
    assertEquals(400, ask("GET /hello HTTP/1.1\r\nHost : a\r\n\r\n").status());
  }

  // ---- lengths of requests --------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"+3", "-0", "3, 3", "0x3", "3 3", "1e1", "99999999999999999999", "999999999999999999999", "-1", ""})
  void refusesLengthsThatAreNotDigits(String length) throws IOException {
    try (Wire wire = Wire.to(server)) {
      String all = wire.send("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: " + length + "\r\n\r\nabc" + smuggled()).endOfOutput().untilClosed();
      assertTrue(all.startsWith("HTTP/1.1 400"), all);
      assertEquals(1, count(all, "HTTP/1.1"), all);
    }
    assertEquals(List.of(), handled);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "Content-Length: 3 # Content-Length: 3           | 400",
    "Content-Length: 3 # Content-Length: 4           | 400",
    "Content-Length: 3 # Transfer-Encoding: chunked  | 400",
    "Transfer-Encoding: gzip, chunked                | 501",
    "Transfer-Encoding: chunked # Transfer-Encoding: chunked | 501",
    "Transfer-Encoding: xchunked                     | 501",
  })
  void refusesLengthsThatContradictThemselves(String fields, int status) throws IOException {
    try (Wire wire = Wire.to(server)) {
      String all = wire.send("POST /echo HTTP/1.1\r\n" + HOST + fields.replace(" # ", "\r\n") + "\r\n\r\n" + smuggled()).untilClosed();
      assertTrue(all.startsWith("HTTP/1.1 " + status), all);
      assertEquals(1, count(all, "HTTP/1.1"), all);
    }
    assertEquals(List.of(), handled);
  }

  /// The JDK reads sizes modulo 2^32, and an empty line as the last chunk; what follows must not become a request.
  @ParameterizedTest
  @ValueSource(strings = {"100000003\r\nabc\r\n0\r\n\r\n", "\r\n\r\n", "3\r\nabc\r\n\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n", "3;x=\"\r\n\"\r\nabc\r\n0\r\n\r\n",
      "0\r\nX: trailer\r\n\r\n", "g\r\n", "-3\r\nabc", "ffffffff\r\nabc", "3\r\nabcd\r\n0\r\n\r\n"})
  void neverReadsARequestBehindAChunkedOne(String chunks) throws IOException {
    for (String path : List.of("/echo", "/hello", "/ignore", "/nix")) {
      try (Wire wire = Wire.to(server)) {
        String all = wire.send("POST " + path + " HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + chunks + smuggled() + smuggled())
            .endOfOutput().untilClosed();
        assertTrue(count(all, "HTTP/1.1") <= 1, all);
        assertTrue(all.isEmpty() || all.contains("Connection: close\r\n"), all);
      }
    }
    assertFalse(handled.contains("/hello"), handled.toString());
  }

  @Test void readsChunkedBodiesAndCloses() throws IOException {
    Wire.Answer answer = ask("POST /echo HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
    assertEquals("abcde", answer.text());
    assertTrue(answer.closes());
  }

  @Test void refusesBodiesWhereNoneIsTaken() throws IOException {
    assertProblem(413, ask("GET /hello HTTP/1.1\r\n" + HOST + "Content-Length: 3\r\n\r\nabc"));
    assertProblem(413, ask("GET /hello HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
    assertEquals(200, ask("GET /hello HTTP/1.1\r\n" + HOST + "Content-Length: 0\r\n\r\n").status());
    assertProblem(400, ask("POST /echo HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
  }

  @Test void refusesLargeBodiesByTheirLengthAndWhileReadingThem() throws IOException {
    String large = "x".repeat(1025);
    try (Wire wire = Wire.to(server)) {
      Wire.Answer refused = wire.send("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 1025\r\n\r\n" + large).answer();
      assertProblem(413, refused);
      assertFalse(refused.closes(), "so little is read away");
      assertEquals(200, wire.send("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 1024\r\n\r\n" + large.substring(1)).answer().status());
    }
    assertProblem(413, ask("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 100000000000\r\n\r\n"));
    assertProblem(413, ask("POST /echo HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n401\r\n" + large + "\r\n0\r\n\r\n"));
    assertEquals(1024, ask("POST /echo HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n400\r\n" + large.substring(1) + "\r\n0\r\n\r\n").body().length);
  }

  @Test void showsTheRefusalToAClientThatStillSends() throws Exception {
    try (Wire wire = Wire.to(server)) {
      Wire.Answer refused = wire.send("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 900000\r\n\r\n").answer();
      assertProblem(413, refused);
      assertTrue(refused.closes());
      for (int i = 0; i < 90; i++) {
        wire.send("x".repeat(10_000)); // fails where the server has closed
        Thread.sleep(1); // gives a server that would close the time to do so
      }
      assertEquals("", wire.untilClosed());
    }
  }

  @Test void readsAwayWhatAHandlerLeavesUnread() throws IOException {
    try (Wire wire = Wire.to(server)) {
      for (int size : new int[] {1, 1000, 65_536}) {
        Wire.Answer answer = wire.send("POST /ignore HTTP/1.1\r\n" + HOST + "Content-Length: " + size + "\r\n\r\n" + "x".repeat(size)).answer();
        assertEquals("ignored", answer.text());
        assertFalse(answer.closes());
      }
      Wire.Answer last = wire.send("POST /ignore HTTP/1.1\r\n" + HOST + "Content-Length: 65537\r\n\r\n" + "x".repeat(65_537)).answer();
      assertEquals("ignored", last.text());
      assertTrue(last.closes());
      assertEquals("", wire.untilClosed());
    }
  }

  @Test void readsAwayWhatIsUnreadBeforeAnAnswerWithoutABody() throws IOException {
    web.put("/nothing", _ -> Reply.noContent()).streaming();
    try (Wire wire = Wire.to(server)) {
      assertEquals(204, wire.send("PUT /nothing HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nabcde").answer().status());
      assertEquals("hello", wire.send("GET /hello HTTP/1.1\r\n" + HOST + "\r\n").answer().text());
    }
  }

  @Test void answersABodyThatIsCutShort() throws IOException {
    try (Wire wire = Wire.to(server)) {
      Wire.Answer answer = wire.send("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 10\r\n\r\nabc").endOfOutput().answer();
      assertProblem(400, answer);
      assertTrue(answer.closes());
    }
    assertProblem(400, ask("POST /echo HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"));
  }

  @Test void refusesTooMuchHeader() throws IOException {
    assertProblem(431, ask("GET /hello HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(9000) + "\r\n\r\n"));
    assertProblem(431, ask("GET /hello?" + "x".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n"));
    var many = new StringBuilder();
    for (int i = 0; i < Gate.FIELDS_MAX; i++) {
      many.append("X").append(i).append(": \r\n");
    }
    assertProblem(431, ask("GET /hello HTTP/1.1\r\n" + HOST + many + "\r\n"));
    assertProblem(431, ask("GET /hello HTTP/1.1\r\n" + HOST + "X: 1\r\n".repeat(Gate.FIELDS_MAX) + "\r\n"));
    assertEquals(200, ask("GET /hello HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(8000) + "\r\n\r\n").status());
  }

  @Test void countsTheHeaderAsItStoodOnTheWire() throws IOException {
    String exactly = "GET /hello HTTP/1.1\r\n" + HOST + "X: \r\n\r\n";
    String padding = "x".repeat((8 << 10) - exactly.length() + 2); // the last empty line is no field
    assertEquals(200, ask(exactly.replace("X: ", "X: " + padding)).status());
    assertEquals(431, ask(exactly.replace("X: ", "X: x" + padding)).status());
  }

  @Test void goesOnAfterExpectContinue() throws IOException {
    try (Wire wire = Wire.to(server)) {
      wire.send("POST /echo HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
      assertTrue(wire.head().startsWith("HTTP/1.1 100"));
      assertEquals("abc", wire.send("abc").answer().text());
    }
  }

  // ---- connections ----------------------------------------------------------------------------------------------

  @Test void answersPipelinedRequestsInOrder() throws IOException {
    try (Wire wire = Wire.to(server)) {
      wire.send("GET /hello HTTP/1.1\r\n" + HOST + "\r\nPOST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 3\r\n\r\nabcGET /nix HTTP/1.1\r\n" + HOST + "\r\n");
      assertEquals("hello", wire.answer().text());
      assertEquals("abc", wire.answer().text());
      assertEquals(404, wire.answer().status());
    }
  }

  @Test void servesHttp10() throws IOException {
    try (Wire wire = Wire.to(server)) {
      String all = wire.send("GET /hello HTTP/1.0\r\n\r\n").untilClosed();
      assertTrue(all.startsWith("HTTP/1.1 200"), all);
      assertTrue(all.contains("Connection: close\r\n") && all.endsWith("\r\n\r\nhello"), all);
    }
    try (Wire wire = Wire.to(server)) {
      assertEquals("keep-alive", wire.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").answer().field("Connection"));
      assertEquals("hello", wire.send("GET /hello HTTP/1.0\r\n\r\n").answer().text());
    }
  }

  @Test void saysThatItClosesWhenItWasAskedTo() throws IOException {
    try (Wire wire = Wire.to(server)) {
      Wire.Answer answer = wire.send("GET /hello HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n").answer();
      assertTrue(answer.closes());
      assertEquals("", wire.untilClosed());
    }
  }

  @Test void takesHeadersByteByByte() throws IOException {
    try (Wire wire = Wire.to(server)) {
      for (byte b : ("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 3\r\n\r\nabc").getBytes(StandardCharsets.US_ASCII)) {
        wire.send(new byte[] {b});
      }
      assertEquals("abc", wire.answer().text());
    }
  }

  @Test void forgetsRequestsWhoseClientIsGone() throws Exception {
    var blocked = new CountDownLatch(1);
    web.get("/endless", _ -> Reply.stream("text/plain", out -> {
      while (true) {
        out.write(new byte[8192]);
        blocked.countDown();
      }
    }));
    try (var log = new Fixture.Lines("uservice.web"); Wire wire = Wire.to(server)) {
      wire.send("GET /endless HTTP/1.1\r\n" + HOST + "\r\n");
      blocked.await();
      wire.reset();
      Fixture.eventually("the abort is seen", () -> server.active() == 0);
      assertEquals(List.of(), log.records, "a client that leaves is no fault of ours");
    }
    Wire large = Wire.to(server);
    large.send("GET /sized/50000000 HTTP/1.1\r\n" + HOST + "\r\n").head();
    large.reset();
    Fixture.eventually("the abort is seen", () -> server.active() == 0);
  }

  // ---- where the JDK answers by itself ---------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"GET /hello?q=a|b", "GET /hello{", "GET /a^b", "GET /%zz", "GET /%", "GET /a\\b"})
  void pinsThatTheJdkRefusesUrisItCannotParse(String start) throws IOException {
    Wire.Answer answer = ask(start + " HTTP/1.1\r\n" + HOST + "\r\n");
    assertEquals(400, answer.status());
    assertTrue(answer.closes());
    assertEquals("text/html", answer.field("Content-Type"), "the JDK's own answer, not a problem");
  }

  @Test void pinsThatTheJdkAnswersRequestLinesItCannotParse() throws IOException {
    assertEquals(400, ask("GET\r\n\r\n").status());
    assertEquals(400, ask("GET /hello\r\n\r\n").status());
    assertEquals(404, ask("GET  /hello HTTP/1.1\r\n" + HOST + "\r\n").status());
    assertEquals(404, ask("OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n").status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT a:443", "GET foo:bar", "GET mailto:a"})
  void pinsThatTheJdkClosesWithoutAnAnswerWhereThereIsNoPath(String start) throws IOException {
    try (Wire wire = Wire.to(server)) {
      assertEquals("", wire.send(start + " HTTP/1.1\r\n" + HOST + "\r\n").untilClosed());
    }
  }

  @Test void pinsThatTheJdkClosesWithoutAnAnswerBeyondItsOwnLimits() throws IOException {
    try (Wire wire = Wire.to(server)) {
      // 2 * web.max_headers + 64 KiB, of whichever server was opened first in this process.
      int beyond = Integer.getInteger("sun.net.httpserver.maxReqHeaderSize") + 1;
      String all;
      try {
        all = wire.send("GET /hello HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(beyond) + "\r\n\r\n").untilClosed();
      } catch (SocketException cutWhileSending) {
        all = "";
      }
      assertEquals("", all);
    }
  }

  /// What the JDK's parser does with the header before anybody else sees it.
  @Test void pinsWhatTheJdkTakesThatItShouldNot() throws IOException {
    assertEquals(200, ask("GET /hello HTTP/1.1\nHost: a\r\n\r\n".replaceFirst("\n", "\r\n").replace("\r\nHost", "\r\nX: y\nHost")).status(), "bare LF");
    assertEquals(200, ask("GET /hello HTTP/1.1\r\n" + HOST + "X: y\r\n z\r\n\r\n").status(), "folding");
    assertEquals(200, ask("GET /hello x HTTP/1.1\r\n" + HOST + "\r\n").status(), "a space in the target");
  }

  @Test void keepsBytesOfPathsApartFromText() throws IOException {
    web.get("/files/{rest...}", request -> Reply.text(request.path("rest") + "|" + request.query("q").orElse("-")));
    assertEquals("a/b c|ä", Wire.get(server, "/files/a/b%20c?q=%C3%A4").text());
    assertEquals("|-", Wire.get(server, "/files/").text());
    assertProblem(400, Wire.get(server, "/files/%ff"));
    assertArrayEquals(new byte[0], Wire.get(server, "/sized/0").body());
    assertThrows(SocketException.class, () -> {
      try (var none = new Socket()) {
        none.connect(new InetSocketAddress("127.0.0.1", 1), 1000);
      }
    });
  }

  private static String smuggled() {
    return "GET /hello HTTP/1.1\r\n" + HOST + "\r\n";
  }

  private static int count(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }
}
