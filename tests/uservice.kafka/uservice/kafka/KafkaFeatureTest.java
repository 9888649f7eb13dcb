package uservice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.KafkaServer;
import testing.Modules;
import testing.OtlpReceiver;
import testing.Program;

/// The section `kafka:` in a service of its own, as a process: a route that produces, a topic that is consumed.
@Timeout(300)
class KafkaFeatureTest {
  private static final String ORDERS = """
      package sample;

      import uservice.Feature;
      import uservice.Service;
      import uservice.http.Reply;
      import uservice.kafka.Kafka;
      import uservice.kafka.Message;

      public final class Sample implements Feature<Sample.Config> {
        public record Config() {}

        @Override public String section() { return "orders"; }

        @Override public Class<Config> config() { return Config.class; }

        @Override public void start(Service service, Config config) throws Exception {
          Kafka kafka = Kafka.of(service);
          service.web().post("/orders", request -> {
            kafka.producer().deliver(Message.of("orders", request.body()));
            return Reply.of(202);
          });
          kafka.consume("orders", message -> {
            String order = new String(message.value());
            if (order.startsWith("bad")) {
              throw new IllegalStateException("no such thing: " + order);
            }
            System.out.println("packed " + order);
          });
        }
      }
      """;
  private static final String MODULE = """
      module sample {
        requires uservice.kafka;
        opens sample to uservice;
        provides uservice.Feature with sample.Sample;
      }
      """;

  @TempDir Path folder;

  private static int post(int port, String body) throws Exception {
    try (Http http = Http.connect(port)) {
      return http.ask("POST", "/orders", "", body).status();
    }
  }

  private static String get(int port, String path) throws Exception { return Http.get(port, path).body(); }

  @Test void aServiceProducesFromARouteAndConsumesATopic() throws Exception {
    List<String> command = Modules.compile(Files.createDirectories(folder.resolve("sample")), MODULE, "sample/Sample.java", ORDERS);
    try (KafkaServer server = KafkaServer.start(folder.resolve("kafka"), KafkaServer.NEWEST); var collector = OtlpReceiver.open()) {
      server.topic("orders", 3);
      try (Program program = Program.launch(folder, Map.of(), command, "start", "--set", "orders={}", "--set", "health.port=0", "--set", "web.port=0",
          "--set", "shutdown.delay=0s", "--set", "kafka.brokers=" + server.uri(""), "--set", "kafka.max_attempts=2", "--set", "kafka.retry_delay=10ms",
          "--set", "kafka.session_timeout=6s", "--set", "kafka.required=true",
          "--set", "trace.endpoint=http://127.0.0.1:" + collector.port())) {
        int web = program.port("web_port");
        int health = program.port("health_port");
        for (int i = 0; i < 20; i++) {
          assertEquals(202, post(web, "order " + i));
        }
        assertEquals(202, post(web, "bad one"));
        for (int i = 0; i < 20; i++) {
          program.awaitOut("packed order " + i + "\n");
        }
        assertEquals("order 0 by hand", send(server, program));
        assertEquals(List.of("bad one"), server.consume("orders.dead", 1));
        String dead = server.consume("orders.dead", 1, "--property", "print.headers=true", "--property", "print.value=false").getLast();
        assertTrue(dead.matches("traceparent:00-[0-9a-f]{32}-[0-9a-f]{16}-0[13],attempts:2,reason:java.lang.IllegalStateException: no such thing: bad one,from:orders-[0-2]@[0-9]+"), dead);
        String metrics = get(health, "/metrics");
        assertTrue(metrics.contains("kafka_consumed_total{topic=\"orders\",result=\"handled\"} 21"), metrics);
        assertTrue(metrics.contains("kafka_consumed_total{topic=\"orders\",result=\"failed\"} 2"), metrics);
        assertTrue(metrics.contains("kafka_consumed_total{topic=\"orders\",result=\"dead\"} 1"), metrics);
        assertTrue(metrics.contains("kafka_consumer_lag{topic=\"orders\",partition=\"1\"}"), metrics);
        assertTrue(get(health, "/health/ready?verbose").contains("kafka"), get(health, "/health/ready?verbose"));
        program.signal("TERM");
        assertEquals(0, program.exit(), program.out());
        assertTraces(collector.rest().stream().flatMap(request -> request.spans().stream()).toList());
        assertEquals(List.of(), collector.faults());
        String described = server.groups("--describe", "--group", "uservice");
        assertEquals(3, described.lines().filter(line -> line.matches(".*orders +[0-2] +([0-9]+) +\\1 +0 .*")).count(), "all is committed at the end: " + described);
      }
    }
  }

  /// Each message is in the trace of the request that sent it; that of the tool has none above it.
  private static void assertTraces(List<OtlpReceiver.Span> spans) {
    var byId = new HashMap<String, OtlpReceiver.Span>();
    spans.forEach(span -> byId.put(span.spanId(), span));
    int below = 0;
    int failed = 0;
    for (OtlpReceiver.Span process : spans.stream().filter(span -> span.name().equals("process orders")).toList()) {
      assertEquals(5, process.kind(), "CONSUMER");
      assertEquals("kafka", process.attributes().get("messaging.system"));
      assertEquals("orders", process.attributes().get("messaging.destination.name"));
      OtlpReceiver.Span send = byId.get(process.parentSpanId());
      if (send != null) {
        assertEquals("send orders", send.name());
        assertEquals(4, send.kind(), "PRODUCER");
        assertEquals("POST /orders", byId.get(send.parentSpanId()).name());
        assertEquals(send.traceId(), process.traceId());
        below++;
      }
      failed += process.status() == 2 ? 1 : 0;
    }
    assertEquals(22, below, "20 orders, and the bad one twice");
    assertEquals(2, failed);
    assertEquals(21, spans.stream().filter(span -> span.name().equals("send orders")).count());
  }

  private static String send(KafkaServer server, Program program) throws Exception {
    server.produce("orders", "order 0 by hand\n");
    program.awaitOut("packed order 0 by hand\n");
    return "order 0 by hand";
  }

  @Test void withoutTheSectionItSaysSo() throws Exception {
    List<String> command = Modules.compile(Files.createDirectories(folder.resolve("sample")), MODULE, "sample/Sample.java", ORDERS);
    try (Program program = Program.launch(folder, Map.of(), command, "start", "--set", "orders={}", "--set", "health.port=0", "--set", "web.port=0")) {
      assertEquals(1, program.exit());
      assertTrue((program.err() + program.out()).contains("section 'kafka' is missing, must hold at least brokers: kafka://host:9092"), program.err());
    }
    try (Program program = Program.run(folder, Map.of(), "parse", "--set", "kafka.brokers=http://h:1")) {
      assertEquals(3, program.exit());
      assertTrue(program.err().contains("must look like kafka://host:9092"), program.err());
    }
  }
}
