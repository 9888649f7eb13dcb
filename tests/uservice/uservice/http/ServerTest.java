package uservice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

class ServerTest {
  @Test void namesThePortThatIsTaken() throws ServerException {
    Server first = Fixture.data(new Web());
    int port = first.address().getPort();
    var taken = assertThrows(ServerException.class, () -> Server.admin("health", "127.0.0.1", port, new Web(), Fixture.limits()));
    assertEquals("health: port " + port + " on 127.0.0.1 is taken", taken.getMessage());
    first.stop(Duration.ZERO);
  }

  @Test void namesTheAddressThatIsNotOurs() {
    assertEquals("web: address 192.0.2.1 is not one of this machine",
        assertThrows(ServerException.class, () -> Server.admin("web", "192.0.2.1", 0, new Web(), Fixture.limits())).getMessage());
    assertEquals("web: host 'no such host.invalid' cannot be resolved to an address",
        assertThrows(ServerException.class, () -> Server.admin("web", "no such host.invalid", 0, new Web(), Fixture.limits())).getMessage());
  }

  @Test void opensThePortAgainAtOnce() throws Exception {
    var web = new Web();
    web.get("/", _ -> Reply.text("hi"));
    Server first = Fixture.data(web);
    int port = first.address().getPort();
    assertEquals(200, Wire.get(first, "/").status());
    first.stop(Duration.ZERO);
    assertThrows(ConnectException.class, () -> new Wire(port));
    Server second = Server.data("web", "127.0.0.1", port, web, Fixture.limits(), Fixture.metrics());
    assertEquals(200, Wire.get(second, "/").status());
    assertEquals(0, second.stop(Duration.ofSeconds(5)));
    assertThrows(ConnectException.class, () -> new Wire(port));
    assertEquals(0, second.stop(Duration.ofSeconds(5)), "a second stop does nothing");
  }

