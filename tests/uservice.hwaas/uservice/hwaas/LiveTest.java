package uservice.hwaas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Program;

@Timeout(180) // a hang is a failure
class LiveTest {
  private static final String ERASE = "\r\u001b[K";

  @TempDir private Path folder;
  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
  private final Live live = new Live(terminal);

  private String printed() {
    return terminal.toString(StandardCharsets.UTF_8);
  }

  @Test void writesTheLineInItsPlace() {
    live.show("one");
    live.show("two");
    assertEquals("\r\u001b[?7lone\u001b[K\u001b[?7h\r\u001b[?7ltwo\u001b[K\u001b[?7h", printed());
  }

  @Test void isTakenAwayBeforeSomethingElseIsWritten() throws IOException {
    OutputStream log = live.above(terminal);
    log.write("a".getBytes());
    live.show("one");
    terminal.reset();
    log.write("line\n".getBytes());
    log.write('x');
    assertEquals(ERASE + "line\nx", printed(), "once");
  }

  @Test void staysAwayAtTheEnd() {
    live.show("one");
    terminal.reset();
    live.end();
    live.show("two");
    live.end();
    assertEquals(ERASE, printed());
  }

  @Test void aTerminalThatIsGoneIsNoFault() {
    var gone = new Live(new OutputStream() {
      @Override public void write(int b) throws IOException {
        throw new IOException("Input/output error");
      }
    });
    gone.show("one");
    gone.hide();
    gone.end();
  }

  /// Runs the program on a terminal of its own, as `script` gives one, and returns all that it showed.
  private String onTerminal(Map<String, String> environment, String shell) throws Exception {
    assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(path -> Files.isExecutable(Path.of(path, "script"))),
        "script is not installed: apt-get install bsdutils");
    String program = Program.java().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    try (var run = Program.launch(folder, environment, List.of("script", "-qec", shell.replace("hwaas", program + " hwaas"), folder.resolve("typescript").toString()))) {
      assertEquals(0, run.exit(), run.out() + run.err());
      return run.out();
    }
  }

  @Test void countsOnATerminal() throws Exception {
    String shown = onTerminal(Map.of("TERM", "xterm"), "hwaas 2 10 --rate 20 --count 300 --report live >/dev/null");
    assertTrue(Pattern.compile("\r\u001b\\[\\?7lhwaas: submitted \\d+ \\(\\d+/s\\), printed \\d+ \\(\\d+/s\\), pending \\d+, dead 0\u001b\\[K\u001b\\[\\?7h").matcher(shown).find(), shown);
    assertTrue(shown.stripTrailing().endsWith(ERASE + "hwaas: submitted 300, printed 300, duplicate 0, dead 0, pending 0"), shown);
  }

  @Test void eachLineOfTheOutputStandsAlone() throws Exception {
    String shown = onTerminal(Map.of("TERM", "xterm"), "hwaas 1 5 --rate 10 --count 100 --report live");
    assertTrue(shown.contains("hwaas: submitted"), shown);
    String left = shown.replaceAll("\r\u001b\\[\\?7l[^\r\n]*\u001b\\[\\?7h", "").replace(ERASE, "").replace("\r\n", "\n");
    assertEquals("hello, world!\n".repeat(100) + "hwaas: submitted 100, printed 100, duplicate 0, dead 0, pending 0\n", left);
  }

  @Test void printsPlainLinesWhereATerminalCanDoNoMore() throws Exception {
    String shown = onTerminal(Map.of("TERM", "dumb"), "hwaas 2 10 --rate 20 --count 300 --report live >/dev/null");
    assertFalse(shown.contains("\u001b"), shown);
    assertEquals("hwaas: submitted 300, printed 300, duplicate 0, dead 0, pending 0", shown.strip());
  }

  @Test void printsPlainLinesElsewhere() throws Exception {
    try (var run = Program.run(folder, Map.of("TERM", "xterm"), "hwaas", "2", "10", "--rate", "20", "--count", "300", "--report", "live")) {
      assertEquals(0, run.exit(), run.err());
      assertEquals("hwaas: submitted 300, printed 300, duplicate 0, dead 0, pending 0\n", run.err());
    }
  }

  @Test void refusesAPeriodThatIsNone() throws Exception {
    try (var run = Program.run(folder, Map.of(), "hwaas", "1", "1", "--report", "often")) {
      assertEquals(3, run.exit(), run.err());
      assertTrue(run.err().contains("'often'"), run.err());
    }
  }
}
