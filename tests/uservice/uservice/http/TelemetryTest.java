package uservice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import module java.logging;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import uservice.log.Field;
import uservice.metrics.Metrics;

class TelemetryTest {
  private final Web web = new Web();
  private final Metrics metrics = Fixture.metrics();
  private final Fixture.Lines log = new Fixture.Lines("uservice.access");
  private Server server;

  @BeforeEach void open() throws ServerException {
    web.get("/orders/{id}", _ -> Reply.text("order"));
    web.post("/orders/{id}", _ -> Reply.of(201));
    web.get("/ready", _ -> Reply.text("ok")).unlogged();
    server = Server.data("web", "127.0.0.1", 0, web, Fixture.limits(1), metrics);
  }

  @AfterEach void close() {
    server.stop(Duration.ZERO);
    log.close();
  }

  private String page() {
    return new String(metrics.render("", "", List.of()).bytes(), StandardCharsets.UTF_8);
  }

  private void eventually(String line) throws InterruptedException {
    Fixture.eventually(line, () -> page().lines().anyMatch(line::equals));
  }

  private static String count(String method, String route, String status, int count) {
    return "http_server_request_duration_seconds_count{method=\"" + method + "\",route=\"" + route + "\",status=\"" + status + "\"} " + count;
  }

  @Test void countsByMethodRouteAndClass() throws Exception {
    for (int i = 0; i < 3; i++) {
      Wire.get(server, "/orders/" + i);
    }
    try (Wire wire = Wire.to(server)) {
      wire.send("HEAD /orders/1 HTTP/1.0\r\n\r\n").untilClosed();
    }
    Wire.ask(server, "POST /orders/1 HTTP/1.1\r\nHost: a\r\n\r\n");
    Wire.get(server, "/nix/1");
    Wire.get(server, "/nix/2");
    Wire.ask(server, "BREW /orders/1 HTTP/1.1\r\nHost: a\r\n\r\n");
    Wire.ask(server, "TEAPOT /x HTTP/1.1\r\nHost: a\r\n\r\n");
    Wire.ask(server, "DELETE /orders/1 HTTP/1.1\r\nHost: a\r\n\r\n");
    Wire.ask(server, "GET /orders/1 HTTP/1.1\r\n\r\n");
    eventually(count("GET", "/orders/{id}", "2xx", 3));
    eventually(count("HEAD", "/orders/{id}", "2xx", 1));
    eventually(count("POST", "/orders/{id}", "2xx", 1));
    eventually(count("GET", "unmatched", "4xx", 3));
    eventually(count("_OTHER", "unmatched", "5xx", 2));
    eventually(count("DELETE", "unmatched", "4xx", 1));
  }

  @Test void countsWhatWasBrokenOff() throws Exception {
    var started = new CountDownLatch(1);
    web.get("/broken", _ -> Reply.stream("text/plain", out -> {
      started.countDown();
      throw new IllegalStateException("broken");
    }));
    try (var _ = new Fixture.Lines("uservice.web"); Wire wire = Wire.to(server)) {
      wire.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n").untilClosed();
    }
    eventually(count("GET", "/broken", "aborted", 1));
  }

  @Test void showsHowManyAreBeingAnswered() throws Exception {
    var release = new CountDownLatch(1);
    web.get("/slow", _ -> {
      release.await();
      return Reply.text("");
    });
    eventually("http_server_active_requests 0");
    try (Wire wire = Wire.to(server)) {
      wire.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
      eventually("http_server_active_requests 1");
      release.countDown();
      wire.answer();
    }
    eventually("http_server_active_requests 0");
  }

  @Test void logsOneLineARequest() throws Exception {
    Wire.get(server, "/orders/7?token=secret");
    Fixture.eventually("the line", () -> log.records.size() == 1);
    LogRecord line = log.records.getFirst();
    assertEquals("request", line.getMessage());
    var fields = new LinkedHashMap<String, Object>();
    for (Object parameter : line.getParameters()) {
      var field = (Field) parameter;
      fields.put(field.name(), field.value());
    }
    assertTrue((double) fields.remove("duration_ms") > 0);
    assertEquals("{method=GET, route=/orders/{id}, path=/orders/7, status=200, bytes=5, remote=127.0.0.1}", fields.toString());
  }

  @Test void logsNeitherProbesNorAfterItIsOff() throws Exception {
    Wire.get(server, "/ready");
    server.accessLog(0);
    Wire.get(server, "/orders/7");
    eventually(count("GET", "/orders/{id}", "2xx", 1));
    web.get("/last", _ -> {
      server.accessLog(1);
      return Reply.text("");
    });
    Wire.get(server, "/last");
    Fixture.eventually("the line", () -> !log.records.isEmpty());
    assertEquals("/last", ((Field) log.records.getFirst().getParameters()[2]).value());
  }

  @Test void logsAShare() throws Exception {
    try (Wire wire = Wire.to(server)) {
      server.accessLog(0.5);
      for (int i = 0; i < 400; i++) {
        wire.send("GET /orders/7 HTTP/1.1\r\nHost: a\r\n\r\n").answer();
      }
      assertTrue(log.records.size() > 100 && log.records.size() < 300, log.records.size() + " of 400"); // 10 standard deviations
    }
  }
}
