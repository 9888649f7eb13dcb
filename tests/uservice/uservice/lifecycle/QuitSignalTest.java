package uservice.lifecycle;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Modules;
import testing.Program;

@Timeout(120)
class QuitSignalTest {
  @TempDir Path folder;

  @Test void handlerIsTheseBytes() {
    assertEquals("b801000000 bf34120000 488d350f000000 ba08000000 0f05 c3 00000000000000 0100000000000000".replace(" ", ""),
        HexFormat.of().formatHex(QuitSignal.code("Linux", "amd64", 0x1234)));
    assertEquals("080880d2 80468252 0000a072 a1000010 020180d2 010000d4 c0035fd6 00000000 0100000000000000".replace(" ", ""),
        HexFormat.of().formatHex(QuitSignal.code("Linux", "aarch64", 0x1234)));
    assertEquals(0, QuitSignal.code("Mac OS X", "aarch64", 1).length);
    assertEquals(0, QuitSignal.code("Linux", "riscv64", 1).length);
  }

  private static final String COUNTS = """
      package sample;
      import module java.base;
      import uservice.*;
      public final class Sample implements Feature<Sample.Config> {
        public record Config() {}
        @Override public String section() { return "sample"; }
        @Override public Class<Config> config() { return Config.class; }
        @Override public void start(Service service, Config config) throws Exception {
          var runs = new AtomicLong();
          service.onSignal("QUIT", () -> System.err.println("quit " + runs.incrementAndGet()));
        }
      }
      """;

  private Program start(String... options) throws Exception {
    assumeTrue(QuitSignal.code(System.getProperty("os.name"), System.getProperty("os.arch"), 0).length > 0, "Linux on x86-64 or aarch64");
    var command = new ArrayList<>(Modules.withFeature(folder, COUNTS));
    command.addAll(1, List.of(options));
    return Program.launch(folder, Map.of(), command, "start", "--set", "sample={}", "--set", "health.port=0", "--set", "shutdown.delay=0s");
  }

  private static void awaitErr(Program program, String text) throws InterruptedException {
    while (!program.err().contains(text)) { // bounded by the test's timeout
      assertTrue(program.alive(), program.err());
      Thread.sleep(5);
    }
  }

  @Test void signalRunsTheActionAndDumpsNoThreads() throws Exception {
    try (var program = start("--enable-native-access=uservice")) {
      int health = program.port("health_port");
      program.signal("QUIT");
      awaitErr(program, "quit 1\n");
      program.signal("QUIT");
      awaitErr(program, "quit 2\n");
      assertEquals("quit 1\nquit 2\n", program.err(), "no thread dump, no warning");
      assertTrue(testing.Http.get(health, "/metrics").body().contains("uservice_signals_total{signal=\"QUIT\"} 2"));
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out());
    }
  }

  /// Signals of a kind do not queue up in the kernel: how many are seen is up to it, but one that comes after all others is.
  @Test void burstsDoNoHarmAndTheLastIsSeen() throws Exception {
    try (var program = start("--enable-native-access=uservice")) {
      program.port("health_port");
      var burst = new ProcessBuilder("sh", "-c", "i=0; while [ $i -lt 10000 ]; do kill -QUIT " + program.pid() + "; i=$((i+1)); done").inheritIO().start();
      assertEquals(0, burst.waitFor());
      awaitErr(program, "quit 1\n");
      String before;
      do { // until what the burst left is through
        before = program.err();
        Thread.sleep(200);
      } while (!before.equals(program.err()));
      long seen = before.lines().count();
      assertTrue(seen > 1 && seen <= 10_000, seen + " of 10,000");
      program.signal("QUIT");
      awaitErr(program, "quit " + (seen + 1) + "\n");
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out());
    }
  }

  @Test void whereNativeAccessIsDeniedItSaysWhatToDo() throws Exception {
    try (var program = start("--illegal-native-access=deny")) {
      assertEquals(1, program.exit(), program.out());
      assertTrue(program.err().contains("signal 'QUIT' cannot be handled: native access is denied: the JVM needs --enable-native-access=uservice; USR1 and USR2 can, everywhere"),
          program.err());
    }
  }

  @Test void withoutAFeatureThatWantsItQuitIsTheThreadDump() throws Exception {
    try (var program = Program.run(folder, Map.of(), "start", "--set", "hello={}", "--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s")) {
      program.port("health_port");
      program.signal("QUIT");
      program.awaitOut("Full thread dump"); // the JVM's own way, without the options of the image
      program.signal("TERM");
      assertEquals(0, program.exit());
    }
  }
}
