package uservice.otlp;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.OtlpReceiver;
import testing.Program;
import testing.ScriptedPeer;

/// Traces as whoever runs the program sees them.
@Timeout(120)
class ProgramTest {
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @TempDir Path folder;

  private Program start(Map<String, String> environment, String... more) throws Exception {
    var words = new ArrayList<>(List.of("start", "--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s"));
    words.addAll(List.of(more));
    return Program.run(folder, environment, words.toArray(String[]::new));
  }

  private static void ask(int port, String path) throws IOException {
    try (var http = Http.connect(port)) {
      assertEquals(200, http.ask("GET", path, "Connection: close\r\ntraceparent: " + PARENT + "\r\n", "").status());
    }
  }

  @Test void sendsTheLastSpansBeforeItEnds() throws Exception {
    try (var receiver = OtlpReceiver.open();
        var program = start(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + receiver.port(), "OTEL_SERVICE_NAME", "shop"))) {
      int web = program.port("web_port");
      int health = program.port("health_port");
      ask(web, "/");
      assertEquals(200, Http.get(health, "/health/ready").status());
      assertTrue(Http.get(health, "/metrics").body().contains("\nuservice_trace_exported_total 0\n"));
      assertEquals(0, receiver.asked(), "they are gathered for five seconds");
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out() + program.err());
      var request = receiver.next();
      assertEquals("shop", request.resource().get("service.name"));
      assertEquals(List.of("GET /"), request.spans().stream().map(OtlpReceiver.Span::name).toList());
      var span = request.spans().getFirst();
      assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", span.traceId());
      assertEquals("00f067aa0ba902b7", span.parentSpanId());
      assertEquals(List.of(), receiver.faults());
      List<String> lines = program.out().lines().filter(line -> line.contains("\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"" + span.spanId() + "\"")).toList();
      assertEquals(2, lines.size(), "the handler's line and the access log's: " + program.out());
      assertEquals("", program.err());
    }
  }

  @Test void readsItsConfiguration() throws Exception {
    try (var receiver = OtlpReceiver.open()) {
      Files.writeString(folder.resolve("uservice.yaml"), """
          name: shop
          hello: {}
          trace:
            endpoint: http://127.0.0.1:%d
            protocol: json
            compression: gzip
            every: 10ms
            headers:
              authorization: Bearer s3cret
          """.formatted(receiver.port()));
      try (var program = start(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"))) {
        ask(program.port("web_port"), "/hello");
        var request = receiver.next();
        assertEquals("shop", request.resource().get("service.name"));
        assertEquals(List.of("application/json"), request.headers().get("Content-type"));
        assertEquals(List.of("gzip"), request.headers().get("Content-encoding"));
        assertEquals(List.of("Bearer s3cret"), request.headers().get("Authorization"));
        program.signal("TERM");
        assertEquals(0, program.exit());
        assertFalse((program.out() + program.err()).contains("s3cret"));
      }
      try (var program = Program.run(folder, Map.of(), "parse")) {
        assertEquals(0, program.exit(), program.err());
        assertTrue(program.out().contains("every: 10ms") && !program.out().contains("s3cret"), program.out());
      }
    }
  }

  @Test void aCollectorThatIsSilentDoesNotKeepItFromEnding() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall);
        var program = start(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + peer.port()))) {
      ask(program.port("web_port"), "/");
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out() + program.err());
      assertTrue(program.out().contains("spans were lost at the end: "), program.out());
      assertTrue(program.out().lines().toList().getLast().contains("\"message\":\"stopped\""), program.out());
    }
  }

  @Test void namesTheTraceThatCameInWhereNothingIsExported() throws Exception {
    try (var program = start(Map.of())) {
      ask(program.port("web_port"), "/");
      program.awaitOut("\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\",\"request_count\":1");
      assertFalse(Http.get(program.port("health_port"), "/metrics").body().contains("uservice_trace_"), "there is no exporter");
      program.signal("TERM");
      assertEquals(0, program.exit());
    }
  }

  /// The program as it is in an image without this module.
  private static List<String> without() {
    var command = new ArrayList<>(Program.java());
    command.addAll(1, List.of("--limit-modules", "uservice,uservice.hello"));
    return command;
  }

  @Test void namesTheModuleThatIsNotThere() throws Exception {
    try (var program = Program.launch(folder, Map.of(), without(), "start", "--set", "trace.endpoint=http://127.0.0.1:1")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().contains("endpoint: needs module uservice.otlp, which is not in this image"), program.err());
    }
    try (var program = Program.launch(folder, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), without(), "start", "--set", "health.port=0",
        "--set", "web.port=0", "--set", "shutdown.delay=0s")) {
      ask(program.port("web_port"), "/");
      program.signal("TERM");
      assertEquals(0, program.exit(), "a variable meant for everybody is no reason to refuse");
    }
  }

  @Test void refusesWhatMakesNoSense() throws Exception {
    try (var program = start(Map.of(), "--set", "trace.endpoint=http://me:s3cret@c:4318")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().contains("'headers' is the place") && !program.err().contains("s3cret"), program.err());
    }
    try (var program = start(Map.of(), "--set", "trace.endpoint=https://127.0.0.1:1", "--set", "trace.authorities=" + folder.resolve("missing.pem"))) {
      assertEquals(1, program.exit());
      assertEquals(1, program.err().lines().count(), program.err());
      assertTrue(program.err().contains("missing.pem: no such file"), program.err());
    }
  }
}
