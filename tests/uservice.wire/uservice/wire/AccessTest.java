package uservice.wire;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Certificates;
import testing.ScriptedPeer;

@Timeout(120)
final class AccessTest {
  private static final Duration PATIENT = Duration.ofSeconds(60);

  @TempDir Path folder;

  /// A protocol whose brokers listen on port 9.
  private static final class Chat extends Access {
    Chat(String uri) { super(URI.create(uri), "chat://host:9/room", 3, Set.of("nick", "sasl"), Duration.ofSeconds(3), Duration.ofSeconds(4)); }
  }

  private static final class Local extends Access {
    Local(String uri) { super(URI.create(uri), "chat+unix:///run/chat.sock", 1, Set.of(), Duration.ofSeconds(3), Duration.ofSeconds(4)); }
  }

  private static String refused(String uri) {
    String why = assertThrows(IllegalArgumentException.class, () -> Sasl.of(new Chat(uri))).getMessage();
    assertFalse(why.contains("s3cret"), why);
    return why;
  }

  private static String local(String uri) { return assertThrows(IllegalArgumentException.class, () -> new Local(uri)).getMessage(); }

  @Test void takesWhatIsUsualWhereTheUriSaysNothing() {
    var chat = new Chat("CHAT://h");
    assertEquals(9, chat.address().port());
    assertEquals(Duration.ofSeconds(3), chat.connectTimeout());
    assertEquals(Duration.ofSeconds(4), chat.timeout());
    assertEquals(Optional.empty(), chat.password());
    assertEquals(Optional.empty(), chat.tls());
    assertEquals("chat://h:9", chat.where());
  }

  @Test void takesWhatTheUriSays() {
    var chat = new Chat("chats://u:s3cret@a,b:2/lobby?connect_timeout=1s&timeout=5m&nick=n&tls_verify=none");
    assertEquals(Duration.ofSeconds(1), chat.connectTimeout());
    assertEquals(Duration.ofMinutes(5), chat.timeout());
    assertEquals(Optional.of("s3cret"), chat.password());
    assertEquals(Optional.of("n"), chat.address().parameter("nick"));
    assertTrue(chat.tls().isPresent());
    assertEquals("chats://a:9,b:2/lobby", chat.where());
    assertEquals("chats://a:9,b:2/lobby", chat.toString());
    assertEquals("chat+unix:///run/c.sock", new Local("chat+unix:///run/c.sock").where());
  }

  @Test void saysWhatMakesNoSense() {
    assertEquals("must look like chat://host:9/room, or chats:// for TLS", refused("chatz://h"));
    assertEquals("names no host, must look like chat://host:9/room", refused("chat:///lobby"));
    assertEquals("names no host, must look like chats://host:9/room", refused("chats:///lobby"));
    assertEquals("must look like chat+unix:///run/chat.sock", local("chat+unix://h/run/chat.sock"));
    assertEquals("must look like chat+unix:///run/chat.sock", local("chat+unix:///"));
    assertEquals("unknown parameter 'tls_ca', known: connect_timeout, nick, password_file, sasl, timeout", refused("chat://h?tls_ca=/x"));
    assertEquals("parameter 'tls_verify' is 'no', must be full, chain or none", refused("chats://h?tls_verify=no"));
    assertTrue(refused("chats://h?tls_ca=/none/at/all").contains("/none/at/all"));
    assertTrue(refused("chats://h?tls_key=/none/at/all").contains("only the key is there"));
    assertTrue(refused("chat://u:s3cret@h?timeout=301s").contains("at most 300s"));
    assertTrue(refused("chat://u:s3cret@h?connect_timeout=0").contains("'connect_timeout'"));
  }

