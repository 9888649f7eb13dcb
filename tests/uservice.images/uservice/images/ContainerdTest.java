package uservice.images;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import testing.Http;
import testing.OtlpReceiver;
import testing.Program;
import uservice.grpc.Answer;
import uservice.grpc.Connection;
import uservice.grpc.Status;
import uservice.trace.Tracer;
import uservice.wire.Wire;

/// Against a real containerd, which gets its images during the test. What it sends is what grpc-go sends: Huffman codes, tables,
/// window updates, pings.
@Timeout(300)
class ContainerdTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LIST_IMAGES = "/runtime.v1.ImageService/ListImages";

  private static Path folder;
  private static Path socket;
  private static Process containerd;

  @BeforeAll static void start() throws Exception {
    assumeTrue(installed("containerd") && installed("ctr"), "no containerd; it comes with the package containerd");
    assumeTrue(System.getProperty("user.name").equals("root"), "containerd needs root");
    folder = Files.createTempDirectory("cri"); // short, for the sockets that containerd derives from it
    socket = folder.resolve("c.sock");
    Files.writeString(folder.resolve("config.toml"), """
        version = 2
        root = "%1$s/root"
        state = "%1$s/state"
        [grpc]
          address = "%1$s/c.sock"
        [plugins."io.containerd.internal.v1.opt"]
          path = "%1$s/opt"
        [plugins."io.containerd.grpc.v1.cri"]
          disable_apparmor = true
          stream_server_port = "0"
          [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = "native"
        """.formatted(folder));
    containerd = new ProcessBuilder("containerd", "--config", folder.resolve("config.toml").toString())
        .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!answers()) {
      assertTrue(containerd.isAlive() && System.nanoTime() < end, () -> log());
      Thread.sleep(50);
    }
  }

  private static boolean installed(String program) throws Exception {
    return new ProcessBuilder("sh", "-c", "command -v " + program).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
  }

  private static String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException none) {
      return none.toString();
    }
  }

  /// Whether the CRI service is up; the socket is there a moment before it.
  private static boolean answers() throws InterruptedException {
    return new ContainerRuntime(new Place.Unix(socket), Duration.ofSeconds(5), Tracer.idle()).refresh() instanceof Outcome.Listed;
  }

  @AfterAll static void stop() throws Exception {
    if (containerd != null) {
      containerd.destroy();
      if (!containerd.waitFor(20, TimeUnit.SECONDS)) {
        containerd.destroyForcibly().waitFor();
      }
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  // ---- images made here ----

  /// Imports an image of one layer with one file in it, and returns its name.
  private static String importImage(String name) throws Exception {
    byte[] layer = tar(Map.of("hello", ("hello from " + name).getBytes(StandardCharsets.UTF_8)));
    String architecture = Map.of("aarch64", "arm64").getOrDefault(System.getProperty("os.arch"), "amd64");
    byte[] config = """
        {"architecture":"%s","os":"linux","config":{"Cmd":["/hello"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}\
        """.formatted(architecture, sha256(layer)).getBytes(StandardCharsets.UTF_8);
    String reference = "docker.io/library/" + name + ":1";
    var archive = new LinkedHashMap<String, byte[]>();
    archive.put("manifest.json", """
        [{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]""".formatted(reference).getBytes(StandardCharsets.UTF_8));
    archive.put("config.json", config);
    archive.put("layer.tar", layer);
    Path file = Files.write(folder.resolve(name + ".tar"), tar(archive));
    run("ctr", "--address", socket.toString(), "-n", "k8s.io", "images", "import", "--snapshotter", "native", file.toString());
    return reference;
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", command) + "\n" + said + log());
  }

  private static String sha256(byte[] bytes) throws Exception { return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)); }

  /// A tar archive of plain files (ustar).
  private static byte[] tar(Map<String, byte[]> files) {
    var out = new ByteArrayOutputStream();
    files.forEach((name, bytes) -> {
      byte[] header = "%-100s0000644\0000000000\0000000000\0%011o\00000000000000\0        0%-100sustar\00000%-247s".formatted(name, bytes.length, "", "")
          .replace(' ', '\0').getBytes(StandardCharsets.US_ASCII);
      Arrays.fill(header, 148, 156, (byte) ' ');
      int sum = 0;
      for (byte b : header) {
        sum += b;
      }
      System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, header, 148, 8);
      out.writeBytes(Arrays.copyOf(header, 512));
      out.writeBytes(Arrays.copyOf(bytes, (bytes.length + 511) / 512 * 512));
    });
    out.writeBytes(new byte[1024]);
    return out.toByteArray();
  }

  // ---- tests ----

  private static Connection connect() throws Exception {
    return Connection.open(Wire.connect(socket, PATIENCE), "unix://" + socket, "localhost", ContainerRuntime.MESSAGE_MAX, PATIENCE);
  }

  private static List<Image> list(Connection connection) throws Exception {
    return Image.list(((Answer.Message) connection.call(LIST_IMAGES, new byte[0], PATIENCE)).bytes());
  }

  /// The list once it has an image of this name: containerd's CRI service hears of imports by an event.
  private static List<Image> list(Connection connection, String reference) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (List<Image> images = list(connection);; images = list(connection)) {
      if (images.stream().anyMatch(image -> image.tags().contains(reference))) {
        return images;
      }
      assertTrue(System.nanoTime() < end, () -> log());
      Thread.sleep(20);
    }
  }

  @Test void listsImportedImagesOverOneConnection() throws Exception {
    try (var connection = connect()) {
      String one = importImage("one");
      List<Image> images = list(connection, one);
      Image image = images.stream().filter(each -> each.tags().contains(one)).findFirst().orElseThrow();
      assertEquals(List.of(one), image.tags());
      assertTrue(image.id().matches("sha256:[0-9a-f]{64}"), image.id());
      assertTrue(image.bytes() > 1000 && image.bytes() < 100_000, "" + image.bytes());
      int before = images.size();
      assertEquals(before + 1, list(connection, importImage("two")).size());
      for (int i = 0; i < 300; i++) {
        assertEquals(before + 1, list(connection).size());
      }
    }
  }

  @Test void whatItDoesNotKnowOrTakeIsItsOwnNo() throws Exception {
    try (var connection = connect()) {
      var unknown = (Answer.Refused) connection.call("/runtime.v0.ImageService/ListImages", new byte[0], PATIENCE);
      assertEquals(new Answer.Refused(Status.UNIMPLEMENTED, "unknown service runtime.v0.ImageService"), unknown);
      var method = (Answer.Refused) connection.call("/runtime.v1.ImageService/Nothing", new byte[0], PATIENCE);
      assertEquals("UNIMPLEMENTED: unknown method Nothing for service runtime.v1.ImageService", method.toString());
      var broken = (Answer.Refused) connection.call(LIST_IMAGES, new byte[] {1}, PATIENCE);
      assertEquals(Status.INTERNAL, broken.status());
      var large = (Answer.Refused) connection.call(LIST_IMAGES, new byte[17 << 20], PATIENCE);
      assertEquals(Status.RESOURCE_EXHAUSTED, large.status(), "after 17 MiB through its windows: " + large);
      assertNotNull(list(connection));
    }
  }

  /// The demo of the prior system: start, look, SIGQUIT, import an image, SIGQUIT: the gauge has grown, and each time a trace has arrived.
  @Test void gaugeGrowsWhenAnImageWasImportedAndASignalCameAndTheTraceArrives() throws Exception {
    String first = importImage("before");
    int before;
    try (var connection = connect()) {
      before = list(connection, first).size();
    }
    var command = new ArrayList<>(Program.java());
    command.add(command.indexOf("-p"), "--enable-native-access=uservice");
    try (var collector = OtlpReceiver.open(); var program = Program.launch(folder, Map.of(), command, "start", "--set", "health.port=0", "--set", "web.port=0",
        "--set", "shutdown.delay=0s", "--set", "images.socket=unix://" + socket, "--set", "images.required=true",
        "--set", "trace.endpoint=http://127.0.0.1:" + collector.port(), "--set", "trace.every=100ms")) {
      awaitMetric(program, "images " + before);
      assertEquals(200, Http.get(program.port("health_port"), "/readyz").status());
      program.signal("QUIT");
      awaitMetric(program, "images_refresh_total{result=\"success\"} 2");
      awaitMetric(program, "images " + before);
      String second = importImage("after");
      try (var connection = connect()) {
        list(connection, second);
      }
      program.signal("QUIT");
      awaitMetric(program, "images " + (before + 1));
      awaitMetric(program, "images_refresh_total{result=\"success\"} 3");
      traced(collector.spans(9), before + 1);
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out());
      assertEquals(List.of(), collector.faults());
    }
  }

  /// Three traces of three spans: the event, and in it the connection and the call.
  private static void traced(List<OtlpReceiver.Span> spans, long last) {
    var traces = spans.stream().collect(Collectors.groupingBy(OtlpReceiver.Span::traceId));
    assertEquals(3, traces.size(), spans.toString());
    for (var trace : traces.values()) {
      var event = trace.stream().filter(span -> span.parentSpanId().isEmpty()).findFirst().orElseThrow();
      assertEquals("images refresh", event.name());
      assertEquals(Set.of("connect", "runtime.v1.ImageService/ListImages"),
          trace.stream().filter(span -> span.parentSpanId().equals(event.spanId())).map(OtlpReceiver.Span::name).collect(Collectors.toSet()));
      assertTrue(trace.stream().allMatch(span -> span.start() >= event.start() && span.end() <= event.end()), trace.toString());
    }
    assertTrue(spans.stream().anyMatch(span -> Objects.equals(span.attributes().get("images"), last)), spans.toString());
    assertTrue(spans.stream().filter(span -> span.name().endsWith("ListImages")).allMatch(span -> span.attributes().get("rpc.system").equals("grpc")));
  }

  private static void awaitMetric(Program program, String line) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String page = Http.get(program.port("health_port"), "/metrics").body();
      if (page.contains("\n" + line + "\n")) {
        return;
      }
      assertTrue(System.nanoTime() < end, () -> line + "\n" + page + program.out() + log());
      Thread.sleep(20);
    }
  }
}
