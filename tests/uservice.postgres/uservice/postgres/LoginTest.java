package uservice.postgres;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.postgres.Wired.error;
import static uservice.postgres.Wired.int32;
import static uservice.postgres.Wired.joined;
import static uservice.postgres.Wired.message;

import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The start of a session against peers that play every part, honest or not.
@Timeout(60)
final class LoginTest {
  private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";

  private static PostgresException refused(Peer.Script script, String... parameters) throws Exception {
    try (var peer = Peer.playing(script)) {
      var failed = assertThrows(PostgresException.class, () -> Session.open(peer.target(parameters)).close());
      assertFalse(failed.mayHaveRun());
      assertFalse(failed.getMessage().contains("s3cr3t"), failed.getMessage());
      return failed;
    }
  }

  private static void enters(Peer.Script script, String... parameters) throws Exception {
    try (var peer = Peer.playing(script)) {
      Session.open(peer.target(parameters)).close();
    }
  }

  @Test void saysWhoItIsAndHowItWantsToBeSpokenTo() throws Exception {
    var said = new CompletableFuture<String>();
    enters(peer -> {
      said.complete(peer.startup());
      peer.send(Wired.GREETING).stall();
    }, "application_name=orders");
    assertEquals("\0\3\0\0user\0user\0database\0base\0application_name\0orders\0client_encoding\0UTF8\0default_transaction_isolation\0read committed\0"
        + "enable_seqscan\0off\0enable_bitmapscan\0off\0enable_hashjoin\0off\0enable_mergejoin\0off\0enable_sort\0off\0jit\0off\0\0", said.get());
  }

  @Test void entersWhereEveryByteComesAlone() throws Exception {
    enters(peer -> {
      peer.startup();
      peer.trickle(joined(Wired.notice("hi"), Wired.GREETING)).stall();
    });
  }

  @Test void toleratesNoticesSettingsAndOtherVersionsAtAnyPlace() throws Exception {
    enters(peer -> {
      peer.startup();
      byte[] noise = joined(Wired.notice("hi"), Wired.status("a", "b"), message('A', int32(1), "c\0p\0"));
      peer.send(joined(message('v', int32(0), int32(1), "_pq_.x\0"), noise, Wired.OK, noise, message('K', int32(1), "a secret of more than four bytes"), noise, Wired.READY)).stall();
    });
  }

  @Test void failsWhereverTheGreetingIsCut() throws Exception {
    for (int cut = 0; cut < Wired.GREETING.length; cut++) {
      int at = cut;
      var failed = refused(peer -> {
        peer.startup();
        peer.send(Arrays.copyOf(Wired.GREETING, at));
      });
      assertEquals("connection closed by the server at byte " + cut, failed.getMessage());
      assertTrue(failed.passing());
    }
  }

  @Test void givesUpOnAServerThatFallsSilent() throws Exception {
    var failed = refused(peer -> {
      peer.startup();
      peer.send(Wired.OK).stall();
    }, "connect_timeout=200ms");
    assertTrue(failed.getMessage().startsWith("no answer within"), failed.getMessage());
    assertTrue(failed.passing());
  }

  @Test void refusesWhatDoesNotBelongThere() throws Exception {
    assertEquals("message type 0x48 at byte 0, expected one of RNSAvKZECDIT123ns", refused(peer -> peer.send("HTTP/1.1 400 Bad Request\r\n\r\n").stall()).getMessage());
    assertEquals("unexpected ReadyForQuery", refused(peer -> peer.send(Wired.READY).stall()).getMessage());
    assertEquals("unexpected BackendKeyData", refused(peer -> peer.send(Wired.KEY).stall()).getMessage());
    assertEquals("unexpected AuthenticationOk", refused(peer -> peer.send(joined(Wired.OK, Wired.OK)).stall()).getMessage());
    assertEquals("unexpected DataRow", refused(peer -> peer.send(joined(Wired.OK, Wired.row("a"))).stall()).getMessage());
    assertEquals("message 'R' at byte 0 has length 65541, expected 4 to 65540", refused(peer -> peer.send(joined("R", int32(65_541))).stall()).getMessage());
  }

