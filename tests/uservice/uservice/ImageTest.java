package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Engine;
import testing.Http;
import testing.Linked;
import testing.Linked.Ended;
import testing.Program;
import uservice.json.Json;

/// The image, run by Podman and runc as a cluster would run it.
@Timeout(600)
class ImageTest {
  private static final String HOME = "/opt/uservice";
  private static final int JSON_BYTES_MAX = 16 << 20;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  @TempDir Path folder;
  private final String name = "uservice-test-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
  private Engine engine;
  private int health;
  private int web;

  @BeforeEach void prepare() throws Exception {
    engine = Engine.withImage();
    health = freePort();
    web = freePort();
  }

  @AfterEach void remove() throws Exception {
    if (engine != null) {
      engine.remove(name);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// A container of the image with these options of podman's, its ports given by the environment.
  private Program start(String... options) throws Exception {
    return start(List.of(), options);
  }

  private Program start(List<String> words, String... options) throws Exception {
    List<String> command = engine.run(name, options);
    command.addAll(List.of("--env", "USERVICE_HEALTH_PORT=" + health, "--env", "USERVICE_WEB_PORT=" + web, "--env", "USERVICE_SHUTDOWN_DELAY=1s", Engine.IMAGE));
    command.addAll(words);
    return Program.launch(folder, Map.of(), command);
  }

  private Ended podman(String... words) throws Exception {
    return engine.podman(List.of(words));
  }

  private Path mounted(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("uservice.yaml"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }

  @Test void livesReadOnlyAsNobodyInLittleMemory() throws Exception {
    Path file = mounted("name: contained\nhello: {limit: 1000000000}\n");
    try (var program = start("--volume", file + ":/etc/uservice/uservice.yaml:ro")) {
      program.awaitOut("\"message\":\"ready is valid\"");
      assertTrue(program.out().contains("\"service\":\"contained\""), "the file was found");
      assertEquals("{\"name\":\"ready\",\"valid\":true}", Http.get(health, "/health/ready").body());
      Map<String, String> status = status(inspect("/0/State/Pid").asLong());
      assertEquals("65532 65532 65532 65532", status.get("Uid"));
      assertEquals("0000000000000000", status.get("CapEff"));
      assertEquals("1", status.get("NSpid").replaceFirst(".* ", ""), "it is PID 1");

      traffic(5000);
      assertEquals(0, podman("exec", name, HOME + "/bin/java", "-m", "uservice", "probe", "ready").exit());
      assertEquals(0, podman("healthcheck", "run", name).exit(), "the image's own health check");
      podman("kill", "--signal", "HUP", name);
      program.awaitOut("\"message\":\"configuration reloaded");
      podman("kill", "--signal", "QUIT", name);
      awaitErr(program, "Full thread dump");

      podman("kill", "--signal", "TERM", name);
      program.awaitOut("\"message\":\"ready is invalid");
      assertEquals(503, Http.get(health, "/health/ready").status());
      assertEquals("{\"hello\":\"world\"}", Http.get(web, "/hello").body(), "still served while it drains");
      assertEquals(0, program.exit(), program.err());
      assertFalse(inspect("/0/State/OOMKilled").equals(new Json.Bool(true)));
      for (String line : program.out().lines().toList()) {
        Json.parse(line);
      }
    }
  }

  private void traffic(int requests) throws Exception {
    var failed = new ConcurrentLinkedQueue<String>();
    var clients = new ArrayList<Thread>();
    for (int client = 0; client < 4; client++) {
      clients.add(Thread.ofVirtual().start(() -> {
        try (var http = Http.connect(web)) {
          for (int i = 0; i < requests / 4; i++) {
            Http.Answer answer = http.get("/");
            if (answer.status() != 200) {
              failed.add(answer.toString());
            }
          }
        } catch (IOException lost) {
          failed.add(lost.toString());
        }
      }));
    }
    for (Thread client : clients) {
      client.join();
    }
    assertEquals(List.of(), List.copyOf(failed));
    assertEquals("{\"hello\":\"world\",\"request_num\":" + (requests + 1) + "}", Http.get(web, "/").body());
  }

  private Json inspect(String pointer) throws Exception {
    Ended ended = podman("inspect", name);
    assertEquals(0, ended.exit(), ended.text());
    return Json.parse(ended.text()).at(pointer);
  }

  private static Map<String, String> status(long pid) throws IOException {
    var status = new HashMap<String, String>();
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      String[] words = line.split(":\\s*", 2);
      status.put(words[0], words[1].replace('\t', ' '));
    }
    return status;
  }

  private static void awaitErr(Program program, String text) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!program.err().contains(text)) {
      assertTrue(System.nanoTime() < deadline, program.err());
      Thread.sleep(10);
    }
  }

