package uservice.http;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Certificates;
import testing.ManualClock;
import uservice.config.Size;
import uservice.tls.Pem;

/// The data port with TLS: what it shows, whom it lets in, and what happens when files change.
@Timeout(120)
class TlsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir Path folder;
  private final Web web = new Web();
  private Certificates own;

  @BeforeEach void certify() throws Exception {
    own = Certificates.make(folder, "localhost");
    web.get("/", request -> Reply.text(request.clientCertificate().map(shown -> shown.getSubjectX500Principal().getName()).orElse("nobody")
        + (request.encrypted() ? " by TLS" : "")));
    web.post("/echo", request -> Reply.bytes("text/plain", request.body())).bodyMax(new Size(1 << 20));
  }

  private Web.Tls files(Path... clients) { return new Web.Tls(own.certificate(), own.key(), Stream.of(clients).findFirst()); }

  private Server open(Web.Tls files) throws ServerException { return Fixture.secured(web, files); }

  private SSLContext client(Path authority, Certificates shown) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown == null ? null : Pem.keys(shown.certificate(), shown.key()), Pem.trust(authority), null);
    return context;
  }

  private static Wire.Answer get(Server server, SSLContext context) throws IOException {
    try (Wire wire = new Wire(server.address().getPort(), context)) {
      return wire.send(GET).answer();
    }
  }

  @Test void servesByTlsWhatItServesWithout() throws Exception {
    try (var open = closing(open(files())); Wire wire = new Wire(open.port(), client(own.certificate(), null))) {
      assertEquals("nobody by TLS", wire.send(GET).answer().text());
      assertEquals("TLSv1.3", wire.session().getProtocol());
      byte[] large = new byte[1 << 20];
      new Random(1).nextBytes(large);
      wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + large.length + "\r\n\r\n");
      assertArrayEquals(large, wire.send(large).answer().body());
      assertEquals(404, wire.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n").answer().status());
      assertTrue(open.server.encrypted());
    }
  }

  private record Closing(Server server) implements AutoCloseable {
    int port() { return server.address().getPort(); }

    @Override public void close() { server.stop(Duration.ZERO); }
  }

  private static Closing closing(Server server) { return new Closing(server); }

  @Test void takesOldClientsDownToTls12AndNoFurther() throws Exception {
    try (var open = closing(open(files()))) {
      for (String version : List.of("TLSv1.2", "TLSv1.1")) {
        try (var socket = (SSLSocket) client(own.certificate(), null).getSocketFactory().createSocket("127.0.0.1", open.port())) {
          socket.setSoTimeout(Wire.TIMEOUT_MILLIS);
          socket.setEnabledProtocols(new String[] {version});
          if (version.equals("TLSv1.2")) {
            socket.startHandshake();
            assertEquals(version, socket.getSession().getProtocol());
          } else {
            assertThrows(SSLException.class, socket::startHandshake);
          }
        }
      }
    }
  }

  @Test void survivesWhatIsNoTls() throws Exception {
    try (var open = closing(open(files()))) {
      var random = new Random(7);
      for (int i = 0; i < 200; i++) {
        try (Wire wire = new Wire(open.port())) {
          byte[] bytes = new byte[random.nextInt(1, 300)];
          random.nextBytes(bytes);
          wire.send(i % 2 == 0 ? GET.getBytes(StandardCharsets.US_ASCII) : bytes);
          if (i % 3 == 0) {
            wire.reset();
          } else if (i % 2 == 0) {
            assertFalse(wire.untilClosed().startsWith("HTTP/"), "nothing is said in the clear");
          }
        } catch (SocketException closed) {
          // Before all of it was taken.
        }
      }
      assertEquals("nobody by TLS", get(open.server, client(own.certificate(), null)).text());
    }
  }

  @Test void letsInWhomTheAuthoritiesVouchFor() throws Exception {
    Certificates friend = Certificates.make(folder, "friend");
    Certificates stranger = Certificates.make(folder, "stranger");
    try (var open = closing(open(files(friend.certificate())))) {
      assertEquals("CN=friend by TLS", get(open.server, client(own.certificate(), friend)).text());
      Wire.Answer refused = get(open.server, client(own.certificate(), null));
      assertEquals(403, refused.status());
      assertTrue(refused.text().contains("a client certificate is needed"), refused.text());
      assertTrue(refused.closes());
      // A client shows no certificate that its server's authorities do not know; one that is made to is thrown out in the handshake.
      assertEquals(403, get(open.server, client(own.certificate(), stranger)).status());
    }
  }

  @Test void stopsInOrderWhereClientsHaveToShowACertificate() throws Exception {
    Certificates friend = Certificates.make(folder, "friend");
    var release = new CountDownLatch(1);
    web.get("/slow", _ -> {
      release.await();
      return Reply.text("done");
    });
    Server server = open(files(friend.certificate()));
    try (Wire wire = new Wire(server.address().getPort(), client(own.certificate(), friend))) {
      wire.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
      Fixture.eventually("in its handler", () -> server.active() == 1);
      var cut = CompletableFuture.supplyAsync(() -> server.stop(Duration.ofSeconds(60)), task -> Thread.ofPlatform().start(task));
      release.countDown();
      assertEquals("done", wire.answer().text());
      assertEquals(0, cut.get(20, TimeUnit.SECONDS));
    }
  }

  // ---- files that change ----

  @Test void readsFilesThatChangedAndKeepsThoseThatServeUntilThen() throws Exception {
    var clock = new ManualClock();
    var files = new uservice.http.Certificates(files(), clock::nanos);
    SSLContext context = files.context();
    try (var log = new Fixture.Lines("uservice.web")) {
      assertEquals("CN=localhost", shown(context));
      Certificates next = Certificates.make(Files.createDirectory(folder.resolve("next")), "next");
      Files.copy(next.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
      assertEquals("CN=localhost", shown(context), "looked at a moment ago");
      clock.advance(Duration.ofSeconds(1));
      assertEquals("CN=localhost", shown(context), "the key does not fit yet");
      clock.advance(Duration.ofSeconds(1));
      assertEquals("CN=localhost", shown(context));
      assertEquals(1, log.records.size(), "told once");
      assertTrue(log.records.getFirst().getMessage().contains("the certificate in force stays"), log.records.getFirst().getMessage());
      assertTrue(log.records.getFirst().getMessage().contains(own.key() + ": not the key of the first certificate in " + own.certificate()));
      Files.copy(next.key(), own.key(), StandardCopyOption.REPLACE_EXISTING);
      clock.advance(Duration.ofSeconds(1));
      assertEquals("CN=next", shown(context));
      assertTrue(log.records.get(1).getMessage().startsWith("a certificate was read anew"));
      assertEquals(Pem.certificates(next.certificate()).getFirst().getNotAfter().getTime() / 1000.0, files.expires());
      Files.delete(own.certificate());
      clock.advance(Duration.ofSeconds(1));
      assertEquals("CN=next", shown(context));
      assertTrue(log.records.get(2).getMessage().contains(own.certificate() + ": no such file"));
    }
  }

  /// Whom a server with this context says that it is.
  private static String shown(SSLContext context) throws Exception {
    try (var listener = context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var accepted = Thread.ofVirtual().start(() -> {
        try (var socket = (SSLSocket) listener.accept()) {
          socket.startHandshake();
          socket.getInputStream().read();
        } catch (IOException gone) {
          // The client tells what it saw.
        }
      });
      try (var socket = (SSLSocket) Wire.trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), listener.getLocalPort())) {
        socket.startHandshake();
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
      } finally {
        accepted.join();
      }
    }
  }

  @Test void whoIsConnectedStaysWhenFilesChange() throws Exception {
    try (var open = closing(open(files())); Wire wire = new Wire(open.port(), client(own.certificate(), null))) {
      wire.send(GET).answer();
      Certificates next = Certificates.make(Files.createDirectory(folder.resolve("next")), "next");
      Files.copy(next.certificate(), own.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(next.key(), own.key(), StandardCopyOption.REPLACE_EXISTING);
      Fixture.eventually("the next certificate is shown", () -> {
        try {
          return get(open.server, client(next.certificate(), null)).status() == 200;
        } catch (Exception notYet) {
          return false;
        }
      });
      assertEquals(200, wire.send(GET).answer().status());
    }
  }

  // ---- files that do not serve ----

  @Test void saysWhichFileDoesNotServe() throws Exception {
    Certificates other = Certificates.make(folder, "other");
    Path none = folder.resolve("none");
    Path text = Files.writeString(folder.resolve("text"), "no PEM\n");
    refuses("web: tls: " + none + ": no such file", new Web.Tls(none, own.key(), Optional.empty()));
    refuses("web: tls: " + none + ": no such file", new Web.Tls(own.certificate(), own.key(), Optional.of(none)));
    refuses("web: tls: " + text + ": not a certificate in PEM: No certificate data found", new Web.Tls(text, own.key(), Optional.empty()));
    refuses("web: tls: " + own.certificate() + ": no -----BEGIN " + "PRIVATE KEY----- in it; openssl pkcs8 -topk8 -nodes turns other kinds of key into that",
        new Web.Tls(own.certificate(), own.certificate(), Optional.empty()));
    refuses("web: tls: " + other.key() + ": not the key of the first certificate in " + own.certificate(), new Web.Tls(own.certificate(), other.key(), Optional.empty()));
  }

  private void refuses(String message, Web.Tls files) {
    assertEquals(message, assertThrows(ServerException.class, () -> open(files)).getMessage());
  }
}