  @Test void passesOnWhatTheServerSays() throws Exception {
    record Case(String state, boolean passing, String message) {}
    for (var each : List.of(
        new Case("28P01", false, "no (28P01); must be the user's password, in the URI or in PGPASSWORD"),
        new Case("3D000", false, "no (3D000); the database must exist: createdb, or another path in the URI"),
        new Case("28000", false, "no (28000); the role must exist and may log in, and pg_hba.conf must let it in from here, by TLS or without as in sslmode"),
        new Case("53300", true, "no (53300); fewer sessions by pool=… in the URI, or more by max_connections"),
        new Case("57P03", true, "no (57P03)"))) {
      for (byte[] before : List.of(new byte[0], Wired.OK)) {
        var failed = refused(peer -> {
          peer.startup();
          peer.send(joined(before, error("FATAL", each.state, "no")));
        });
        assertEquals(each.message, failed.getMessage());
        assertEquals(each.state, failed.sqlState());
        assertEquals(each.passing, failed.passing());
      }
    }
  }

  @Test void keepsControlCharactersAndFloodsOutOfMessages() throws Exception {
    var failed = refused(peer -> peer.send(error("FATAL", "XX000", "a\nb\33[1m" + "x".repeat(10_000))).stall());
    assertTrue(failed.getMessage().startsWith("a b [1mxxx") && failed.getMessage().length() < 600, failed.getMessage());
  }

  @Test void refusesAReplicaThatTakesNoWrites() throws Exception {
    for (String setting : List.of("in_hot_standby", "default_transaction_read_only")) {
      assertEquals(PostgresException.READ_ONLY, refused(peer -> {
        peer.startup();
        peer.send(joined(Wired.OK, Wired.status(setting, "on"), Wired.READY)).stall();
      }).getMessage());
    }
  }

  @Test void answersWithMd5WhereThatIsAllowed() throws Exception {
    var said = new CompletableFuture<String>();
    enters(peer -> {
      peer.startup();
      peer.send(message('R', int32(5), "salt"));
      said.complete(peer.request());
      peer.send(Wired.GREETING).stall();
    }, "allow_plain=true");
    // md5(md5("s3cr3t" "user") "salt"), as md5sum has it
    assertEquals("pmd5" + md5(md5("s3cr3tuser") + "salt") + "\0", said.get());
  }

  private static String md5(String text) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test void answersInClearTextWhereThatIsAllowed() throws Exception {
    var said = new CompletableFuture<String>();
    enters(peer -> {
      peer.startup();
      peer.send(message('R', int32(3)));
      said.complete(peer.request());
      peer.send(Wired.GREETING).stall();
    }, "allow_plain=true");
    assertEquals("ps3cr3t\0", said.get());
  }

  /// Nothing that a network may see goes out but what was said before.
  @Test void keepsThePasswordWhereANetworkWouldSeeIt() throws Exception {
    for (int how : new int[] {3, 5}) {
      var said = new CompletableFuture<String>();
      var failed = refused(peer -> {
        peer.startup();
        peer.send(message('R', int32(how), how == 5 ? "salt" : ""));
        try {
          said.complete(peer.request());
        } catch (IOException closed) {
          said.complete("");
        }
      });
      assertEquals("", said.get());
      assertEquals("the server wants a password " + (how == 3 ? "in clear text" : "by MD5")
          + ", which a network may see: expected scram-sha-256 in its pg_hba.conf, sslmode=require, or allow_plain=true", failed.getMessage());
      assertFalse(failed.passing());
    }
  }

