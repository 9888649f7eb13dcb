package uservice.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import testing.FaultyStream;

@Timeout(60)
class ReplyReaderTest {
  /// What is on the wire, and how it is shown below.
  private static final Map<String, String> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("+OK\r\n", "+OK");
    KINDS.put("+\r\n", "+");
    KINDS.put("+grüß\r\n", "+grüß");
    KINDS.put("-WRONGTYPE Operation against a key\r\n", "-WRONGTYPE Operation against a key");
    KINDS.put(":1000\r\n", ":1000");
    KINDS.put(":+7\r\n", ":7");
    KINDS.put(":-9223372036854775808\r\n", ":-9223372036854775808");
    KINDS.put("$5\r\nhello\r\n", "$hello");
    KINDS.put("$0\r\n\r\n", "$");
    KINDS.put("$4\r\n\r\n$1\r\n", "$\r\n$1");
    KINDS.put("$-1\r\n", "_");
    KINDS.put("*-1\r\n", "_");
    KINDS.put("*0\r\n", "[]");
    KINDS.put("*3\r\n:1\r\n$1\r\na\r\n*1\r\n$-1\r\n", "[:1 $a [_]]");
    KINDS.put("_\r\n", "_");
    KINDS.put("#t\r\n", ":1");
    KINDS.put("#f\r\n", ":0");
    KINDS.put(",1.5\r\n", "+1.5");
    KINDS.put(",inf\r\n", "+inf");
    KINDS.put("(3492890328409238509324850943850943825024385\r\n", "+3492890328409238509324850943850943825024385");
    KINDS.put("!9\r\nSYNTAX no\r\n", "-SYNTAX no");
    KINDS.put("=8\r\ntxt:Some\r\n", "$Some");
    KINDS.put("%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "[+a :1 +b :2]");
    KINDS.put("~2\r\n+a\r\n+b\r\n", "[+a +b]");
    KINDS.put("|1\r\n+ttl\r\n:3600\r\n*1\r\n:7\r\n", "[:7]");
    KINDS.put(">2\r\n+message\r\n+x\r\n:5\r\n", ":5");
  }

  private static ReplyReader reader(InputStream in) { return new ReplyReader(in, () -> {}); }

  private static ReplyReader reader(String wire) { return reader(new ByteArrayInputStream(wire.getBytes(ISO_8859_1))); }

  private static String shown(Reply reply) {
    return switch (reply) {
      case Reply.Text(var text) -> "+" + text;
      case Reply.Refused(var message) -> "-" + message;
      case Reply.Int(var number) -> ":" + number;
      case Reply.Bulk bulk -> "$" + bulk.text();
      case Reply.Nil() -> "_";
      case Reply.Many(var items) -> items.stream().map(ReplyReaderTest::shown).collect(Collectors.joining(" ", "[", "]"));
    };
  }

  @Test void readsEveryKind() throws Exception {
    for (var kind : KINDS.entrySet()) {
      assertEquals(kind.getValue(), shown(reader(new ByteArrayInputStream(kind.getKey().getBytes(UTF_8))).read()), kind.getKey());
    }
  }

  @Test void readsByteByByteAndOneAfterAnother() throws Exception {
    var reader = reader(FaultyStream.trickle(String.join("", KINDS.keySet()).getBytes(UTF_8)));
    for (String expected : KINDS.values()) {
      assertEquals(expected, shown(reader.read()));
    }
    assertThrows(EOFException.class, reader::read);
  }

  @Test void aCutAnywhereIsAnEndAndNeverAnotherReply() {
    for (String wire : KINDS.keySet()) {
      byte[] bytes = wire.getBytes(UTF_8);
      for (int cut = 0; cut < bytes.length; cut++) {
        int at = cut;
        assertThrows(EOFException.class, () -> reader(FaultyStream.endingAt(bytes, at)).read(), wire + " cut at " + at);
        assertEquals("connection reset at byte " + at,
            assertThrows(IOException.class, () -> reader(FaultyStream.failingAt(bytes, at)).read()).getMessage());
      }
    }
  }

  private static void refuses(String message, String wire) {
    assertEquals(message, assertThrows(ProtocolException.class, () -> reader(wire).read(), wire).getMessage());
  }

