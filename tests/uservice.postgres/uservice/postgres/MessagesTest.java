package uservice.postgres;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.postgres.Wired.int16;
import static uservice.postgres.Wired.int32;
import static uservice.postgres.Wired.joined;
import static uservice.postgres.Wired.message;

import org.junit.jupiter.api.Test;
import testing.FaultyStream;
import uservice.postgres.BackendMessage.*;
import uservice.postgres.FrontendMessage.*;

final class MessagesTest {
  private static final byte[] FIELD = joined("n\0", int32(16_384), int16(1), int32(20), int16(8), int32(-1), int16(0));
  private static final byte[][] ALL = {
      message('R', int32(0)), message('R', int32(3)), message('R', int32(5), "salt"), message('R', int32(10), "A\0B\0\0"), message('R', int32(11), "r=x"),
      message('R', int32(12), "v=x"), message('R', int32(7), "abc"), Wired.notice("n"), Wired.status("a", "b"), message('A', int32(1), "c\0p\0"),
      message('v', int32(0), int32(1), "_pq_.x\0"), Wired.KEY, Wired.READY, Wired.error("ERROR", "42P01", "no"), Wired.complete("INSERT 0 1"),
      Wired.row("a", null, ""), message('I'), message('T', int16(1), FIELD), message('1'), message('2'), message('3'), message('n'), message('s')};

