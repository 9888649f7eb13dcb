package uservice.json;

import module java.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class JsonWriterTest {
  private final JsonWriter writer = new JsonWriter();

  private static String text(JsonWriter writer) {
    return new String(writer.toByteArray(), UTF_8);
  }

  @Test void writesCompactJson() {
    writer.object().name("a").value(1).name("b").array().value("x").value(true).nullValue().object().end().end()
        .name("c").value(-2.5).name("d").value(Json.parse("[1.10,{}]")).name("e").value((CharSequence) null).end();
    assertEquals("{\"a\":1,\"b\":[\"x\",true,null,{}],\"c\":-2.5,\"d\":[1.10,{}],\"e\":null}", text(writer));
  }

  @Test void escapesWhatCouldEndAStringOrALine() {
    writer.value("\"\\/\b\f\n\r\t\0\u001f\u007f\u0080é\u2027\u2028\u2029😀");
    assertEquals("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\u0080é\u2027\\u2028\\u2029😀\"", text(writer));
  }

  @Test void replacesLoneSurrogates() {
    writer.array().value("\ud83d").value("a\ude00b").value("\ud83d\ud83d\ude00").value("\ude00\ud83d").end();
    assertEquals("[\"\ufffd\",\"a\ufffdb\",\"\ufffd😀\",\"\ufffd\ufffd\"]", text(writer));
  }

  @Test void writesAnyStringAsJsonThatReadsBack() {
    var random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      int bound = 1 << 1 + random.nextInt(16);
      var any = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        any.append((char) (bound == 1 << 16 ? 0xD700 + random.nextInt(0xA00) : random.nextInt(bound)));
      }
      byte[] bytes = writer.reset().value(any).toByteArray();
      assertEquals(new String(any.toString().getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16),
          Json.parse(bytes).asString());
      for (byte b : bytes) {
        assertTrue(b < 0 || b >= ' ' && b != 0x7F);
      }
    }
  }

  @Test void cutsLongTextBetweenCharacters() {
    assertEquals("\"abcdef\"", cut("abcdef", 6));
    assertEquals("\"abc…\"", cut("abcdefg", 6));
    assertEquals("\"…\"", cut("abcdefg", 3));
    assertEquals("\"a…\"", cut("a\u0001bcdefg", 6));
    assertEquals("\"…\"", cut("😀😀", 6));
    assertEquals("\"😀…\"", cut("😀😀", 7));
    assertEquals("\"😀😀\"", cut("😀😀", 8));
    assertEquals("\"\"", cut("", 3));
    var random = new Random(3);
    for (int round = 0; round < 5_000; round++) {
      var text = new StringBuilder();
      random.ints(random.nextInt(12), 0, 4).forEach(i -> text.append(List.of("a", "\n", "é", "😀").get(i)));
      int max = 3 + random.nextInt(20);
      int whole = cut(text, 100).getBytes(UTF_8).length - 2;
      var cut = cut(text, max);
      assertTrue(cut.getBytes(UTF_8).length - 2 <= max);
      assertEquals(whole <= max, !cut.contains("…"), cut);
      assertTrue(text.toString().startsWith(Json.parse(cut).asString().replace("…", "")));
    }
    assertThrows(IllegalArgumentException.class, () -> writer.reset().value("a", 2));
  }

  private String cut(CharSequence text, int max) {
    return text(writer.reset().value(text, max));
  }

  @Test void writesLongsAndDoubles() {
    var random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long value = switch (i) {
        case 0 -> Long.MIN_VALUE;
        case 1 -> Long.MAX_VALUE;
        default -> random.nextLong() >> random.nextInt(64);
      };
      assertEquals(Long.toString(value), text(writer.reset().value(value)));
      double any = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(any)) {
        assertEquals(any, Json.parse(writer.reset().value(any).toByteArray()).asDouble());
      }
    }
    writer.reset().array().value(0.0).value(-0.0).value(3.0).value(1e15).value(0.25).value(Double.MIN_VALUE).value(-7.0).end();
    assertEquals("[0,-0.0,3,1.0E15,0.25,4.9E-324,-7]", text(writer));
  }

  @Test void refusesNumbersThatJsonDoesNotHave() {
    writer.array();
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> writer.value(value));
    }
    assertEquals("[1]", text(writer.value(1).end()));
  }

  /// Every call in every state that a writer can be in: it fits, or it is a bug, and then only the calls that fit count.
  @Test void raisesOnMisuse() {
    assertBug("nothing was written", w -> w.toByteArray());
    assertBug("1 objects or arrays are open, end() them", w -> w.array().toByteArray());
    assertBug("1 objects or arrays are open, end() them", w -> w.array().line());
    assertBug("end() and nothing is open", w -> w.end());
    assertBug("end() and nothing is open", w -> w.array().end().end());
    assertBug("end() where a value is due", w -> w.object().name("a").end());
    assertBug("a second value in one document", w -> w.value(1).value(2));
    assertBug("a second value in one document", w -> w.object().end().array());
    assertBug("a value in an object, without a name", w -> w.object().value(1));
    assertBug("a value in an object, without a name", w -> w.object().array());
    assertBug("a value in an object, without a name", w -> w.object().name("a").value(1).nullValue());
    assertBug("name 'a' outside of an object", w -> w.name("a"));
    assertBug("name 'a' outside of an object", w -> w.array().name("a"));
    assertBug("name 'b' where a value is due", w -> w.object().name("a").name("b"));
    assertBug("line() and nothing is on it", w -> w.value(1).line().line());
    assertBug("nested deeper than 512", w -> {
      for (int i = 0; i < 513; i++) {
        w.array();
      }
    });
  }

  private void assertBug(String message, Consumer<JsonWriter> use) {
    writer.reset();
    assertEquals("BUG: " + message, assertThrows(IllegalStateException.class, () -> use.accept(writer)).getMessage());
    assertEquals("[]", text(writer.reset().array().end()));
  }

  @Test void writesLines() throws IOException {
    var out = new ByteArrayOutputStream();
    writer.object().name("a").value("1\n2").end().line().value(3).line().writeTo(out);
    assertEquals("{\"a\":\"1\\n2\"}\n3\n", out.toString(UTF_8));
    assertEquals(out.size(), writer.size());
  }

  @Test void bufferTakesTextAndNumbers() throws IOException {
    var buffer = new Utf8Buffer(0);
    buffer.put("http_total{a=\"é😀\ud83d\"} ").put(42L).put(' ').put(0.5).put(' ').put(Double.NaN).put(new byte[] {'\n'});
    assertEquals("http_total{a=\"é😀\ufffd\"} 42 0.5 NaN\n", buffer.toString());
    assertArrayEquals(buffer.toString().getBytes(UTF_8), buffer.toByteArray());
    assertEquals("http", buffer.truncate(4).toString());
    assertThrows(IndexOutOfBoundsException.class, () -> buffer.truncate(5));
    assertEquals("", buffer.truncate(0).toString());
  }

  @Test void measuresWhatItEncodes() {
    for (var text : List.of("", "a", "é", "€", "😀", "aé€😀\u07ff\u0800\uffff")) {
      assertEquals(text.getBytes(UTF_8).length, Utf8Buffer.length(text));
    }
  }
}
