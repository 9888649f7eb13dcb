package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Program;

/// The life of the program as a process: what an operator, a kubelet and its clients see.
@Timeout(120)
class LifeStoryTest {
  private static final String[] ANY_PORTS = {"--set", "health.port=0", "--set", "web.port=0", "--set", "hello.limit=100000000"};
  @TempDir Path folder;

  private Program start(String... more) throws Exception {
    var words = new ArrayList<>(List.of("start"));
    words.addAll(List.of(ANY_PORTS));
    words.addAll(List.of(more));
    return Program.run(folder, Map.of(), words.toArray(String[]::new));
  }

  @Test void losesNoRequestBetweenSigtermAndExit() throws Exception {
    try (var program = start("--set", "shutdown.delay=8s", "--set", "shutdown.grace=40s")) {
      int health = program.port("health_port");
      int web = program.port("web_port");
      assertEquals("{\"name\":\"ready\",\"valid\":true}", Http.get(health, "/health/ready").body());

      var stopped = new AtomicBoolean();
      var lost = new ConcurrentLinkedQueue<String>();
      var answered = new AtomicLong();
      var clients = List.of(
          Thread.ofVirtual().start(() -> keepAlive(web, stopped, answered, lost)),
          Thread.ofVirtual().start(() -> reconnecting(web, stopped, answered, lost)));
      awaitMore(answered, 200);
      program.signal("TERM");
      awaitStatus(health, "/health/ready", 503);
      assertEquals(200, Http.get(health, "/health/alive").status());
      assertTrue(Http.get(health, "/readyz").body().startsWith("[-]service failed: "), "the reason is told");
      awaitMore(answered, 10); // still served while endpoints are removed
      stopped.set(true); // by now every load balancer has noticed
      for (Thread client : clients) {
        client.join();
      }
      assertEquals(0, program.exit(), program.out() + program.err());
      assertEquals(List.of(), List.copyOf(lost), answered + " were answered");
      assertTrue(program.out().lines().toList().getLast().contains("\"message\":\"stopped\""), program.out());
      assertEquals("", program.err());
    }
  }

  /// Keeps its connection until the server asks to close it, then opens the next.
  private static void keepAlive(int port, AtomicBoolean stopped, AtomicLong answered, Queue<String> lost) {
    while (!stopped.get()) {
      try (var http = Http.connect(port)) {
        boolean kept = true;
        while (kept && !stopped.get()) {
          Http.Answer answer = http.get("/hello");
          note(answer, answered, lost);
          kept = !answer.header("Connection").equalsIgnoreCase("close");
        }
      } catch (IOException failed) {
        lost.add("keep-alive: " + failed);
      }
    }
  }

  private static void reconnecting(int port, AtomicBoolean stopped, AtomicLong answered, Queue<String> lost) {
    while (!stopped.get()) {
      try {
        note(Http.get(port, "/"), answered, lost);
      } catch (IOException failed) {
        lost.add("reconnecting: " + failed);
      }
    }
  }

  private static void note(Http.Answer answer, AtomicLong answered, Queue<String> lost) {
    answered.incrementAndGet();
    if (answer.status() != 200) {
      lost.add("status " + answer.status() + " " + answer.body());
    }
  }

  private static void awaitMore(AtomicLong answered, long more) throws InterruptedException {
    long goal = answered.get() + more;
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (answered.get() < goal) {
      assertTrue(System.nanoTime() < deadline, "no answers came");
      Thread.sleep(2);
    }
  }

  private static void awaitStatus(int port, String path, int status) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (Http.get(port, path).status() != status) {
      assertTrue(System.nanoTime() < deadline, path + " never became " + status);
      Thread.sleep(2);
    }
  }

  @Test void secondSignalStopsAtOnce() throws Exception {
    try (var program = start("--set", "shutdown.delay=60s", "--set", "shutdown.grace=120s")) {
      int health = program.port("health_port");
      program.signal("TERM");
      awaitStatus(health, "/health/ready", 503);
      program.signal("TERM");
      assertEquals(1, program.exit());
      assertTrue(program.out().contains("second signal, stopping at once: SIGTERM"), program.out());
    }
  }

  @Test void interruptStopsLikeTerm() throws Exception {
    try (var program = start("--set", "shutdown.delay=0s")) {
      program.port("health_port");
      program.signal("INT");
      assertEquals(0, program.exit(), program.out());
      assertTrue(program.out().contains("stopping: SIGINT"), program.out());
    }
  }

  @Test void takenPortIsOneLineAndExitOne() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var program = Program.run(folder, Map.of(), "start", "--set", "health.host=127.0.0.1", "--set", "health.port=" + taken.getLocalPort())) {
      assertEquals(1, program.exit());
      assertEquals("uservice start: health: port " + taken.getLocalPort() + " on 127.0.0.1 is taken\n", program.err());
    }
  }

  @Test void takenWebPortStopsWhatWasStarted() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var program = Program.run(folder, Map.of(), "start", "--set", "health.port=0", "--set", "web.host=127.0.0.1", "--set", "web.port=" + taken.getLocalPort())) {
      assertEquals(1, program.exit());
      assertEquals("uservice start: web: port " + taken.getLocalPort() + " on 127.0.0.1 is taken\n", program.err());
      assertTrue(program.out().contains("\"message\":\"stopped\""), program.out());
    }
  }

  @Test void refusedConfigurationStartsNothing() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "health:\n  prot: 8079\nshutdown: {delay: 90s}\n");
    try (var program = Program.run(folder, Map.of(), "start")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().startsWith("uservice.yaml:2:3: error: unknown key 'prot', did you mean 'port'?\n"), program.err());
      assertTrue(program.err().endsWith("2 problems; nothing was started\n"), program.err());
      assertEquals("", program.out());
    }
  }

  @Test void missingFileIsOneLineAndExitThree() throws Exception {
    try (var program = Program.run(folder, Map.of("USERVICE_CONFIG", "absent.yaml"), "start")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().startsWith("absent.yaml: error: no such file"), program.err());
    }
  }

  @Test void worksAsProcessOne() throws Exception {
    var unshare = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"));
    org.junit.jupiter.api.Assumptions.assumeTrue(new ProcessBuilder("unshare", "--pid", "--fork", "--mount-proc", "true").start().waitFor() == 0,
        "no PID namespaces here: needs root and util-linux");
    unshare.addAll(Program.java());
    try (var program = Program.launch(folder, Map.of(), unshare, "start", "--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s")) {
      int health = program.port("health_port");
      assertEquals(200, Http.get(health, "/health/ready").status());
      long java = ProcessHandle.of(program.pid()).orElseThrow().children().findFirst().orElseThrow().pid();
      new ProcessBuilder("kill", "-s", "TERM", Long.toString(java)).start().waitFor();
      assertEquals(0, program.exit(), program.out() + program.err());
    }
  }
}
