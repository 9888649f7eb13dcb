package uservice.trace;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import testing.Http;
import testing.LogLines;
import testing.ManualClock;
import uservice.config.Size;
import uservice.http.ProblemException;
import uservice.http.Reply;
import uservice.http.Server;
import uservice.http.ServerSpans;
import uservice.http.Web;
import uservice.metrics.Metrics;
import uservice.metrics.Page;

/// What a request leaves behind as a span, by OpenTelemetry's conventions for HTTP servers.
@Timeout(60)
class ServerSpansTest {
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final ManualClock clock = new ManualClock();
  private final Kept kept = new Kept();
  private final Metrics metrics = new Metrics();
  private final Web web = new Web();
  private Server server;

  private int open(boolean exporting) throws Exception {
    var tracer = new Tracer(new Sampler(1, true), new Propagation(List.of()), true, exporting ? kept : null, clock, clock::nanos);
    web.around(new ServerSpans(tracer));
    server = Server.data("web", "127.0.0.1", 0, web, new Web.Config("127.0.0.1", 0, new Size(1 << 10), new Size(8 << 10), 50, 100, Duration.ofSeconds(75),
        Duration.ofSeconds(30), 0, Optional.empty()), metrics);
    return server.address().getPort();
  }

  @AfterEach void stop() {
    if (server != null) {
      server.stop(Duration.ZERO);
    }
  }

