package uservice;

import static org.junit.jupiter.api.Assertions.*;
import static uservice.health.Checks.every;
import static uservice.health.Checks.kickedWithin;
import static uservice.health.Checks.manual;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import testing.Http;
import testing.ManualClock;
import uservice.config.Schema;
import uservice.health.Health;
import uservice.health.Kick;
import uservice.health.Manual;
import uservice.health.Probe;
import uservice.http.Server;
import uservice.http.Web;

/// The probe paths as a kubelet, HaMS' clients and people ask for them.
@Timeout(30)
class HealthEndpointsTest {
  private final ManualClock clock = new ManualClock();
  private final Health health = new Health(clock, clock::nanos);
  private final Web web = new Web();
  private Server server;
  private int port;

  @BeforeEach void serve() throws Exception {
    new HealthEndpoints(health).register(web, "/hams");
    server = Server.admin("health", "127.0.0.1", 0, web, Schema.defaults(Web.Config.class));
    port = server.address().getPort();
    health.release(Probe.STARTUP);
    health.release(Probe.READY);
  }

  @AfterEach void stop() {
    server.stop(Duration.ZERO);
    health.close();
  }

  private void expect(int status, String body, String path) throws IOException {
    Http.Answer answer = Http.get(port, path);
    assertEquals(body, answer.body(), path);
    assertEquals(status, answer.status(), path);
    assertEquals("no-store", answer.header("Cache-Control"), path);
  }

  @Test void lateKickFailsThroughHttpAndTheNextHeals() throws Exception {
    Kick packing = health.alive("packing", kickedWithin(Duration.ofMillis(500)));
    packing.kick();
    expect(200, "{\"name\":\"alive\",\"valid\":true}", "/hams/alive");
    clock.advance(Duration.ofMillis(499));
    expect(200, "{\"name\":\"alive\",\"valid\":true}", "/hams/alive");
    clock.advance(Duration.ofMillis(2));
    expect(503, "{\"name\":\"alive\",\"valid\":false}", "/hams/alive");
    assertEquals(503, Http.get(port, "/livez").status());
    packing.kick();
    expect(200, "{\"name\":\"alive\",\"valid\":true}", "/hams/alive");
    clock.jump(Duration.ofDays(365)); // the wall clock is nobody's business
    expect(200, "{\"name\":\"alive\",\"valid\":true}", "/hams/alive");
  }

  @Test void noChecksAreValidOnEveryPath() throws Exception {
    for (Probe probe : Probe.values()) {
      String name = probe.name().toLowerCase(Locale.ROOT);
      expect(200, "{\"name\":\"" + name + "\",\"valid\":true}", "/hams/" + name);
      expect(200, "{\"name\":\"" + name + "\",\"valid\":true,\"details\":[]}", "/hams/" + name + "_verbose");
      expect(200, "{\"name\":\"" + name + "\",\"valid\":true,\"details\":[]}", "/hams/" + name + "?verbose");
    }
    expect(200, "ok", "/livez");
    expect(200, "ok", "/readyz");
    expect(200, "ok", "/startupz");
  }

  @Test void everyVerdictOfEveryProbeIsToldOnEveryPath() throws Exception {
    for (Probe probe : Probe.values()) {
      String name = probe.name().toLowerCase(Locale.ROOT);
      String kubernetes = Map.of(Probe.ALIVE, "livez", Probe.READY, "readyz", Probe.STARTUP, "startupz").get(probe);
      Manual db = health.add("db", Set.of(probe), manual(true));
      for (boolean valid : List.of(true, false)) {
        db.set(valid, valid ? "" : "connection refused");
        int status = valid ? 200 : 503;
        expect(status, "{\"name\":\"" + name + "\",\"valid\":" + valid + "}", "/hams/" + name);
        assertEquals(status, Http.get(port, "/hams/" + name + "_verbose").status());
        expect(status, valid ? "ok" : "[-]db failed: connection refused\n" + kubernetes + " check failed", "/" + kubernetes);
        expect(status, (valid ? "[+]db ok\n" : "[-]db failed: connection refused\n") + kubernetes + " check " + (valid ? "passed" : "failed"), "/" + kubernetes + "?verbose");
        expect(status, valid ? "ok" : "failed: connection refused", "/" + kubernetes + "/db");
        expect(200, "[+]db excluded: ok\n" + kubernetes + " check passed", "/" + kubernetes + "?verbose&exclude=db");
        expect(200, "{\"name\":\"" + name + "\",\"valid\":true}", "/hams/" + name + "?exclude=db");
      }
      health.remove("db");
    }
  }

