package uservice.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

/// Every code point, and every pair and triple of bytes that is not one.
class Utf8Test {
  private static String read(byte... in) throws YamlException {
    byte[] text = Utf8.read(in);
    return new String(text, 0, text.length - Utf8.PADDING, StandardCharsets.UTF_8);
  }

  private static String read(String in) throws YamlException { return read(in.getBytes(StandardCharsets.UTF_8)); }

  @Test void bringsBreaksIntoOneForm() throws YamlException {
    assertEquals("a\n\nb\n\nc\n", read("a\r\n\rb\n\rc\r"));
    assertEquals("", read(""));
    assertEquals("\n", read("\r\n"));
    assertEquals("a\n", read("a"));
    assertEquals("a\n", read("\uFEFFa"));
    assertEquals("\uFEFF\n", read("\uFEFF\uFEFF"));
  }

  @Test void endsWithZeros() throws YamlException {
    for (String in : List.of("", "a", "a\n", "a\r\nb")) {
      byte[] text = Utf8.read(in.getBytes(StandardCharsets.UTF_8));
      assertTrue(Arrays.equals(new byte[Utf8.PADDING], 0, Utf8.PADDING, text, text.length - Utf8.PADDING, text.length));
    }
  }

  /// Section 5.1: tab, breaks, U+0020 to U+007E, U+0085, U+00A0 to U+D7FF, U+E000 to U+FFFD, U+10000 to U+10FFFF. The three
  /// characters above that are left to [Cursor#checkPrintable(int, int)].
  @Test void refusesControlCharactersOnly() throws YamlException {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      byte[] text = ("ab" + Character.toString(c)).getBytes(StandardCharsets.UTF_8);
      if (Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r' && c != 0x85) {
        String code = HexFormat.of().withUpperCase().toHexDigits((byte) c);
        assertEquals("1:3-1:4: control character U+00" + code + ", expected its escape in double quotes: \\x" + code,
            Rendered.fault(assertThrows(YamlException.class, () -> Utf8.read(text))));
      } else {
        assertTrue(read(text).startsWith("ab"));
      }
    }
  }

  /// Against the JDK's decoder: all bytes that start a character, and what may follow, cut short and whole.
  @Test void acceptsWhatTheJdkDecodes() {
    int[] followers = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    for (int first = 0x80; first <= 0xFF; first++) {
      check(first);
      for (int second : followers) {
        check(first, second);
        for (int third : followers) {
          check(first, second, third);
          for (int fourth : followers) {
            check(first, second, third, fourth);
          }
        }
      }
    }
  }

  private static void check(int... units) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {'a', 'b', 'c', 'd'});
    IntStream.of(units).forEach(bytes::write);
    boolean valid = true;
    String text = "";
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      valid = false;
    }
    boolean control = text.chars().anyMatch(c -> Character.isISOControl(c) && c != 0x85);
    if (valid && !control) {
      try {
        assertEquals(text + "\n", read(bytes.toByteArray()));
      } catch (YamlException e) {
        throw new AssertionError(Arrays.toString(units), e);
      }
    } else {
      assertThrows(YamlException.class, () -> Utf8.read(bytes.toByteArray()), () -> Arrays.toString(units));
    }
  }

  @Test void countsPlacesBehindWideCharacters() {
    byte[] text = "\uFEFFa\r\n😀é\u0000".getBytes(StandardCharsets.UTF_8);
    assertTrue(Rendered.fault(assertThrows(YamlException.class, () -> Utf8.read(text))).startsWith("2:3-2:4: control"));
  }

  @Test void namesOtherEncodings() {
    for (Charset charset : List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE, StandardCharsets.UTF_32BE,
        StandardCharsets.UTF_32LE)) {
      for (String text : List.of("\uFEFFa: 1", "a: 1", "\uFEFFé")) {
        String message = assertThrows(YamlException.class, () -> Utf8.read(text.getBytes(charset))).getMessage();
        assertEquals("text is " + charset.name().substring(0, 6) + ", expected UTF-8", message);
      }
    }
    assertTrue(assertThrows(YamlException.class, () -> read((byte) 0)).getMessage().startsWith("control character U+0000"));
  }
}