  private static void writes(byte[] expected, FrontendMessage message) {
    assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(FrontendMessage.bytes(List.of(message))));
  }

  @Test void writesWhatTheDocumentationSays() {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("user", "u");
    parameters.put("database", "d");
    writes(joined(int32(27), int32(0x0003_0000), "user\0u\0database\0d\0\0"), new StartupMessage(parameters));
    writes(HexFormat.of().parseHex("0000000804d2162f"), new SSLRequest());
    writes(HexFormat.of().parseHex("0000001004d2162e000012670000cafe"), new CancelRequest(4711, int32(0xcafe)));
    writes(message('p', "pwd\0"), new PasswordMessage("pwd"));
    writes(message('p', "SCRAM-SHA-256\0", int32(3), "n,,"), new SASLInitialResponse("SCRAM-SHA-256", "n,,"));
    writes(message('p', "c=biws"), new SASLResponse("c=biws"));
    writes(message('Q', "SELECT 1\0"), new Query("SELECT 1"));
    writes(message('P', "s1\0SELECT $1\0", int16(0)), new Parse("s1", "SELECT $1"));
    writes(message('B', "\0s1\0", int16(0), int16(2), int32(1), "a", int32(-1), int16(0)), new Bind("s1", Arrays.asList(new byte[] {'a'}, null)));
    writes(message('E', "\0", int32(0)), new Execute());
    writes(message('C', "Ss1\0"), new Close("s1"));
    writes(HexFormat.of().parseHex("5300000004"), new Sync());
    writes(HexFormat.of().parseHex("5800000004"), new Terminate());
  }

  @Test void refusesAZeroWithinAText() {
    assertThrows(IllegalArgumentException.class, () -> FrontendMessage.bytes(List.of(new Query("SELECT\0"))));
  }

  @Test void readsEveryMessageOneByteAtATime() throws Exception {
    var reader = new MessageReader(FaultyStream.trickle(joined((Object[]) ALL)));
    var read = new ArrayList<BackendMessage>();
    for (int i = 0; i < ALL.length; i++) {
      read.add(reader.read());
    }
    assertEquals(List.of("AuthenticationOk", "AuthenticationCleartextPassword", "AuthenticationMD5Password", "AuthenticationSASL", "AuthenticationSASLContinue",
        "AuthenticationSASLFinal", "AuthenticationOther", "NoticeResponse", "ParameterStatus", "NotificationResponse", "NegotiateProtocolVersion", "BackendKeyData",
        "ReadyForQuery", "ErrorResponse", "CommandComplete", "DataRow", "EmptyQueryResponse", "RowDescription", "ParseComplete", "BindComplete", "CloseComplete",
        "NoData", "PortalSuspended"), read.stream().map(message -> message.getClass().getSimpleName()).toList());
    assertEquals(new AuthenticationSASL(List.of("A", "B")), read.get(3));
    assertEquals(new NotificationResponse(1, "c", "p"), read.get(9));
    assertEquals(new NegotiateProtocolVersion(0, List.of("_pq_.x")), read.get(10));
    assertEquals(new ErrorResponse(Map.of('S', "ERROR", 'V', "ERROR", 'C', "42P01", 'M', "no")), read.get(13));
    var row = (DataRow) read.get(15);
    assertEquals("a", new Row(row.columns()).text(0));
    assertTrue(new Row(row.columns()).isNull(1));
    assertEquals("", new Row(row.columns()).text(2));
    assertEquals(new RowDescription(List.of("n")), read.get(17));
    assertEquals("connection closed by the server at byte " + joined((Object[]) ALL).length, assertThrows(EOFException.class, reader::read).getMessage());
  }

  @Test void saysWhereAConnectionWasCut() throws Exception {
    for (byte[] message : ALL) {
      for (int cut = 0; cut < message.length; cut++) {
        int at = cut;
        assertEquals("connection closed by the server at byte " + cut,
            assertThrows(EOFException.class, () -> new MessageReader(FaultyStream.endingAt(message, at)).read()).getMessage());
        assertEquals("connection reset at byte " + cut,
            assertThrows(IOException.class, () -> new MessageReader(FaultyStream.failingAt(message, at)).read()).getMessage());
      }
    }
  }

  private static String fault(byte[]... messages) {
    var reader = new MessageReader(new ByteArrayInputStream(joined((Object[]) messages)));
    return assertThrows(ProtocolException.class, () -> {
      while (true) {
        reader.read();
      }
    }).getMessage();
  }

  @Test void namesWhatCannotBe() {
    assertEquals("message type 0x07 at byte 6, expected one of RNSAvKZECDIT123ns", fault(Wired.READY, new byte[] {7}));
    assertEquals("message type 0x48 at byte 0, expected one of RNSAvKZECDIT123ns", fault("HTTP/1.1 400 Bad Request".getBytes()));
    assertEquals("message 'Z' at byte 6 has length 3, expected 4 to 65540", fault(Wired.READY, joined("Z", int32(3), "I")));
    assertEquals("message 'Z' at byte 0 has length -1, expected 4 to 65540", fault(joined("Z", int32(-1), "I")));
    assertEquals("message 'E' at byte 0 has length 65541, expected 4 to 65540", fault(joined("E", int32(65_541))));
    assertEquals("message 'Z' has 1 bytes too many, at byte 6", fault(Wired.READY, message('Z', "II")));
    assertEquals("message 'Z' of 0 bytes says that it is longer, at byte 0", fault(message('Z')));
    assertEquals("message 'D' of 6 bytes says that it is longer, at byte 0", fault(message('D', int16(1), int32(5))));
    assertEquals("message 'D' of 6 bytes says that it is longer, at byte 0", fault(message('D', int16(1), int32(-2))));
    assertEquals("message 'S' of 3 bytes says that it is longer, at byte 0", fault(message('S', "a\0b")));
    assertEquals("message 'E' of 5 bytes says that it is longer, at byte 0", fault(message('E', "SERR\0")));
  }

  @Test void takesLongerMessagesOnceThePeerIsKnown() throws Exception {
    byte[] row = Wired.row("x".repeat(100_000));
    var reader = new MessageReader(new ByteArrayInputStream(row));
    reader.started();
    assertEquals(100_000, ((DataRow) reader.read()).columns().getFirst().length);
    assertEquals("message 'D' at byte 0 has length 100010, expected 4 to 65540", fault(row));
    var over = new MessageReader(new ByteArrayInputStream(joined("D", int32(MessageReader.MESSAGE_BYTES_MAX + 5))));
    over.started();
    assertEquals("message 'D' at byte 0 has length 16777221, expected 4 to 16777220", assertThrows(ProtocolException.class, over::read).getMessage());
  }

  /// A length of 16 MiB with nothing behind it must not allocate 16 MiB.
  @Test void allocatesWhatArrivesAndNotWhatIsPromised() {
    var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    byte[] lie = joined("D", int32(MessageReader.MESSAGE_BYTES_MAX + 4), "few");
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 50; i++) {
      var reader = new MessageReader(new ByteArrayInputStream(lie));
      reader.started();
      assertThrows(EOFException.class, reader::read);
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / 50;
    assertTrue(each < 500_000, each + " bytes");
  }

  @Test void endsAnyBytesInAMessageOrTheNamedFault() throws Exception {
    var random = new Random(7);
    int parsed = 0;
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = ALL[random.nextInt(ALL.length)].clone();
      for (int i = random.nextInt(4); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(3) - 1);
      }
      var reader = new MessageReader(new ByteArrayInputStream(bytes));
      reader.started();
      try {
        reader.read();
        parsed++;
      } catch (ProtocolException | EOFException named) {
        // Anything else fails the test.
      }
    }
    assertTrue(parsed > 20_000, parsed + " parsed");
  }

  @Test void writesParametersAsPostgresqlReadsThem() {
    var statement = Statement.of("…", "a\"b", 7, true, null, List.of("a\"b\\c", "", "{,}"), List.of(new byte[] {10, -1}, new byte[0]), List.of(1L, -2L), List.of());
    assertEquals(Arrays.asList("a\"b", "7", "true", null, "{\"a\\\"b\\\\c\",\"\",\"{,}\"}", "{\"\\\\x0aff\",\"\\\\x\"}", "{\"1\",\"-2\"}", "{}"),
        statement.parameters().stream().map(bytes -> bytes == null ? null : new String(bytes, StandardCharsets.UTF_8)).toList());
  }

  @Test void readsABytea() {
    assertArrayEquals(new byte[] {10, -1, 0}, new Row(List.of("\\x0aFF00".getBytes())).bytes(0));
    assertArrayEquals(new byte[0], new Row(List.of("\\x".getBytes())).bytes(0));
    assertThrows(NumberFormatException.class, () -> new Row(List.of("\\x0g".getBytes())).bytes(0));
    assertThrows(RuntimeException.class, () -> new Row(List.of("".getBytes())).bytes(0));
  }
}
