package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Program;
import uservice.json.Json;

/// The stop over HTTP on the health port, and everything else that a client of HaMS asks for, field by field.
@Timeout(120)
class ShutdownEndpointTest {
  @TempDir Path folder;

  private Program start(String... settings) throws Exception {
    var words = new ArrayList<>(List.of("start", "--set", "health.port=0", "--set", "web.port=0", "--set", "hello.limit=1"));
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    return Program.run(folder, Map.of(), words.toArray(String[]::new));
  }

  private static Http.Answer ask(Program program, String method, String path, String headers) throws Exception {
    try (var http = Http.connect(program.port("health_port"))) {
      return http.ask(method, path, headers + "Connection: close\r\n", "");
    }
  }

  @Test void clientsOfHamsAreAnsweredFieldByField() throws Exception {
    try (var program = start("health.prefix=/hams", "name=shop", "version=1.2.3", "shutdown.delay=1s")) {
      int port = program.port("health_port");
      assertEquals("{\"name\":\"alive\",\"valid\":true}", Http.get(port, "/hams/alive").body());
      assertEquals("{\"name\":\"ready\",\"valid\":true}", Http.get(port, "/hams/ready").body());
      for (String verbose : List.of("alive", "ready")) {
        Json told = Json.parse(Http.get(port, "/hams/" + verbose + "_verbose").body());
        assertEquals(verbose, told.asString("/name"));
        assertTrue(told.asBoolean("/valid"));
        told.asList("/details").forEach(detail -> assertTrue(detail.asString("/name") != null && detail.asBoolean("/valid")));
      }
      Json version = Json.parse(Http.get(port, "/hams/version").body());
      assertEquals(List.of("shop", "1.2.3", "uservice", Build.version()),
          Stream.of("/name", "/version", "/hams_name", "/hams_version").map(version::asString).toList());
      Http.Answer metrics = Http.get(port, "/hams/metrics");
      assertTrue(metrics.header("Content-Type").startsWith("text/plain; version=0.0.4"), metrics.header("Content-Type"));
      assertTrue(metrics.body().contains("uservice_state"));
      Http.Answer get = ask(program, "GET", "/hams/shutdown", "");
      assertEquals(405, get.status(), "GET is for hooks");
      assertTrue(get.header("Allow").contains("POST"));
      for (String browser : List.of("Origin: http://x\r\n", "Sec-Fetch-Site: none\r\n")) {
        assertEquals(403, ask(program, "POST", "/hams/shutdown", browser).status());
      }
      assertEquals(200, Http.get(port, "/hams/ready").status(), "nothing of that began a stop");
      Http.Answer accepted = ask(program, "POST", "/hams/shutdown", "");
      assertEquals(200, accepted.status());
      Json told = Json.parse(accepted.body());
      assertEquals(version.asMap().keySet(), told.asMap().keySet().stream().filter(key -> !key.equals("state")).collect(Collectors.toCollection(LinkedHashSet::new)));
      assertEquals("draining", told.asString("/state"));
      assertEquals("{\"name\":\"ready\",\"valid\":false}", Http.get(port, "/hams/ready").body());
      assertEquals("{\"name\":\"alive\",\"valid\":true}", Http.get(port, "/hams/alive").body());
      assertEquals(0, program.exit(), program.out());
      assertTrue(program.out().contains("stopping: asked for at the health port"));
    }
  }

  @Test void hookIsAnsweredWhenTheStopIsComplete() throws Exception {
    try (var program = start("health.hooks=true", "shutdown.delay=300ms")) {
      assertEquals(400, ask(program, "GET", "/health/shutdown?wait=long", "").status());
      assertEquals(200, ask(program, "HEAD", "/health/shutdown", "").status());
      assertEquals(200, Http.get(program.port("health_port"), "/health/ready").status(), "nothing of that began a stop");
      Http.Answer answer = ask(program, "GET", "/health/shutdown?wait", "");
      assertEquals(200, answer.status());
      assertEquals("stopped", Json.parse(answer.body()).asString("/state"));
      assertEquals(0, program.exit(), program.out());
    }
  }

  @Test void othersCannotBeginAStop() throws Exception {
    try (var program = start("shutdown.delay=0s")) {
      assertEquals(404, ask(program, "POST", "/health/shutdown", "").status());
      assertEquals(404, ask(program, "GET", "/health/shutdown", "").status());
    }
  }
}
