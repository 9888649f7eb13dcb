package uservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.ManualClock;
import testing.Program;
import uservice.cli.Terminal;
import uservice.health.Checks;
import uservice.health.Health;
import uservice.health.Manual;
import uservice.health.Probe;

@Timeout(180) // a hang is a failure
class GreetingTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final ManualClock clock = new ManualClock();

  private String text() {
    return shown.toString(StandardCharsets.UTF_8);
  }

  private Greeting greeting(boolean colours) {
    return new Greeting(new PrintStream(shown, false, StandardCharsets.UTF_8), colours);
  }

  private Health health() {
    var health = new Health(clock, clock::nanos);
    health.release(Probe.STARTUP);
    health.release(Probe.READY);
    return health;
  }

  @Test void setsTheLinksBelowEachOther() {
    var links = new LinkedHashMap<String, String>();
    links.put("web", "http://localhost:8080/");
    links.put("a-long-name", "http://localhost:8079/x");
    greeting(false).up("shop", links);
    assertEquals("shop is up; Ctrl-C stops it\n  web      http://localhost:8080/\n  a-long-name http://localhost:8079/x\n", text());
  }

  @Test void saysThatItIsReady() {
    try (Health health = health()) {
      greeting(false).readiness(health, () -> true);
      greeting(true).readiness(health, () -> true);
    }
    assertEquals("ready\n\u001b[32mready\u001b[0m\n", text());
  }

  @Test void saysWhyItIsNot() {
    try (Health health = health()) {
      health.ready("db", Checks.manual(true)).set(false, "connection refused");
      health.ready("cache", Checks.manual(true).optional()).set(false, "slow");
      Manual disk = health.ready("disk", Checks.manual(true));
      disk.set(false, "full\u001b[31m");
      greeting(false).readiness(health, () -> true);
    }
    assertEquals("not ready: db: connection refused; disk: full\\u001b[31m\n", text());
  }

  @Test void saysNothingOnceTheServiceIsAboutToEnd() {
    try (Health health = health()) {
      health.ready("db", Checks.manual(false));
      greeting(false).readiness(health, () -> false);
    }
    assertEquals("", text());
  }

  @Test void waitsForTheFirstResults() {
    try (Health health = health()) {
      Manual db = health.ready("db", Checks.manual(false));
      var asked = new AtomicInteger();
      greeting(false).readiness(health, () -> {
        if (asked.incrementAndGet() == 3) {
          db.enable();
        }
        return true;
      });
    }
    assertEquals("ready\n", text());
  }

  @Test void coloursAreForThoseWhoWantThem() {
    assertTrue(Terminal.colours(Map.of("TERM", "xterm-256color")));
    assertTrue(Terminal.colours(Map.of("NO_COLOR", "")));
    assertFalse(Terminal.colours(Map.of("NO_COLOR", "1", "TERM", "xterm")));
    assertFalse(Terminal.colours(Map.of("TERM", "dumb")));
    assertTrue(Terminal.dumb(Map.of("TERM", "dumb")));
    assertFalse(Terminal.dumb(Map.of()));
  }

  /// Runs `start` on a terminal of its own until it has said how ready it is; returns what it showed by then.
  private String onTerminal(Map<String, String> environment, String... settings) throws Exception {
    assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(path -> Files.isExecutable(Path.of(path, "script"))),
        "script is not installed: apt-get install bsdutils");
    var words = new ArrayList<>(Program.java());
    words.add("start");
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    String command = "exec " + words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    try (var run = Program.launch(folder, environment, List.of("script", "-qefc", command, folder.resolve("typescript").toString()))) {
      run.awaitOut("metrics  http://");
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!Pattern.compile("(?m)^(\u001b\\[3[23]m)?(not )?ready(\u001b\\[0m)?(: .*)?\r?$").matcher(run.out()).find() && System.nanoTime() < deadline) {
        Thread.sleep(10);
      }
      return run.out().replace("\r\n", "\n");
    }
  }

  @Test void startOnATerminalPrintsLinks() throws Exception {
    String out = onTerminal(Map.of("TERM", "xterm"), "name=shop", "health.port=0", "web.port=0");
    assertTrue(out.contains("\u001b[1mshop\u001b[0m is up; Ctrl-C stops it\n"), out);
    assertTrue(out.contains("\u001b[32mready\u001b[0m\n"), out);
    for (String name : List.of("web", "health", "metrics")) {
      assertTrue(Pattern.compile("(?m)^  " + name + " +http://localhost:\\d+/\\S*$").matcher(out).find(), name + "\n" + out);
    }
  }

  @Test void startOnATerminalSaysWhyItIsNotReady() throws Exception {
    String out = onTerminal(Map.of("TERM", "xterm", "NO_COLOR", "1"), "health.port=0", "web.port=0", "health.checks.ledger.tcp=127.0.0.1:1");
    assertTrue(out.contains("\nnot ready: ledger: "), out);
    assertFalse(out.contains("\u001b"), out);
  }

  @Test void aDumbTerminalIsShownNoSequences() throws Exception {
    String out = onTerminal(Map.of("TERM", "dumb"), "health.port=0", "web.port=0");
    assertTrue(out.contains("\nready\n"), out);
    assertFalse(out.contains("\u001b"), out);
  }
}
