package uservice.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

class TextTest {
  @Test void keepsPlainTextAsItIs() {
    assertEquals("", Text.clean(null));
    assertEquals("naïve 😀 text", Text.clean("naïve 😀 text"));
    String full = "x".repeat(500);
    assertEquals(full, Text.clean(full));
    assertEquals("é".repeat(500), Text.clean("é".repeat(500)));
  }

  @Test void escapesWhatWouldNotStandOnALine() {
    assertEquals("a\\nb\\r\\tc\\u0000\\u001b[31m\\u007f\\u0085", Text.clean("a\nb\r\tc\0\u001b[31m\u007f\u0085"));
    assertEquals("\\u2028\\u202e\\u2066\\ud800x", Text.clean("\u2028\u202e\u2066\ud800x"));
  }

  @Test void cutsAtTheLimitWithoutSplittingACharacter() {
    for (String unit : List.of("x", "é", "😀", "\n", "\0", "ab😀")) {
      for (int pad = 0; pad < 8; pad++) {
        String cut = Text.clean("-".repeat(pad) + unit.repeat(1 << 20));
        assertTrue(cut.length() <= 500 && cut.length() > 490, unit + " " + cut.length());
        assertTrue(cut.endsWith("…"));
        assertEquals(cut, Text.clean(cut.substring(0, cut.length() - 1)) + "…");
      }
    }
  }

  @Test void writesTimesShort() {
    assertEquals("90s", Text.of(Duration.ofSeconds(90)));
    assertEquals("1500ms", Text.of(Duration.ofMillis(1500)));
    assertEquals("10us", Text.of(Duration.ofNanos(10_000)));
  }
}
