package uservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.json.Utf8Buffer;

class TextTest {
  @Test void cutsAtTheLastCharacterThatFits() {
    assertEquals("\"abc\"", quoted("abc", 3));
    assertEquals("\"ab…(+1 bytes)\"", quoted("abc", 2));
    assertEquals("\"…(+3 bytes)\"", quoted("abc", 0));
    assertEquals("\"ab…(+3 bytes)\"", quoted("ab€", 4));
    assertEquals("\"ab€\"", quoted("ab€", 5));
    assertEquals("\"…(+5 bytes)\"", quoted("😀a", 3));
    assertEquals("\"a…(+1 bytes)\"", quoted("a\n", 2));
    assertEquals("\"a\\n…(+1 bytes)\"", quoted("a\n\u0001", 8));
    assertEquals("\"a\\n\\u0001\"", quoted("a\n\u0001", 9));
  }

  @Test void takesNoMoreThanItSays() {
    var random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(30); n > 0; n--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
      }
      int most = random.nextInt(60);
      int bytes = quoted(text.toString(), most).getBytes(StandardCharsets.UTF_8).length - 2;
      assertTrue(bytes <= most + Text.MARK_BYTES_MAX, text::toString);
    }
  }

  @Test void writesTheLastDigits() {
    var out = new Utf8Buffer(8);
    Text.digits(7, 3, out);
    Text.digits(123456, 6, out);
    Text.digits(1234, 2, out);
    assertEquals("00712345634", out.toString());
  }

  private static String quoted(String text, int bytesMax) {
    var out = new Utf8Buffer(16);
    Text.quoted(text, bytesMax, out);
    return out.toString();
  }
}
