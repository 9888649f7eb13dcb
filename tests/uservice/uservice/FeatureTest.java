package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Modules;
import testing.Program;

/// What the chassis does with features that are slow, fail, hang, or change their mind.
@Timeout(120)
class FeatureTest {
  private static final String HEAD = """
      package sample;
      import module java.base;
      import uservice.*;
      import uservice.config.*;
      import uservice.http.Reply;
      public final class Sample implements Feature<Sample.Config> {
        public record Config(@Doc("A word.") @Default("one") String word) {}
        private static final System.Logger LOG = System.getLogger("sample");
        @Override public String section() { return "sample"; }
        @Override public Class<Config> config() { return Config.class; }
        private static void say(String what) { LOG.log(System.Logger.Level.INFO, what); }
      """;

  @TempDir Path folder;

  private Program start(String body, String... settings) throws Exception {
    var words = new ArrayList<>(List.of("start", "--set", "sample.word=two", "--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s"));
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    return Program.launch(folder, Map.of(), Modules.withFeature(folder, HEAD + body + "}"), words.toArray(String[]::new));
  }

  @Test void whatOverrunsItsDeadlineIsCutOffAndTold() throws Exception {
    Path last = Files.createFile(folder.resolve("termination-log"));
    try (var program = start("""
          @Override public void start(Service service, Config config) {
            service.onStop("first registered", Duration.ofSeconds(5), () -> say("first registered ran"));
            service.onStop("hangs", Duration.ofMillis(200), () -> Thread.sleep(60_000));
            service.onStop("fails", Duration.ofSeconds(5), () -> { throw new IOException("disk full"); });
            service.onStop("last registered", Duration.ofSeconds(5), () -> say("last registered ran"));
            service.web().get("/slow", _ -> { say("slow began"); Thread.sleep(60_000); return Reply.text("too late"); });
          }
        """, "shutdown.drain=300ms", "shutdown.termination_log=" + last)) {
      try (var http = Http.connect(program.port("web_port"))) {
        http.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        program.awaitOut("slow began");
        program.signal("TERM");
        assertEquals(1, program.exit(), program.out());
      }
      List<String> faults = program.out().lines().filter(line -> line.contains("cut off while stopping"))
          .map(line -> line.replaceAll(".*cut off while stopping: ([^\"]*)\".*", "$1")).toList();
      assertEquals(List.of("drain: 1 requests cut off after 300 ms", "fails: java.io.IOException: disk full", "hangs: cut off after 200 ms"), faults);
      assertTrue(program.out().indexOf("last registered ran") < program.out().indexOf("first registered ran"), program.out());
      assertEquals("SIGTERM\n" + String.join("\n", faults), Files.readString(last));
    }
  }

  @Test void failedStartStopsWhatWasStarted() throws Exception {
    try (var program = start("""
          @Override public void start(Service service, Config config) throws Exception {
            service.onStop("close it", Duration.ofSeconds(5), () -> say("closed again"));
            throw new uservice.cli.Failure("the ledger at ledger:5432 does not answer");
          }
        """)) {
      assertEquals(1, program.exit());
      assertEquals("uservice start: the ledger at ledger:5432 does not answer\n", program.err());
      assertTrue(program.out().contains("closed again"), program.out());
    }
  }

