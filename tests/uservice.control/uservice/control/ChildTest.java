package uservice.control;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Program;
import uservice.json.Json;

/// Children, well behaved and hostile, as the shell plays them.
@Timeout(180)
class ChildTest {
  private static final Pattern BURIED = Pattern.compile("(?s)dead: [1-9].*dead: 0\n");

  @TempDir Path folder;

  /// A program that says `up`, and on TERM `down`, then ends with this code.
  private static String graceful(int code) {
    return "trap 'echo down; exit " + code + "' TERM; echo up; while :; do sleep 0.05; done";
  }

  @Test void exitCodeOfTheChildIsTheServices() throws Exception {
    for (int code : List.of(0, 7)) {
      try (var service = Running.shell(folder, List.of("shutdown.delay=60s", "shutdown.grace=100s"), "echo hello; exit " + code)) {
        assertEquals(code, service.exit(), service.out()); // and no delay, since nothing is served
        assertTrue(service.out().contains("hello\n"), service.out());
      }
    }
  }

  @Test void signalThatEndsTheChildIsInTheExitCode() throws Exception {
    try (var service = Running.shell(folder, List.of(), "kill -ABRT $$")) {
      assertEquals(128 + 6, service.exit(), service.out());
      assertTrue(service.out().contains("child ended by signal 6"), service.out());
    }
  }

  @Test void stopIsReadyNoThenTermThenTheChildsOwnTimeThenItsCode() throws Exception {
    try (var service = Running.shell(folder, List.of("shutdown.delay=1500ms"), graceful(5))) {
      service.program.awaitOut("up\n");
      service.awaitProbe("/health/ready", 200);
      service.program.signal("TERM");
      service.awaitProbe("/health/ready", 503);
      assertFalse(service.out().contains("down"), "TERM comes after the delay\n" + service.out());
      assertEquals(200, service.probe("/health/alive"));
      assertEquals(5, service.exit(), service.out());
      assertTrue(service.out().contains("down\n"), service.out());
    }
  }

  @Test void interruptIsPassedOnAsOne() throws Exception {
    try (var service = Running.shell(folder, List.of(), "trap 'echo interrupted; exit 9' INT; echo up; while :; do sleep 0.05; done")) {
      service.program.awaitOut("up\n");
      service.health();
      service.program.signal("INT");
      assertEquals(9, service.exit(), service.out());
      assertTrue(service.out().contains("interrupted"));
    }
  }

  @Test void otherSignalsReachTheChild() throws Exception {
    try (var service = Running.shell(folder, List.of(),
        "trap 'echo got HUP' HUP; trap 'echo got USR1' USR1; trap 'echo got USR2' USR2; echo up; while :; do sleep 0.05; done")) {
      service.program.awaitOut("up\n");
      service.health();
      for (String name : List.of("HUP", "USR1", "USR2")) {
        service.program.signal(name);
        service.program.awaitOut("got " + name);
      }
      service.program.signal("TERM");
      assertEquals(128 + 15, service.exit(), "the shell has no trap for it");
      assertEquals("", service.program.err());
    }
  }

  @Test void childIsToldWhereToCallAndWithWhat() throws Exception {
    try (var service = Running.with(folder, Map.of(), List.of("control.token=0123456789abcdef"),
        List.of("sh", "-c", "echo $USERVICE_CONTROL $USERVICE_CONTROL_TOKEN; exec sleep 60"))) {
      service.program.awaitOut("http://127.0.0.1:" + service.control() + " 0123456789abcdef\n");
      assertEquals(200, service.ask("GET", "/checks", "Authorization: Bearer 0123456789abcdef\r\n", "").status());
    }
  }

  @Test void samplesPortIsLeftToTheChild() throws Exception {
    try (var service = Running.shell(folder, List.of(), graceful(0))) {
      service.program.awaitOut("\"web_port\":null");
    }
  }

  @Test void programThatIsNotThereIsOneLine() throws Exception {
    try (var service = Running.with(folder, Map.of(), List.of(), List.of("no-such-program", "x"))) {
      assertEquals(1, service.exit());
      assertEquals("uservice start: cannot run 'no-such-program': there is no such program\n", service.program.err());
    }
  }

  @Test void failedChildIsStartedAgainUpToTheLimit() throws Exception {
    try (var service = Running.shell(folder, List.of("child.restart=on_failure", "child.restart_limit=2", "child.backoff=10ms"), "echo round; exit 3")) {
      assertEquals(3, service.exit(), service.out());
      assertEquals(3, service.out().lines().filter("round"::equals).count(), service.out());
      assertTrue(service.out().contains("the child ended with exit code 3, having been started 3 times"), service.out());
    }
  }

  @Test void childThatEndsWellIsNotStartedAgain() throws Exception {
    try (var service = Running.shell(folder, List.of("child.restart=on_failure"), "echo round")) {
      assertEquals(0, service.exit(), service.out());
      assertEquals(1, service.out().lines().filter("round"::equals).count(), service.out());
    }
  }