  @Test void refusesAuthenticationThatItDoesNotKnow() throws Exception {
    assertEquals("the server wants authentication 7 (Kerberos, GSSAPI, SSPI or newer), expected scram-sha-256 in its pg_hba.conf",
        refused(peer -> peer.send(message('R', int32(7))).stall()).getMessage());
    assertEquals("the server offers [SCRAM-SHA-512], expected SCRAM-SHA-256", refused(peer -> peer.send(sasl("SCRAM-SHA-512")).stall()).getMessage());
    assertEquals("SCRAM goes on that did not begin", refused(peer -> peer.send(message('R', int32(11), "r=x")).stall()).getMessage());
    assertEquals("SCRAM goes on that did not begin", refused(peer -> peer.send(message('R', int32(12), "v=x")).stall()).getMessage());
    assertEquals("the server asks for a second proof",
        refused(peer -> peer.send(joined(message('R', int32(3)), sasl("SCRAM-SHA-256"))).stall(), "allow_plain=true").getMessage());
  }

  @Test void saysThatAPasswordIsMissing() throws Exception {
    try (var peer = Peer.playing(connection -> connection.send(sasl("SCRAM-SHA-256")).stall())) {
      var target = Target.parse(URI.create("postgres://u@127.0.0.1:" + peer.port() + "/?sslmode=disable"), _ -> null);
      assertEquals("the server wants a password for user 'u', and there is none: expected in the URI or in PGPASSWORD",
          assertThrows(PostgresException.class, () -> Session.open(target)).getMessage());
    }
  }

  private static byte[] sasl(String... mechanisms) { return message('R', int32(10), String.join("\0", mechanisms), "\0\0"); }

  /// The server's side of SCRAM, from RFC 5802, for the password `s3cr3t`; `forge` changes its last message, or takes it away with null.
  private static Peer.Script scram(UnaryOperator<String> forge, String... mechanisms) {
    return peer -> {
      peer.startup();
      peer.send(sasl(mechanisms));
      String initial = peer.request();
      String header = initial.substring(initial.indexOf("n,,"), initial.indexOf("n=,"));
      String bare = initial.substring(initial.indexOf("n=,"));
      String first = "r=" + bare.substring(5) + "more,s=" + SALT + ",i=4096";
      peer.trickle(message('R', int32(11), first));
      String last = peer.request().substring(1);
      String unproven = last.substring(0, last.indexOf(",p="));
      assertEquals("c=" + Base64.getEncoder().encodeToString(header.getBytes()) + "," + first.substring(0, first.indexOf(",s=")), unproven);
      byte[] said = (bare + "," + first + "," + unproven).getBytes();
      byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(new PBEKeySpec("s3cr3t".toCharArray(), Base64.getDecoder().decode(SALT), 4096, 256)).getEncoded();
      byte[] stored = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key".getBytes()));
      byte[] key = Base64.getDecoder().decode(last.substring(last.indexOf(",p=") + 3));
      byte[] signature = hmac(stored, said);
      for (int i = 0; i < key.length; i++) {
        key[i] ^= signature[i];
      }
      if (!Arrays.equals(stored, MessageDigest.getInstance("SHA-256").digest(key))) {
        peer.send(error("FATAL", "28P01", "password authentication failed for user \"user\""));
        return;
      }
      String proof = forge.apply("v=" + Base64.getEncoder().encodeToString(hmac(hmac(salted, "Server Key".getBytes()), said)));
      if (proof != null) {
        peer.send(message('R', int32(12), proof));
      }
      peer.send(Wired.GREETING).stall();
    };
  }

  private static byte[] hmac(byte[] key, byte[] data) throws Exception {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(data);
  }

  @Test void provesThatItKnowsThePasswordAndHoldsTheServerToIt() throws Exception {
    enters(scram(proof -> proof, "SCRAM-SHA-256"));
    enters(scram(proof -> proof, "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")); // the first needs TLS
    assertEquals("SCRAM: the server did not prove that it knows the password", refused(scram(proof -> "v=" + SALT, "SCRAM-SHA-256")).getMessage());
    assertEquals("SCRAM: the server did not prove that it knows the password", refused(scram(proof -> null, "SCRAM-SHA-256")).getMessage());
  }

