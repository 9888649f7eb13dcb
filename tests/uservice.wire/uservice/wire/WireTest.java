package uservice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Certificates;
import testing.ScriptedPeer;

@Timeout(60)
class WireTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(150);

  @TempDir Path folder;

  private static Wire to(ScriptedPeer peer) throws IOException { return Wire.connect("127.0.0.1", peer.port(), LONG); }

  @Test void carriesBytesBothWays() throws Exception {
    try (var peer = ScriptedPeer.playing(c -> c.send("hello " + c.readUntil("!"))); var wire = to(peer)) {
      wire.within(LONG);
      wire.out().write("you!".getBytes(UTF_8));
      assertEquals("hello you!", new String(wire.in().readAllBytes(), UTF_8));
      assertEquals(Optional.empty(), wire.peerCertificate());
    }
  }

  @Test void tellsWhatHasComeWithoutWaiting() throws Exception {
    var go = new CountDownLatch(1);
    try (var peer = ScriptedPeer.playing(c -> {
      go.await();
      c.send("abc").stall();
    }); var wire = to(peer)) {
      assertEquals(0, wire.in().available());
      go.countDown();
      while (wire.in().available() < 3) { // bounded by the test's timeout
        Thread.sleep(1);
      }
      assertEquals("abc", new String(wire.in().readNBytes(3), UTF_8));
    }
  }

  @Test void readThatIsLateFailsAndClosesTheConnection() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall); var wire = to(peer)) {
      wire.within(SHORT);
      var late = assertThrows(SocketTimeoutException.class, () -> wire.in().read());
      assertEquals("no answer within 150 ms", late.getMessage());
      assertThrows(SocketTimeoutException.class, () -> wire.out().write(1), "the next one too");
    }
  }

  @Test void trickleDoesNotExtendTheDeadline() throws Exception {
    try (var peer = ScriptedPeer.playing(c -> {
      while (true) {
        c.send("x");
        Thread.sleep(10);
      }
    }); var wire = to(peer)) {
      wire.within(SHORT);
      assertThrows(SocketTimeoutException.class, () -> wire.in().readAllBytes());
    }
  }

  @Test void writeToAPeerThatDoesNotReadEnds() throws Exception {
    var over = new CountDownLatch(1);
    try (var peer = ScriptedPeer.playing(_ -> over.await()); var wire = to(peer)) {
      wire.within(SHORT);
      var much = new byte[1 << 20];
      assertThrows(SocketTimeoutException.class, () -> {
        while (true) {
          wire.out().write(much);
        }
      });
      over.countDown();
    }
  }

  @Test void deadlineCanBeSetForAReadInProgressByAnotherThread() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall); var wire = to(peer)) {
      var reading = new FutureTask<Throwable>(() -> assertThrows(SocketTimeoutException.class, () -> wire.in().read()));
      Thread.ofVirtual().start(reading);
      wire.within(SHORT);
      assertNotNull(reading.get());
    }
  }

  @Test void liftedDeadlineDoesNotStrike() throws Exception {
    var go = new CountDownLatch(1);
    try (var peer = ScriptedPeer.playing(c -> {
      go.await();
      c.send("a");
    }); var wire = to(peer); var other = to(peer)) {
      wire.within(SHORT);
      wire.unbounded();
      other.within(SHORT.multipliedBy(2)); // by then the first deadline has been passed over
      assertThrows(SocketTimeoutException.class, () -> other.in().read());
      go.countDown();
      assertEquals('a', wire.in().read());
    }
  }

  @Test void closeFreesTheReader() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall); var wire = to(peer)) {
      var reading = new FutureTask<>(() -> assertThrows(IOException.class, () -> wire.in().read()));
      Thread.ofVirtual().start(reading);
      wire.close();
      wire.close();
      assertFalse(reading.get() instanceof SocketTimeoutException);
    }
  }

  @Test void saysWhyThereIsNoConnection() throws Exception {
    int free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertEquals("Connection refused", assertThrows(ConnectException.class, () -> Wire.connect("127.0.0.1", free, LONG)).getMessage());
    assertEquals("no host is called 'nowhere.invalid'",
        assertThrows(UnknownHostException.class, () -> Wire.connect("nowhere.invalid", 1, LONG)).getMessage());
    assertThrows(IOException.class, () -> Wire.connect(folder.resolve("none.sock"), LONG));
    try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) { // nobody accepts, and the backlog is short
      var filling = new ArrayList<Wire>();
      var late = assertThrows(SocketTimeoutException.class, () -> {
        for (int i = 0; i < 20; i++) {
          filling.add(Wire.connect("127.0.0.1", full.getLocalPort(), SHORT));
        }
      });
      assertEquals("no connection within 150 ms", late.getMessage());
      filling.forEach(Wire::close);
    }
  }

  @Test void unixSocketCarriesBothWaysAtOnceAndKeepsDeadlines() throws Exception {
    Path path = folder.resolve("s");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      try (var wire = Wire.connect(path, LONG); var peer = server.accept()) {
        wire.within(LONG);
        var reading = new FutureTask<>(() -> wire.in().read());
        Thread.ofVirtual().start(reading);
        wire.out().write("out".getBytes(UTF_8)); // while the other reads
        var got = ByteBuffer.allocate(3);
        while (got.hasRemaining()) {
          peer.read(got);
        }
        assertEquals("out", new String(got.array(), UTF_8));
        peer.write(ByteBuffer.wrap(new byte[] {7}));
        assertEquals(7, reading.get());
        wire.within(SHORT);
        assertEquals("no answer within 150 ms", assertThrows(SocketTimeoutException.class, () -> wire.in().read()).getMessage());
        assertThrows(IOException.class, () -> wire.secure(Tls.of(Tls.Verify.NONE, Optional.empty(), Optional.empty(), Optional.empty()), "h"));
      }
    }
  }

  // ---- TLS ----

  private interface Use {
    void with(Wire wire) throws Exception;
  }

  /// A server with this certificate that answers a byte with the next one; it may want a certificate of the client.
  private void secured(Certificates own, Use use) throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(new FutureTask<>(() -> {
        try (var plain = server.accept();
            var socket = (SSLSocket) own.server().getSocketFactory().createSocket(plain, null, plain.getPort(), true)) {
          socket.setUseClientMode(false);
          socket.getOutputStream().write(socket.getInputStream().read() + 1);
          return socket.getInputStream().read();
        }
      }));
      try (var wire = Wire.connect("localhost", server.getLocalPort(), LONG)) {
        wire.within(LONG);
        use.with(wire);
      }
    }
  }

  private static Tls tls(Tls.Verify verify, Path authority) {
    return Tls.of(verify, Optional.ofNullable(authority), Optional.empty(), Optional.empty());
  }

  private static void talks(Wire wire, Tls tls, String host) throws IOException {
    wire.secure(tls, host);
    assertTrue(wire.peerCertificate().isPresent());
    wire.out().write(41);
    assertEquals(42, wire.in().read());
  }

  @Test void verifiesAsMuchAsAsked() throws Exception {
    Certificates own = Certificates.make(folder, "localhost");
    Certificates other = Certificates.make(folder, "other.example");
    secured(own, wire -> talks(wire, tls(Tls.Verify.FULL, own.certificate()), "localhost"));
    secured(own, wire -> talks(wire, tls(Tls.Verify.CHAIN, own.certificate()), "elsewhere.example"));
    secured(own, wire -> talks(wire, tls(Tls.Verify.NONE, null), "elsewhere.example"));
    secured(own, wire -> assertThrows(IOException.class, () -> wire.secure(tls(Tls.Verify.FULL, own.certificate()), "elsewhere.example")));
    secured(own, wire -> assertThrows(IOException.class, () -> wire.secure(tls(Tls.Verify.CHAIN, other.certificate()), "localhost")));
    secured(own, wire -> assertThrows(IOException.class, () -> wire.secure(tls(Tls.Verify.FULL, null), "localhost"), "not among the JDK's"));
  }

  @Test void handshakeKeepsTheDeadline() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall); var wire = to(peer)) {
      wire.within(SHORT);
      assertThrows(SocketTimeoutException.class, () -> wire.secure(tls(Tls.Verify.NONE, null), "localhost"));
    }
  }

  @Test void certificateOnDiskMayBeReplaced() throws Exception {
    Certificates own = Certificates.make(folder, "localhost");
    Path authority = Files.copy(Certificates.make(folder, "other.example").certificate(), folder.resolve("ca.pem"));
    Tls tls = tls(Tls.Verify.FULL, authority);
    secured(own, wire -> assertThrows(IOException.class, () -> wire.secure(tls, "localhost")));
    Files.copy(own.certificate(), authority, StandardCopyOption.REPLACE_EXISTING);
    secured(own, wire -> talks(wire, tls, "localhost"));
  }

  @Test void namesTheFileThatDoesNotServe() throws Exception {
    Certificates own = Certificates.make(folder, "localhost");
    Path none = folder.resolve("none.pem");
    Path text = Files.writeString(folder.resolve("text.pem"), "not PEM at all\n");
    Path rsa1 = Files.writeString(folder.resolve("pkcs1.pem"), "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n");
    Path cut = Files.writeString(folder.resolve("cut.pem"), Files.readString(own.key()).replaceFirst("\n.{20}", "\n"));
    refuses(none + ": no such file", none, null, null);
    refuses(text + ": no", text, null, null);
    refuses(none + ": no such file", null, own.certificate(), none);
    refuses(rsa1 + ": no -----BEGIN PRIVATE KEY----- in it; openssl pkcs8 -topk8 -nodes turns other kinds of key into that", null, own.certificate(), rsa1);
    refuses(cut + ": the key is damaged", null, own.certificate(), cut);
    refuses("a certificate to show and its key go together: only the certificate is there", null, own.certificate(), null);
    assertNotNull(Tls.of(Tls.Verify.FULL, Optional.empty(), Optional.of(own.certificate()), Optional.of(own.key())));
  }

  private static void refuses(String begin, Path authority, Path certificate, Path key) {
    var refused = assertThrows(IllegalArgumentException.class,
        () -> Tls.of(Tls.Verify.FULL, Optional.ofNullable(authority), Optional.ofNullable(certificate), Optional.ofNullable(key)));
    assertTrue(refused.getMessage().startsWith(begin), refused.getMessage());
  }
}
