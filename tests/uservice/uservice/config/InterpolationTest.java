package uservice.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InterpolationTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("A", "1", "EMPTY", "", "B_2", "two", "DOLLAR", "${A} $$", "file", "x");

  @TempDir
  Path folder;

  private static void gives(String text, String written) {
    var put = new Interpolation(ENVIRONMENT, written);
    assertEquals(List.of(), put.faults(), written);
    assertEquals(text, put.text(), written);
  }

  private static void fails(String fault, String written) {
    assertEquals(List.of(fault), new Interpolation(ENVIRONMENT, written).faults(), written);
  }

  @Test
  void putsVariablesIn() {
    gives("1", "${A}");
    gives("a1b1two", "a${A}b${A}${B_2}");
    gives("", "${EMPTY}");
    gives("d", "${EMPTY:-d}");
    gives("", "${EMPTY-d}");
    gives("d", "${NOPE-d}");
    gives("", "${NOPE:-}");
    gives("1", "${A:-d}");
    gives("1", "${A:?must be}");
    gives("a:-b", "${NOPE:-a:-b}");
    gives("x", "${file}");
    gives("x", "${file:-y}");
  }

  @Test
  void leavesOtherDollarsAlone() {
    gives("$", "$");
    gives("$", "$$");
    gives("a$b $1 $", "a$b $1 $");
    gives("${A}", "$${A}");
    gives("$1", "$$${A}");
    gives("$$", "$$$$");
  }

  @Test
  void doesNotLookAtWhatItPutIn() {
    gives("${A} $$", "${DOLLAR}");
    gives("${A", "${NOPE:-${A}".replace("NOPE:-", "NOPE:-"));
  }

  @Test
  void saysWhatIsMissing() {
    fails("variable NOPE is not set; ${NOPE:-...} would give it a default", "x${NOPE}");
    fails("variable NOPE is not set: give it", "${NOPE:?give it}");
    fails("variable EMPTY is empty: give it", "${EMPTY:?give it}");
    fails("'${' without its '}'; write $${ for the characters themselves", "a${A");
    fails("'${' needs the name of a variable; write $${ for the characters themselves", "${}");
    fails("'${' needs the name of a variable; write $${ for the characters themselves", "${1A}");
    fails("after ${A comes }, :-DEFAULT}, -DEFAULT} or :?MESSAGE}", "${A.b}");
    fails("after ${A comes }, :-DEFAULT}, -DEFAULT} or :?MESSAGE}", "${A:+b}");
    assertEquals(2, new Interpolation(ENVIRONMENT, "${X}${Y}").faults().size());
  }

  @Test
  void readsFiles() throws IOException {
    for (var content : Map.of("plain", "plain", "line\n", "line", "dos\r\n", "dos", "two\n\n", "two\n", "", "", "ü€", "ü€").entrySet()) {
      gives("<" + content.getValue() + ">", "<${file:" + Files.writeString(folder.resolve("secret"), content.getKey()) + "}>");
    }
    assertEquals(true, new Interpolation(ENVIRONMENT, "${file:" + folder.resolve("secret") + "}").fromFile());
  }

  @Test
  void refusesFilesThatAreNone() throws IOException {
    fails("file '/no/such' does not exist", "${file:/no/such}");
    fails("file '' is no regular file", "${file:}");
    fails("file '" + folder + "' is no regular file", "${file:" + folder + "}");
    fails("file '/dev/null' is no regular file", "${file:/dev/null}");
    Path large = Files.write(folder.resolve("a"), new byte[Interpolation.FILE_BYTES_MAX + 1]);
    fails("file " + Excerpt.quote(large.toString()) + " is larger than 64KiB", "${file:" + large + "}");
    Path binary = Files.write(folder.resolve("b"), new byte[] {(byte) 0xC3, 0x28});
    fails("file " + Excerpt.quote(binary.toString()) + " is not UTF-8", "${file:" + binary + "}");
  }
}