  @Test void whatADeadChildSaidIsNoMore() throws Exception {
    try (var service = Running.shell(folder, List.of("child.restart=on_failure", "child.backoff=10ms"),
        "[ -e second ] && exec sleep 60; while [ ! -e go ]; do sleep 0.05; done; touch second; exit 1")) {
      service.ok(201, "PUT", "/checks/loop", "{\"for\":[\"alive\"],\"ttl\":\"1h\"}");
      service.ok(201, "PUT", "/checks/both", "{\"for\":[\"alive\",\"ready\"],\"ttl\":\"1h\"}");
      service.ok(204, "POST", "/metrics", "depth 17\nsold_total 5\n");
      service.awaitProbe("/health/ready", 200);
      Files.createFile(folder.resolve("go"));
      service.awaitMetric("uservice_child_restarts_total 1");
      assertEquals("failed: not put again since the program ended", service.awaitProbe("/readyz/both", 503));
      assertEquals(404, service.probe("/livez/loop"));
      assertEquals(404, service.probe("/livez/both"));
      assertEquals(200, service.probe("/readyz/child"));
      assertFalse(service.metrics().contains("depth"), service.metrics());
      service.ok(204, "POST", "/metrics", "sold_total 2\n");
      service.awaitMetric("sold_total 7");
      service.ok(200, "PUT", "/checks/both", "{\"for\":[\"alive\",\"ready\"],\"ttl\":\"1h\"}");
      assertEquals(200, service.probe("/health/ready"));
    }
  }

  @Test void stopDuringTheBackOffEndsIt() throws Exception {
    try (var service = Running.shell(folder, List.of("child.restart=on_failure", "child.backoff=30s"), "exit 4")) {
      service.program.awaitOut("started again in 30s");
      service.health();
      service.awaitProbe("/health/ready", 503);
      service.program.signal("TERM");
      assertEquals(4, service.exit(), service.out());
    }
  }

  @Test void printedLinesAreWrapped() throws Exception {
    try (var service = Running.shell(folder, List.of("child.log=wrap"), "printf 'one \"quoted\"\\n\\033[31mtwo\\r\\n'; echo three >&2; printf 'no end'; sleep 60")) {
      service.program.awaitOut("three");
      service.program.awaitOut("two");
      for (String line : service.out().lines().toList()) {
        Json.parse(line);
      }
      Json line = Json.parse(service.out().lines().filter(text -> text.contains("quoted")).findFirst().orElseThrow());
      assertEquals("one \"quoted\"", line.asString("/message"));
      assertEquals("child", line.asString("/logger"));
      assertEquals("stdout", line.asString("/stream"));
      assertTrue(service.out().lines().anyMatch(text -> text.contains("three") && text.contains("\"stream\":\"stderr\"")));
    }
  }