  @Test void stopDuringTheStartEndsIt() throws Exception {
    try (var program = start("""
          @Override public void start(Service service, Config config) throws Exception {
            service.onStop("close it", Duration.ofSeconds(5), () -> say("closed again"));
            say("starting slowly");
            Thread.sleep(60_000);
          }
        """)) {
      program.awaitOut("starting slowly");
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out() + program.err());
      assertTrue(program.out().contains("closed again"), program.out());
    }
  }

  @Test void startIsNotReadyBeforeEveryFeatureIs() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (var program = start("""
          @Override public void start(Service service, Config config) throws Exception {
            say("starting slowly");
            while (!Files.exists(Path.of("go"))) { Thread.sleep(5); }
          }
        """, "health.port=" + port)) {
      program.awaitOut("starting slowly");
      assertEquals(503, Http.get(port, "/health/startup").status());
      assertEquals("[-]service failed: starting\nreadyz check failed", Http.get(port, "/readyz").body());
      assertEquals(200, Http.get(port, "/health/alive").status());
      Files.createFile(folder.resolve("go"));
      program.awaitOut("\"message\":\"ready\"");
      assertEquals(200, Http.get(port, "/health/startup").status());
    }
  }

  @Test void sectionIsOfferedToTheFeatureAtReload() throws Exception {
    Path file = Files.writeString(folder.resolve("uservice.yaml"), "health: {port: 0}\nsample: {word: one}\n");
    try (var program = Program.launch(folder, Map.of(), Modules.withFeature(folder, HEAD + """
          @Override public void start(Service service, Config config) { say("word is " + config.word()); }
          @Override public boolean reload(Service service, Config config) { say("word is now " + config.word()); return true; }
        }"""), "start")) {
      program.awaitOut("word is one");
      program.awaitOut("\"message\":\"ready\"");
      Files.writeString(file, "health: {port: 0}\nsample: {word: three}\n");
      program.signal("HUP");
      program.awaitOut("word is now three");
      program.awaitOut("changed: sample.word");
      assertFalse(program.out().contains("takes effect at the next start"), program.out());
    }
  }

  @Test void asksToStopWithAnExitCodeOfItsOwn() throws Exception {
    try (var program = start("""
          @Override public void start(Service service, Config config) {
            service.web().post("/quit", _ -> { service.stop("asked over HTTP", 7); return Reply.noContent(); });
          }
        """)) {
      try (var http = Http.connect(program.port("web_port"))) {
        assertEquals(204, http.ask("POST", "/quit", "", "").status());
      }
      assertEquals(7, program.exit(), program.out());
    }
  }

  @Test void signalOfItsOwnIsCountedAndTheServicesAreRefused() throws Exception {
    try (var program = start("""
          @Override public void start(Service service, Config config) {
            service.onSignal("USR2", () -> say("USR2 came"));
            try { service.onSignal("TERM", () -> {}); } catch (IllegalArgumentException refused) { say(refused.getMessage()); }
          }
        """)) {
      int health = program.port("health_port");
      assertTrue(program.out().contains("signal 'TERM' is the service's own"), program.out());
      program.signal("USR2");
      program.awaitOut("USR2 came");
      assertTrue(Http.get(health, "/metrics").body().contains("uservice_signals_total{signal=\"USR2\"} 1\n"));
    }
  }

  @Test void runsAtHangupsAfterTheReload() throws Exception {
    try (var program = start("""
          @Override public void start(Service service, Config config) {
            service.onSignal("HUP", () -> say("hung up"));
          }
        """)) {
      program.port("health_port");
      program.signal("HUP");
      program.awaitOut("hung up");
      assertTrue(program.out().indexOf("reload") < program.out().indexOf("hung up"), program.out());
      program.signal("TERM");
      assertEquals(0, program.exit(), "it goes on, and ends in order");
    }
  }

  @Test void portOfItsOwnAnswersUntilEverythingElseHasEnded() throws Exception {
    try (var program = start("""
          @Override public void start(Service service, Config config) throws Exception {
            var own = new uservice.http.Web();
            own.post("/end", _ -> {
              service.stop("asked", 0);
              return Reply.text(service.awaitEnd(Duration.ofSeconds(30)) ? "ended with " + service.state() : "never");
            });
            service.listen("own", "127.0.0.1", 0, own);
            service.onStop("give a code", Duration.ofSeconds(5), () -> { say("stop action ran"); service.exitCode(42); });
          }
        """)) {
      try (var http = Http.connect(program.port("own_port"))) {
        assertEquals("ended with STOPPED", http.ask("POST", "/end", "", "").body());
      }
      assertTrue(program.out().contains("stop action ran"), program.out());
      assertEquals(42, program.exit(), program.out());
      assertFalse(program.out().contains("cut off"), program.out());
    }
  }

  @Test void takenPortOfItsOwnFailsTheStart() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); var program = start("""
          @Override public void start(Service service, Config config) throws Exception {
            service.listen("own", "127.0.0.1", Integer.parseInt(config.word().substring(1)), new uservice.http.Web());
          }
        """, "sample.word=p" + taken.getLocalPort())) {
      assertEquals(1, program.exit());
      assertTrue(program.err().contains("own: port " + taken.getLocalPort() + " on 127.0.0.1 is taken") && program.err().lines().count() == 1, program.err());
    }
  }

  @Test void levelsAreSetWhileRunning() throws Exception {
    try (var program = start("""
          @Override public void start(Service service, Config config) {
            LOG.log(System.Logger.Level.DEBUG, "not yet");
            service.logLevel("sample", Optional.of(uservice.log.Logging.Level.DEBUG));
            LOG.log(System.Logger.Level.DEBUG, "now");
            service.logLevel("sample", Optional.empty());
            LOG.log(System.Logger.Level.DEBUG, "no more");
          }
        """)) {
      program.port("health_port");
      assertTrue(program.out().contains("\"now\"") && !program.out().contains("not yet") && !program.out().contains("no more"), program.out());
    }
  }

  @Test void commandThatAFeatureWantsLeavesNoRoomForTheSample() throws Exception {
    String feature = HEAD + """
          @Override public boolean wanted(boolean sectionPresent, List<String> command) { return !command.isEmpty(); }
          @Override public void start(Service service, Config config) { say("would run " + service.command()); }
        }""";
    try (var program = Program.launch(folder, Map.of(), Modules.withFeature(folder, feature),
        "start", "--set", "health.port=0", "--set", "shutdown.delay=0s", "--", "sort", "-n")) {
      program.awaitOut("would run [sort, -n]");
      program.awaitOut("\"web_port\":null");
    }
  }

  @Test void stopTakesNoDelayWhereNothingIsServed() throws Exception {
    try (var program = start("""
          @Override public void start(Service service, Config config) { service.onSignal("USR2", service::skipDelay); }
        """, "shutdown.delay=60s", "shutdown.grace=100s")) {
      program.port("health_port");
      program.signal("TERM");
      program.awaitOut("stopping: SIGTERM");
      program.signal("USR2");
      assertEquals(0, program.exit());
    }
  }
}
