package uservice.control;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;

class PrintedLinesTest {
  private static List<String> lines(InputStream from) throws IOException {
    var lines = new ArrayList<String>();
    new PrintedLines(lines::add).read(from);
    return lines;
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test void endsLinesAtLineFeedsAndAtTheEnd() throws Exception {
    assertEquals(List.of("one", "", "two", "three"), lines(bytes("one\n\ntwo\r\nthree")));
    assertEquals(List.of(), lines(bytes("")));
    assertEquals(List.of("one"), lines(bytes("one\n")));
  }

  @Test void longLineComesInPiecesWithWholeCharacters() throws Exception {
    for (int before = 0; before < 4; before++) {
      String line = "x".repeat(before) + "\ud83d\ude00".repeat(3000);
      List<String> pieces = lines(bytes(line + "\nnext\n"));
      assertEquals("next", pieces.getLast());
      assertEquals(line, String.join("", pieces.subList(0, pieces.size() - 1)));
      pieces.forEach(piece -> assertTrue(piece.getBytes(StandardCharsets.UTF_8).length <= PrintedLines.LINE_BYTES_MAX));
    }
  }

  @Test void whatIsNoUtf8IsShownAsSuch() throws Exception {
    assertEquals(List.of("a\ufffdb"), lines(new ByteArrayInputStream(new byte[] {'a', (byte) 0xff, 'b', '\n'})));
    assertEquals(5000, lines(new ByteArrayInputStream(filled(5000, (byte) 0x80))).stream().mapToInt(String::length).sum());
  }

  private static byte[] filled(int length, byte with) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, with);
    return bytes;
  }
}
