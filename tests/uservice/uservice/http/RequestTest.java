package uservice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import uservice.config.Size;
import uservice.json.Json;

class RequestTest {
  private final Web web = new Web();
  private Server server;

  @BeforeEach void open() throws ServerException {
    server = Fixture.data(web);
  }

  @AfterEach void close() {
    server.stop(Duration.ZERO);
  }

  private Wire.Answer post(String path, String body) throws IOException {
    return Wire.ask(server, "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.getBytes(StandardCharsets.ISO_8859_1).length + "\r\n\r\n" + body);
  }

  @Test void tellsWhatWasAsked() throws IOException {
    web.get("/shops/{shop}/orders/{id}", request -> Reply.text(String.join("|", request.method(), request.path(), request.route(), request.path("shop"),
        request.path("id"), request.query("q").orElse("-"), request.query("none").orElse("-"), request.queryAll("q").toString(), request.rawQuery(),
        request.header("x-name").orElse("-"), request.headers("X-Name").toString(), request.headers("none").toString(),
        "" + request.remote().getAddress().isLoopbackAddress(), "" + (System.nanoTime() - request.startNanos() >= 0), "" + request.body().length)));
    Wire.Answer answer = Wire.ask(server, "GET /shops/a%20b/orders/7?q=1&q=%C3%A4 HTTP/1.1\r\nHost: a\r\nX-Name: one\r\nX-Name: two\r\n\r\n");
    assertEquals("GET|/shops/a%20b/orders/7|/shops/{shop}/orders/{id}|a b|7|1|-|[1, ä]|q=1&q=%C3%A4|one|[one, two]|[]|true|true|0", answer.text());
  }

  @Test void readsJson() throws IOException {
    web.post("/json", request -> Reply.json(request.json().at("/a")));
    assertEquals("[1,2]", post("/json", "{\"a\":[1,2]}").text());
  }

  @Test void answers400ForJsonThatIsNotWhatTheHandlerWants() throws IOException {
    web.post("/json", request -> Reply.text(request.json().asString("/name")));
    Wire.Answer none = post("/json", "{");
    assertEquals(400, none.status());
    assertTrue(none.text().contains("line 1, column 2"), none.text());
    Wire.Answer wrong = post("/json", "{\"name\":7}");
    assertEquals(400, wrong.status());
    assertTrue(wrong.text().contains("at /name: expected a string, found a number"), wrong.text());
    assertEquals(400, post("/json", "").status());
  }

  @Test void answers500ForOtherJsonThatIsWrong() throws IOException {
    web.get("/backend", _ -> Reply.text(Json.parse("{").asString("/name")));
    try (var log = new Fixture.Lines("uservice.web")) {
      assertEquals(500, Wire.get(server, "/backend").status());
      assertEquals(1, log.records.size());
    }
  }

  @Test void takesTheRoutesOwnLimit() throws IOException {
    web.post("/large", request -> Reply.text("" + request.body().length)).bodyMax(new Size(200_000));
    assertEquals("200000", post("/large", "x".repeat(200_000)).text());
    assertEquals(413, post("/large", "x".repeat(200_001)).status());
    web.delete("/with-body", request -> Reply.text("" + request.body().length)).takesBody(true);
    assertEquals("3", Wire.ask(server, "DELETE /with-body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").text());
    web.post("/without-body", _ -> Reply.text("none")).takesBody(false);
    assertEquals(413, post("/without-body", "x").status());
  }

  @Test void callsAStreamingHandlerBeforeTheBodyHasCome() throws Exception {
    var called = new CountDownLatch(1);
    web.post("/upload", request -> {
      called.countDown();
      return Reply.text("" + request.stream().transferTo(OutputStream.nullOutputStream()));
    }).bodyMax(new Size(10)).streaming();
    try (Wire wire = Wire.to(server)) {
      wire.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
      assertTrue(called.await(10, TimeUnit.SECONDS));
      assertEquals("10", wire.send("0123456789").answer().text());
      assertEquals("3", wire.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").answer().text());
    }
    assertEquals(413, Wire.ask(server, "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n").status());
    assertEquals(413, post("/upload", "01234567890").status());
  }

  @Test void readsAStreamInAnyWay() throws IOException {
    web.post("/upload", request -> {
      InputStream in = request.stream();
      String one = "" + (char) in.read();
      in.skipNBytes(2);
      String rest = new String(request.body(), StandardCharsets.UTF_8);
      return Reply.text(one + "|" + rest + "|" + request.stream().readAllBytes().length + "|" + request.body().length);
    }).streaming();
    assertEquals("a|def|3|3", Wire.ask(server, "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n4\r\ncdef\r\n0\r\n\r\n").text());
  }
}