  @Test void readsAPasswordFromAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "  s3cret with spaces \n");
    assertEquals(Optional.of("s3cret with spaces"), new Chat("chat://u@h?password_file=" + file).password());
    assertEquals("has a password and a password_file, must be one of them", refused("chat://u:s3cret@h?password_file=" + file));
    assertEquals("password_file " + folder.resolve("none") + ": no such file", refused("chat://u@h?password_file=" + folder.resolve("none")));
    assertTrue(refused("chat://u@h?password_file=" + folder).startsWith("password_file " + folder + ": "));
    Path largest = Files.writeString(folder.resolve("largest"), "x".repeat(4_096));
    assertEquals(4_096, new Chat("chat://u@h?password_file=" + largest).password().get().length());
    Path larger = Files.writeString(folder.resolve("larger"), "x".repeat(4_097));
    assertEquals("password_file " + larger + ": over 4096 bytes, which is no password", refused("chat://u@h?password_file=" + larger));
  }

  @Test void logsInAsTheUriSays() throws ProtocolException {
    assertEquals(Optional.empty(), Sasl.of(new Chat("chat://h")));
    Sasl usual = Sasl.of(new Chat("chat://ann:s3cret@h")).get();
    assertEquals("SCRAM-SHA-512 as 'ann'", usual.toString());
    assertTrue(usual.scram().get().first().startsWith("n,,n=ann,r="), "no channel binding");
    assertNotEquals(usual.scram().get().first(), usual.scram().get().first(), "a nonce for each exchange");
    assertEquals(Sasl.Mechanism.SCRAM_SHA_256, Sasl.of(new Chat("chat://ann:s3cret@h?sasl=scram-sha-256")).get().mechanism());
    Sasl plain = Sasl.of(new Chat("chat://ann:s3cret@h?sasl=plain")).get();
    assertEquals(Optional.empty(), plain.scram());
    assertEquals("\0ann\0s3cret", plain.plain());
    assertEquals("plain, scram-sha-256, scram-sha-512", Sasl.mechanisms());
  }

  @Test void hashesAsTheMechanismSays() throws ProtocolException {
    assertEquals(32, proof("scram-sha-256").length);
    assertEquals(64, proof("scram-sha-512").length);
  }

  private static byte[] proof(String mechanism) throws ProtocolException {
    Scram scram = Sasl.of(new Chat("chat://ann:s3cret@h?sasl=" + mechanism)).get().scram().get();
    String nonce = scram.first().substring(scram.first().indexOf("r="));
    String last = scram.last(nonce + "more,s=c2FsdA==,i=4096");
    return Base64.getDecoder().decode(last.substring(last.indexOf("p=") + 2));
  }

  @Test void refusesALoginThatCannotWork() throws IOException {
    assertEquals("has a password, but no user", refused("chat://:s3cret@h"));
    assertEquals("has a SASL mechanism, but no user", refused("chat://h?sasl=plain"));
    assertEquals("has the user 'u' without a password: must be behind a colon, or in a file named by password_file", refused("chat://u@h"));
    Path empty = Files.writeString(folder.resolve("empty"), " \n");
    assertTrue(refused("chat://u@h?password_file=" + empty).startsWith("has the user 'u' without a password"));
    assertEquals("user and password must have no zero character", refused("chat://u:s3cret%00@h"));
    assertEquals("user and password must have no zero character", refused("chat://u%00:s3cret@h"));
    assertEquals("parameter 'sasl' is 'scram-sha-25', did you mean 'scram-sha-256'?", refused("chat://u:s3cret@h?sasl=scram-sha-25"));
    assertEquals("parameter 'sasl' is 'kerberos', must be plain, scram-sha-256 or scram-sha-512", refused("chat://u:s3cret@h?sasl=kerberos"));
  }

  @Test void connectsWithTlsWhereTheSchemeSaysSo() throws Exception {
    Certificates own = Certificates.make(folder, "localhost");
    try (var listening = own.server().getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> {
        while (true) {
          try (Socket accepted = listening.accept()) {
            accepted.getInputStream().transferTo(accepted.getOutputStream());
          } catch (IOException ended) {
            if (listening.isClosed()) {
              return;
            }
          }
        }
      });
      try (Wire wire = new Chat("chats://localhost?connect_timeout=60s&tls_ca=" + own.certificate()).connect("localhost", listening.getLocalPort())) {
        wire.within(PATIENT);
        wire.out().write('x');
        assertEquals('x', wire.in().read());
        assertTrue(wire.peerCertificate().isPresent());
      }
      var distrustful = new Chat("chats://localhost?connect_timeout=60s");
      assertThrows(SSLException.class, () -> distrustful.connect("localhost", listening.getLocalPort()));
    }
  }

  @Test void connectsWithoutTlsWhereTheSchemeDoesNot() throws Exception {
    try (var peer = ScriptedPeer.playing(connection -> connection.send("hello").stall());
        Wire wire = new Chat("chat://h?connect_timeout=60s").connect("127.0.0.1", peer.port())) {
      wire.within(PATIENT);
      assertEquals("hello", new String(wire.in().readNBytes(5), StandardCharsets.US_ASCII));
      assertEquals(Optional.empty(), wire.peerCertificate());
    }
  }

  @Test void waitsNoLongerForTlsThanForTheConnection() throws Exception {
    try (var peer = ScriptedPeer.playing(ScriptedPeer.Connection::stall)) {
      var access = new Chat("chats://h?tls_verify=none&connect_timeout=300ms");
      assertEquals("no answer within 300 ms", assertThrows(SocketTimeoutException.class, () -> access.connect("127.0.0.1", peer.port())).getMessage());
    }
  }
}