  @Test void detailsHaveTheFieldsThatHamsGives() throws Exception {
    health.ready("db", manual(false)).set(false, "connection \"refused\"\n");
    clock.advance(Duration.ofMillis(120));
    String body = Http.get(port, "/hams/ready?verbose").body();
    assertTrue(body.startsWith("{\"name\":\"ready\",\"valid\":false,\"details\":[{\"name\":\"db\",\"valid\":false,\"message\":\""), body);
    assertTrue(body.contains("\"since\":\"2026-01-30T10:00:00Z\",\"age_ms\":120}]}"), body);
    assertFalse(body.contains("\n"), "a message never breaks the line");
  }

  @Test void optionalCheckShowsAndTheVerdictStays() throws Exception {
    health.ready("cache", manual(true).optional()).set(false, "cold");
    expect(200, "{\"name\":\"ready\",\"valid\":true}", "/hams/ready");
    expect(200, "[-]cache failed (optional): cold\nreadyz check passed", "/readyz?verbose");
  }

  @Test void unknownNamesAreTold() throws Exception {
    assertEquals(404, Http.get(port, "/readyz/nobody").status());
    expect(200, "warn: no check 'nobody' to exclude\nreadyz check passed", "/readyz?verbose&exclude=nobody");
  }

  @Test void pathsAreExactAndOtherMethodsAreRefused() throws Exception {
    for (String path : List.of("/hams/alivex", "/hams/alive/x", "/hams/alive/", "/hams/%61live", "/livezfoo", "/")) {
      assertEquals(404, Http.get(port, path).status(), path);
    }
    assertEquals(400, Http.get(port, "/hams//alive").status(), "no two servers agree on what that is");
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
      try (var http = Http.connect(port)) {
        Http.Answer answer = http.ask(method, "/hams/ready", "", "");
        assertEquals(405, answer.status(), method);
        assertEquals("GET, HEAD, OPTIONS", answer.header("Allow"), method);
      }
    }
    try (var http = Http.connect(port)) {
      Http.Answer head = http.ask("HEAD", "/hams/ready", "", "");
      assertEquals(200, head.status());
      assertEquals("29", head.header("Content-Length"));
    }
  }

  @Test void whileStoppingReadySaysNoAndAliveSaysYes() throws Exception {
    health.hold(Probe.READY, "stopping: SIGTERM");
    expect(503, "{\"name\":\"ready\",\"valid\":false}", "/hams/ready");
    expect(503, "[-]service failed: stopping: SIGTERM\nreadyz check failed", "/readyz");
    expect(200, "{\"name\":\"alive\",\"valid\":true}", "/hams/alive");
  }

  @Test void checkThatHangsDelaysNoAnswer() throws Exception {
    var hang = new CountDownLatch(1);
    try {
      health.start();
      for (int i = 0; i < 50; i++) {
        health.ready("hang-" + i, every(Duration.ofMillis(10)), () -> hang.await());
      }
      for (int i = 0; i < 200; i++) {
        assertEquals(503, Http.get(port, "/hams/ready").status());
        assertEquals(200, Http.get(port, "/hams/alive").status());
      }
    } finally {
      hang.countDown();
    }
  }
}