  @Test void refusesRequestsBeyondTheMostInFlight() throws Exception {
    var web = new Web();
    var release = new CountDownLatch(1);
    web.get("/slow", _ -> {
      release.await();
      return Reply.text("done");
    });
    Server server = Fixture.data(web);
    var wires = new ArrayList<Wire>();
    for (int i = 0; i < Fixture.limits().maxInFlight(); i++) {
      wires.add(Wire.to(server).send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    Fixture.eventually("all in handlers", () -> server.active() == Fixture.limits().maxInFlight());
    Wire.Answer refused = Wire.get(server, "/slow");
    assertEquals(503, refused.status());
    assertEquals("1", refused.field("Retry-After"));
    assertTrue(refused.closes());
    release.countDown();
    for (Wire wire : wires) {
      assertEquals("done", wire.answer().text());
      wire.close();
    }
    Fixture.eventually("none in flight", () -> server.active() == 0);
    assertEquals("done", Wire.get(server, "/slow").text());
    server.stop(Duration.ZERO);
  }

  @Test void answersProbesWhileTheProcessorsAreTakenByTheDataPort() throws Exception {
    var running = new AtomicBoolean(true);
    var spinning = new AtomicInteger();
    var web = new Web();
    web.get("/spin", _ -> {
      spinning.incrementAndGet();
      while (running.get()) {
        Thread.onSpinWait(); // never lets go of its carrier
      }
      return Reply.text("done");
    });
    var admin = new Web();
    admin.get("/ready", _ -> Reply.text(Thread.currentThread().isVirtual() ? "virtual" : "platform"));
    Server data = Fixture.data(web);
    Server health = Server.admin("health", "127.0.0.1", 0, admin, Fixture.limits());
    var wires = new ArrayList<Wire>();
    try {
      for (int i = 0; i < Runtime.getRuntime().availableProcessors() + 2; i++) {
        wires.add(Wire.to(data).send("GET /spin HTTP/1.1\r\nHost: a\r\n\r\n"));
      }
      Fixture.eventually("all carriers spin", () -> spinning.get() >= Runtime.getRuntime().availableProcessors());
      assertEquals("platform", Wire.get(health, "/ready").text());
    } finally {
      running.set(false);
    }
    for (Wire wire : wires) {
      assertEquals("done", wire.answer().text());
      wire.close();
    }
    data.stop(Duration.ZERO);
    health.stop(Duration.ZERO);
  }

  @Test void answersProbesWhileOtherClientsHoldBackTheirHeaders() throws Exception {
    var admin = new Web();
    admin.get("/ready", _ -> Reply.text("ok"));
    Server health = Server.admin("health", "127.0.0.1", 0, admin, Fixture.limits());
    var wires = new ArrayList<Wire>();
    for (int i = 0; i < Workers.ADMIN_THREADS_MAX - 1; i++) {
      wires.add(Wire.to(health).send("GET /re"));
    }
    assertEquals("ok", Wire.get(health, "/ready").text());
    for (Wire wire : wires) {
      wire.close();
    }
    health.stop(Duration.ZERO);
  }

  @Test void tellsEveryClientToLeaveWhileDraining() throws Exception {
    var web = new Web();
    web.get("/", _ -> Reply.text("hi"));
    web.get("/none", _ -> Reply.noContent());
    web.get("/stream", _ -> Reply.stream("text/plain", out -> out.write('x')));
    Server server = Fixture.data(web);
    assertFalse(Wire.get(server, "/").closes());
    server.draining(true);
    for (String path : List.of("/", "/none", "/stream", "/nix")) {
      try (Wire wire = Wire.to(server)) {
        Wire.Answer answer = wire.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").answer();
        assertTrue(answer.closes(), path);
        assertEquals("", wire.untilClosed(), path);
      }
    }
    Wire.Answer old = Wire.ask(server, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assertTrue(old.closes(), old.head());
    assertEquals(null, old.field("Keep-Alive"));
    server.draining(false);
    assertFalse(Wire.get(server, "/").closes());
    server.stop(Duration.ZERO);
  }

  @Test void letsAReplyCloseTheConnection() throws Exception {
    var web = new Web();
    web.get("/last", _ -> Reply.text("bye").header("Connection", "close"));
    Server server = Fixture.data(web);
    try (Wire wire = Wire.to(server)) {
      assertTrue(wire.send("GET /last HTTP/1.1\r\nHost: a\r\n\r\n").answer().closes());
      assertEquals("", wire.untilClosed());
    }
    server.stop(Duration.ZERO);
  }

  @Test void putsInterceptorsAroundTheWholeOfARequest() throws Exception {
    var seen = new CopyOnWriteArrayList<String>();
    var web = new Web();
    web.get("/orders/{id}", request -> {
      seen.add("handler");
      if (request.path("id").equals("bad")) {
        throw new IllegalStateException("bad");
      }
      return Reply.text("ok");
    });
    web.around((request, call) -> seen.add("inner " + request.route() + " " + call.proceed()));
    web.around((request, call) -> seen.add("outer " + request.method() + " " + call.proceed()));
    Server server = Fixture.data(web);
    try (var log = new Fixture.Lines("uservice.web")) {
      assertEquals("ok", Wire.get(server, "/orders/7").text());
      Fixture.eventually("the end is seen", () -> seen.size() == 3);
      assertEquals(List.of("handler", "inner /orders/{id} 200", "outer GET 200"), seen);
      seen.clear();
      assertEquals(500, Wire.get(server, "/orders/bad").status());
      Fixture.eventually("the end is seen", () -> seen.size() == 3);
      assertEquals(404, Wire.get(server, "/nix").status());
      Fixture.eventually("the end is seen", () -> seen.size() == 5);
      assertEquals(List.of("handler", "inner /orders/{id} 500", "outer GET 500", "inner unmatched 404", "outer GET 404"), seen);
      assertEquals(1, log.records.size());
    }
    server.stop(Duration.ZERO);
  }

  @Test void answers500WhenAnInterceptorFails() throws Exception {
    var web = new Web();
    web.get("/", _ -> Reply.text("ok"));
    web.around((_, _) -> {
      throw new IOException("before");
    });
    Server server = Fixture.data(web);
    try (var log = new Fixture.Lines("uservice.web")) {
      assertEquals(500, Wire.get(server, "/").status());
      assertEquals("before", log.records.getFirst().getThrown().getMessage());
    }
    server.stop(Duration.ZERO);
  }
}
