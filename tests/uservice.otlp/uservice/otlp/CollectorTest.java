package uservice.otlp;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import testing.Certificates;
import testing.FaultyStream;
import testing.OtlpReceiver;
import testing.ScriptedPeer;
import uservice.config.Secret;
import uservice.health.HttpAnswerReader;
import uservice.health.HttpCall;

/// The connection to a collector that answers well, badly, slowly, in part, or not.
@Timeout(120)
class CollectorTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(150);
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

  @TempDir Path folder;

  static Options options(String endpoint, boolean gzip, Map<String, String> headers, Path authorities) {
    var fields = new TreeMap<String, Secret>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, value) -> fields.put(name, Secret.of(value)));
    return new Options(URI.create(endpoint), false, gzip, fields, Optional.ofNullable(authorities), Optional.empty(), Optional.empty(), LONG, LONG, LONG, 512, 2048, Map.of("service.name", "shop"), "1.2");
  }

  private static Collector collector(int port) {
    return new Collector(options("http://127.0.0.1:" + port + "/v1/traces", false, Map.of(), null), "application/json");
  }

  private static Collector.Answer ask(int port) throws IOException {
    try (var collector = collector(port)) {
      return collector.post(BODY, LONG);
    }
  }

  @Test void sendsTheseBytes() throws Exception {
    var seen = new CompletableFuture<String>();
    try (var peer = ScriptedPeer.playing(connection -> {
      seen.complete(connection.readUntil("\r\n\r\n{}"));
      connection.send(OK);
    }); var collector = new Collector(options("http://127.0.0.1:" + peer.port() + "/x/v1/traces?a=b", false, Map.of("Authorization", "Bearer 7"), null),
        "application/x-protobuf")) {
      assertEquals(200, collector.post(BODY, LONG).status());
      assertEquals("POST /x/v1/traces?a=b HTTP/1.1\r\nHost: 127.0.0.1:" + peer.port() + "\r\nContent-Type: application/x-protobuf\r\n"
          + "User-Agent: uservice/1.2 OTel-OTLP-Exporter-Java/1.2\r\nAuthorization: Bearer 7\r\nContent-Length: 2\r\n\r\n{}", seen.get());
    }
  }

  @Test void asksTheRootWhereTheEndpointHasNoPath() throws Exception {
    var seen = new CompletableFuture<String>();
    try (var peer = ScriptedPeer.playing(connection -> {
      seen.complete(connection.readUntil("{}"));
      connection.send(OK);
    }); var collector = new Collector(options("http://127.0.0.1:" + peer.port(), false, Map.of("user-agent", "own"), null), "x")) {
      collector.post(BODY, LONG);
      assertTrue(seen.get().startsWith("POST / HTTP/1.1\r\n"), seen.get());
      assertTrue(seen.get().contains("user-agent: own\r\n") && !seen.get().contains("OTel"), seen.get());
    }
  }

  @Test void keepsTheConnection() throws Exception {
    try (var peer = ScriptedPeer.playing(connection -> {
      while (true) {
        connection.readUntil("{}");
        connection.send(OK);
      }
    }); var collector = collector(peer.port())) {
      for (int i = 0; i < 5; i++) {
        assertEquals(200, collector.post(BODY, LONG).status());
      }
      assertEquals(1, peer.accepted());
    }
  }

  @ParameterizedTest @ValueSource(strings = {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\n\r\n{}"})
  void leavesAConnectionThatEnds(String answer) throws Exception {
    try (var peer = ScriptedPeer.playing(connection -> {
      connection.readUntil("{}");
      connection.send(answer);
    }); var collector = collector(peer.port())) {
      for (int i = 0; i < 3; i++) {
        assertEquals("{}", new String(collector.post(BODY, LONG).body(), StandardCharsets.UTF_8));
      }
      assertEquals(3, peer.accepted());
    }
  }

  /// Whoever says `close` and does not, or sends more than is read, is left all the same.
  @ParameterizedTest @ValueSource(strings = {"Connection: close\r\nContent-Length: 2\r\n\r\n{}", "Content-Length: 70000\r\n\r\n"})
  void leavesAConnectionThatIsOfNoUse(String rest) throws Exception {
    String answer = "HTTP/1.1 200 OK\r\n" + rest + (rest.endsWith("{}") ? "" : "x".repeat(70_000));
    try (var peer = ScriptedPeer.playing(connection -> {
      while (true) {
        connection.readUntil("{}");
        connection.send(answer);
      }
    }); var collector = collector(peer.port())) {
      for (int i = 0; i < 3; i++) {
        assertEquals(200, collector.post(BODY, LONG).status());
      }
      assertEquals(3, peer.accepted());
    }
  }

  @Test void givesUpOnAKeptConnectionThatFallsSilent() throws Exception {
    try (var peer = ScriptedPeer.playing(connection -> {
      connection.readUntil("{}");
      connection.send(OK);
      connection.stall();
    }); var collector = collector(peer.port())) {
      collector.post(BODY, LONG);
      assertThrows(SocketTimeoutException.class, () -> collector.post(BODY, SHORT));
      assertEquals(1, peer.accepted(), "too late is no reason to send again");
    }
  }

  /// The peer closes a connection that it had promised to keep.
  @Test void triesAgainWhereAKeptConnectionWasClosed() throws Exception {
    try (var peer = ScriptedPeer.playing(connection -> {
      connection.readUntil("{}");
      connection.send(OK);
    }); var collector = collector(peer.port())) {
      for (int i = 0; i < 5; i++) {
        assertEquals(200, collector.post(BODY, LONG).status());
      }
      assertEquals(5, peer.accepted());
    }
  }

  @Test void triesANewConnectionOnceOnly() throws Exception {
    try (var peer = ScriptedPeer.playing(connection -> connection.readUntil("{}")); var collector = collector(peer.port())) {
      var failed = assertThrows(IOException.class, () -> collector.post(BODY, LONG));
      assertEquals("the connection was closed without an answer", failed.getMessage());
      assertEquals(1, peer.accepted(), "the first connection was not a kept one");
    }
  }

  @Test void doesNotSendAgainWhatWasBegunToBeAnswered() throws Exception {
    var connections = new AtomicInteger();
    try (var peer = ScriptedPeer.playing(connection -> {
      connections.incrementAndGet();
      connection.readUntil("{}");
      connection.send(OK);
      connection.readUntil("{}");
      connection.send("HTTP/1.1 2");
    }); var collector = collector(peer.port())) {
      collector.post(BODY, LONG);
      var failed = assertThrows(IOException.class, () -> collector.post(BODY, LONG));
      assertEquals("the connection was closed in the middle of the answer", failed.getMessage());
      assertEquals(1, connections.get());
    }
  }

  @ParameterizedTest @CsvSource({"429,''", "503,'7'", "400,''"})
  void givesStatusAndRetryAfter(int status, String after) throws Exception {
    String field = after.isEmpty() ? "" : "retry-AFTER:  " + after + " \r\n";
    try (var peer = ScriptedPeer.playing(connection -> {
      connection.readUntil("{}");
      connection.send("HTTP/1.1 " + status + " Whatever\r\n" + field + "Content-Length: 3\r\n\r\nabc");
    })) {
      var answer = ask(peer.port());
      assertEquals(List.of(status, after, "abc"), List.of(answer.status(), answer.retryAfter(), new String(answer.body(), StandardCharsets.UTF_8)));
    }
  }

  private static final List<String> ANSWERS = List.of(
      OK,
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK,
      "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n");

  @Test void readsAnswersOneByteAtATime() throws Exception {
    for (String answer : ANSWERS) {
      var reader = new HttpAnswerReader(FaultyStream.trickle(answer.getBytes(StandardCharsets.ISO_8859_1)));
      var read = Collector.read(reader);
      assertEquals(200, read.status());
      assertEquals("{}", new String(read.body(), StandardCharsets.UTF_8));
      assertTrue(reader.keeps(), answer);
    }
  }

  /// Cut in the head there is no answer; cut in the body the status stands.
  @Test void knowsAnAnswerThatIsCutAnywhere() throws Exception {
    for (String answer : ANSWERS) {
      byte[] bytes = answer.getBytes(StandardCharsets.ISO_8859_1);
      int head = answer.indexOf(answer.contains("\r\n\r\n") ? "\r\n\r\n" : "\n\n", answer.lastIndexOf("HTTP/1.1 200")) + (answer.contains("\r\n\r\n") ? 4 : 2);
      for (int cut = 0; cut < bytes.length; cut++) {
        for (InputStream in : List.of(FaultyStream.endingAt(bytes, cut), FaultyStream.failingAt(bytes, cut))) {
          var reader = new HttpAnswerReader(in);
          if (cut < head) {
            assertThrows(IOException.class, () -> Collector.read(reader), answer.substring(0, cut));
            assertEquals(cut > 0, reader.begun());
          } else {
            assertEquals(200, Collector.read(reader).status(), answer.substring(0, cut));
            assertFalse(reader.keeps(), answer.substring(0, cut));
          }
        }
      }
    }
  }

  @ParameterizedTest @ValueSource(strings = {"HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n",
      "ICY 200 OK\r\n\r\n", "\u0015\u0003\u0001\u0000\u0002\u0002\n", "\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n: empty\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n{"})
  void refusesWhatIsNoAnswer(String answer) {
    var reader = new HttpAnswerReader(new ByteArrayInputStream(answer.getBytes(StandardCharsets.ISO_8859_1)));
    var refused = assertThrows(IOException.class, () -> Collector.read(reader));
    assertTrue(refused.getMessage().matches("[ -~]+"), refused.getMessage());
  }

  @ParameterizedTest @ValueSource(strings = {"x\r\n{}\r\n0\r\n\r\n", "-1\r\n", "\r\n{}", "2\r\n{}0\r\n\r\n", "1\r\n{}\r\n0\r\n\r\n", "ffffffffffffffffff\r\n{}"})
  void keepsTheStatusWhereChunksAreWrong(String chunks) throws Exception {
    var reader = new HttpAnswerReader(new ByteArrayInputStream(("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks).getBytes(StandardCharsets.ISO_8859_1)));
    assertEquals(503, Collector.read(reader).status());
    assertFalse(reader.keeps());
  }

  @Test void boundsWhatItReads() throws Exception {
    String head = "HTTP/1.1 200 OK\r\n" + "X-Filler: %s\r\n".formatted("x".repeat(200)).repeat(100) + "\r\n";
    assertTrue(assertThrows(IOException.class, () -> Collector.read(new HttpAnswerReader(new ByteArrayInputStream(head.getBytes(StandardCharsets.ISO_8859_1)))))
        .getMessage().contains("longer than 16384 bytes"));
    for (String framing : List.of("Content-Length: 10000000\r\n", "", "Transfer-Encoding: chunked\r\n")) {
      String body = (framing.startsWith("T") ? "989680\r\n" : "") + "y".repeat(10_000_000);
      var in = new ByteArrayInputStream(("HTTP/1.1 200 OK\r\n" + framing + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
      var reader = new HttpAnswerReader(in);
      assertEquals(HttpCall.BODY_BYTES_MAX, Collector.read(reader).body().length);
      assertFalse(reader.keeps());
      assertTrue(in.available() > 9_000_000, "the rest is left unread");
    }
  }

  @Test void saysThatNobodyListens() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertTrue(assertThrows(IOException.class, () -> ask(port)).getMessage().contains("refused"));
  }

  @Test void saysThatAHostDoesNotResolve() {
    var collector = new Collector(options("http://no-such-host.invalid:4318", false, Map.of(), null), "x");
    assertEquals("no host is called 'no-such-host.invalid'", assertThrows(UnknownHostException.class, () -> collector.post(BODY, LONG)).getMessage());
  }

  @Test void givesUpOnACollectorThatSaysNothing() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall)) {
      var collector = collector(peer.port());
      assertEquals("no answer within 150 ms", assertThrows(SocketTimeoutException.class, () -> collector.post(BODY, SHORT)).getMessage());
      assertEquals("no answer within 150 ms", assertThrows(SocketTimeoutException.class, () -> collector.post(BODY, SHORT)).getMessage(), "and again, on another");
      assertEquals(2, peer.accepted());
    }
  }

  /// Each byte comes in time, the whole does not.
  @Test void givesUpOnACollectorThatDripsForEver() throws Exception {
    try (var peer = ScriptedPeer.playing(connection -> {
      connection.readUntil("{}");
      connection.send("HTTP/1.1 200 OK\r\n");
      for (int i = 0; i < 100_000; i++) {
        connection.send("x");
        Thread.sleep(10);
      }
    }); var collector = collector(peer.port())) {
      assertThrows(SocketTimeoutException.class, () -> collector.post(BODY, SHORT));
    }
  }

  /// The request is larger than all buffers between, and nobody reads it.
  @Test void givesUpOnACollectorThatReadsNothing() throws Exception {
    var end = new CountDownLatch(1);
    try (var peer = ScriptedPeer.playing(_ -> end.await()); var collector = collector(peer.port())) {
      assertThrows(SocketTimeoutException.class, () -> collector.post(new byte[64 << 20], SHORT));
    } finally {
      end.countDown();
    }
  }

  @Test void readsARefusalThatComesBeforeTheRequestWasRead() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> {
        try (Socket socket = server.accept()) {
          socket.getOutputStream().write("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
          socket.shutdownOutput();
          var in = socket.getInputStream();
          for (byte[] buffer = new byte[1 << 16]; in.read(buffer) >= 0; ) { }
        } catch (IOException ended) {
          // The client has left.
        }
      });
      assertEquals(413, askWith(server.getLocalPort(), new byte[8 << 20]).status());
    }
  }

  private static Collector.Answer askWith(int port, byte[] body) throws IOException {
    try (var collector = collector(port)) {
      return collector.post(body, LONG);
    }
  }

  @Test void closingEndsWhatWaits() throws Exception {
    var asked = new CountDownLatch(1);
    try (var peer = ScriptedPeer.playing(connection -> {
      connection.readUntil("{}");
      asked.countDown();
      connection.stall();
    })) {
      var collector = collector(peer.port());
      var failed = new CompletableFuture<Throwable>();
      Thread.ofVirtual().start(() -> {
        try {
          collector.post(BODY, LONG);
        } catch (Throwable thrown) {
          failed.complete(thrown);
        }
      });
      asked.await();
      collector.close();
      assertInstanceOf(IOException.class, failed.get(20, TimeUnit.SECONDS));
      assertThrows(IOException.class, () -> collector.post(BODY, LONG), "and nothing comes after");
    }
  }

  @Test void compressesWhereAsked() throws Exception {
    try (var receiver = OtlpReceiver.open();
        var collector = new Collector(options("http://127.0.0.1:" + receiver.port() + "/v1/traces", true, Map.of(), null), "application/json")) {
      byte[] body = new JsonSpans().encode(Spans.RESOURCE, "1", List.of(Spans.full()));
      assertEquals(200, collector.post(body, LONG).status());
      assertEquals(List.of("gzip"), receiver.next().headers().get("Content-encoding"));
      assertEquals(List.of(), receiver.faults());
    }
  }

  private static Collector secured(Options options) {
    return new Collector(options, "application/json");
  }

  @Test void speaksTlsToWhomItTrusts() throws Exception {
    var own = Certificates.make(folder, "localhost");
    var other = Certificates.make(folder, "other");
    byte[] body = new JsonSpans().encode(Spans.RESOURCE, "1", List.of(Spans.plain("x")));
    try (var receiver = OtlpReceiver.secure(own.server()); var misnamed = OtlpReceiver.secure(other.server())) {
      String uri = "https://127.0.0.1:" + receiver.port() + "/v1/traces";
      try (var collector = secured(options(uri, false, Map.of(), own.certificate()))) {
        assertEquals(200, collector.post(body, LONG).status());
        assertEquals(200, collector.post(body, LONG).status());
        assertEquals(1, receiver.connections());
      }
      try (var collector = secured(options(uri, false, Map.of(), other.certificate()))) {
        assertThrows(SSLException.class, () -> collector.post(body, LONG));
      }
      try (var collector = secured(options(uri, false, Map.of(), null))) {
        assertThrows(SSLException.class, () -> collector.post(body, LONG), "Java's own authorities do not know it");
      }
      try (var collector = secured(options("https://localhost:" + misnamed.port() + "/v1/traces", false, Map.of(), other.certificate()))) {
        assertThrows(SSLException.class, () -> collector.post(body, LONG), "the certificate names another host");
      }
      assertEquals(2, receiver.asked());
      assertEquals(0, misnamed.asked());
    }
  }

  @Test void showsItsOwnCertificateWhereAsked() throws Exception {
    var own = Certificates.make(folder, "localhost");
    var plain = options("https://localhost:1", false, Map.of(), own.certificate());
    var shown = new CompletableFuture<String>();
    var context = SSLContext.getInstance("TLS");
    context.init(keys(own), new TrustManager[] {new Shown(shown)}, null);
    try (var server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setNeedClientAuth(true);
      Thread.ofVirtual().start(() -> {
        try (Socket socket = server.accept()) {
          for (int b = socket.getInputStream().read(); b >= 0 && b != '}'; ) {
            b = socket.getInputStream().read();
          }
          socket.getOutputStream().write(OK.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException ended) {
          shown.completeExceptionally(ended);
        }
      });
      try (var collector = secured(new Options(URI.create("https://localhost:" + server.getLocalPort()), false, false, plain.headers(), plain.authorities(),
          Optional.of(own.certificate()), Optional.of(own.key()), LONG, LONG, LONG, 1, 1, Map.of(), "1"))) {
        assertEquals(200, collector.post(BODY, LONG).status());
        assertEquals("CN=localhost", shown.get(20, TimeUnit.SECONDS));
      }
    }
  }

  private static KeyManager[] keys(Certificates own) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    String pem = Files.readString(own.key());
    byte[] key = Base64.getMimeDecoder().decode(pem.substring(pem.indexOf('\n'), pem.lastIndexOf("-----END")));
    try (var in = Files.newInputStream(own.certificate())) {
      store.setKeyEntry("a", KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)), new char[0],
          new Certificate[] {CertificateFactory.getInstance("X.509").generateCertificate(in)});
    }
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  /// Tells whom a client says it is.
  private record Shown(CompletableFuture<String> subject) implements X509TrustManager {
    @Override public void checkClientTrusted(X509Certificate[] chain, String kind) {
      subject.complete(chain[0].getSubjectX500Principal().getName());
    }

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
  }

  @Test void givesUpOnAHandshakeThatDoesNotCome() throws Exception {
    var own = Certificates.make(folder, "localhost");
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall);
        var collector = secured(options("https://127.0.0.1:" + peer.port(), false, Map.of(), own.certificate()))) {
      assertThrows(SocketTimeoutException.class, () -> collector.post(BODY, SHORT));
    }
  }

  @Test void refusesAuthoritiesThatCannotBeRead() throws Exception {
    Path missing = folder.resolve("missing.pem");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    Path wrong = Files.writeString(folder.resolve("wrong.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    for (Path each : List.of(missing, empty, wrong)) {
      var refused = assertThrows(IllegalArgumentException.class, () -> new Collector(options("https://c", false, Map.of(), each), "x"));
      assertTrue(refused.getMessage().startsWith("trace: ") && refused.getMessage().contains(each.toString()), refused.getMessage());
    }
  }
}
