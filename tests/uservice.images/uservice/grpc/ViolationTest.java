package uservice.grpc;

import static org.junit.jupiter.api.Assertions.*;
import static uservice.grpc.FrameType.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server that breaks a rule is told which, by the code that RFC 9113 has for it, and so is the caller.
@Timeout(60)
class ViolationTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final byte[] HELLO = {'h', 'i'};
  private static final byte[] HEAD = H2Peer.block(":status: 200", "content-type: application/grpc");

  /// Has `script` break a rule after it read a request, and checks what is told to whom.
  private static void breaks(ErrorCode code, String message, H2Peer.Script script) throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().request();
          script.play(talk);
          talk.awaitGoAway();
          talk.stall();
        }); var connection = ConnectionTest.connect(peer)) {
      check(peer, code, message, () -> connection.call("/test.Echo/Say", HELLO, PATIENCE));
      assertFalse(connection.usable());
      assertTrue(assertThrows(GrpcException.class, () -> connection.call("/test.Echo/Say", HELLO, PATIENCE)).retrySafe());
    }
  }

  /// Has `script` break a rule instead of the server's first word.
  private static void breaksAtOnce(ErrorCode code, String message, H2Peer.Script script) throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.bytes(24 + 9 + 18 + 9 + 4);
          script.play(talk);
          talk.awaitGoAway();
          talk.stall();
        })) {
      check(peer, code, message, () -> ConnectionTest.connect(peer));
    }
  }

  private static void check(H2Peer peer, ErrorCode code, String message, org.junit.jupiter.api.function.Executable call) throws Exception {
    var broken = assertThrows(GrpcException.class, call, message);
    assertEquals("INVALID tcp://peer: " + message, broken.kind() + " " + broken.getMessage());
    assertFalse(broken.retrySafe());
    assertEquals(List.of(), peer.failures());
    Frame.GoAway told = peer.goAway();
    assertEquals("0 " + code + " " + message, told.last() + " " + ErrorCode.name(told.code()) + " " + told.debug());
  }

  private static void protocol(String message, H2Peer.Script script) throws Exception {
    breaks(ErrorCode.PROTOCOL_ERROR, message, script);
  }

  private static void size(String message, H2Peer.Script script) throws Exception {
    breaks(ErrorCode.FRAME_SIZE_ERROR, message, script);
  }

  // ---- 3.4: the first word ----

  @Test void firstFrameMustBeSettings() throws Exception {
    breaksAtOnce(ErrorCode.PROTOCOL_ERROR, "the first frame is not SETTINGS", talk -> talk.frame(PING, 0, 0, "0000000000000000"));
    breaksAtOnce(ErrorCode.PROTOCOL_ERROR, "the first frame is not SETTINGS", talk -> talk.frame(SETTINGS, ACK, 0, ""));
    breaksAtOnce(ErrorCode.FRAME_SIZE_ERROR, "frame of type 0x20 of 4670804 bytes, at most 16384", talk -> talk.raw("GET / HTTP/1.1\r\n\r\n").raw("GE"));
  }

  // ---- 4: frames and header blocks ----

  @Test void framesBeyondTheLimitAreRefusedBeforeTheirPayload() throws Exception {
    size("DATA of 16385 bytes, at most 16384", talk -> talk.raw(Hex.bytes("004001 00 00 00000001")));
    size("frame of type 0xee of 16777215 bytes, at most 16384", talk -> talk.raw(Hex.bytes("ffffff ee 00 00000001")));
  }

  @Test void headerBlocksAreNotInterrupted() throws Exception {
    byte[] part = Arrays.copyOf(HEAD, 5);
    protocol("PING on stream 0 inside the header block of stream 1", talk -> talk.frame(HEADERS, 0, 1, part).frame(PING, 0, 0, "0000000000000000"));
    protocol("CONTINUATION on stream 3 inside the header block of stream 1", talk -> talk.frame(HEADERS, 0, 1, part).frame(CONTINUATION, 4, 3, ""));
    protocol("DATA on stream 1 inside the header block of stream 1", talk -> talk.frame(HEADERS, 0, 1, part).data(1, HELLO));
    protocol("frame of type 0xaa on stream 1 inside the header block of stream 1", talk -> talk.frame(HEADERS, 0, 1, part).frame(0xaa, 0, 1, ""));
    protocol("CONTINUATION on stream 1 with no header block to continue", talk -> talk.frame(CONTINUATION, 4, 1, HEAD));
    protocol("CONTINUATION on stream 0 with no header block to continue", talk -> talk.frame(CONTINUATION, 4, 0, HEAD));
    protocol("CONTINUATION on stream 1 with no header block to continue", talk -> talk.frame(HEADERS, END_HEADERS, 1, HEAD).frame(CONTINUATION, 4, 1, HEAD));
  }

  @Test void headerBlocksAreBounded() throws Exception {
    breaks(ErrorCode.ENHANCE_YOUR_CALM, "a header block of 18 frames and 5 bytes so far, at most 17 and 65536", talk -> {
      talk.frame(HEADERS, 0, 1, Arrays.copyOf(HEAD, 5));
      for (int i = 0; i < 17; i++) {
        talk.frame(CONTINUATION, 0, 1, "");
      }
    });
    breaks(ErrorCode.ENHANCE_YOUR_CALM, "a header block of 5 frames and 65541 bytes so far, at most 17 and 65536", talk -> {
      talk.frame(HEADERS, 0, 1, Arrays.copyOf(HEAD, 5));
      for (int i = 0; i < 4; i++) {
        talk.frame(CONTINUATION, 0, 1, new byte[16_384]);
      }
    });
    breaks(ErrorCode.ENHANCE_YOUR_CALM, "header fields of 32874 bytes, at most 32768 were announced", talk -> {
      String[] fields = new String[12];
      fields[0] = ":status: 200";
      Arrays.fill(fields, 1, fields.length, "x-long: " + "v".repeat(3610));
      byte[] block = H2Peer.block(fields);
      talk.frame(HEADERS, 0, 1, Arrays.copyOf(block, 16_000)).frame(CONTINUATION, 0, 1, Arrays.copyOfRange(block, 16_000, 32_000))
          .frame(CONTINUATION, END_HEADERS, 1, Arrays.copyOfRange(block, 32_000, block.length));
    });
  }

  @Test void brokenHpackIsACompressionError() throws Exception {
    breaks(ErrorCode.COMPRESSION_ERROR, "index 62 of a header field, from 1 to 61 here", talk -> talk.frame(HEADERS, 4, 1, "88be"));
    breaks(ErrorCode.COMPRESSION_ERROR, "the header block ends in the middle of a field, after 3 bytes", talk -> talk.frame(HEADERS, 4, 1, "88007f"));
    breaks(ErrorCode.COMPRESSION_ERROR, "a dynamic table of 8192 bytes, at most 4096 were allowed", talk -> talk.frame(HEADERS, 4, 1, "3fe13f88"));
    breaks(ErrorCode.COMPRESSION_ERROR, "a huffman-coded string has the end-of-string code in it",
        talk -> talk.frame(HEADERS, 4, 1, "88 00 84ffffffff 0161"));
  }

  // ---- 5.1: streams ----

  @Test void streamsAreTheClients() throws Exception {
    protocol("Data on stream 3, which nobody has opened", talk -> talk.data(3, HELLO));
    protocol("Data on stream 2, which nobody has opened", talk -> talk.data(2, HELLO));
    protocol("Headers on stream 3, which nobody has opened", talk -> talk.frame(HEADERS, 4, 3, HEAD));
    protocol("Headers on stream 2, which nobody has opened", talk -> talk.frame(HEADERS, 4, 2, HEAD));
    protocol("RstStream on stream 5, which nobody has opened", talk -> talk.frame(RST_STREAM, 0, 5, "00000008"));
    protocol("WindowUpdate on stream 5, which nobody has opened", talk -> talk.frame(WINDOW_UPDATE, 0, 5, "00000001"));
    protocol("WindowUpdate on stream 2147483647, which nobody has opened", talk -> talk.frame(WINDOW_UPDATE, 0, -1, "00000001"));
  }

  /// The rule is broken in the second call, with what is left of the first.
  private static void breaksLater(ErrorCode code, String message, H2Peer.Script script) throws Exception {
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().request();
          talk.answer(1, HELLO).request();
          script.play(talk);
          talk.awaitGoAway();
          talk.stall();
        }); var connection = ConnectionTest.connect(peer)) {
      assertInstanceOf(Answer.Message.class, connection.call("/test.Echo/Say", HELLO, PATIENCE));
      check(peer, code, message, () -> connection.call("/test.Echo/Say", HELLO, PATIENCE));
    }
  }

  @Test void streamsThatHaveEndedStayEnded() throws Exception {
    breaksLater(ErrorCode.STREAM_CLOSED, "DATA on stream 1 after its end", talk -> talk.data(1, HELLO));
    breaksLater(ErrorCode.STREAM_CLOSED, "HEADERS on stream 1 after its end", talk -> talk.frame(HEADERS, 4, 1, HEAD));
    breaksLater(ErrorCode.PROTOCOL_ERROR, "PUSH_PROMISE, although push was not allowed", talk -> talk.frame(PUSH_PROMISE, 4, 3, "00000002" + Hex.text(HEAD)));
  }

  // ---- 6: each frame ----

  @Test void framesBelongWhereTheyBelong() throws Exception {
    protocol("DATA on stream 0, belongs to a request's", talk -> talk.data(0, HELLO));
    protocol("HEADERS on stream 0, belongs to a request's", talk -> talk.frame(HEADERS, 4, 0, HEAD));
    protocol("PRIORITY on stream 0, belongs to a request's", talk -> talk.frame(PRIORITY, 0, 0, "0000000010"));
    protocol("RST_STREAM on stream 0, belongs to a request's", talk -> talk.frame(RST_STREAM, 0, 0, "00000008"));
    protocol("SETTINGS on stream 1, belongs on stream 0", talk -> talk.frame(SETTINGS, 0, 1, ""));
    protocol("PING on stream 1, belongs on stream 0", talk -> talk.frame(PING, 0, 1, "0000000000000000"));
    protocol("GOAWAY on stream 1, belongs on stream 0", talk -> talk.frame(GOAWAY, 0, 1, "0000000000000000"));
    protocol("PUSH_PROMISE, although push was not allowed", talk -> talk.frame(PUSH_PROMISE, 4, 1, "00000002" + Hex.text(HEAD)));
  }

  @Test void framesHaveTheLengthThatTheyHave() throws Exception {
    size("PRIORITY of 4 bytes, must be 5", talk -> talk.frame(PRIORITY, 0, 1, "00000000"));
    size("RST_STREAM of 5 bytes, must be 4", talk -> talk.frame(RST_STREAM, 0, 1, "0000000000"));
    size("RST_STREAM of 0 bytes, must be 4", talk -> talk.frame(RST_STREAM, 0, 1, ""));
    size("SETTINGS of 7 bytes, must be a multiple of 6", talk -> talk.frame(SETTINGS, 0, 0, "00030000000100"));
    size("SETTINGS of 6 bytes, must be 0", talk -> talk.frame(SETTINGS, ACK, 0, "000300000001"));
    size("PING of 7 bytes, must be 8", talk -> talk.frame(PING, 0, 0, "00000000000000"));
    size("PING of 9 bytes, must be 8", talk -> talk.frame(PING, ACK, 0, "000000000000000000"));
    size("GOAWAY of 7 bytes, must be at least 8", talk -> talk.frame(GOAWAY, 0, 0, "00000000000000"));
    size("WINDOW_UPDATE of 3 bytes, must be 4", talk -> talk.frame(WINDOW_UPDATE, 0, 1, "000001"));
    size("HEADERS of 4 bytes, its flags make it at least 5", talk -> talk.frame(HEADERS, END_HEADERS | WITH_PRIORITY, 1, "00000000"));
    size("DATA of 0 bytes says that it is padded, and has no length of padding", talk -> talk.frame(HEADERS, 4, 1, HEAD).frame(DATA, PADDED, 1, ""));
  }

  @Test void paddingFitsIntoItsFrame() throws Exception {
    protocol("DATA of 3 bytes with 3 bytes of padding", talk -> talk.frame(HEADERS, 4, 1, HEAD).frame(DATA, PADDED, 1, "030000"));
    protocol("HEADERS of 2 bytes with 255 bytes of padding", talk -> talk.frame(HEADERS, END_HEADERS | PADDED, 1, "ff88"));
    protocol("HEADERS of 7 bytes with 2 bytes of padding", talk -> talk.frame(HEADERS, END_HEADERS | PADDED | WITH_PRIORITY, 1, "02000000001088"));
  }

  @Test void settingsHaveTheirRanges() throws Exception {
    protocol("SETTINGS with ENABLE_PUSH 1, a server's must be 0", talk -> talk.frame(SETTINGS, 0, 0, "000200000001"));
    protocol("SETTINGS with ENABLE_PUSH 2, a server's must be 0", talk -> talk.frame(SETTINGS, 0, 0, "000200000002"));
    protocol("SETTINGS with MAX_FRAME_SIZE 16383, must be from 16384 to 16777215", talk -> talk.frame(SETTINGS, 0, 0, "000500003fff"));
    protocol("SETTINGS with MAX_FRAME_SIZE 16777216, must be from 16384 to 16777215", talk -> talk.frame(SETTINGS, 0, 0, "000501000000"));
    breaks(ErrorCode.FLOW_CONTROL_ERROR, "SETTINGS with INITIAL_WINDOW_SIZE 2147483648, at most 2147483647", talk -> talk.frame(SETTINGS, 0, 0, "000480000000"));
    breaksAtOnce(ErrorCode.FLOW_CONTROL_ERROR, "SETTINGS with INITIAL_WINDOW_SIZE 4294967295, at most 2147483647",
        talk -> talk.frame(SETTINGS, 0, 0, "0004ffffffff"));
    protocol("SETTINGS acknowledged twice, were sent once", talk -> talk.frame(SETTINGS, ACK, 0, ""));
  }

  @Test void windowsNeitherOverflowNorAreWidenedByNothing() throws Exception {
    protocol("WINDOW_UPDATE on stream 1 by 0, must be from 1 to 2^31-1", talk -> talk.frame(WINDOW_UPDATE, 0, 1, "80000000"));
    protocol("WINDOW_UPDATE on stream 0 by 0, must be from 1 to 2^31-1", talk -> talk.frame(WINDOW_UPDATE, 0, 0, "00000000"));
    breaks(ErrorCode.FLOW_CONTROL_ERROR, "the window of the connection becomes 2147549175, at most 2147483647",
        talk -> talk.frame(WINDOW_UPDATE, 0, 0, "7fffffff"));
    breaks(ErrorCode.FLOW_CONTROL_ERROR, "the window of stream 1 becomes 2147549175, at most 2147483647",
        talk -> talk.frame(WINDOW_UPDATE, 0, 1, "7fffffff"));
    breaks(ErrorCode.FLOW_CONTROL_ERROR, "the window of stream 1 becomes 2147483655, at most 2147483647",
        talk -> talk.frame(WINDOW_UPDATE, 0, 1, "0000000f").frame(SETTINGS, 0, 0, "00047fffffff"));
  }

  /// A whole connection cannot show it: whatever it reads it has taken, and widens its windows for.
  @Test void dataBeyondTheWindowIsAFlowControlError() throws Exception {
    var intake = new Intake(10);
    assertEquals(0, intake.take(4, "stream 1"));
    var refused = assertThrows(Violation.class, () -> intake.take(7, "stream 1"));
    assertEquals("FLOW_CONTROL_ERROR DATA of 7 bytes, the window of stream 1 has 6 left", refused.code() + " " + refused.getMessage());
    assertEquals(10, intake.take(6, "stream 1"), "all that was taken, once half of it is");
    assertEquals(5, intake.take(5, "stream 1"));
    assertEquals(0, intake.take(0, "stream 1"));
    assertEquals(10, intake.take(10, "stream 1"));
  }

  @Test void goAwayDoesNotTakeBack() throws Exception {
    protocol("GOAWAY up to stream 3 after one up to 1", talk ->
        talk.frame(GOAWAY, 0, 0, "0000000100000000").frame(GOAWAY, 0, 0, "0000000300000000"));
  }

  // ---- 8: HTTP ----

  @Test void responsesAreWellFormed() throws Exception {
    protocol("a response that does not begin with :status", talk -> talk.headers(1, false, "content-type: application/grpc"));
    protocol("a response that does not begin with :status", talk -> talk.headers(1, false, "content-type: application/grpc", ":status: 200"));
    protocol("a response that does not begin with :status", talk -> talk.frame(HEADERS, 4, 1, ""));
    protocol("pseudo-header ':status' where none may be: a response has :status, once and first", talk -> talk.headers(1, false, ":status: 200", ":status: 200"));
    protocol("pseudo-header ':path' where none may be: a response has :status, once and first", talk -> talk.headers(1, false, ":status: 200", ":path: /"));
    for (String status : List.of("20", "2000", "099", "600", "abc", "101", "+99")) {
      protocol(":status is '" + status + "', must be from 100 to 599 and not 101", talk -> talk.headers(1, false, ":status: " + status));
    }
    for (String name : List.of("Content-Type", "a b", "ä", "a\0")) {
      protocol("a header field named '" + name.replace('\0', '\ufffd') + "', lower-case tokens only", talk -> talk.headers(1, false, ":status: 200", name + ": x"));
    }
    for (String name : List.of("connection", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection")) {
      protocol("header field '" + name + "', which HTTP/2 does not have", talk -> talk.headers(1, false, ":status: 200", name + ": x"));
    }
    for (String value : List.of(" x", "x ", "\tx", "x\ry", "x\ny", "x\0y")) {
      protocol("header field 'a' has a line break, a NUL, or space around its value", talk -> talk.headers(1, false, ":status: 200", "a: " + value));
    }
  }

  @Test void partsOfAResponseComeInTheirOrder() throws Exception {
    protocol("DATA on stream 1 before its HEADERS", talk -> talk.data(1, HELLO));
    protocol("DATA on stream 1 before its HEADERS", talk -> talk.headers(1, false, ":status: 100").data(1, HELLO));
    protocol("a second HEADERS on stream 1 that does not end it", talk -> talk.frame(HEADERS, 4, 1, HEAD).headers(1, false, "grpc-status: 0"));
    protocol("status 100 on stream 1 ends it, only a final one may", talk -> talk.headers(1, true, ":status: 100"));
    protocol("more than 8 interim answers on stream 1", talk -> {
      for (int i = 0; i < 9; i++) {
        talk.headers(1, false, ":status: 103");
      }
    });
    protocol("pseudo-header ':status' where none may be: a response has :status, once and first",
        talk -> talk.frame(HEADERS, 4, 1, HEAD).data(1, H2Peer.prefixed(HELLO)).headers(1, true, ":status: 200", "grpc-status: 0"));
  }

  @Test void declaredLengthIsTheBodys() throws Exception {
    protocol("content-length on stream 1 is '8', the body had 7 bytes", talk -> talk
        .headers(1, false, ":status: 200", "content-type: application/grpc", "content-length: 8").data(1, H2Peer.prefixed(HELLO)).headers(1, true, "grpc-status: 0"));
    protocol("content-length on stream 1 is '-7', the body had 7 bytes", talk -> talk
        .headers(1, false, ":status: 200", "content-type: application/grpc", "content-length: -7").data(1, H2Peer.prefixed(HELLO)).headers(1, true, "grpc-status: 0"));
  }

  // ---- fuzz ----

  /// Whatever the bytes, a reader ends in a frame, a violation or the end of the stream; and it says the same when they come one
  /// by one.
  @Test void noBytesBringTheReaderOutOfItsLimits() throws Exception {
    var random = new Random(9113);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = frames(random);
      String whole = read(new ByteArrayInputStream(bytes));
      assertEquals(whole, read(testing.FaultyStream.trickle(bytes)), () -> Hex.text(bytes));
    }
  }

  /// Frames of which much is right, so that the reader gets beyond their headers.
  private static byte[] frames(Random random) {
    var out = new ByteArrayOutputStream();
    for (int frame = random.nextInt(1, 5); frame > 0; frame--) {
      int type = random.nextInt(11);
      int[] usual = {0, 1, 4, 5, 6, 8, 12};
      var payload = new byte[random.nextInt(4) == 0 ? random.nextInt(40) : usual[random.nextInt(usual.length)]];
      random.nextBytes(payload);
      byte[] bytes = H2Peer.bytes(type, random.nextInt(5) == 0 ? random.nextInt(256) : List.of(0, 1, 4, 5, 8, 0x2c).get(random.nextInt(6)),
          random.nextInt(3), payload);
      if (random.nextInt(20) == 0) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      out.writeBytes(random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
    }
    return out.toByteArray();
  }

  /// A right answer in which some bytes are others.
  private static byte[] flipped(Random random) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(H2Peer.bytes(HEADERS, END_HEADERS, 1, Hex.bytes("88 5f8b1d75d0620d263d4c4d6564"))); // in Huffman codes: application/grpc
    out.writeBytes(H2Peer.bytes(PING, 0, 0, new byte[8]));
    out.writeBytes(H2Peer.bytes(DATA, 0, 1, H2Peer.prefixed(HELLO)));
    out.writeBytes(H2Peer.bytes(HEADERS, END_HEADERS | END_STREAM, 1, H2Peer.block("grpc-status: 0")));
    byte[] bytes = out.toByteArray();
    for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private static String read(InputStream in) throws IOException {
    var reader = new FrameReader(in);
    var seen = new StringBuilder();
    try {
      while (true) {
        Frame frame = reader.read();
        seen.append(switch (frame) {
          case Frame.Data data -> "data " + data.stream() + Hex.text(data.bytes()) + data.length() + data.end();
          case Frame.Headers headers -> "headers " + headers.stream() + Hex.text(headers.block()) + headers.end();
          default -> frame.toString();
        }).append('\n');
      }
    } catch (EOFException end) {
      return seen.append(end.getMessage()).toString();
    } catch (Violation refused) {
      return seen.append(refused.code()).append(refused.getMessage()).toString();
    } catch (Stranger stranger) {
      return seen.append(stranger.getMessage()).toString();
    }
  }

  /// A server that sends anything at all after a good beginning: each call ends, by itself, in one of the ways that are promised.
  @Test void noServerMakesACallFailInAnotherWay() throws Exception {
    var random = new Random(7540);
    var scripts = new ConcurrentLinkedQueue<byte[]>();
    try (var peer = H2Peer.playing(talk -> {
          talk.greet().request();
          talk.raw(scripts.remove());
        })) {
      for (int round = 0; round < 500; round++) {
        byte[] bytes = round % 2 == 0 ? frames(random) : flipped(random);
        scripts.add(bytes);
        try (var connection = ConnectionTest.connect(peer)) {
          connection.call("/test.Echo/Say", HELLO, PATIENCE);
        } catch (GrpcException told) {
          assertNotEquals(GrpcException.Kind.LATE, told.kind(), () -> Hex.text(bytes));
        }
      }
      assertEquals(List.of(), peer.failures());
    }
  }
}
