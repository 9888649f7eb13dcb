package uservice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

/// Thousands of requests put together from parts that servers get wrong, cut and mutated. Whatever comes, an answer is one of
/// ours or the JDK's, the smuggled request is never served behind a chunked one, nothing stays in flight, and the server lives.
class FuzzTest {
  private static final int ROUNDS = 4000;
  private static final long SEED = 20260130;

  private static final List<String> METHODS = List.of("GET", "POST", "HEAD", "PUT", "OPTIONS", "TRACE", "CONNECT", "get", "", "G\0T", "BREW");
  private static final List<String> TARGETS = List.of("/", "/echo", "/hello", "/stream", "/throws", "/files/a/b", "/files/%2e%2e/x", "//x", "*", "/%zz",
      "/\u00ff", "http://a/hello", "/hello?a=%ff&b", "/a|b", "", "/" + "a/".repeat(200), "/hello?" + "x".repeat(3000));
  private static final List<String> VERSIONS = List.of("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.1 ", "");
  private static final List<String> FIELDS = List.of("Host: a", "Host: a", "Host: b", "Content-Length: 5", "Content-Length: 0", "Content-Length: +5",
      "Content-Length: 99999", "Content-Length: 5, 5", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Connection: close",
      "Connection: keep-alive", "Expect: 100-continue", " folded", "X: " + "y".repeat(5000), "X\0: y", "NoColon", ": empty", "X: \r y", "X: \n y",
      "Upgrade: h2c", "Host : a");
  private static final List<String> BODIES = List.of("", "hello", "5\r\nhello\r\n0\r\n\r\n", "100000003\r\nabc\r\n0\r\n\r\n", "\r\n\r\n", "ffffffff\r\n", "5\r\nhel",
      "0\r\nA: b\r\n\r\n", "x".repeat(3000), "-1\r\n\r\n", ";\r\n\r\n");
  private static final List<String> ENDS = List.of("\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r");

  private final Random random = new Random(SEED);

  @Test void outlivesWhateverComes() throws Exception {
    var web = new Web();
    web.get("/hello", _ -> Reply.text("hello"));
    web.post("/echo", request -> Reply.bytes("text/plain", request.body()));
    web.put("/echo", request -> Reply.text("" + request.stream().readAllBytes().length)).streaming();
    web.get("/stream", _ -> Reply.stream("text/plain", out -> out.write(new byte[5000])));
    web.get("/throws", _ -> {
      throw new IllegalStateException("as told");
    });
    web.get("/files/{rest...}", request -> Reply.text(request.path("rest") + request.query("a").orElse("")));
    Server server = Fixture.data(web);
    var statuses = new TreeMap<Integer, Integer>();
    try (var _ = new Fixture.Lines("uservice.web")) {
      for (int round = 0; round < ROUNDS; round++) {
        byte[] bytes = bytes();
        for (int status : play(server, bytes)) {
          statuses.merge(status, 1, Integer::sum);
        }
      }
      Fixture.eventually("nothing in flight", () -> server.active() == 0);
      assertEquals("hello", Wire.get(server, "/hello").text());
    }
    assertTrue(statuses.keySet().containsAll(Set.of(200, 400, 404, 405, 413, 500, 501, 505)), "the fuzz reaches its goals: " + statuses);
    assertEquals(0, server.stop(Duration.ofSeconds(30)));
  }

  /// The statuses of what came back; the connection's output is ended, so that nothing waits for more.
  private static List<Integer> play(Server server, byte[] bytes) throws IOException {
    var statuses = new ArrayList<Integer>();
    try (Wire wire = Wire.to(server)) {
      String all;
      try {
        all = wire.send(bytes).endOfOutput().untilClosed();
      } catch (SocketException closedEarly) {
        return statuses;
      }
      for (int at = all.indexOf("HTTP/1.1 "); at >= 0; at = all.indexOf("HTTP/1.1 ", at + 1)) {
        if (all.length() >= at + 12 && Character.isDigit(all.charAt(at + 9))) {
          statuses.add(Integer.parseInt(all.substring(at + 9, at + 12)));
        }
      }
      assertTrue(all.isEmpty() || all.startsWith("HTTP/1.1 "), () -> "for " + new String(bytes, StandardCharsets.ISO_8859_1) + "\ncame " + all);
    }
    return statuses;
  }

  private byte[] bytes() {
    var text = new StringBuilder();
    for (int requests = 1 + random.nextInt(2); requests > 0; requests--) {
      text.append(one(METHODS)).append(' ').append(one(TARGETS)).append(' ').append(one(VERSIONS)).append(one(ENDS));
      if (random.nextInt(4) > 0) {
        text.append("Host: a\r\n");
      }
      for (int fields = random.nextInt(4); fields > 0; fields--) {
        text.append(one(FIELDS)).append(one(ENDS));
      }
      text.append(one(ENDS)).append(one(BODIES));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    for (int flips = random.nextInt(8) == 0 ? random.nextInt(6) : 0; flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(6) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private String one(List<String> parts) {
    return parts.get(random.nextInt(parts.size()));
  }
}
