package uservice.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import module java.base;
import org.junit.jupiter.api.Test;

/// Escapes, all of them (YAML 1.2.2, section 5.7).
class QuotedTest {
  private static final Map<Character, String> ESCAPES = Map.ofEntries(Map.entry('0', "\0"), Map.entry('a', "\u0007"),
      Map.entry('b', "\b"), Map.entry('t', "\t"), Map.entry('\t', "\t"), Map.entry('n', "\n"), Map.entry('v', "\u000B"),
      Map.entry('f', "\f"), Map.entry('r', "\r"), Map.entry('e', "\u001B"), Map.entry(' ', " "), Map.entry('"', "\""),
      Map.entry('/', "/"), Map.entry('\\', "\\"), Map.entry('N', "\u0085"), Map.entry('_', "\u00A0"),
      Map.entry('L', "\u2028"), Map.entry('P', "\u2029"));

  private static String text(String yaml) throws YamlException { return ((Node.Scalar) Yaml.parse(yaml)).text(); }

  @Test void knowsEachEscapeAndNoOther() throws YamlException {
    for (char c = ' '; c < 0x180; c++) {
      String yaml = "\"a\\" + c + "b\"";
      if (ESCAPES.containsKey(c)) {
        assertEquals("a" + ESCAPES.get(c) + "b", text(yaml));
      } else {
        assertThrows(YamlException.class, () -> Yaml.parse(yaml), yaml);
      }
    }
    assertEquals("a\tb", text("\"a\\\tb\""));
  }

  @Test void readsEachCodePointEscaped() throws YamlException {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x10000 ? 1 : 0xFF) {
      String wide = "\"\\U" + HexFormat.of().toHexDigits(c) + "\"";
      String narrow = c > 0xFFFF ? wide : "\"\\u" + HexFormat.of().withUpperCase().toHexDigits((char) c) + "\"";
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        assertThrows(YamlException.class, () -> Yaml.parse(wide));
        assertThrows(YamlException.class, () -> Yaml.parse(narrow));
      } else {
        assertEquals(Character.toString(c), text(wide));
        assertEquals(Character.toString(c), text(narrow));
      }
    }
    assertEquals("é", text("\"\\xe9\""));
  }

  @Test void pairsSurrogatesAsJsonDoes() throws YamlException {
    assertEquals("😀x", text("\"\\ud83d\\uDE00x\""));
    for (String yaml : List.of("\"\\ud83d\"", "\"\\ude00\\ud83d\"", "\"\\ud83d\\ud83d\"", "\"\\ud83dx\"", "\"\\ud83d\\U0000de00\"",
        "\"\\U0000d83d\\ude00\"", "\"\\ud83d\\u12\"", "\"\\Uffffffff\"", "\"\\U80000000\"", "\"\\U00110000\"", "\"\\x1\"", "\"\\")) {
      assertThrows(YamlException.class, () -> Yaml.parse(yaml), yaml);
    }
  }

  @Test void foldsLines() throws YamlException {
    assertEquals("a b\nc", text("\"a \t\n\t b\n\n c\""));
    assertEquals("a\t b", text("\"a\\t\n b\""));
    assertEquals("ab", text("\"a\\\n b\""));
    assertEquals("a b", text("\"a \\\n b\""));
    assertEquals("a\nb", text("\"a\\\n\n b\""));
    assertEquals(" a ", text("\"\n a\n\""));
    assertEquals(" ", text("' \n '"));
    assertEquals("\n", text("'\n\n'"));
    assertEquals("a\\ b", text("'a\\\n b'"));
    assertEquals("''", text("''''''"));
    assertEquals("it's", text("'it''s'"));
  }
}