  @Test void hearsThatThePasswordIsWrong() throws Exception {
    try (var peer = Peer.playing(scram(proof -> proof, "SCRAM-SHA-256"))) {
      var target = Target.parse(URI.create("postgres://user:wr0ng@127.0.0.1:" + peer.port() + "/?sslmode=disable"), _ -> null);
      var failed = assertThrows(PostgresException.class, () -> Session.open(target));
      assertEquals("28P01", failed.sqlState());
      assertFalse(failed.getMessage().contains("wr0ng"));
    }
  }

  @Test void entersNowhereUnboundWhereBindingIsRequired() throws Exception {
    String[] require = {"channel_binding=require", "allow_plain=true"};
    assertEquals("channel_binding=require needs TLS and SCRAM-SHA-256-PLUS, the server offers [SCRAM-SHA-256-PLUS, SCRAM-SHA-256] without TLS",
        refused(peer -> peer.send(sasl("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")).stall(), require).getMessage());
    assertEquals("channel_binding=require, and the server let this client in without", refused(peer -> peer.send(Wired.GREETING).stall(), require).getMessage());
    assertEquals("channel_binding=require, and the server wants a password in clear text, expected scram-sha-256 in its pg_hba.conf",
        refused(peer -> peer.send(message('R', int32(3))).stall(), require).getMessage());
  }

  @Test void goesOnWithoutTlsOnlyWhereThatWasSaid() throws Exception {
    Peer.Script none = peer -> {
      String said = peer.startup();
      if (said.equals("\4\u00d2\26/")) {
        peer.send("N");
        peer.startup();
      }
      peer.send(Wired.GREETING).stall();
    };
    enters(none, "sslmode=prefer");
    enters(none, "sslmode=allow");
    enters(none, "sslmode=disable");
    for (String mode : List.of("require", "verify-ca", "verify-full")) {
      assertEquals("the server does no TLS, which sslmode=" + mode + " wants: set ssl = on there", refused(none, "sslmode=" + mode).getMessage());
    }
  }

  @Test void asksForTlsOnceMoreWithoutWhereTheHandshakeFails() throws Exception {
    var asked = new AtomicInteger();
    Peer.Script broken = peer -> {
      if (peer.startup().equals("\4\u00d2\26/")) {
        asked.incrementAndGet();
        peer.send("SThis is no TLS").stall();
      } else {
        peer.send(Wired.GREETING).stall();
      }
    };
    enters(broken, "sslmode=prefer");
    assertEquals(1, asked.get());
    assertTrue(refused(broken, "sslmode=require").passing());
    assertEquals(2, asked.get());
  }

  @Test void asksWithTlsWhereItIsRefusedWithout() throws Exception {
    var asked = new AtomicInteger();
    assertEquals("28000", refused(peer -> {
      if (peer.startup().equals("\4\u00d2\26/")) {
        asked.incrementAndGet();
        peer.send("N");
      } else {
        peer.send(error("FATAL", "28000", "no pg_hba.conf entry"));
      }
    }, "sslmode=allow").getSuppressed()[0] instanceof PostgresException first ? first.sqlState() : "");
    assertEquals(1, asked.get());
  }

  @Test void refusesAPeerThatAnswersTheWishForTlsInAnotherWay() throws Exception {
    assertEquals("asked for TLS, the server says 0x48, expected S or N: this is no PostgreSQL",
        refused(peer -> peer.send("HTTP/1.1 400").stall(), "sslmode=require").getMessage());
    assertEquals("connection closed by the server where it was asked for TLS", refused(Peer.Connection::startup, "sslmode=require").getMessage());
    assertTrue(refused(Peer.Connection::stall, "sslmode=require", "connect_timeout=200ms").getMessage().startsWith("no answer within"));
  }

  @Test void saysThatNobodyListens() throws Exception {
    int port;
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    }
    var failed = assertThrows(PostgresException.class, () -> Session.open(Target.parse(URI.create("postgres://u@127.0.0.1:" + port + "/?sslmode=disable"), _ -> null)));
    assertTrue(failed.passing());
    assertEquals("Connection refused", failed.getMessage());
  }
}
