package uservice.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testing.ScriptedPeer;
import uservice.config.HostPort;

class TargetTest {
  private static final Duration SHORT = ofMillis(150);

  static CheckConfig file(String path) {
    return new CheckConfig(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(Path.of(path)), HttpCall.Method.GET,
        List.of(200), List.of(Probe.READY), ofSeconds(10), ofSeconds(1), 1, 1, false);
  }

  private static int freePort() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return server.getLocalPort();
    }
  }

  private static String failure(Target target, Duration timeout) {
    return Text.of(assertThrows(IOException.class, () -> target.reach(timeout)));
  }

  private static Target http(int port, int... codes) {
    return new Target.Http(URI.create("http://127.0.0.1:" + port + "/healthz?deep=1"), HttpCall.Method.GET,
        codes.length == 0 ? List.of(200) : Arrays.stream(codes).boxed().toList());
  }

  private static ScriptedPeer answering(String answer) throws IOException {
    return ScriptedPeer.playing(connection -> {
      connection.readUntil("\r\n\r\n");
      connection.send(answer);
    });
  }

  @Test void tcpIsReachedWhereSomebodyListens() throws IOException {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall)) {
      new Target.Tcp(new HostPort("127.0.0.1", peer.port())).reach(ofSeconds(5));
      new Target.Tcp(new HostPort("localhost", peer.port())).reach(ofSeconds(5));
    }
  }

  @Test void tcpTellsARefusal() throws IOException {
    int port = freePort();
    assertEquals("127.0.0.1:" + port + ": Connection refused", failure(new Target.Tcp(new HostPort("127.0.0.1", port)), ofSeconds(5)));
    assertTrue(failure(new Target.Tcp(new HostPort("no-such-host.invalid", 1)), ofSeconds(5)).contains("does not resolve"));
  }

  @Test void tcpTriesEveryAddressWithinTheTime() throws IOException {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall)) {
      InetAddress[] addresses = {InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.3"), InetAddress.getByName("127.0.0.1")};
      Connection.open("db", addresses, peer.port(), ofSeconds(5), System.nanoTime() + ofSeconds(5).toNanos()).close();
      assertEquals("db:1: Connection refused", assertThrows(IOException.class, () -> Connection.open(
          "db", addresses, 1, ofSeconds(5), System.nanoTime() + ofSeconds(5).toNanos())).getMessage());
      assertEquals("db:1: no connection within 5s", assertThrows(IOException.class, () -> Connection.open(
          "db", addresses, 1, ofSeconds(5), System.nanoTime())).getMessage());
    }
  }

  /// A listener whose queue is full takes no more connections and refuses none: the connect itself must end.
  @Test void tcpEndsInTimeWhereNobodyAccepts() throws IOException {
    var filling = new ArrayList<Socket>();
    try (var server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String why = "";
      for (int i = 0; i < 16 && why.isEmpty(); i++) {
        try {
          filling.add(Connection.open("127.0.0.1", server.getLocalPort(), SHORT));
        } catch (IOException late) {
          why = late.getMessage();
        }
      }
      assertEquals("127.0.0.1:" + server.getLocalPort() + ": no connection within 150ms", why);
    } finally {
      for (Socket socket : filling) {
        socket.close();
      }
    }
  }

  @Test void takesAddressesOfVersionSix() throws IOException {
    ServerSocket bound;
    try {
      bound = new ServerSocket(0, 5, InetAddress.getByName("::1"));
    } catch (IOException none) {
      Assumptions.abort("no IPv6 loopback here");
      return;
    }
    try (var server = bound) {
      int port = server.getLocalPort();
      new Target.Tcp(HostPort.parse("[::1]:" + port)).reach(ofSeconds(5));
      var answer = new CompletableFuture<HttpCall.Answer>();
      Thread.ofVirtual().start(() -> {
        try {
          answer.complete(HttpCall.get(URI.create("http://[::1]:" + port + "/"), ofSeconds(5)));
        } catch (IOException failed) {
          answer.completeExceptionally(failed);
        }
      });
      server.accept().close(); // the tcp check's
      try (Socket socket = server.accept()) {
        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        assertEquals("GET / HTTP/1.1", lines.readLine());
        assertEquals("Host: [::1]:" + port, lines.readLine());
        socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(200, answer.orTimeout(20, TimeUnit.SECONDS).join().status());
      }
    }
  }

  @Test void httpAsksOnceAndShowsItsBytes() throws IOException {
    var seen = new CompletableFuture<String>();
    try (var peer = ScriptedPeer.playing(connection -> {
      seen.complete(connection.readUntil("\r\n\r\n"));
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      connection.stall();
    })) {
      http(peer.port()).reach(ofSeconds(5));
      assertEquals("""
          GET /healthz?deep=1 HTTP/1.1\r
          Host: 127.0.0.1:%d\r
          User-Agent: uservice/%s\r
          Accept: */*\r
          Connection: close\r
          \r
          """.formatted(peer.port(), HttpCall.class.getModule().getDescriptor().rawVersion().orElse("0")), seen.join());
      assertEquals(1, peer.accepted());
    }
  }

  @Test void httpPostsAndAsksForHeads() throws IOException {
    var seen = new LinkedBlockingQueue<String>();
    try (var peer = ScriptedPeer.playing(connection -> {
      seen.add(connection.readUntil("\r\n\r\n"));
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n");
    })) {
      URI uri = URI.create("http://127.0.0.1:" + peer.port() + "/süß");
      assertEquals(0, HttpCall.send(HttpCall.Method.HEAD, uri, ofSeconds(5)).body().length);
      assertTrue(seen.remove().startsWith("HEAD /s%C3%BC%C3%9F HTTP/1.1\r\n"));
      assertThrows(EOFException.class, () -> HttpCall.send(HttpCall.Method.POST, uri, ofSeconds(5)));
      String post = seen.remove();
      assertTrue(post.startsWith("POST ") && post.contains("\r\nContent-Length: 0\r\n"), post);
    }
  }

  @Test void httpJudgesByTheCodes() throws IOException {
    try (var peer = answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")) {
      assertEquals("status 302, expected [200]", failure(http(peer.port()), ofSeconds(5)));
      http(peer.port(), 200, 302).reach(ofSeconds(5));
    }
  }

  @Test void httpEndsInTimeHoweverThePeerStalls() throws IOException {
    try (var silent = ScriptedPeer.playing(ScriptedPeer.Connection::stall);
        var trickle = ScriptedPeer.playing(connection -> {
          connection.readUntil("\r\n\r\n");
          connection.send("HTTP/1.1 200 OK\r\n");
          for (;;) {
            connection.send("X: y\r\n"); // each read succeeds, the whole never does
            Thread.sleep(20);
          }
        })) {
      assertEquals("no answer within 150ms", failure(http(silent.port()), SHORT));
      assertEquals("no answer within 150ms", failure(http(trickle.port()), SHORT));
      var https = new Target.Http(URI.create("https://127.0.0.1:" + silent.port() + "/"), HttpCall.Method.GET, List.of(200));
      assertEquals("no answer within 150ms", failure(https, SHORT));
    }
  }

  @Test void httpRefusesGarbage() throws IOException {
    try (var closes = ScriptedPeer.playing(_ -> {});
        var resets = ScriptedPeer.playing(ScriptedPeer.Connection::reset);
        var garbage = answering("\0\1\2garbage\r\n\r\n");
        var huge = answering("HTTP/1.1 200 OK\r\nX: " + "y".repeat(100_000))) {
      assertThrows(IOException.class, () -> http(closes.port()).reach(ofSeconds(5)));
      assertThrows(IOException.class, () -> http(resets.port()).reach(ofSeconds(5)));
      assertEquals("not an HTTP/1.1 answer: '\\u0000\\u0001\\u0002garbage'", failure(http(garbage.port()), ofSeconds(5)));
      assertEquals("answer's head is longer than 16384 bytes", failure(http(huge.port()), ofSeconds(5)));
      assertTrue(failure(http(freePort()), ofSeconds(5)).endsWith("Connection refused"));
    }
  }

  @Test void dnsAndFile(@TempDir Path folder) throws IOException {
    new Target.Dns("localhost").reach(ofSeconds(5));
    assertEquals("no-such-host.invalid does not resolve", failure(new Target.Dns("no-such-host.invalid"), ofSeconds(5)));
    Path path = folder.resolve("ready");
    assertEquals(path + " does not exist", failure(new Target.There(path), ofSeconds(5)));
    Files.createFile(path);
    new Target.There(path).reach(ofSeconds(5));
  }
}
