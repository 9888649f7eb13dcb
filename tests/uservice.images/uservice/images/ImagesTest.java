package uservice.images;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Certificates;
import testing.Http;
import testing.Program;
import uservice.grpc.H2Peer;

/// The feature in a process of its own, beside servers that play a container runtime.
@Timeout(120)
class ImagesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private Path socket;

  @BeforeEach void name() {
    socket = folder.resolve("cri.sock");
  }

  private Program start(String... settings) throws Exception { return start(Program.java(), settings); }

  private Program start(List<String> command, String... settings) throws Exception {
    var words = new ArrayList<>(List.of("start", "--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s",
        "--set", "images.socket=unix://" + socket));
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    var allowed = new ArrayList<>(command);
    allowed.add(command.indexOf("-p"), "--enable-native-access=uservice");
    return Program.launch(folder, Map.of(), allowed, words.toArray(String[]::new));
  }

  private H2Peer runtime(byte[]... answers) throws IOException {
    return H2Peer.playing(UnixDomainSocketAddress.of(socket), Cri.answering(new ConcurrentLinkedQueue<>(List.of(answers))));
  }

  /// The page of metrics once it has this line.
  private static String page(Program program, String line) throws Exception {
    int port = program.port("health_port");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String page = Http.get(port, "/metrics").body();
      if (page.contains("\n" + line + "\n")) {
        return page;
      }
      assertTrue(System.nanoTime() < end, () -> "'" + line + "' did not come\n" + page + program.out());
      Thread.sleep(5);
    }
  }

  /// Waits until readiness is what it should be, and returns what it says.
  private static String ready(Program program, int status) throws Exception {
    int port = program.port("health_port");
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Http.Answer answer = Http.get(port, "/readyz?verbose");; answer = Http.get(port, "/readyz?verbose")) {
      if (answer.status() == status) {
        return answer.body();
      }
      String body = answer.body();
      assertTrue(System.nanoTime() < end, () -> body + program.out());
      Thread.sleep(5);
    }
  }

  @Test void countsAtTheStartAndAtEachSignal() throws Exception {
    try (var _ = runtime(Cri.list(2), Cri.list(3)); var program = start("images.required=true")) {
      String first = page(program, "images_refresh_total{result=\"success\"} 1");
      assertTrue(first.contains("\nimages 2\n") && first.contains("\nimages_bytes 2000\n"), first);
      ready(program, 200);
      program.signal("QUIT");
      String second = page(program, "images_refresh_total{result=\"success\"} 2");
      assertTrue(second.contains("\nimages 3\n") && second.contains("\nimages_bytes 3000\n"), second);
      assertTrue(second.contains("\nuservice_signals_total{signal=\"QUIT\"} 1\n"), second);
      double last = Double.parseDouble(second.replaceAll("(?s).*\nimages_last_success_timestamp_seconds (\\S+)\n.*", "$1"));
      assertTrue(Math.abs(last - System.currentTimeMillis() / 1000.0) < 3600, "a time of today in seconds, " + last);
      for (String result : List.of("unreachable", "timeout", "cut", "invalid", "refused", "error")) {
        assertTrue(second.contains("\nimages_refresh_total{result=\"" + result + "\"} 0\n"), second);
      }
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out());
    }
  }

  @Test void metricsPassPrometheusOwnLinter() throws Exception {
    assumeTrue(new ProcessBuilder("sh", "-c", "command -v promtool").start().waitFor() == 0, "no promtool; it comes with the package prometheus");
    try (var _ = runtime(Cri.list(2)); var program = start()) {
      String page = page(program, "images 2");
      Process promtool = new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
      try (var in = promtool.getOutputStream()) {
        in.write(page.getBytes(StandardCharsets.UTF_8));
      }
      assertEquals("", new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertEquals(0, promtool.waitFor());
    }
  }

  @Test void listsByItselfAndNotAtASignalThatWasNotAskedFor() throws Exception {
    try (var _ = runtime(Cri.list(1)); var program = start("images.every=100ms", "images.trigger=none")) {
      page(program, "images_refresh_total{result=\"success\"} 4");
    }
    try (var _ = Files.deleteIfExists(socket) ? runtime(Cri.list(1)) : null; var program = start("images.trigger=usr2")) {
      page(program, "images_refresh_total{result=\"success\"} 1");
      program.signal("USR2");
      page(program, "images_refresh_total{result=\"success\"} 2");
    }
  }

  @Test void routeTriggersWhereThereIsADataPort() throws Exception {
    try (var _ = runtime(Cri.list(1), Cri.list(2)); var program = start("hello.limit=5")) {
      page(program, "images 1");
      int web = program.port("web_port");
      long end = System.nanoTime() + PATIENCE.toNanos();
      try (var http = Http.connect(web)) {
        Http.Answer answer = http.ask("POST", "/images/refresh", "", "");
        while (answer.status() == 404 && System.nanoTime() < end) { // the route comes when the start is complete
          answer = http.ask("POST", "/images/refresh", "", "");
        }
        assertEquals("202 ''", answer.status() + " '" + answer.body() + "'");
        assertEquals(405, http.get("/images/refresh").status());
      }
      page(program, "images 2");
    }
  }

  @Test void opensNoDataPortForItsRoute() throws Exception {
    try (var _ = runtime(Cri.list(1)); var program = start()) {
      page(program, "images 1");
      String ready = program.out().lines().filter(line -> line.contains("\"message\":\"ready\"")).findFirst().orElseThrow();
      assertTrue(ready.contains("\"web_port\":null"), ready);
    }
  }

  @Test void readinessHangsOnItWhereItIsRequiredAndHealsByItself() throws Exception {
    try (var program = start("images.required=true")) {
      page(program, "images_refresh_total{result=\"unreachable\"} 1");
      String missing = "unix://" + socket + ": there is no such socket; the container runtime is not running, or listens elsewhere, or its folder is not mounted here";
      assertTrue(ready(program, 503).contains("[-]images failed: " + missing), ready(program, 503));
      try (var _ = runtime(Cri.list(4))) {
        ready(program, 200);
        page(program, "images 4");
      }
      program.signal("QUIT");
      assertTrue(ready(program, 503).contains("nobody listens on the socket; the container runtime is not running"), ready(program, 503));
      String page = Http.get(program.port("health_port"), "/metrics").body();
      assertTrue(page.contains("\nimages 4\n"), "the last number stays\n" + page);
      program.awaitOut("images cannot be listed: unix://" + socket + ": nobody listens");
      assertEquals(1, program.out().lines().filter(line -> line.contains("images cannot be listed: " + missing)).count(), program.out());
    }
  }

  @Test void readinessDoesNotHangOnItWhereItIsNotRequired() throws Exception {
    try (var program = start()) {
      page(program, "images_refresh_total{result=\"unreachable\"} 1");
      assertTrue(ready(program, 200).contains("images"), ready(program, 200));
    }
  }

  @Test void stopDoesNotWaitForARuntimeThatIsSilent() throws Exception {
    var asked = new CountDownLatch(1);
    try (var _ = H2Peer.playing(UnixDomainSocketAddress.of(socket), talk -> {
          talk.greet().request();
          asked.countDown();
          talk.stall();
        }); var program = start("images.timeout=10m", "shutdown.grace=30s")) {
      asked.await();
      program.port("health_port");
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out());
    }
  }

  /// What the log says of a runtime that does not list its images.
  private String complaint(Program program, String result) throws Exception {
    page(program, "images_refresh_total{result=\"" + result + "\"} 1");
    Matcher told = Pattern.compile("images cannot be listed: ([^\"]*)\"").matcher("");
    while (!told.reset(program.out()).find()) { // the log is written behind the count; bounded by the test's timeout
      Thread.sleep(5);
    }
    return told.group(1);
  }

  @Test void runtimeWithTheOldInterfaceOnlyIsTold() throws Exception {
    try (var _ = H2Peer.playing(UnixDomainSocketAddress.of(socket), talk -> {
          talk.greet().request();
          talk.headers(1, true, ":status: 200", "content-type: application/grpc", "grpc-status: 12", "grpc-message: unknown service runtime.v1.ImageService").stall();
        }); var program = start()) {
      assertEquals("unix://" + socket + ": the runtime does not know runtime.v1.ImageService: it is one that has only CRI v1alpha2 (containerd before 1.6),"
          + " or its CRI plugin is disabled (UNIMPLEMENTED: unknown service runtime.v1.ImageService)", complaint(program, "refused"));
    }
  }

  @Test void silenceRefusalNonsenseAndCutsAreCountedApart() throws Exception {
    var scripts = new ConcurrentLinkedQueue<H2Peer.Script>(List.of(
        talk -> {
          talk.greet().request();
          talk.stall();
        },
        talk -> {
          talk.greet().request();
          talk.headers(1, true, ":status: 200", "content-type: application/grpc", "grpc-status: 7", "grpc-message: not you").stall();
        },
        talk -> {
          talk.greet().request();
          talk.answer(1, new byte[] {8, 1}).stall();
        },
        talk -> {
          talk.greet().request();
        }));
    try (var _ = H2Peer.playing(UnixDomainSocketAddress.of(socket), talk -> scripts.remove().play(talk)); var program = start("images.timeout=500ms")) {
      for (String result : List.of("timeout", "refused", "invalid", "cut")) {
        page(program, "images_refresh_total{result=\"" + result + "\"} 1");
        program.signal("QUIT");
      }
      String at = "images cannot be listed: unix://" + socket + ": ";
      for (String line : List.of("no answer within 500 ms", "ListImages was refused: PERMISSION_DENIED: not you",
          "the list of images is no ListImagesResponse: field 1 is of type 0, a message is of type 2, before byte 1", "closed by the peer")) {
        program.awaitOut(at + line);
      }
    }
  }

  @Test void tlsOnThePortIsTold() throws Exception {
    var context = Certificates.make(folder, "localhost").server();
    try (var server = context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> {
        while (!server.isClosed()) {
          try (var client = server.accept()) {
            client.getInputStream().read();
          } catch (IOException refused) {
            // What it got was no handshake.
          }
        }
      });
      try (var program = start("images.socket=tcp://127.0.0.1:" + server.getLocalPort())) {
        assertEquals("tcp://127.0.0.1:" + server.getLocalPort()
            + ": the server speaks TLS on this port; a port or socket without TLS is what can be used here", complaint(program, "unreachable"));
      }
    }
  }

  @Test void socketOfAnotherGroupIsToldWithItsGroup() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can be somebody else; run as root");
    assumeTrue(new ProcessBuilder("sh", "-c", "command -v setpriv").start().waitFor() == 0, "no setpriv; it comes with the package util-linux");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    var command = new ArrayList<>(List.of("setpriv", "--reuid", "65532", "--regid", "65532", "--clear-groups"));
    command.addAll(Program.java());
    try (var _ = runtime(Cri.list(1))) {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
      try (var program = start(command)) {
        assertEquals("unix://" + socket + ": permission denied: the socket belongs to user 'root' and group 'root' (id 0) with rw-rw----;"
            + " run this process as a member of that group (supplementalGroups in Kubernetes, --group-add in Docker)", complaint(program, "unreachable"));
      }
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      try (var program = start(command)) {
        assertEquals("unix://" + socket + ": permission denied: the socket belongs to user 'root' and group 'root' (id 0) with rw-------; no group but only that user may",
            complaint(program, "unreachable"));
      }
      Path shut = Files.createDirectory(folder.resolve("shut"));
      Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("rwx--x---"));
      try (var program = start(command, "images.socket=unix://" + shut + "/cri.sock")) {
        assertEquals("unix://" + shut + "/cri.sock: permission denied: folder " + shut + " may not be entered, it belongs to user 'root' and group 'root' (id 0)"
            + " with rwx--x---; run this process as a member of that group (supplementalGroups in Kubernetes, --group-add in Docker)",
            complaint(program, "unreachable"));
      }
    }
  }

  @Test void takesTheConfigurationWrittenOut() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "images: {trigger: QUIT, every: off, socket: unix:///run/containerd/containerd.sock}\n");
    try (var program = Program.run(folder, Map.of(), "parse")) {
      assertEquals(0, program.exit(), program.err());
    }
  }

  @Test void configurationIsCheckedBeforeTheStart() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "images:\n  socket: /run/containerd/containerd.sock\n  trigger: hup\n  every: 1ms\n");
    try (var program = Program.run(folder, Map.of(), "parse")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().contains("uservice.yaml:3:12: error: images.trigger"), program.err());
      assertTrue(program.err().contains("uservice.yaml:4:10: error: images.every"), program.err());
    }
    Files.writeString(folder.resolve("uservice.yaml"), "images:\n  socket: /run/containerd/containerd.sock\n");
    try (var program = Program.run(folder, Map.of(), "parse")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().startsWith("uservice.yaml:2:11: error: images.socket: is '/run/containerd/containerd.sock',"
          + " must be unix:///path/of/socket or tcp://host:port, did you mean unix:///run/containerd/containerd.sock?"), program.err());
    }
  }
}
