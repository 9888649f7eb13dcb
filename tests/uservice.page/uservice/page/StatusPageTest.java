package uservice.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Program;
import uservice.json.Json;

/// The page's routes, asked as a browser asks them, of the program as a process.
@Timeout(180) // a hang is a failure
class StatusPageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private Program start(String... settings) throws IOException {
    var words = new ArrayList<>(List.of("start", "--set", "health.port=0", "--set", "web.port=0", "--set", "hello.limit=1000000"));
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    return Program.run(folder, Map.of(), words.toArray(String[]::new));
  }

  private static Json data(int port, String query) throws IOException {
    Http.Answer answer = Http.get(port, "/page/data" + query);
    assertEquals(200, answer.status(), answer.body());
    return Json.parse(answer.body());
  }

  /// Asks until it is as wanted.
  private static Json await(int port, String query, Predicate<Json> wanted) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Json data = data(port, query);
      if (wanted.test(data)) {
        return data;
      }
      assertTrue(System.nanoTime() < deadline, data.toString());
      Thread.sleep(20);
    }
  }

  private static String within(String page, String element) {
    Matcher matcher = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL).matcher(page);
    assertTrue(matcher.find(), element);
    String content = matcher.group(1);
    assertFalse(matcher.find(), "one " + element);
    return content;
  }

  @Test void theDocumentHoldsAllItNeedsAndItsPolicyFitsItsBytes() throws Exception {
    try (Program program = start()) {
      Http.Answer answer = Http.get(program.port("health_port"), "/");
      assertEquals(200, answer.status());
      assertEquals("text/html; charset=utf-8", answer.header("Content-Type"));
      String page = answer.body();
      String policy = answer.header("Content-Security-Policy");
      assertTrue(policy.contains("script-src '" + Document.hash(within(page, "script")) + "';"), policy);
      assertTrue(policy.contains("style-src '" + Document.hash(within(page, "style")) + "';"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertEquals("nosniff", answer.header("X-Content-Type-Options"));
      assertEquals("no-referrer", answer.header("Referrer-Policy"));
      assertEquals("no-store", answer.header("Cache-Control"));
      String markup = page.replace(within(page, "script"), "").replace(within(page, "style"), "");
      assertFalse(Pattern.compile("\\son[a-z]+\\s*=|\\sstyle\\s*=|javascript:", Pattern.CASE_INSENSITIVE).matcher(markup).find(), markup);
      assertFalse(page.replace("http://www.w3.org/2000/svg", "").matches("(?s).*(https?:|url\\(|@import).*"), "nothing from elsewhere");
    }
  }

  @Test void tellsWhatTheServiceIsAndHowItDoes() throws Exception {
    try (Program program = start("name=shop", "version=4.2.1")) {
      int port = program.port("health_port");
      int web = program.port("web_port");
      await(port, "", data -> data.asLong("/last") >= 0); // the requests come after the first sample
      for (int i = 0; i < 7; i++) {
        assertEquals(200, Http.get(web, "/").status());
      }
      assertEquals(404, Http.get(web, "/absent").status());
      Json data = await(port, "", seen -> seen.asBoolean("/web") && !(seen.at("/traffic") instanceof Json.Null) && seen.asLong("/traffic/requests") == 8);
      assertEquals("shop", data.asString("/name"));
      assertEquals("4.2.1", data.asString("/version"));
      assertEquals("ready", data.asString("/state/name"));
      assertEquals(List.of("alive", "ready", "startup"), data.asList("/probes").stream().map(each -> each.asString("/name")).toList());
      assertTrue(data.asList("/probes").stream().allMatch(each -> each.asBoolean("/valid")), data.toString());
      assertEquals("counter", data.asString("/checks/0/name"));
      assertEquals(List.of("ready"), data.asList("/checks/0/probes").stream().map(Json::asString).toList());
      assertEquals(1, data.asLong("/traffic/client_errors"));
      assertEquals(0, data.asLong("/traffic/errors"));
      assertTrue(data.asDouble("/traffic/p50") > 0 && data.asDouble("/traffic/p50") <= data.asDouble("/traffic/p99"), data.toString());
      assertEquals(10, data.asDouble("/latency_max"));
      assertEquals(8, data.asList("/points").stream().mapToLong(point -> point.asLong("/requests")).sum());
      assertEquals(List.of("GET / 7", "GET unmatched 1"), data.asList("/routes").stream()
          .map(route -> route.asString("/method") + " " + route.asString("/route") + " " + route.asLong("/requests")).toList());
      assertTrue(data.asLong("/process/heap_used_bytes") > 0);
      assertEquals(program.pid(), data.asLong("/process/pid"));
    }
  }

  @Test void givesWhoHasSomeOnlyWhatIsNew() throws Exception {
    try (Program program = start()) {
      int port = program.port("health_port");
      Json all = await(port, "", data -> data.asLong("/last") >= 2);
      String instance = all.asString("/instance");
      assertEquals(List.of(1L, 2L), all.asList("/points").stream().map(point -> point.asLong("/n")).limit(2).toList());
      Json rest = data(port, "?instance=" + instance + "&after=1");
      assertEquals(2, rest.asLong("/points/0/n"));
      assertEquals(List.of(), data(port, "?instance=" + instance + "&after=" + Long.toString(Long.MAX_VALUE).substring(1)).asList("/points"));
      for (String query : List.of("?instance=another&after=1", "?after=1", "?instance=" + instance, "?instance=" + instance + "&after=-1",
          "?instance=" + instance + "&after=99999999999999999999", "?instance=" + instance + "&after=x", "?instance=" + instance + "&after=%F0%9F%98%80")) {
        assertEquals(1, data(port, query).asLong("/points/0/n"), query);
      }
    }
  }

  @Test void aFailingCheckIsToldWithItsReasonAndItsHistory() throws Exception {
    try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Program program = start("health.checks.ledger.tcp=127.0.0.1:" + server.getLocalPort(), "health.checks.ledger.every=100ms")) {
      int port = program.port("health_port");
      Json before = await(port, "", data -> data.asList("/checks").stream().allMatch(check -> check.asBoolean("/valid")));
      assertEquals(2, before.asList("/checks").size());
      server.close();
      Json after = await(port, "", data -> !data.asBoolean("/probes/1/valid"));
      assertTrue(after.asString("/probes/1/message").startsWith("ledger: "), after.toString());
      Json change = after.asList("/changes").reversed().stream().filter(each -> each.asString("/name").equals("ledger")).findFirst().orElseThrow();
      assertEquals("check", change.asString("/kind"));
      assertFalse(change.asBoolean("/valid"));
      assertFalse(change.asString("/message").isEmpty());
      Json warned = await(port, "", data -> data.asLong("/log/count") > 0);
      assertTrue(warned.asString("/log/lines/0/message").contains("ready is invalid: ledger"), warned.toString());
      assertEquals("warn", warned.asString("/log/lines/0/level"));
    }
  }

  @Test void showsTheConfigurationInForceWithoutItsSecrets() throws Exception {
    Path file = folder.resolve("app.yaml");
    Files.writeString(file, "name: shop\nreload: watch\nhello:\n  counter: redis://:hunter2@127.0.0.1:1\n");
    try (Program program = Program.run(folder, Map.of(), "start", "-c", file.toString(), "--set", "health.port=0", "--set", "web.port=0")) {
      int port = program.port("health_port");
      Http.Answer facts = Http.get(port, "/page/facts");
      Json json = Json.parse(facts.body());
      assertFalse(facts.body().contains("hunter2"), facts.body());
      assertTrue(json.asString("/configuration").contains("redis://***@127.0.0.1:1"), facts.body());
      assertTrue(json.asMap("/modules").containsKey("uservice.page"));
      assertFalse(Http.get(port, "/page/data").body().contains("hunter2"));
      long revision = data(port, "").asLong("/facts");
      assertEquals(revision, json.asLong("/facts"));
      Files.writeString(file, "name: shop\nreload: watch\nlog:\n  level: debug\nhello:\n  counter: redis://:hunter2@127.0.0.1:1\n");
      await(port, "", data -> data.asLong("/facts") != revision);
      Json later = Json.parse(Http.get(port, "/page/facts").body());
      assertTrue(later.asString("/configuration").contains("level: debug"), later.toString());
    }
  }

  @Test void goesOnWhileTheServiceDrains() throws Exception {
    try (Program program = start("shutdown.delay=10s", "shutdown.drain=1s")) {
      int port = program.port("health_port");
      program.signal("TERM");
      Json data = await(port, "", seen -> seen.asString("/state/name").equals("draining"));
      assertEquals("service: stopping: SIGTERM", data.asString("/probes/1/message"));
      program.signal("TERM");
      program.exit();
    }
  }

  @Test void theConfigurationTurnsItOff() throws Exception {
    try (Program program = start("health.page=false")) {
      int port = program.port("health_port");
      for (String path : List.of("/", "/page/data", "/page/facts")) {
        assertEquals(404, Http.get(port, path).status(), path);
      }
      assertEquals(200, Http.get(port, "/health/ready").status());
    }
  }

  @Test void anotherProcessIsAnotherInstance() throws Exception {
    try (Program one = start(); Program two = start()) {
      assertNotEquals(data(one.port("health_port"), "").asString("/instance"), data(two.port("health_port"), "").asString("/instance"));
    }
  }

  @Test void isNoPartOfTheDataPort() throws Exception {
    try (Program program = start("health.on_web=true")) {
      assertEquals(404, Http.get(program.port("web_port"), "/page/data").status());
      try (var http = Http.connect(program.port("health_port"))) {
        assertEquals(405, http.ask("POST", "/page/data", "", "").status());
        assertEquals("", http.ask("HEAD", "/", "", "").body());
      }
    }
  }
}
