package uservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

class TextFormatTest {
  private static final TextFormat FORMAT = new TextFormat(false, ZoneOffset.UTC);

  @Test void letsNoCharacterThroughThatMovesTheCursor() {
    var all = new StringBuilder();
    for (char c = 0; c < Character.MAX_VALUE; c++) {
      all.append(c);
      if (all.length() == 1000) {
        String line = Records.line(FORMAT, Records.record(all.toString(), Field.of(all.substring(0, 60), all)));
        assertTrue(line.chars().limit(line.length() - 1).noneMatch(
            shown -> Character.isISOControl(shown) || shown == 0x2028 || shown == 0x2029 || shown == 0x202E), line);
        all.setLength(0);
      }
    }
  }

  @Test void indentsWhateverAnExceptionSays() {
    var thrown = Records.at(new IOException("one\n10:00:00.000 ERROR forged\ntwo\u001b[2J"), "read");
    String[] lines = Records.line(FORMAT, Records.thrown(thrown)).split("\n");
    assertEquals("10:00:00.123 ERROR orders  broken", lines[0]);
    assertTrue(Stream.of(lines).skip(1).allMatch(line -> line.startsWith("    ")), String.join("\n", lines));
    assertTrue(lines[3].endsWith("two\\u001b[2J"), lines[3]);
  }
}