  @Test void runsAsAnyUser() throws Exception {
    try (var program = start("--user", "12345:0")) {
      program.awaitOut("\"message\":\"ready is valid\"");
      assertEquals(200, Http.get(web, "/hello").status());
      podman("stop", name);
      assertEquals(0, program.exit(), program.err());
    }
  }

  @Test void refusesAWrongConfiguration() throws Exception {
    Path file = mounted("health:\n  prot: 8079\n");
    try (var program = start("--volume", file + ":/etc/uservice/uservice.yaml:ro")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().contains("uservice.yaml:2:3: error: unknown key 'prot', did you mean 'port'?"), program.err());
      assertEquals("", program.out());
    }
  }

  @Test void usesTheCacheThatItHolds() throws Exception {
    String strict = "[\"" + HOME + "/bin/java\",\"-XX:AOTMode=on\",\"-XX:AOTCache=" + HOME + "/lib/server/classes.jsa\",\"-m\",\"uservice\"]";
    try (var program = start(List.of("version"), "--entrypoint", strict)) {
      assertEquals(0, program.exit(), program.err());
      assertTrue(program.out().startsWith("uservice "), program.out());
    }
  }

  private static final String POD = """
      apiVersion: v1
      kind: Pod
      metadata:
        name: %1$s
      spec:
        hostNetwork: true
        containers:
          - name: it
            image: %2$s
            imagePullPolicy: Never
            env:
              - {name: USERVICE_HEALTH_PORT, value: "%3$d"}
              - {name: USERVICE_WEB_PORT, value: "%4$d"}
              - {name: USERVICE_SHUTDOWN_DELAY, value: 0s}
            securityContext:
              readOnlyRootFilesystem: true
              allowPrivilegeEscalation: false
              capabilities: {drop: [ALL]}
      """;
  private static final String PROBES = """
            livenessProbe: {exec: {command: [/opt/uservice/bin/java, -m, uservice, probe, alive]}, periodSeconds: 1}
            readinessProbe: {exec: {command: [/opt/uservice/bin/java, -m, uservice, probe, ready]}, periodSeconds: 1}
            startupProbe: {exec: {command: [/opt/uservice/bin/java, -m, uservice, probe, startup]}, periodSeconds: 1}
      """;

  /// Podman 4 wraps a pod's probes into a shell, which the image does not have: so they are run here as a kubelet runs them.
  @Test void answersTheProbesOfAPod() throws Exception {
    inPod(PROBES, () -> {
      for (String probe : List.of("alive", "ready", "startup")) {
        Ended ended = podman("exec", name + "-it", HOME + "/bin/java", "-m", "uservice", "probe", probe);
        assertEquals(0, ended.exit(), ended.text());
      }
    });
  }

  private interface Part {
    void run() throws Exception;
  }

  private void inPod(String more, Part part) throws Exception {
    Assumptions.assumeTrue(Linked.has("catatonit"), "a pod needs catatonit, which is not installed: apt-get install catatonit");
    Path pod = Files.writeString(folder.resolve("pod.yaml"), POD.formatted(name, Engine.IMAGE, health, web) + more);
    Ended played = podman("play", "kube", pod.toString());
    assertEquals(0, played.exit(), played.text());
    try {
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!ready()) {
        assertTrue(System.nanoTime() < deadline, () -> "never ready: " + played.text());
        Thread.sleep(20);
      }
      assertEquals("{\"hello\":\"world\"}", Http.get(web, "/hello").body());
      part.run();
    } finally {
      Ended down = podman("kube", "down", pod.toString());
      assertEquals(0, down.exit(), down.text());
    }
  }

  private boolean ready() {
    try {
      return Http.get(health, "/health/ready").status() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  @Test void saysWhatItIs() throws Exception {
    Ended ended = podman("image", "inspect", Engine.IMAGE);
    Json image = Json.parse(ended.text()).at("/0");
    assertEquals("65532:65532", image.asString("/Config/User"));
    assertEquals(List.of(HOME + "/bin/java", "-m", "uservice"), strings(image, "/Config/Entrypoint"));
    assertEquals(List.of("start"), strings(image, "/Config/Cmd"));
    assertEquals("SIGTERM", image.asString("/Config/StopSignal"));
    assertEquals("CMD", strings(image, "/Healthcheck/Test").getFirst());
    assertEquals("uservice", image.asMap("/Config/Labels").get("org.opencontainers.image.title").asString());
    assertEquals("tested", image.asMap("/Config/Labels").get("org.opencontainers.image.revision").asString());
    assertEquals("localhost/uservice-test/base", image.asMap("/Config/Labels").get("org.opencontainers.image.base.name").asString());
  }

  private static List<String> strings(Json json, String pointer) {
    return json.asList(pointer).stream().map(Json::asString).toList();
  }

  @Test void hasTheSameFilesAsTheRuntimeInLayersOfTheirOwn() throws Exception {
    Path out = folder.resolve("audit");
    Ended ended = Linked.run(Map.of(), Linked.jdk().resolve("bin/java").toString(), "-p", "build/modules", "--add-modules", "uservice",
        "-cp", "build/audit/classes", "audit.Audit", "--modules", "build/modules", "--source", "src", "--jdk", Linked.jdk().toString(), "--out", out.toString(),
        "--allowed", "java.base,java.logging,jdk.httpserver,jdk.unsupported", "--image", engine.archive().toString());
    assertEquals(0, ended.exit(), ended.text());
    List<Json> ours = Json.parse(Files.readAllBytes(out.resolve("report.json")), JSON_BYTES_MAX, Json.DEPTH_MAX).asList("/image/layers").stream()
        .filter(layer -> layer.at("/ours").equals(new Json.Bool(true))).toList();
    assertEquals(3, ours.size());
    assertEquals(Set.of(HOME.substring(1) + "/lib/modules"), files(ours.get(1)).keySet());
    assertEquals(Set.of(HOME.substring(1) + "/lib/server/classes.jsa"), files(ours.get(2)).keySet());
    var together = new TreeMap<String, String>();
    ours.forEach(layer -> together.putAll(files(layer)));
    assertTrue(together.keySet().stream().noneMatch(path -> path.endsWith("/sh") || path.endsWith("/bash") || path.endsWith("busybox")), "no shell");
    for (String same : List.of("bin/java", "lib/modules", "lib/server/libjvm.so", "lib/security/cacerts", "release")) {
      assertEquals(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(Linked.runtime().resolve(same)))),
          together.get(HOME.substring(1) + "/" + same), same);
    }
  }

  private static Map<String, String> files(Json layer) {
    var files = new TreeMap<String, String>();
    layer.asList("/files").stream().filter(file -> file.asString("/kind").equals("-")).forEach(file -> files.put(file.asString("/path"), file.asString("/sha256")));
    return files;
  }

  @Test void needsAnEngine() throws Exception {
    Path archive = folder.resolve("none/image.tar");
    Path commands = Linked.temporary();
    for (String command : List.of("sh", "mkdir", "rm", "date", "dirname", "basename")) {
      Files.createSymbolicLink(commands.resolve(command), Path.of(Linked.run(Map.of(), "sh", "-c", "command -v " + command).text().strip()));
    }
    refused("no container engine answers", Linked.run(Map.of("PATH", commands.toString()), "jlink/image", "x", archive.toString(), "2026-01-01T00:00:00Z"));
    refused("ENGINE=nothere: nothere is not there", Linked.run(Map.of("ENGINE", "nothere"), "jlink/image", "x", archive.toString(), "2026-01-01T00:00:00Z"));
    assertFalse(Files.exists(archive.getParent()), "nothing is left");
  }

  private static void refused(String why, Ended ended) {
    assertEquals(1, ended.exit(), ended.text());
    assertEquals(1, ended.text().lines().count(), ended.text());
    assertTrue(ended.text().startsWith("uservice: ") && ended.text().contains(why), ended.text());
  }
}
