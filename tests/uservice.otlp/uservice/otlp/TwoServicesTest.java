package uservice.otlp;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import testing.Http;
import testing.OtlpReceiver;
import uservice.config.Size;
import uservice.http.Reply;
import uservice.http.Server;
import uservice.http.ServerSpans;
import uservice.http.Web;
import uservice.metrics.Metrics;
import uservice.trace.Propagation;
import uservice.trace.Span;
import uservice.trace.SpanExporter;
import uservice.trace.Tracer;

/// One request through two services, as the collector sees it: the example of how a call is followed.
@Timeout(60)
class TwoServicesTest {
  /// A service with its own tracer and its own connection to the collector.
  private static final class Running implements AutoCloseable {
    final Web web = new Web();
    final Tracer tracer;
    Server server;

    Running(String name, Map<String, String> environment) {
      var config = new Tracer.Config(Optional.empty(), true, List.of(), Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty(),
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
      tracer = Tracer.open(new SpanExporter.Setup(config, environment, name, "1", new Metrics()));
    }

    int start() throws Exception {
      web.around(new ServerSpans(tracer));
      server = Server.data(tracer.toString(), "127.0.0.1", 0, web, new Web.Config("127.0.0.1", 0, new Size(1 << 10), new Size(8 << 10), 50, 100,
          Duration.ofSeconds(75), Duration.ofSeconds(30), 0, Optional.empty()), new Metrics());
      return server.address().getPort();
    }

    @Override public void close() throws InterruptedException {
      server.stop(Duration.ofSeconds(5));
      assertTrue(tracer.close(Duration.ofSeconds(20)));
    }
  }

  private static Http.Answer call(int port, String path, Map<String, String> headers) throws IOException {
    try (var http = Http.connect(port)) {
      var fields = new StringBuilder("Connection: close\r\n");
      headers.forEach((name, value) -> fields.append(name).append(": ").append(value).append("\r\n"));
      return http.ask("GET", path, fields.toString(), "");
    }
  }

  @ParameterizedTest @ValueSource(strings = {"http/protobuf", "http/json"})
  void aCallIsFollowedThroughBoth(String protocol) throws Exception {
    try (var receiver = OtlpReceiver.open()) {
      var environment = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + receiver.port(), "OTEL_EXPORTER_OTLP_PROTOCOL", protocol,
          "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip", "OTEL_BSP_SCHEDULE_DELAY", "1");
      try (var shop = new Running("shop", environment); var ledger = new Running("ledger", environment)) {
        ledger.web.get("/charge", _ -> Reply.text("charged for " + Propagation.baggage().get("user")));
        int ledgerPort = ledger.start();
        shop.web.get("/orders/{id}", request -> {
          Reply reply = shop.tracer.call("charge", Span.Kind.CLIENT, span -> {
            Http.Answer answer = call(ledgerPort, "/charge", Propagation.headers()); // this is all there is to it
            span.attribute("http.response.status_code", answer.status());
            return Reply.text(answer.body());
          });
          return reply;
        });
        int shopPort = shop.start();
        assertEquals("charged for al ice", call(shopPort, "/orders/7", Map.of("baggage", "user=al%20ice", "x-request-id", "r-7")).body());
      }
      var spans = new HashMap<String, OtlpReceiver.Span>();
      var services = new HashMap<String, Object>();
      while (spans.size() < 3) {
        var request = receiver.next();
        for (OtlpReceiver.Span span : request.spans()) {
          spans.put(span.name(), span);
          services.put(span.name(), request.resource().get("service.name"));
        }
      }
      var outer = spans.get("GET /orders/{id}");
      var client = spans.get("charge");
      var inner = spans.get("GET /charge");
      assertEquals(Map.of("GET /orders/{id}", "shop", "charge", "shop", "GET /charge", "ledger"), services);
      assertEquals(1, Stream.of(outer, client, inner).map(OtlpReceiver.Span::traceId).distinct().count());
      assertEquals(List.of("", outer.spanId(), client.spanId()), List.of(outer.parentSpanId(), client.parentSpanId(), inner.parentSpanId()));
      assertEquals(List.of(2, 3, 2), List.of(outer.kind(), client.kind(), inner.kind()));
      assertEquals(0x200, inner.flags() & 0x200, "its parent is elsewhere");
      assertEquals(0, (outer.flags() | client.flags()) & 0x200);
      assertTrue(outer.start() <= client.start() && client.end() <= outer.end());
      assertEquals("/orders/7", outer.attributes().get("url.path"));
      assertEquals(List.of(), receiver.faults());
    }
  }

  @Test void oneThatRecordsNothingDoesNotCutTheTrace() throws Exception {
    try (var receiver = OtlpReceiver.open()) {
      var environment = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + receiver.port());
      String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
      try (var middle = new Running("middle", Map.of()); var last = new Running("last", environment)) {
        last.web.get("/", _ -> Reply.noContent());
        int lastPort = last.start();
        middle.web.get("/", _ -> Reply.of(call(lastPort, "/", Propagation.headers()).status()));
        assertEquals(204, call(middle.start(), "/", Map.of("traceparent", parent, "tracestate", "a=1")).status());
      }
      var span = receiver.next().spans().getFirst();
      assertEquals(List.of("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "a=1"), List.of(span.traceId(), span.parentSpanId(), span.traceState()));
    }
  }

  @Test void whatTheCallerDoesNotRecordNobodyRecords() throws Exception {
    try (var receiver = OtlpReceiver.open()) {
      var environment = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + receiver.port());
      try (var service = new Running("service", environment)) {
        service.web.get("/", _ -> Reply.text(Propagation.headers().get("traceparent")));
        String out = call(service.start(), "/", Map.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")).body();
        assertTrue(out.matches("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00"), out);
      }
      assertEquals(0, receiver.asked());
    }
  }
}