  @Test void saysWhichByteIsWrong() {
    refuses("reply type 0x07 at byte 0, expected one of + - : $ * _ # , ( ! = % ~ > |", "\u0007");
    refuses("reply type 0x48 at byte 0, expected one of + - : $ * _ # , ( ! = % ~ > |", "HTTP/1.1 400 Bad Request\r\n");
    refuses("reply type 0x78 at byte 8, expected one of + - : $ * _ # , ( ! = % ~ > |", "*2\r\n:1\r\nx");
    refuses("'1x' at byte 1, expected a number", ":1x\r\n");
    refuses("'' at byte 1, expected a number", "$\r\n");
    refuses("'99999999999999999999' at byte 1, expected a number", ":99999999999999999999\r\n");
    refuses("string of -2 bytes at byte 1", "$-2\r\n");
    refuses("array of -2 items at byte 1", "*-2\r\n");
    refuses("no \\r\\n where the value ends at byte 9", "$5\r\nhelloX\n");
    refuses("carriage return without a line feed at byte 4", "+OK\rX");
    refuses("line feed without a carriage return at byte 1", "+OK\n");
    refuses("boolean that is neither t nor f at byte 1", "#x\r\n");
    refuses("verbatim string without its format at byte 1", "=2\r\nab\r\n");
    refuses("a push inside of a reply at byte 4", "*1\r\n>1\r\n:1\r\n");
  }

  @Test void takesNoMoreThanItsLimits() {
    refuses("reply nested deeper than 16 at byte 68", "*1\r\n".repeat(100));
    refuses("reply nested deeper than 16 at byte 196", "|1\r\n:1\r\n:2\r\n".repeat(100));
    refuses("more than 1048576 items in a reply at byte 1", "*1048577\r\n");
    refuses("more than 1048576 items in a reply at byte 1", "%524289\r\n");
    refuses("more than 1048576 items in a reply at byte 13", "*2\r\n*1\r\n:1\r\n*1048574\r\n");
    refuses("line over 65536 bytes at byte 1", "+" + "a".repeat(70_000));
    refuses("reply over 67108864 bytes at byte 1", "$67108865\r\n");
    refuses("reply over 67108864 bytes at byte 1", "$9223372036854775807\r\n");
  }

  @Test void aPromiseOfMuchTakesNoMemoryByItself() {
    for (int i = 0; i < 1_000; i++) { // 64 GB, were they reserved at once
      assertThrows(EOFException.class, () -> reader("$67000000\r\nabc").read());
      assertThrows(EOFException.class, () -> reader("*1048576\r\n:1\r\n").read());
    }
  }

  @Test void theStringsOfAReplyCountTogether() {
    var first = new ByteArrayInputStream("*2\r\n$40000000\r\n".getBytes(UTF_8));
    var body = new InputStream() { // as many bytes as are asked for
      private int left = 40_000_000;

      @Override public int read() { return left-- > 0 ? 'x' : -1; }

      @Override public int read(byte[] into, int from, int length) {
        int count = Math.min(length, left);
        left -= count;
        return count == 0 ? -1 : count;
      }
    };
    var second = new ByteArrayInputStream("\r\n$40000000\r\n".getBytes(UTF_8));
    var whole = new SequenceInputStream(Collections.enumeration(List.of(first, body, second)));
    assertEquals("reply over 67108864 bytes at byte 40000018", assertThrows(ReplyReader.TooLarge.class, () -> reader(whole).read()).getMessage());
  }

  @Test void readsLargeStringsWhole() throws Exception {
    var bytes = new byte[3_000_001];
    new Random(7).nextBytes(bytes);
    var wire = new ByteArrayOutputStream();
    wire.writeBytes(("$" + bytes.length + "\r\n").getBytes(UTF_8));
    wire.writeBytes(bytes);
    wire.writeBytes("\r\n:1\r\n".getBytes(UTF_8));
    var reader = reader(new ByteArrayInputStream(wire.toByteArray()));
    assertArrayEquals(bytes, ((Reply.Bulk) reader.read()).bytes());
    assertEquals(new Reply.Int(1), reader.read());
  }

  /// Whatever comes, it is a reply or an [IOException], and small input makes small replies.
  @Test void survivesWhateverComes() throws Exception {
    var seeds = List.copyOf(KINDS.keySet());
    var random = new Random(20260130);
    int read = 0;
    for (int round = 0; round < 60_000; round++) {
      var text = new StringBuilder(seeds.get(random.nextInt(seeds.size())) + seeds.get(random.nextInt(seeds.size())));
      for (int edits = random.nextInt(4); edits >= 0; edits--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(256));
          case 1 -> text.insert(at, "+-:$*_#,(!=%~>|\r\n0123456789".charAt(random.nextInt(27)));
          case 2 -> text.deleteCharAt(at);
          default -> text.insert(at, seeds.get(random.nextInt(seeds.size())));
        }
        if (text.isEmpty()) {
          text.append('*');
        }
      }
      var reader = reader(FaultyStream.trickle(text.toString().getBytes(ISO_8859_1)));
      try {
        while (true) {
          reader.read();
          read++;
        }
      } catch (IOException ended) {
        // As it should.
      }
    }
    assertTrue(read > 10_000, "replies were among them: " + read);
  }
}