  private SpanData span() throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (kept.spans.isEmpty()) { // it ends after the answer has left
      assertTrue(System.nanoTime() < deadline, "no span came");
      Thread.sleep(1);
    }
    return kept.only();
  }

  private static Http.Answer ask(int port, String method, String path, String fields) throws IOException {
    try (var http = Http.connect(port)) {
      return http.ask(method, path, fields + "Connection: close\r\n", "");
    }
  }

  @Test void describesARequest() throws Exception {
    web.get("/users/{id}", request -> {
      clock.advance(Duration.ofMillis(12));
      return Reply.text(request.path("id"));
    });
    int port = open(true);
    try (var http = Http.connect(port)) {
      http.send("GET /users/7?a=b&sig=s3cret&Signature=s3cret HTTP/1.1\r\nHost: shop.example:8443\r\nUser-Agent: tests/1\r\ntraceparent: " + PARENT + "\r\nConnection: close\r\n\r\n");
      assertEquals(200, http.read(false).status());
    }
    SpanData span = span();
    assertEquals("GET /users/{id}", span.name());
    assertEquals(Span.Kind.SERVER, span.kind());
    assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", span.context().traceIdText());
    assertEquals(0x00f067aa0ba902b7L, span.parentId());
    assertTrue(span.parentRemote());
    assertEquals(12_000_000, span.endNanos() - span.startNanos());
    assertEquals(Span.Status.UNSET, span.status());
    var attributes = new TreeMap<>(Kept.attributes(span));
    assertTrue((Long) attributes.remove("network.peer.port") > 0);
    assertEquals(new TreeMap<>(Map.ofEntries(Map.entry("http.request.method", "GET"), Map.entry("http.route", "/users/{id}"), Map.entry("http.response.status_code", 200L),
        Map.entry("url.scheme", "http"), Map.entry("url.path", "/users/7"), Map.entry("url.query", "a=b&sig=REDACTED&Signature=REDACTED"),
        Map.entry("network.protocol.version", "1.1"), Map.entry("network.peer.address", "127.0.0.1"), Map.entry("client.address", "127.0.0.1"),
        Map.entry("server.address", "shop.example"), Map.entry("server.port", 8443L), Map.entry("user_agent.original", "tests/1"))), attributes);
  }

  @ParameterizedTest @CsvSource({"shop,shop,", "shop:80,shop,80", "[::1],[::1],", "[::1]:8080,[::1],8080", "shop:,shop,"})
  void readsTheServerFromTheHost(String host, String address, Long port) throws Exception {
    web.get("/", _ -> Reply.noContent());
    try (var http = Http.connect(open(true))) {
      http.send("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      http.read(false);
    }
    var attributes = Kept.attributes(span());
    assertEquals(address, attributes.get("server.address"));
    assertEquals(port, attributes.get("server.port"));
  }

  @ParameterizedTest @CsvSource({"GET,/none,GET,404,GET", "POST,/,POST,405,POST", "BREW,/,HTTP,501,_OTHER", "HEAD,/,HEAD /,200,HEAD", "OPTIONS,/,OPTIONS,204,OPTIONS"})
  void namesWhatNoRouteAnswers(String method, String path, String name, long status, String told) throws Exception {
    web.get("/", _ -> Reply.text("x"));
    ask(open(true), method, path, "");
    SpanData span = span();
    assertEquals(name, span.name());
    assertEquals(told, Kept.attributes(span).get("http.request.method"));
    assertEquals(told.equals("_OTHER") ? method : null, Kept.attributes(span).get("http.request.method_original"));
    assertEquals(status, Kept.attributes(span).get("http.response.status_code"));
    assertEquals(status >= 500 ? Span.Status.ERROR : Span.Status.UNSET, span.status());
    assertEquals(name.contains(" ") ? "/" : null, Kept.attributes(span).get("http.route"));
  }

  @Test void aClientsFaultIsNone() throws Exception {
    web.get("/", _ -> { throw new ProblemException(409, "no"); });
    ask(open(true), "GET", "/", "");
    assertEquals(Span.Status.UNSET, span().status());
    assertNull(Kept.attributes(span()).get("error.type"));
  }

  @Test void aHandlerThatThrowsIsAnErrorWithItsStack() throws Exception {
    web.get("/", _ -> { throw new IllegalStateException("the ledger is closed"); });
    try (var _ = new LogLines("uservice.web")) {
      assertEquals(500, ask(open(true), "GET", "/", "").status());
    }
    SpanData span = span();
    assertEquals(Span.Status.ERROR, span.status());
    assertEquals("the ledger is closed", span.message());
    assertEquals("500", Kept.attributes(span).get("error.type"));
    assertEquals("exception", span.events().getFirst().name());
  }

  @Test void aReplyOf503IsAnError() throws Exception {
    web.get("/", _ -> Reply.problem(503, "Service Unavailable", "later"));
    ask(open(true), "GET", "/", "");
    assertEquals(Span.Status.ERROR, span().status());
    assertEquals("503", Kept.attributes(span()).get("error.type"));
  }

  @Test void anAnswerThatBreaksOffIsAnError() throws Exception {
    web.get("/", _ -> Reply.stream("text/plain", out -> {
      out.write(new byte[100]);
      throw new IllegalStateException("half of it");
    }));
    try (var _ = new LogLines("uservice.web"); var http = Http.connect(open(true))) {
      http.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThrows(Exception.class, () -> http.read(false));
    }
    SpanData span = span();
    assertEquals(Span.Status.ERROR, span.status());
    assertEquals("java.io.IOException", Kept.attributes(span).get("error.type"));
    assertEquals(200L, Kept.attributes(span).get("http.response.status_code"));
  }

  @Test void leavesUnloggedRoutesAlone() throws Exception {
    web.get("/ready", _ -> Reply.text(Tracer.current().toString())).unlogged();
    assertEquals("no span", ask(open(true), "GET", "/ready", "traceparent: " + PARENT + "\r\n").body());
    server.stop(Duration.ofSeconds(5));
    assertEquals(List.of(), kept.spans);
  }

  @Test void carriesOnWhereNothingIsExported() throws Exception {
    web.get("/", _ -> Reply.text(Propagation.headers().toString()));
    int port = open(false);
    assertEquals("{traceparent=" + PARENT + ", baggage=k=v, x-request-id=r7}",
        ask(port, "GET", "/", "traceparent: " + PARENT + "\r\nbaggage: k=v\r\nX-Request-ID: r7\r\n").body());
    assertEquals("{}", ask(port, "GET", "/", "").body());
  }

  @ParameterizedTest @CsvSource(delimiter = '|', value = {"TRACEPARENT|00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01|traceparent", "Baggage|a=1|baggage",
      "X-REQUEST-ID|7|x-request-id", "b3|4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0|traceparent,b3", "B3|0|b3", "x-b3-sampled|1|X-B3-Sampled", "X-B3-Flags|1|X-B3-Flags",
      "tracestate|a=1|''"})
  void findsEachFieldThatCarries(String name, String value, String written) throws Exception {
    web.get("/", _ -> Reply.text(String.join(",", Propagation.headers().keySet())));
    assertEquals(written, ask(open(false), "GET", "/", name + ": " + value + "\r\n").body());
  }

  @Test void findsTheIdsOfB3() throws Exception {
    web.get("/", _ -> Reply.text(Propagation.headers().get("X-B3-TraceId")));
    assertEquals("4bf92f3577b34da6a3ce929d0e0e4736",
        ask(open(false), "GET", "/", "x-b3-traceid: 4bf92f3577b34da6a3ce929d0e0e4736\r\nx-b3-spanid: 00f067aa0ba902b7\r\n").body());
  }

  @Test void refusesTwoTraceparentsOnTheWire() throws Exception {
    web.get("/", _ -> Reply.text(Propagation.headers().toString()));
    assertEquals("{}", ask(open(false), "GET", "/", "traceparent: " + PARENT + "\r\nTraceparent: " + PARENT + "\r\n").body());
  }

  @Test void showsTheTraceBesideTheRequestsTime() throws Exception {
    web.get("/", _ -> Reply.text("x"));
    int port = open(true);
    ask(port, "GET", "/", "traceparent: " + PARENT + "\r\n");
    span();
    server.stop(Duration.ofSeconds(5)); // by then the request is counted
    Page page = metrics.render("application/openmetrics-text", "", List.of());
    String text = new String(page.bytes(), StandardCharsets.UTF_8);
    assertTrue(text.lines().anyMatch(line -> line.startsWith("http_server_request_duration_seconds_bucket{method=\"GET\",route=\"/\"")
        && line.contains(" # {trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\",span_id=\"" + kept.only().context().spanIdText() + "\"} ")), text);
  }

  @Test void interceptorsPutAroundLaterStandOutside() throws Exception {
    var order = new CopyOnWriteArrayList<String>();
    web.get("/", _ -> {
      order.add("handler in " + Tracer.current().recording());
      return Reply.noContent();
    });
    web.around((_, call) -> {
      order.add("inner in " + Tracer.current().recording());
      call.proceed();
    });
    ask(open(true), "GET", "/", "");
    span();
    assertEquals(List.of("inner in true", "handler in true"), order);
  }
}
