package uservice.grpc;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import uservice.wire.Wire;

/// Calls to a server that keeps to the rules, in every way that the rules allow.
@Timeout(60)
class ConnectionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
  private static final int MESSAGE_MAX = 8 << 20;

  @TempDir Path folder;

  static Connection connect(H2Peer peer) throws Exception {
    return Connection.open(Wire.connect("127.0.0.1", peer.port(), PATIENCE), "tcp://peer", "peer", MESSAGE_MAX, PATIENCE);
  }

  private static Answer call(Connection connection, byte[] message) throws Exception {
    return connection.call("/test.Echo/Say", message, PATIENCE);
  }

  /// Calls once, and checks that the peer's script ran as it is written.
  private static Answer once(H2Peer.Script script) throws Exception {
    try (var peer = H2Peer.playing(script); var connection = connect(peer)) {
      Answer answer = call(connection, HELLO);
      assertEquals(List.of(), peer.failures());
      return answer;
    }
  }

  private static GrpcException fails(H2Peer.Script script) {
    return assertThrows(GrpcException.class, () -> once(script));
  }

  private static String text(Answer answer) {
    return switch (answer) {
      case Answer.Message message -> new String(message.bytes(), StandardCharsets.UTF_8);
      case Answer.Refused refused -> refused.toString();
    };
  }

  // ---- the request ----

  @Test void firstBytesAreAsTheSpecificationsHaveThem() throws Exception {
    var preface = new CompletableFuture<byte[]>();
    var ack = new CompletableFuture<H2Peer.Sent>();
    var head = new CompletableFuture<H2Peer.Sent>();
    var data = new CompletableFuture<H2Peer.Sent>();
    assertEquals("hi", text(once(talk -> {
      preface.complete(talk.bytes(24 + 9 + 18 + 9 + 4));
      talk.frame(FrameType.SETTINGS, 0, 0, "");
      ack.complete(talk.read());
      head.complete(talk.read());
      data.complete(talk.read());
      talk.answer(1, "hi".getBytes(StandardCharsets.UTF_8)).stall();
    })));
    assertEquals(Hex.text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
        + "000012" + "04" + "00" + "00000000" + "000200000000" + "000400100000" + "000600008000"
        + "000004" + "08" + "00" + "00000000" + "000f0001", Hex.text(preface.get()));
    assertEquals("SETTINGS 1 0 ", ack.get().toString());
    String block = "208386" + "040e" + hex("/test.Echo/Say") + "0104" + hex("peer") + "0002" + hex("te") + "08" + hex("trailers")
        + "000c" + hex("grpc-timeout") + "0931" + "([0-9a-f]{14})" + hex("u") + "0f1010" + hex("application/grpc")
        + "0014" + hex("grpc-accept-encoding") + "04" + hex("gzip") + "0f2b08" + hex("uservice");
    assertTrue(head.get().toString().matches("HEADERS 4 1 " + block), head.get() + "\n" + block);
    assertEquals("DATA 1 1 000000000568656c6c6f", data.get().toString());
  }

  private static String hex(String text) { return Hex.text(text.getBytes(StandardCharsets.US_ASCII)); }

  @Test void timeoutsFitEightDigits() {
    assertEquals("1u", Text.timeout(-5));
    assertEquals("1u", Text.timeout(1));
    assertEquals("5000000u", Text.timeout(5_000_000_000L));
    assertEquals("99999999u", Text.timeout(99_999_999_000L));
    assertEquals("100000m", Text.timeout(99_999_999_001L));
    assertEquals("86400000m", Text.timeout(Duration.ofDays(1).toNanos()));
    assertEquals("8640000S", Text.timeout(Duration.ofDays(100).toNanos()));
  }

  @Test void pathsAreWhatAHeaderFieldCanHold() throws Exception {
    try (var peer = H2Peer.playing(talk -> talk.greet().stall()); var connection = connect(peer)) {
      for (String path : List.of("", "test.Echo/Say", "/test.Echo/S y", "/test.Echo/S\ry", "/tést.Echo/Say")) {
        assertThrows(IllegalArgumentException.class, () -> connection.call(path, HELLO, PATIENCE), path);
      }
      assertTrue(connection.usable());
    }
  }

  @Test void headersThatAreLongerThanAFrameContinue() throws Exception {
    String path = "/test.Echo/" + "x".repeat(20_000);
    try (var peer = H2Peer.playing(talk -> {
          talk.greet();
          H2Peer.Sent first = talk.read(FrameType.HEADERS);
          H2Peer.Sent second = talk.read();
          assertEquals(16_384, first.payload().length);
          assertEquals("0 9 4", first.flags() + " " + second.type() + " " + second.flags());
          talk.answer(1, HELLO).stall();
        }); var connection = connect(peer)) {
      assertEquals("hello", text(connection.call(path, HELLO, PATIENCE)));
      assertEquals(List.of(), peer.failures());
    }
  }

  // ---- answers ----

  @Test void messageMayBeCutAnywhere() throws Exception {
    byte[] message = "a message in pieces".getBytes(StandardCharsets.UTF_8);
    byte[] body = H2Peer.prefixed(message);
    for (int cut = 0; cut <= body.length; cut++) {
      int at = cut;
      assertEquals("a message in pieces", text(once(talk -> {
        talk.greet().request();
        talk.headers(1, false, ":status: 200", "content-type: application/grpc+proto")
            .data(1, Arrays.copyOf(body, at)).data(1, new byte[0]).data(1, Arrays.copyOfRange(body, at, body.length))
            .headers(1, true, "grpc-status: 0", "grpc-message: ").stall();
      })), "cut at " + cut);
    }
  }

  @Test void peerMaySendOneByteAtATime() throws Exception {
    assertEquals("slow but right", text(once(talk -> {
      talk.trickling().greet("000300000064" + "00040000ffff").request();
      talk.frame(FrameType.PING, 0, 0, "0102030405060708")
          .answer(1, "slow but right".getBytes(StandardCharsets.UTF_8));
      assertEquals("PING 1 0 0102030405060708", talk.read(FrameType.PING).toString());
      talk.stall();
    })));
  }

  @Test void paddingPrioritiesAndUnknownFramesAreNoObstacle() throws Exception {
    byte[] head = H2Peer.block(":status: 200", "content-type: application/grpc;v=1");
    byte[] body = H2Peer.prefixed(HELLO);
    assertEquals("hello", text(once(talk -> {
      talk.greet().request();
      talk.frame(FrameType.PRIORITY, 0, 1, "0000000010")
          .frame(FrameType.PRIORITY, 0, 77, "0000000010")
          .frame(0xfe, 0xff, 99, "c0ffee")
          .frame(0xbe, 0, 0, "")
          .frame(FrameType.HEADERS, FrameType.END_HEADERS | FrameType.PADDED | FrameType.WITH_PRIORITY, 1,
              "03" + "8000000010" + Hex.text(head) + "000000")
          .frame(FrameType.DATA, FrameType.PADDED, 1, "ff" + Hex.text(body) + "00".repeat(255))
          .headers(1, true, "grpc-status: 0").stall();
    })));
  }

  @Test void headerBlocksMayContinue() throws Exception {
    byte[] head = H2Peer.block(":status: 200", "content-type: application/grpc");
    assertEquals("hello", text(once(talk -> {
      talk.greet().request();
      talk.frame(FrameType.HEADERS, 0, 1, Arrays.copyOf(head, 4))
          .frame(FrameType.CONTINUATION, 0, 1, "")
          .frame(FrameType.CONTINUATION, 0, 1, Arrays.copyOfRange(head, 4, 9))
          .frame(FrameType.CONTINUATION, FrameType.END_HEADERS, 1, Arrays.copyOfRange(head, 9, head.length))
          .data(1, H2Peer.prefixed(HELLO)).headers(1, true, "grpc-status: 0").stall();
    })));
  }

  @Test void interimAnswersAreSkipped() throws Exception {
    assertEquals("hello", text(once(talk -> {
      talk.greet().request();
      talk.headers(1, false, ":status: 100").headers(1, false, ":status: 103", "link: </x>").answer(1, HELLO).stall();
    })));
  }

  @Test void trailersOnlyCarryTheStatus() throws Exception {
    assertEquals(new Answer.Refused(Status.UNIMPLEMENTED, "unknown service runtime.v1.ImageService"), once(talk -> {
      talk.greet().request();
      talk.headers(1, true, ":status: 200", "content-type: application/grpc", "grpc-status: 12",
          "grpc-message: unknown service runtime.v1.ImageService").stall();
    }));
  }

  @Test void statusMayComeAfterAMessage() throws Exception {
    assertEquals("DATA_LOSS: 100% 'ü'\ufffd of it, 50%, %zz, %4", text(once(talk -> {
      talk.greet().request();
      talk.headers(1, false, ":status: 200", "content-type: application/grpc").data(1, H2Peer.prefixed(HELLO))
          .headers(1, true, "grpc-status: 15", "grpc-message: 100%25 '%C3%BC'%0A of it, 50%, %zz, %4").stall();
    })));
  }

  @Test void statusWithoutMessageOrKnownNumberIsStillOne() throws Exception {
    assertEquals(List.of("CANCELLED", "UNKNOWN: later", "UNAUTHENTICATED"), List.of(status("1", ""), status("17", "later"), status("16", "")));
  }

  private static String status(String code, String message) throws Exception {
    return text(once(talk -> {
      talk.greet().request();
      talk.headers(1, true, ":status: 200", "content-type: application/grpc", "grpc-status: " + code, "grpc-message: " + message).stall();
    }));
  }

  @Test void whatStandsBeforeTheServerIsToldByItsHttpStatus() throws Exception {
    assertEquals("UNAVAILABLE: HTTP status 503, content type 'text/html' instead of application/grpc", http("503", "text/html"));
    assertEquals("UNIMPLEMENTED: HTTP status 404, content type '' instead of application/grpc", http("404", ""));
    assertEquals("PERMISSION_DENIED: HTTP status 403", http("403", "application/grpc"));
    assertEquals("UNAUTHENTICATED: HTTP status 401", http("401", "application/grpc"));
    assertEquals("INTERNAL: HTTP status 400", http("400", "application/grpc"));
    assertEquals("UNAVAILABLE: HTTP status 429", http("429", "application/grpc"));
    assertEquals("UNKNOWN: HTTP status 200, content type 'application/grpcx' instead of application/grpc", http("200", "application/grpcx"));
    assertEquals("UNKNOWN: HTTP status 200, content type 'application/json' instead of application/grpc", http("200", "application/json"));
  }

  /// Answers the first call over HTTP, then a second one rightly.
  private static String http(String status, String type) throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().request();
          talk.headers(1, false, ":status: " + status, "content-type: " + type);
          assertEquals("RST_STREAM 0 1 00000008", talk.read(FrameType.RST_STREAM).toString());
          talk.data(1, "not for us".getBytes(StandardCharsets.UTF_8)).headers(1, true, "grpc-status: 0");
          assertEquals(3, talk.request().stream());
          talk.answer(3, HELLO).stall();
        }); var connection = connect(peer)) {
      String first = text(call(connection, HELLO));
      assertEquals("hello", text(call(connection, HELLO)));
      assertEquals(List.of(), peer.failures());
      return first;
    }
  }

  @Test void emptyMessagesAndLargeOnesArrive() throws Exception {
    assertEquals("", text(once(talk -> {
      talk.greet();
      assertEquals("hello", new String(talk.request().message(), StandardCharsets.UTF_8));
      talk.answer(1, new byte[0]).stall();
    })));
    var large = new byte[5 << 20];
    new Random(7).nextBytes(large);
    var answer = (Answer.Message) once(talk -> {
      talk.greet().request();
      stream(talk, 1, large);
      talk.stall();
    });
    assertArrayEquals(large, answer.bytes());
  }

  /// Sends a message as large as it likes, within the windows that the client gives.
  private static void stream(H2Peer.Talk talk, int stream, byte[] message) throws IOException {
    byte[] body = H2Peer.prefixed(message);
    talk.headers(stream, false, ":status: 200", "content-type: application/grpc");
    long onStream = Connection.INTAKE;
    long onConnection = Connection.INTAKE;
    for (int at = 0; at < body.length; ) {
      int room = (int) Math.min(Math.min(onStream, onConnection), Math.min(16_384, body.length - at));
      if (room == 0) {
        H2Peer.Sent more = talk.read(FrameType.WINDOW_UPDATE);
        int increment = ByteBuffer.wrap(more.payload()).getInt();
        onStream += more.stream() == 0 ? 0 : increment;
        onConnection += more.stream() == 0 ? increment : 0;
      } else {
        talk.data(stream, Arrays.copyOfRange(body, at, at + room));
        at += room;
        onStream -= room;
        onConnection -= room;
      }
    }
    talk.headers(stream, true, "grpc-status: 0");
  }

  @Test void gzipIsDecoded() throws Exception {
    byte[] plain = "compressed ".repeat(1000).getBytes(StandardCharsets.UTF_8);
    assertEquals("compressed ".repeat(1000), text(once(talk -> {
      assertEquals("gzip", talk.greet().request().fields().get("grpc-accept-encoding"));
      gzip(talk, "gzip", gzip(plain));
    })));
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zipped = new GZIPOutputStream(bytes)) {
      zipped.write(plain);
    }
    return bytes.toByteArray();
  }

  private static void gzip(H2Peer.Talk talk, String encoding, byte[] bytes) throws IOException {
    byte[] body = H2Peer.prefixed(bytes);
    body[0] = 1;
    talk.headers(1, false, ":status: 200", "content-type: application/grpc", "grpc-encoding: " + encoding).data(1, body)
        .headers(1, true, "grpc-status: 0").stall();
  }

  // ---- gRPC broken, HTTP/2 kept ----

  /// The first call is answered by `script` in a way that is of no use, the second one rightly.
  private static String unusable(H2Peer.Script script) throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().request();
          script.play(talk);
          assertEquals(3, talk.request().stream());
          talk.answer(3, HELLO).stall();
        }); var connection = connect(peer)) {
      var failure = assertThrows(GrpcException.class, () -> call(connection, HELLO));
      assertEquals(GrpcException.Kind.INVALID, failure.kind());
      assertFalse(failure.retrySafe());
      assertTrue(connection.usable());
      assertEquals("hello", text(call(connection, HELLO)), failure.getMessage());
      assertEquals(List.of(), peer.failures());
      return failure.getMessage();
    }
  }

  private static String body(byte[] bytes, String... trailers) throws Exception {
    return unusable(talk -> talk.headers(1, false, ":status: 200", "content-type: application/grpc").data(1, bytes).headers(1, true, trailers));
  }

  @Test void answersThatBreakGrpcLeaveTheConnectionAsItWas() throws Exception {
    byte[] one = H2Peer.prefixed(HELLO);
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    assertEquals("tcp://peer: more than one message in the answer to a unary call", body(two, "grpc-status: 0"));
    assertEquals("tcp://peer: a message whose compressed flag is 2, must be 0 or 1", body(Hex.bytes("02 00000000"), "grpc-status: 0"));
    assertEquals("tcp://peer: a message of 8388609 bytes, at most 8388608", body(Hex.bytes("00 00800001"), "grpc-status: 0"));
    assertEquals("tcp://peer: a message of 4294967295 bytes, at most 8388608", body(Hex.bytes("00 ffffffff"), "grpc-status: 0"));
    assertEquals("tcp://peer: the answer ends after 9 bytes, in the middle of its message", body(Arrays.copyOf(one, 9), "grpc-status: 0"));
    assertEquals("tcp://peer: the answer ends after 3 bytes, in the middle of its message", body(Arrays.copyOf(one, 3), "grpc-status: 0"));
    assertEquals("tcp://peer: status OK and no message", body(new byte[0], "grpc-status: 0"));
    assertEquals("tcp://peer: the answer ends without grpc-status", body(one, "grpc-message: fine"));
    assertEquals("tcp://peer: grpc-status is 'fine', must be a number", body(one, "grpc-status: fine"));
    assertEquals("tcp://peer: grpc-status is '-1', must be a number", body(one, "grpc-status: -1"));
    assertEquals("tcp://peer: grpc-status is '0,0', must be a number", body(one, "grpc-status: 0", "grpc-status: 0"));
    assertEquals("tcp://peer: status OK and no message", unusable(talk ->
        talk.headers(1, true, ":status: 200", "content-type: application/grpc", "grpc-status: 0")));
    assertEquals("tcp://peer: the answer ends without trailers, and so without grpc-status", unusable(talk ->
        talk.headers(1, false, ":status: 200", "content-type: application/grpc").frame(FrameType.DATA, FrameType.END_STREAM, 1, one)));
  }

  @Test void compressionThatWasNotOfferedIsRefused() throws Exception {
    byte[] zipped = gzip(HELLO);
    assertEquals("tcp://peer: a message compressed with 'snappy', gzip is what was offered",
        fails(talk -> gzipped(talk, "snappy", zipped)).getMessage());
    assertEquals("tcp://peer: a message that says it is gzip and is not: Not in GZIP format",
        fails(talk -> gzipped(talk, "gzip", "plain".getBytes(StandardCharsets.UTF_8))).getMessage());
    assertEquals("tcp://peer: a message that says it is gzip and is not: Unexpected end of ZLIB input stream",
        fails(talk -> gzipped(talk, "gzip", Arrays.copyOf(zipped, zipped.length - 9))).getMessage());
    assertEquals("tcp://peer: a message that is more than 8388608 bytes when uncompressed",
        fails(talk -> gzipped(talk, "gzip", gzip(new byte[MESSAGE_MAX + 1]))).getMessage());
    assertEquals(MESSAGE_MAX, ((Answer.Message) once(talk -> gzipped(talk, "gzip", gzip(new byte[MESSAGE_MAX])))).bytes().length);
  }

  private static void gzipped(H2Peer.Talk talk, String encoding, byte[] bytes) throws IOException {
    talk.greet().request();
    gzip(talk, encoding, bytes);
  }

  // ---- flow control ----

  @Test void sendsNoMoreThanTheWindowsAllow() throws Exception {
    var large = new byte[300_000];
    new Random(1).nextBytes(large);
    try (var peer = H2Peer.playing(talk -> {
          talk.greet("0004" + "00000064"); // 100 bytes on a stream
          talk.read(FrameType.HEADERS);
          var body = new ByteArrayOutputStream();
          assertEquals(100, add(body, talk.read(FrameType.DATA)));
          talk.frame(FrameType.SETTINGS, 0, 0, "0004" + "00000032"); // 50: the stream's window is -50 now
          assertEquals(FrameType.SETTINGS, talk.read().type());
          talk.frame(FrameType.WINDOW_UPDATE, 0, 1, "00000033"); // +51 makes 1
          assertEquals(1, add(body, talk.read(FrameType.DATA)));
          talk.frame(FrameType.SETTINGS, 0, 0, "0004" + "000f4240"); // a million; the connection's window is what is left
          while (body.size() < 65_535) {
            assertTrue(add(body, talk.read(FrameType.DATA)) <= 16_384);
          }
          assertEquals(65_535, body.size());
          talk.frame(FrameType.SETTINGS, 0, 0, "0005" + "00020000").frame(FrameType.WINDOW_UPDATE, 0, 0, "000f4240");
          assertEquals(131_072, add(body, talk.read(FrameType.DATA)), "the larger frames that it allows now");
          while (body.size() < 300_005) {
            add(body, talk.read(FrameType.DATA));
          }
          assertArrayEquals(H2Peer.prefixed(large), body.toByteArray());
          talk.answer(1, HELLO).stall();
        }); var connection = connect(peer)) {
      Answer answer = call(connection, large);
      assertEquals(List.of(), peer.failures());
      assertEquals("hello", text(answer));
    }
  }

  private static int add(ByteArrayOutputStream body, H2Peer.Sent data) {
    body.writeBytes(data.payload());
    return data.payload().length;
  }

  @Test void answerBeforeTheRequestIsSentEndsTheSending() throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().read(FrameType.HEADERS);
          talk.headers(1, true, ":status: 200", "content-type: application/grpc", "grpc-status: 8", "grpc-message: too much");
          assertEquals("RST_STREAM 0 1 00000000", talk.read(FrameType.RST_STREAM).toString());
          talk.frame(FrameType.WINDOW_UPDATE, 0, 0, "000f4240");
          assertEquals(3, talk.request().stream());
          talk.answer(3, HELLO).stall();
        }); var connection = connect(peer)) {
      assertEquals("RESOURCE_EXHAUSTED: too much", text(call(connection, new byte[1 << 20])));
      assertEquals("hello", text(call(connection, HELLO)));
      assertEquals(List.of(), peer.failures());
    }
  }

  @Test void waitsUntilTheServerAllowsAStream() throws Exception {
    assertEquals("hello", text(once(talk -> {
      talk.greet("0003" + "00000000").frame(FrameType.PING, 0, 0, "0000000000000000");
      assertEquals(FrameType.SETTINGS, talk.read().type());
      assertEquals(FrameType.PING, talk.read().type(), "and no HEADERS");
      talk.frame(FrameType.SETTINGS, 0, 0, "0003" + "00000001").request();
      talk.answer(1, HELLO).stall();
    })));
  }

  // ---- several calls, and the end ----

  @Test void manyCallsGoOverOneConnection() throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet();
          while (true) {
            H2Peer.Request request = talk.request();
            talk.frame(FrameType.WINDOW_UPDATE, 0, request.stream(), "00000001").answer(request.stream(), request.message())
                .frame(FrameType.WINDOW_UPDATE, 0, 0, "00010000").frame(FrameType.WINDOW_UPDATE, 0, request.stream(), "00000001")
                .frame(FrameType.RST_STREAM, 0, request.stream(), "00000000"); // late, as they may be
          }
        }); var connection = connect(peer); var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<String>>();
      for (int i = 0; i < 200; i++) {
        byte[] message = ("number " + i).getBytes(StandardCharsets.UTF_8);
        answers.add(callers.submit(() -> text(call(connection, message))));
      }
      for (int i = 0; i < 200; i++) {
        assertEquals("number " + i, answers.get(i).get());
      }
      assertEquals(1, peer.accepted());
      assertEquals(List.of(), peer.failures());
    }
  }

  @Test void tablesOfTheServerLastFromCallToCall() throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().request();
          // 88: :status 200; content-type and grpc-status go into the table
          talk.frame(FrameType.HEADERS, FrameType.END_HEADERS, 1, "88 5f10" + hex("application/grpc")).data(1, H2Peer.prefixed(HELLO))
              .frame(FrameType.HEADERS, 5, 1, "400b" + hex("grpc-status") + "0130").request();
          talk.frame(FrameType.HEADERS, FrameType.END_HEADERS, 3, "88 bf").data(3, H2Peer.prefixed(HELLO)).frame(FrameType.HEADERS, 5, 3, "be").stall();
        }); var connection = connect(peer)) {
      assertEquals("hello", text(call(connection, HELLO)));
      assertEquals("hello", text(call(connection, HELLO)));
    }
  }

  @Test void serverThatGoesAwayFinishesWhatItHas() throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().request();
          talk.frame(FrameType.GOAWAY, 0, 0, "7fffffff 00000000").frame(FrameType.GOAWAY, 0, 0, "00000001 00000000").answer(1, HELLO).stall();
        }); var connection = connect(peer)) {
      assertEquals("hello", text(call(connection, HELLO)));
      assertFalse(connection.usable());
      var refused = assertThrows(GrpcException.class, () -> call(connection, HELLO));
      assertEquals("tcp://peer: the server is going away: NO_ERROR", refused.getMessage());
      assertTrue(refused.retrySafe());
    }
  }

  @Test void whatTheServerSaidWhenItLeftIsToldWhenItIsGone() {
    GrpcException gone = fails(talk -> {
      talk.greet().request();
      talk.frame(FrameType.GOAWAY, 0, 0, "00000001 00000002" + hex("out of memory"));
    });
    assertEquals("tcp://peer: closed by the peer; the server is going away: INTERNAL_ERROR, out of memory", gone.getMessage());
    assertFalse(gone.retrySafe(), "stream 1 it may have worked on");
  }

  @Test void framesForAbandonedStreamsAreNotForever() throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().request();
          talk.headers(1, false, ":status: 503").request();
          while (true) {
            talk.data(1, HELLO);
          }
        }); var connection = connect(peer)) {
      assertInstanceOf(Answer.Refused.class, call(connection, HELLO));
      assertEquals("tcp://peer: more than 10000 frames in one call that bring it no further",
          assertThrows(GrpcException.class, () -> call(connection, HELLO)).getMessage());
    }
  }

  @Test void whatTheServerDidNotTouchMayBeAskedAgain() {
    GrpcException gone = fails(talk -> {
      talk.greet().request();
      talk.frame(FrameType.GOAWAY, 0, 0, "00000000 0000000b" + hex("too_many\npings")).stall();
    });
    assertEquals("tcp://peer: the server is going away: ENHANCE_YOUR_CALM, too_many\ufffdpings", gone.getMessage());
    assertEquals(GrpcException.Kind.CUT, gone.kind());
    assertTrue(gone.retrySafe());
  }

  @Test void resetsAreTheServersNo() throws Exception {
    Map<String, String> expected = Map.of("00000007", "UNAVAILABLE: the server reset the stream: REFUSED_STREAM",
        "00000008", "CANCELLED: the server reset the stream: CANCEL", "0000000b", "RESOURCE_EXHAUSTED: the server reset the stream: ENHANCE_YOUR_CALM",
        "0000000c", "PERMISSION_DENIED: the server reset the stream: INADEQUATE_SECURITY", "00000002", "INTERNAL: the server reset the stream: INTERNAL_ERROR",
        "00000000", "INTERNAL: the server reset the stream: NO_ERROR", "ffffffff", "UNKNOWN: the server reset the stream: error 0xffffffff");
    for (var code : expected.entrySet()) {
      assertEquals(code.getValue(), text(once(talk -> {
        talk.greet().request();
        talk.frame(FrameType.RST_STREAM, 0, 1, code.getKey()).stall();
      })));
    }
  }

  @Test void cutAtEveryByteIsToldAndNeverHangs() throws Exception {
    byte[] block = H2Peer.block(":status: 200", "content-type: application/grpc");
    var all = new ByteArrayOutputStream();
    all.writeBytes(H2Peer.bytes(FrameType.HEADERS, FrameType.END_HEADERS, 1, block));
    all.writeBytes(H2Peer.bytes(FrameType.DATA, 0, 1, H2Peer.prefixed(HELLO)));
    all.writeBytes(H2Peer.bytes(FrameType.HEADERS, 5, 1, H2Peer.block("grpc-status: 0")));
    for (int cut = 0; cut < all.size(); cut++) {
      byte[] part = Arrays.copyOf(all.toByteArray(), cut);
      GrpcException lost = fails(talk -> {
        talk.greet().request();
        talk.raw(part);
      });
      assertEquals(GrpcException.Kind.CUT, lost.kind());
      assertFalse(lost.retrySafe(), "the server may have done what was asked");
      assertTrue(lost.getMessage().startsWith("tcp://peer: closed by the peer"), lost.getMessage());
    }
    assertEquals("hello", text(once(talk -> {
      talk.greet().request();
      talk.raw(all.toByteArray()).stall();
    })));
  }

  @Test void silenceEndsWithTheDeadlineWhereverItBegins() throws Exception {
    List<H2Peer.Script> scripts = List.of(
        talk -> talk.greet().stall(),
        talk -> talk.greet("0003" + "00000000").stall(),
        talk -> talk.greet("0004" + "00000000").stall(),
        talk -> {
          talk.greet().request();
          talk.headers(1, false, ":status: 200", "content-type: application/grpc").data(1, Hex.bytes("0000")).stall();
        },
        talk -> {
          talk.greet().request();
          talk.raw(Hex.bytes("000010")).stall();
        });
    for (H2Peer.Script script : scripts) {
      try (var peer = H2Peer.playing(script); var connection = connect(peer)) {
        var late = assertThrows(GrpcException.class, () -> connection.call("/test.Echo/Say", HELLO, Duration.ofMillis(50)));
        assertEquals("LATE tcp://peer: no answer within 50 ms", late.kind() + " " + late.getMessage());
        assertFalse(connection.usable());
        var after = assertThrows(GrpcException.class, () -> call(connection, HELLO));
        assertTrue(after.retrySafe(), after.getMessage());
      }
    }
  }

  @Test void pingsWithoutAnEndDoNotKeepACallAlive() {
    GrpcException lost = fails(talk -> {
      talk.greet().request();
      while (true) {
        talk.frame(FrameType.PING, 0, 0, "0000000000000000");
      }
    });
    assertEquals("tcp://peer: more than 10000 frames in one call that bring it no further", lost.getMessage());
  }

  @Test void interruptedCallEndsAtOnce() throws Exception {
    SocketAddress unix = UnixDomainSocketAddress.of(folder.resolve("i"));
    SocketAddress tcp = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    interrupts(tcp, Thread.ofVirtual());
    interrupts(unix, Thread.ofVirtual());
    Files.delete(folder.resolve("i"));
    interrupts(unix, Thread.ofPlatform()); // which cannot be interrupted in a read over TCP
  }

  private void interrupts(SocketAddress address, Thread.Builder threads) throws Exception {
    var asked = new CountDownLatch(1);
    try (var peer = H2Peer.playing(address, talk -> {
          talk.greet().request();
          asked.countDown();
          talk.stall();
        }); var connection = address instanceof UnixDomainSocketAddress
            ? Connection.open(Wire.connect(folder.resolve("i"), PATIENCE), "unix://i", "localhost", MESSAGE_MAX, PATIENCE) : connect(peer)) {
      var outcome = new CompletableFuture<Throwable>();
      Thread caller = threads.start(() -> outcome.complete(assertThrows(Exception.class, () -> call(connection, HELLO))));
      asked.await();
      caller.interrupt();
      assertInstanceOf(InterruptedException.class, outcome.get(20, TimeUnit.SECONDS));
      assertFalse(connection.usable());
    }
  }

  @Test void callsThatAreGivenUpEndAConnectionInTheEnd() throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet();
          while (true) {
            talk.headers(talk.request().stream(), false, ":status: 503");
          }
        }); var connection = connect(peer)) {
      for (int i = 0; i < 100; i++) {
        assertTrue(connection.usable(), "after " + i);
        assertInstanceOf(Answer.Refused.class, call(connection, HELLO));
      }
      assertEquals("tcp://peer: 100 calls were given up on it", assertThrows(GrpcException.class, () -> call(connection, HELLO)).getMessage());
    }
  }

  @Test void connectionEndsWithTheNumbersOfItsStreams() throws Exception {
    var streams = new LinkedBlockingQueue<Integer>();
    try (var peer = H2Peer.playing(talk -> {
          talk.greet();
          while (true) {
            int stream = talk.request().stream();
            streams.add(stream);
            talk.answer(stream, HELLO);
          }
        }); var connection = connect(peer)) {
      var last = Connection.class.getDeclaredField("lastStream");
      last.setAccessible(true);
      last.setInt(connection, Integer.MAX_VALUE - 4);
      assertEquals("hello", text(call(connection, HELLO)));
      assertEquals("hello", text(call(connection, HELLO)));
      var over = assertThrows(GrpcException.class, () -> call(connection, HELLO));
      assertEquals("tcp://peer: no number for another stream is left", over.getMessage());
      assertTrue(over.retrySafe());
      assertEquals(List.of(Integer.MAX_VALUE - 2, Integer.MAX_VALUE), List.copyOf(streams));
    }
  }

  @Test void closeTakesLeaveAndEndsACallOfAnotherThread() throws Exception {
    var farewell = new CompletableFuture<String>();
    try (var peer = H2Peer.playing(talk -> {
          talk.greet();
          farewell.complete(talk.read(FrameType.GOAWAY).toString());
        })) {
      connect(peer).close();
      assertEquals("GOAWAY 0 0 0000000000000000", farewell.get(20, TimeUnit.SECONDS));
    }
    var asked = new CountDownLatch(1);
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().request();
          asked.countDown();
          talk.stall();
        }); var connection = connect(peer)) {
      var outcome = new CompletableFuture<Throwable>();
      Thread.ofVirtual().start(() -> outcome.complete(assertThrows(Exception.class, () -> call(connection, HELLO))));
      asked.await();
      connection.close();
      assertInstanceOf(GrpcException.class, outcome.get(20, TimeUnit.SECONDS));
    }
  }

  @Test void unixSocketsCarryItAsWell() throws Exception {
    Path socket = folder.resolve("s");
    try (var _ = H2Peer.playing(UnixDomainSocketAddress.of(socket), talk -> {
          talk.greet();
          while (true) {
            H2Peer.Request request = talk.request();
            if (request.message().length == 0) {
              talk.stall();
            }
            talk.answer(request.stream(), request.message());
          }
        }); var connection = Connection.open(Wire.connect(socket, PATIENCE), "unix://" + socket, "localhost", MESSAGE_MAX, PATIENCE)) {
      assertEquals("hello", text(call(connection, HELLO)));
      var late = assertThrows(GrpcException.class, () -> connection.call("/test.Echo/Say", new byte[0], Duration.ofMillis(50)));
      assertEquals("unix://" + socket + ": no answer within 50 ms", late.getMessage());
    }
  }

  // ---- those who speak something else ----

  private static String stranger(H2Peer.Script script) throws Exception {
    try (var peer = H2Peer.playing(script)) {
      var refused = assertThrows(GrpcException.class, () -> connect(peer));
      assertEquals(GrpcException.Kind.UNREACHABLE, refused.kind());
      assertTrue(refused.retrySafe());
      return refused.getMessage();
    }
  }

  @Test void otherProtocolsAreCalledByTheirNames() throws Exception {
    assertEquals("tcp://peer: the server speaks TLS on this port; a port or socket without TLS is what can be used here",
        stranger(talk -> talk.raw(Hex.bytes("15 0303 0002 0246"))));
    assertEquals("tcp://peer: the server speaks TLS on this port; a port or socket without TLS is what can be used here",
        stranger(talk -> talk.trickling().raw(Hex.bytes("15 0301 0002 0246")).stall()));
    assertEquals("tcp://peer: the server speaks HTTP/1 on this port, gRPC needs HTTP/2",
        stranger(talk -> talk.raw("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")));
    assertEquals("tcp://peer: the server speaks SSH on this port, gRPC needs HTTP/2", stranger(talk -> talk.raw("SSH-2.0-OpenSSH_9.2\r\n").stall()));
    assertEquals("tcp://peer: closed before it spoke HTTP/2, as by a server that expects TLS: closed by the peer",
        stranger(talk -> talk.bytes(24 + 9 + 18 + 9 + 4)));
  }

  @Test void silenceBeforeTheFirstFrameEndsWithTheDeadline() throws Exception {
    try (var peer = H2Peer.playing(H2Peer.Talk::stall)) {
      var late = assertThrows(GrpcException.class, () -> Connection.open(Wire.connect("127.0.0.1", peer.port(), PATIENCE), "tcp://peer", "peer",
          MESSAGE_MAX, Duration.ofMillis(50)));
      assertEquals("LATE true tcp://peer: no answer within 50 ms", late.kind() + " " + late.retrySafe() + " " + late.getMessage());
    }
  }
}
