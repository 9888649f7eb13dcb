package uservice.control;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import uservice.json.Json;

/// The control port over the wire, as a program in another language meets it. One service for all tests that leave it as it was.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlTest {
  private static final String TOKEN = "0123456789abcdef";

  @TempDir static Path folder;
  private Running service;

  @BeforeAll void start() throws Exception {
    service = Running.with(folder, "control.max_checks=3", "control.max_series=5", "control.max_body=2KiB");
  }

  @AfterAll void stop() {
    service.close();
  }

  @Test void checkIsPutShownDisabledEnabledAndRemoved() throws Exception {
    Json put = Json.parse(service.ok(201, "PUT", "/checks/db", "{\"valid\":false,\"message\":\"not\\nyet\"}"));
    assertEquals("[\"ready\"]", put.at("/for").text());
    assertFalse(put.asBoolean("/valid"));
    assertEquals("failed: not\\nyet", service.awaitProbe("/readyz/db", 503));
    assertTrue(service.ok(200, "POST", "/checks/db/enable", "").contains("\"valid\":true"));
    assertEquals(200, service.probe("/readyz"));
    assertTrue(service.ok(200, "POST", "/checks/db/disable", "{\"message\":\"closed\"}").contains("\"message\":\"closed\""));
    assertEquals(503, service.probe("/readyz"));
    assertTrue(service.ok(200, "PUT", "/checks/db", "").contains("\"valid\":true"), "an empty body is all that is usual");
    assertTrue(service.ok(200, "GET", "/checks", "").startsWith("{\"checks\":[{\"name\":\"db\""));
    service.ok(200, "PUT", "/checks/db", "{\"valid\":false,\"optional\":true}");
    assertEquals(200, service.probe("/readyz"), "an optional one shows and does not count");
    service.ok(204, "DELETE", "/checks/db", "");
    assertTrue(service.problem(404, "GET", "/checks/db", "").contains("PUT /checks/db"));
    assertEquals("{\"checks\":[]}", service.ok(200, "GET", "/checks", ""));
  }

  @Test void kickedCheckFallsWhenItIsLateAndHealsWithTheNextKick() throws Exception {
    assertTrue(service.ok(201, "PUT", "/checks/loop", "{\"for\":[\"alive\",\"ready\"],\"ttl\":\"300ms\"}").contains("\"ttl\":\"300ms\""));
    assertEquals("failed: not kicked within 300ms", service.awaitProbe("/livez/loop", 503));
    assertEquals(503, service.probe("/health/alive"));
    assertEquals(503, service.probe("/health/ready"));
    service.ok(200, "PUT", "/checks/loop", "{\"for\":[\"alive\"],\"ttl\":\"1h\"}");
    assertEquals(200, service.probe("/livez/loop"), "put again it counts as kicked");
    assertEquals(404, service.probe("/readyz/loop"), "and no more for what it does not name");
    service.ok(200, "PUT", "/checks/loop", "{\"for\":[\"alive\"],\"ttl\":\"1h\",\"valid\":false,\"message\":\"stuck\"}");
    service.ok(200, "POST", "/checks/loop/kick", "");
    assertEquals("failed: stuck", service.awaitProbe("/livez/loop", 503), "what is disabled no kick heals");
    service.ok(200, "POST", "/checks/loop/enable", "");
    assertEquals(200, service.probe("/livez"));
    service.ok(204, "DELETE", "/checks/loop", "");
  }

  @Test void metricsOfBothFormatsStandInTheScrape() throws Exception {
    service.ok(204, "POST", "/metrics", "{\"name\":\"sold_total\",\"labels\":{\"shelf\":7},\"add\":2,\"help\":\"Sold.\"}");
    service.ok(204, "POST", "/metrics", "# TYPE sold_total counter\nsold_total{shelf=\"8\"} 40\n");
    service.ok(204, "POST", "/metrics", "sold_total{shelf=\"8\"} 42\n");
    service.awaitMetric("sold_total{shelf=\"7\"} 2");
    service.awaitMetric("sold_total{shelf=\"8\"} 42");
    assertTrue(service.metrics().contains("# HELP sold_total Sold.\n"));
    String clash = service.problem(409, "POST", "/metrics", "[{\"name\":\"level\",\"set\":1},{\"name\":\"uservice_child_up\",\"set\":1},{\"name\":\"uservice_signals_total\"}]");
    assertEquals("/2: metric 'uservice_signals_total' is the service's own: another name", clash);
    assertFalse(service.metrics().contains("\nlevel "), "all of it is taken, or nothing");
    assertTrue(service.problem(409, "POST", "/metrics", "a 1\nb 1\nc 1\nd 1\n").contains("control.max_series, 5"));
    service.ok(204, "DELETE", "/metrics/sold_total", "");
    assertFalse(service.metrics().contains("sold_total"));
    service.ok(204, "POST", "/metrics", "a 1\nb 1\nc 1\nd 1\ne 1\n");
    for (String name : List.of("a", "b", "c", "d", "e")) {
      service.ok(204, "DELETE", "/metrics/" + name, "");
    }
    service.problem(404, "DELETE", "/metrics/a", "");
  }

  @Test void postedLinesComeOutAsTheServicesOwn() throws Exception {
    service.ok(204, "POST", "/logs", """
        {"level":"WARNING","logger":"orders","message":"sold {0}\\n","order_id":7,"deep":{"a":[1]},"time":"then","share":0.5,"none":null}
        {"msg":"the usual"}
        """);
    service.program.awaitOut("the usual");
    Json line = Json.parse(service.out().lines().filter(text -> text.contains("sold")).findFirst().orElseThrow());
    assertEquals("WARN", line.asString("/level"));
    assertEquals("orders", line.asString("/logger"));
    assertEquals("sold {0}\n", line.asString("/message"));
    assertEquals(7, line.asLong("/order_id"));
    assertEquals("{\"a\":[1]}", line.asString("/deep"));
    assertEquals("then", line.asString("/_time"));
    assertEquals(0.5, line.asDouble("/share"));
    assertTrue(service.out().lines().anyMatch(text -> text.contains("\"logger\":\"program\",\"message\":\"the usual\"")), service.out());
    assertTrue(service.problem(400, "POST", "/logs", "{\"message\":\"not logged\"}\n{\"level\":\"loud\",\"message\":\"m\"}").startsWith("line 2: level is 'loud'"));
    assertFalse(service.out().contains("not logged"));
    assertEquals("there is no line: a JSON object, or several", service.problem(400, "POST", "/logs", "[]"));
  }

  @Test void levelsAreSetAndTakenBack() throws Exception {
    service.ok(204, "POST", "/logs", "{\"level\":\"debug\",\"logger\":\"quiet\",\"message\":\"too little\"}");
    assertEquals("{\"level\":\"debug\",\"logger\":\"quiet\"}", service.ok(200, "PUT", "/log/quiet", "{\"level\":\"DEBUG\"}"));
    service.ok(204, "POST", "/logs", "{\"level\":\"debug\",\"logger\":\"quiet\",\"message\":\"enough\"}");
    service.program.awaitOut("enough");
    assertFalse(service.out().contains("too little"));
    assertEquals("{\"levels\":{\"quiet\":\"debug\"}}", service.ok(200, "GET", "/log", ""));
    service.ok(204, "DELETE", "/log/quiet", "");
    service.ok(204, "POST", "/logs", "{\"level\":\"debug\",\"logger\":\"quiet\",\"message\":\"not any more\"}");
    service.ok(200, "PUT", "/log/root", "{\"level\":\"debug\"}");
    service.ok(204, "POST", "/logs", "{\"level\":\"debug\",\"logger\":\"quiet\",\"message\":\"all of them\"}");
    service.program.awaitOut("all of them");
    assertFalse(service.out().contains("not any more"));
    service.ok(204, "DELETE", "/log/root", "");
    assertEquals("no level was set for logger 'root'", service.problem(404, "DELETE", "/log/root", ""));
  }

  @Test void everyWrongCallIsToldWhatWouldBeRight() throws Exception {
    var wrong = new LinkedHashMap<String, String>();
    wrong.put("400 PUT /checks/a {\"vaild\":true}", "unknown member 'vaild', did you mean 'valid'?");
    wrong.put("400 PUT /checks/a {\"valid\":1}", "valid must be true or false, found the number 1");
    wrong.put("400 PUT /checks/a [1]", "expected a JSON object, found an array");
    wrong.put("400 PUT /checks/a {\"for\":[\"dead\"]}", "for names 'dead', which must be alive, ready or startup");
    wrong.put("400 PUT /checks/a {\"for\":[]}", "for names no probe: one or more of alive, ready, startup");
    wrong.put("400 PUT /checks/a {\"ttl\":\"5\"}", "ttl must be a duration with its unit, such as 500ms, 5s, 1m30s or 2h, did you mean 5s?");
    wrong.put("400 PUT /checks/a {\"ttl\":\"0s\"}", "time between kicks is 0s, must be from 1ms to 365 days");
    wrong.put("400 PUT /checks/a%20b {}", "name 'a b' must be 1 to 100 letters, digits, '-', '_', '.'");
    wrong.put("409 PUT /checks/service {}", "check 'service' is the service's own: another name");
    wrong.put("404 POST /checks/a/kick ", "no check 'a' was put: PUT /checks/a");
    wrong.put("404 DELETE /checks/a ", "no check 'a' was put: PUT /checks/a");
    wrong.put("404 POST /check ", "nothing is here");
    wrong.put("405 POST /checks {}", "see Allow");
    wrong.put("400 GET /shutdown?wait=ever ", "wait must be a duration with its unit, such as 500ms, 5s, 1m30s or 2h");
    wrong.put("400 GET /shutdown?wait=1h ", "wait is 1h, at most 5m: ask again after that");
    wrong.put("400 POST /shutdown {\"reson\":\"x\"}", "unknown member 'reson', did you mean 'reason'?");
    wrong.put("400 POST /shutdown?wait=x {}", "wait must be a duration with its unit, such as 500ms, 5s, 1m30s or 2h");
    wrong.put("400 POST /metrics {\"name\":\"a\"}", "metric 'a' must end in '_total' after a name of its own, being of type counter: 'a_total'");
    wrong.put("400 POST /metrics {\"name\":\"a_total\",\"add\":-1}", "metric 'a_total' is a counter, which only grows, got -1.0");
    wrong.put("400 POST /metrics {\"name\":\"a_total\",\"add\":1e999}", "add: expected a number that a double can hold, found 1e999");
    wrong.put("400 POST /metrics {\"name\":\"a\",\"set\":1,\"add\":1}", "metric 'a' has more than one of add, set and observe: one of them");
    wrong.put("400 POST /metrics {\"name\":\"a\",\"type\":\"summary\"}", "type is 'summary', must be counter, gauge or histogram");
    wrong.put("400 POST /metrics a b", "line 1: 'b' is no number");
    wrong.put("400 POST /metrics {\"name\"", "the body is no JSON: ");
    wrong.put("400 POST /logs {\"level\":\"info\"}", "message is missing");
    wrong.put("400 PUT /log/x {\"level\":\"loud\"}", "level is 'loud', must be one of trace, debug, info, warn, error, off");
    wrong.put("413 POST /logs " + "x".repeat(2049), "the body is larger than 2048 bytes");
    wrong.put("413 GET /checks {}", "this takes no body");
    for (var each : wrong.entrySet()) {
      String[] words = each.getKey().split(" ", 4);
      String detail = service.problem(Integer.parseInt(words[0]), words[1], words[2], words[3]);
      assertTrue(each.getValue().endsWith(": ") ? detail.startsWith(each.getValue()) : detail.equals(each.getValue()), each.getKey() + ": " + detail);
    }
    assertEquals("{\"checks\":[]}", service.ok(200, "GET", "/checks", ""));
    assertFalse(service.out().contains("failed"), service.out());
  }

  @Test void thereAreAtMostSoManyChecks() throws Exception {
    for (String name : List.of("one", "two", "three")) {
      service.ok(201, "PUT", "/checks/" + name, "{}");
    }
    assertEquals("there are 3 checks already, at most control.max_checks: remove one first", service.problem(409, "PUT", "/checks/four", "{}"));
    for (String name : List.of("one", "two", "three")) {
      service.ok(204, "DELETE", "/checks/" + name, "");
    }
  }

  @Test void browsersAreKeptOut() throws Exception {
    for (String header : List.of("Origin: http://localhost", "Origin: null", "Sec-Fetch-Site: same-origin")) {
      Http.Answer answer = service.ask("PUT", "/checks/x", header + "\r\n", "{}");
      assertEquals(403, answer.status());
      assertTrue(Running.detail(answer).startsWith("browsers are kept out"), answer.body());
    }
    try (var http = Http.connect(service.control())) {
      for (String host : List.of("evil.example:8078", "127.0.0.1.evil.example", "10.0.0.1", "[2001:db8::1]:1", "localhost.evil.example")) {
        http.send("POST /shutdown HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertEquals(403, http.read(false).status(), host);
      }
      for (String host : List.of("127.0.0.1:8078", "localhost", "[::1]:8078", "127.9.9.9")) {
        http.send("GET /shutdown HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertEquals(200, http.read(false).status(), host);
      }
    }
    assertTrue(service.metrics().contains("uservice_control_refused_total{reason=\"browser\"} 3\n"));
    assertTrue(service.metrics().contains("uservice_control_refused_total{reason=\"host\"} 5\n"));
  }

  @Test void tokenIsAskedForWhereItIsSetAndNeverShown() throws Exception {
    try (var guarded = Running.with(folder, "control.token=" + TOKEN, "control.host=0.0.0.0")) {
      for (String header : List.of("", "Authorization: Bearer 0123456789abcdeX\r\n", "Authorization: Basic " + TOKEN + "\r\n", "Authorization: Bearer\r\n",
          "Authorization: Bearer " + TOKEN + "0\r\n")) {
        Http.Answer answer = guarded.ask("POST", "/shutdown", header, "");
        assertEquals(401, answer.status(), header);
        assertEquals("Bearer", answer.header("WWW-Authenticate"));
        assertFalse(answer.body().contains(TOKEN));
      }
      assertEquals(200, guarded.ask("GET", "/checks", "Authorization: bearer " + TOKEN + "\r\n", "").status());
      assertFalse(guarded.out().contains(TOKEN));
    }
  }

  @Test void anotherAddressThanLoopbackNeedsAToken() throws Exception {
    try (var refused = Running.with(folder, "control.host=0.0.0.0")) {
      assertEquals(3, refused.exit());
      assertTrue(refused.program.err().contains("host: '0.0.0.0' can be called from other machines, which needs a token; or 127.0.0.1"), refused.program.err());
    }
  }

  @Test void moreThanItsRateIsTurnedAway() throws Exception {
    try (var slow = Running.with(folder, "control.rate=1")) {
      Http.Answer refused = slow.await("a request too many", () -> slow.ask("GET", "/checks", ""), answer -> answer.status() != 200);
      assertEquals(429, refused.status());
      assertEquals("1", refused.header("Retry-After"));
      assertEquals("more than 1 requests a second, see control.rate; come again in a second", Running.detail(refused));
      assertEquals(200, slow.probe("/livez"), "probes go on");
      slow.await("let in again", () -> slow.ask("GET", "/checks", ""), answer -> answer.status() == 200);
    }
  }

  @Test void expectedChecksKeepItFromBeingReadyUntilTheyArePut() throws Exception {
    try (var waiting = Running.with(folder, "control.expect=[worker]")) {
      assertEquals("failed: not put yet", waiting.awaitProbe("/readyz/worker", 503));
      waiting.ok(200, "PUT", "/checks/worker", "{\"ttl\":\"1h\"}");
      assertEquals(200, waiting.probe("/health/ready"));
      waiting.ok(204, "DELETE", "/checks/worker", "");
    }
  }

  @Test void stopIsToldWhenItBeginsAndAnsweredWhenItIsOver() throws Exception {
    try (var stopping = Running.with(folder, "shutdown.delay=2s")) {
      assertEquals("{\"stopping\":false,\"state\":\"ready\",\"reason\":\"\"}", stopping.ok(200, "GET", "/shutdown", ""));
      assertTrue(stopping.ok(200, "GET", "/shutdown?wait=10ms", "").contains("\"stopping\":false"), "the time is over");
      var told = new FutureTask<>(() -> stopping.ask("GET", "/shutdown?wait", ""));
      Thread.ofVirtual().start(told);
      var over = new FutureTask<>(() -> stopping.ask("POST", "/shutdown?wait=1m", "{\"reason\":\"new\\nversion\"}"));
      Thread.ofVirtual().start(over);
      assertTrue(told.get().body().contains("\"stopping\":true,\"state\":\"draining\",\"reason\":\"asked for at the control port: new version\""), told.get().body());
      assertEquals(503, stopping.probe("/health/ready"));
      assertEquals(200, stopping.probe("/health/alive"));
      assertEquals(202, stopping.ask("POST", "/shutdown", "").status(), "a second one changes nothing");
      assertEquals(200, over.get().status(), over.get().body());
      assertTrue(over.get().body().contains("\"state\":\"stopped\""), over.get().body());
      assertEquals(0, stopping.exit(), stopping.out());
    }
  }

  @Test void onlySoManyMayWaitAtOnce() throws Exception {
    try (var stopping = Running.with(folder); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<CompletableFuture<Http.Answer>>();
      for (int i = 0; i <= Stops.WAITING_MAX; i++) {
        asked.add(CompletableFuture.supplyAsync(() -> {
          try {
            return stopping.ask("GET", "/shutdown?wait=5m", "");
          } catch (Exception broken) {
            throw new CompletionException(broken);
          }
        }, threads));
      }
      var full = (Http.Answer) CompletableFuture.anyOf(asked.toArray(CompletableFuture[]::new)).get(); // whoever came last
      assertEquals(503, full.status());
      assertEquals("there are 100 requests waiting already; come again in a second", Running.detail(full));
      assertEquals(200, stopping.ask("GET", "/checks", "").status(), "others are served");
      stopping.program.signal("TERM");
      int told = 0;
      for (var answer : asked) {
        told += answer.get().body().contains("\"reason\":\"SIGTERM\"") ? 1 : 0;
      }
      assertEquals(Stops.WAITING_MAX, told);
      assertEquals(0, stopping.exit());
    }
  }
}