  @Test void lastLinesAreWrappedToo() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (var service = Running.shell(folder, List.of("child.log=wrap"), "i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done; printf last")) {
        assertEquals(0, service.exit());
        assertTrue(service.out().contains("\"last\"") && service.out().contains("\"line 499\""), service.out());
      }
    }
  }

  @Test void pipeThatAGrandchildKeepsOpenHoldsUpNobody() throws Exception {
    try (var service = Running.shell(folder, List.of("child.log=wrap"), "sleep 300 & echo $! > left; echo gone; exit 6")) {
      assertEquals(6, service.exit(), service.out());
      assertTrue(service.out().contains("\"gone\""), service.out());
    } finally {
      ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("left")).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test void childThatFloodsStandardOutputBlocksNobody() throws Exception {
    for (String flood : List.of("exec yes 'flood flood flood flood'", "exec tr '\\0' x < /dev/zero")) {
      try (var service = Running.shell(folder, List.of("child.log=wrap"), flood)) {
        service.program.awaitOut("\"logger\":\"child\"");
        service.ok(201, "PUT", "/checks/x", "{}");
        for (int i = 0; i < 30; i++) {
          assertEquals(200, service.probe("/livez"));
          service.ok(200, "PUT", "/checks/x", "{}");
        }
        service.program.signal("TERM");
        assertEquals(128 + 15, service.exit());
      }
    }
  }

  @Test void childWhoseOutputNobodyTakesBlocksNobody() throws Exception {
    var java = new ArrayList<>(Program.java());
    java.addAll(List.of("start", "--set", "health.port=" + free(), "--set", "control.port=0", "--set", "shutdown.delay=0s", "--", "yes"));
    int health = Integer.parseInt(java.get(java.indexOf("--set") + 1).substring("health.port=".length()));
    Process process = new ProcessBuilder(java).directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start(); // its stdout is not read
    try {
      long end = System.nanoTime() + Running.PATIENCE.toNanos();
      while (!ready(health)) {
        assertTrue(System.nanoTime() < end, "never ready");
        Thread.sleep(20);
      }
      for (int i = 0; i < 30; i++) {
        assertTrue(ready(health));
      }
      process.destroy();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends although nobody reads");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean ready(int port) {
    try {
      return Http.get(port, "/readyz").status() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  @Test void childThatIgnoresTermIsKilled() throws Exception {
    try (var service = Running.shell(folder, List.of("child.drain=300ms"), "trap '' TERM INT; echo up; while :; do sleep 0.05; done")) {
      service.program.awaitOut("up\n");
      service.health();
      service.program.signal("TERM");
      assertEquals(128 + 9, service.exit(), service.out());
      assertTrue(service.out().contains("end the child: java.util.concurrent.TimeoutException: killed, since it did not end within 300ms"), service.out());
    }
  }

  @Test void secondSignalKillsAChildThatHangs() throws Exception {
    try (var service = Running.shell(folder, List.of(), "trap '' TERM INT; echo up; while :; do sleep 0.05; done")) {
      service.program.awaitOut("up\n");
      service.health();
      service.program.signal("TERM");
      service.program.awaitOut("stopping: SIGTERM");
      service.program.signal("TERM");
      assertNotEquals(0, service.exit(), service.out());
    }
  }

  @Test void whatTheChildLeavesBehindGoesToo() throws Exception {
    try (var service = Running.shell(folder, List.of("child.drain=5s"),
        "sh -c 'trap \"\" TERM; echo $$ > left; while :; do sleep 0.1; done' & i=0; while [ $i -lt 40 ]; do sleep 300 & i=$((i+1)); done; " + graceful(0))) {
      service.program.awaitOut("up\n");
      service.health();
      long left = service.await("the number of the one below", () -> Files.exists(folder.resolve("left")) ? Files.readString(folder.resolve("left")).strip() : "",
          text -> !text.isEmpty()).transform(Long::parseLong);
      List<ProcessHandle> below = ProcessHandle.of(service.program.pid()).orElseThrow().descendants().toList();
      assertTrue(below.size() > 40);
      service.program.signal("TERM");
      assertEquals(0, service.exit(), service.out());
      service.await("all of them gone", () -> below.stream().filter(ChildTest::runs).toList(), List::isEmpty);
      assertTrue(ProcessHandle.of(left).filter(ChildTest::runs).isEmpty());
    }
  }

  /// A dead process that nobody has buried yet is as good as gone.
  private static boolean runs(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
    } catch (IOException gone) {
      return false;
    }
  }

  @Test void childThatDiesAtOnceEndsTheServiceWithItsCode() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (var service = Running.with(folder, Map.of(), List.of(), List.of("false"))) {
        assertEquals(1, service.exit(), service.out());
        assertTrue(service.out().contains("the child ended with exit code 1"), service.out());
      }
    }
  }

  @Test void numbersOfTheChildStandInTheScrape() throws Exception {
    try (var service = Running.shell(folder, List.of(), "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exec sleep 60")) {
      service.awaitMetric("uservice_child_up 1");
      service.await("processor time", service::metrics, page -> number(page, "uservice_child_cpu_seconds_total") > 0);
      assertTrue(number(service.metrics(), "uservice_child_resident_memory_bytes") > 100_000);
    }
  }

  private static double number(String page, String name) {
    int from = page.indexOf("\n" + name + " ") + name.length() + 2;
    return Double.parseDouble(page.substring(from, page.indexOf('\n', from)));
  }

  @Test void sectionWithoutACommandIsToldToDoNothing() throws Exception {
    try (var service = Running.with(folder, "child.log=wrap")) {
      service.program.awaitOut("child: is configured, and no command follows -- on the command line: nothing is run");
      service.program.signal("TERM");
      assertEquals(0, service.exit());
    }
  }

  /// As PID 1 of a namespace of its own, where orphans end up.
  @Test void orphansAreBuriedAsPidOne() throws Exception {
    Process probe = new ProcessBuilder("unshare", "--pid", "--fork", "--mount-proc", "true").redirectErrorStream(true).start();
    Assumptions.assumeTrue(probe.waitFor() == 0, "no PID namespace can be made here: util-linux' unshare, as root");
    var command = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"));
    var java = new ArrayList<>(Program.java());
    java.add(java.indexOf("-p"), "--enable-native-access=uservice");
    command.addAll(java);
    // Ten that are orphans when the subshell ends, and dead a moment later.
    String script = "(for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.2 & done); while :; do grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l | sed 's/^/dead: /'; sleep 0.3; done";
    try (var program = Program.launch(folder, Map.of(), command, "start", "--set", "health.port=0", "--set", "control.port=0", "--set", "shutdown.delay=0s",
        "--", "sh", "-c", script)) {
      long end = System.nanoTime() + Running.PATIENCE.toNanos();
      while (!BURIED.matcher(program.out()).find()) {
        assertTrue(System.nanoTime() < end && program.alive(), () -> "they stay\n" + program.out() + program.err());
        Thread.sleep(20);
      }
      int health = program.port("health_port");
      assertEquals(200, Http.get(health, "/livez").status());
      assertTrue(program.err().isEmpty(), program.err());
    }
  }
}
