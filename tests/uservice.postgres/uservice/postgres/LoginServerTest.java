package uservice.postgres;

import module java.base;

import testing.PostgresServer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import uservice.counter.CounterException;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;

/// Every way in that a real server knows, and every way in which it says no.
@Timeout(120)
final class LoginServerTest {
  private static PostgresServer server;
  private static Path certificate;

  @BeforeAll static void start() throws Exception {
    server = PostgresServer.start("password_encryption=scram-sha-256", "max_connections=20");
    certificate = server.certificate();
    server.sql("CREATE ROLE plain LOGIN PASSWORD 's3cr3t'");
    server.sql("SET password_encryption = md5; CREATE ROLE old LOGIN PASSWORD 's3cr3t'");
    try (var session = Session.open(Wired.target(server))) {
      session.query("CREATE ROLE \"m\u00f6rk\" LOGIN PASSWORD 'pa\u00a0ss\u2168 \u00e9'; CREATE ROLE speakers; GRANT speakers TO \"m\u00f6rk\""); // prepared: pa ssIX é
    }
    server.sql("CREATE ROLE nobody NOLOGIN PASSWORD 's3cr3t'");
    server.access(
        "local all owner scram-sha-256",
        "local all plain password",
        "hostssl all tls 127.0.0.1/32 scram-sha-256",
        "hostnossl all bare 127.0.0.1/32 scram-sha-256",
        "host all plain 127.0.0.1/32 password",
        "host all old 127.0.0.1/32 md5",
        "host all free 127.0.0.1/32 trust",
        "host all owner,nobody,+speakers,reader 127.0.0.1/32 scram-sha-256");
    server.sql("CREATE ROLE tls LOGIN PASSWORD 's3cr3t'; CREATE ROLE bare LOGIN PASSWORD 's3cr3t'; CREATE ROLE free LOGIN; CREATE ROLE reader LOGIN PASSWORD 's3cr3t'");
  }

  @AfterAll static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static Target as(String user, String... parameters) {
    return Target.parse(URI.create("postgres://" + user + ":s3cr3t@127.0.0.1:" + server.port() + "/postgres?" + PostgresServer.query(parameters)), _ -> null);
  }

  /// Whether the session that this target opens has TLS, as the server sees it.
  private static boolean secured(Target target) throws Exception {
    try (var session = Session.open(target)) {
      return session.run(Statement.of("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).getFirst().getFirst().text(0).equals("t");
    }
  }

  private static String no(Target target) {
    var failed = assertThrows(PostgresException.class, () -> Session.open(target).close());
    assertFalse(failed.mayHaveRun());
    assertFalse(failed.getMessage().contains("s3cr3t") || failed.getMessage().contains("wr0ng"), failed.getMessage());
    return failed.getMessage();
  }

  @Test void entersByScramWithAndWithoutTls() throws Exception {
    assertFalse(secured(Wired.target(server, "sslmode=disable")));
    assertFalse(secured(Wired.target(server, "sslmode=allow")));
    assertTrue(secured(Wired.target(server, "sslmode=prefer")));
    assertTrue(secured(Wired.target(server, "sslmode=require")));
    assertTrue(secured(Wired.target(server, "sslmode=verify-ca", "sslrootcert=" + certificate)));
    assertTrue(secured(Target.parse(URI.create(server.uri("sslmode=verify-full", "sslrootcert=" + certificate).toString().replace("127.0.0.1", "localhost")), _ -> null)));
  }

  @Test void tiesThePasswordToTheConnection() throws Exception {
    assertTrue(secured(Wired.target(server, "sslmode=require", "channel_binding=require")));
    assertTrue(secured(Wired.target(server, "sslmode=require", "channel_binding=disable")));
    assertTrue(no(Wired.target(server, "sslmode=disable", "channel_binding=require")).startsWith("channel_binding=require needs TLS"));
  }

  @Test void takesTheOtherWayWhereTheServerWantsIt() throws Exception {
    assertTrue(secured(as("tls", "sslmode=allow")));
    assertFalse(secured(as("bare", "sslmode=prefer")));
    assertTrue(no(as("tls", "sslmode=disable")).contains("(28000); the role must exist and may log in"));
    assertTrue(no(as("bare", "sslmode=require")).contains("(28000); the role must exist and may log in"));
  }

  @Test void believesOnlyACertificateItWasTold() throws Exception {
    assertTrue(no(Wired.target(server, "sslmode=verify-ca")).matches("(?i).*(certification path|PKIX).*"));
    assertTrue(no(Wired.target(server, "sslmode=verify-full", "sslrootcert=" + certificate)).matches("(?i).*(subject alternative|127\\.0\\.0\\.1).*"));
  }

  @Test void entersByMd5AndClearTextOnlyWhereNobodySees() throws Exception {
    for (String user : List.of("plain", "old")) {
      assertTrue(secured(as(user, "sslmode=require")));
      assertFalse(secured(as(user, "sslmode=disable", "allow_plain=true")));
      assertTrue(no(as(user, "sslmode=disable")).contains("which a network may see"));
      assertTrue(no(as(user, "sslmode=require", "channel_binding=require")).startsWith("channel_binding=require, and the server wants a password"));
    }
    assertTrue(no(as("free", "channel_binding=require", "sslmode=require")).startsWith("channel_binding=require, and the server let this client in without"));
    assertFalse(secured(as("free", "sslmode=disable")));
  }

  @Test void entersByAUnixSocket() throws Exception {
    for (String user : List.of("owner:" + PostgresServer.SECRET, "plain:s3cr3t")) {
      var target = Target.parse(URI.create("postgres://" + user + "@:" + server.port() + "/postgres?sslmode=require&host=" + server.folder()), _ -> null);
      try (var session = Session.open(target)) {
        assertTrue(session.run(Statement.of("SELECT inet_client_addr()")).getFirst().getFirst().isNull(0));
      }
    }
  }

  @Test void entersWithAPasswordBeyondAscii() throws Exception {
    for (String password : List.of("pa%C2%A0ss%E2%85%A8%20%C3%A9", "pa%20ssIX%20e%CC%81")) {
      Session.open(Target.parse(URI.create("postgres://m%C3%B6rk:" + password + "@127.0.0.1:" + server.port() + "/postgres"), _ -> null)).close();
    }
  }

  @Test void saysWhatIsWrongAndWhatWouldBeRight() throws Exception {
    String wrong = no(Target.parse(URI.create("postgres://owner:wr0ng@127.0.0.1:" + server.port() + "/postgres"), _ -> null));
    assertEquals("password authentication failed for user \"owner\" (28P01); must be the user's password, in the URI or in PGPASSWORD", wrong);
    assertTrue(no(Target.parse(URI.create(server.uri().toString().replace("/postgres?", "/absent?")), _ -> null))
        .startsWith("database \"absent\" does not exist (3D000); the database must exist"));
    assertTrue(no(as("absent")).contains("(28000); the role must exist"));
    assertTrue(no(as("nobody")).matches(".*\\((28000|28P01)\\).*"));
    assertTrue(no(Target.parse(URI.create("postgres://owner@127.0.0.1:" + server.port() + "/postgres"), _ -> null)).contains("there is none: expected in the URI or in PGPASSWORD"));
  }

  @Test void saysWhichRightIsMissing() throws Exception {
    server.sql("CREATE DATABASE strict");
    server.sql("strict", "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    var uri = URI.create("postgres://reader:s3cr3t@127.0.0.1:" + server.port() + "/strict");
    try (var counter = new PostgresBackend().open(uri, 5); var queue = new PostgresBackend().open(uri, QueueOptions.defaults())) {
      String wish = "permission denied for schema public (42501); the role must have the right: grant it, or let the tables' owner make them first";
      assertEquals("postgres://127.0.0.1:" + server.port() + "/strict: refused: " + wish, assertThrows(CounterException.class, counter::next).getMessage());
      var failed = assertThrows(QueueException.class, queue::stats);
      assertEquals("postgres://127.0.0.1:" + server.port() + "/strict: refused: " + wish, failed.getMessage());
      assertFalse(failed.retrySafe());
      server.sql("strict", "CREATE TABLE uservice_counter (name text PRIMARY KEY, value bigint NOT NULL)");
      assertTrue(assertThrows(CounterException.class, counter::next).getMessage().contains("permission denied for table uservice_counter (42501)"));
      server.sql("strict", "GRANT SELECT, INSERT, UPDATE ON uservice_counter TO reader"); // the owner made it: no CREATE is needed
      assertEquals(OptionalLong.of(1), counter.next());
    }
  }

  @Test void refusesADatabaseThatTakesNoWrites() throws Exception {
    server.sql("CREATE DATABASE readonly");
    var uri = URI.create(server.uri().toString().replace("/postgres?", "/readonly?"));
    try (var counter = new PostgresBackend().open(uri, 5)) {
      counter.next();
      server.sql("ALTER DATABASE readonly SET default_transaction_read_only = on");
      try (var late = new PostgresBackend().open(uri, 5)) {
        assertTrue(assertThrows(CounterException.class, late::next).getMessage().endsWith("refused: " + PostgresException.READ_ONLY));
        server.sql("ALTER DATABASE readonly SET default_transaction_read_only = off");
        assertEquals(OptionalLong.of(2), eventually(late::next));
      }
    }
  }

  @Test void tellsAReadOnlyTransactionAndLooksElsewhereAfterwards() throws Exception {
    try (var session = Session.open(Wired.target(server))) {
      session.query("SET default_transaction_read_only = on");
      var failed = assertThrows(PostgresException.class, () -> session.run(Statement.of("CREATE TABLE no ()")));
      assertEquals("cannot execute CREATE TABLE in a read-only transaction (25006); " + PostgresException.READ_ONLY, failed.getMessage());
      assertTrue(session.broken());
    }
  }

  @Test void comesBackWhereTooManyWereThere() throws Exception {
    var crowd = new ArrayList<Session>();
    try (var counter = new PostgresBackend().open(server.uri("name=crowded"), 5)) {
      var full = assertThrows(PostgresException.class, () -> {
        while (true) {
          crowd.add(Session.open(as("tls", "sslmode=require")));
        }
      });
      assertEquals("53300", full.sqlState());
      assertTrue(full.passing());
      crowd.forEach(Session::close);
      crowd.clear();
      assertEquals(OptionalLong.of(1), eventually(counter::next));
    } finally {
      crowd.forEach(Session::close);
    }
  }

  /// What `call` gives once it stops to fail; the back-off is bounded.
  private static <T> T eventually(Callable<T> call) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        return call.call();
      } catch (CounterException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(5);
      }
    }
  }

  @Test void endsStatementsThatTakeTooLong() throws Exception {
    try (var session = Session.open(Wired.target(server, "timeout=300ms"))) {
      long process = session.run(Statement.of("SELECT pg_backend_pid()")).getFirst().getFirst().number(0);
      assertTrue(assertThrows(PostgresException.class, () -> session.run(Statement.of("SELECT pg_sleep(600)"))).mayHaveRun());
      try (var other = Session.open(Wired.target(server))) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!other.run(Statement.of("SELECT FROM pg_stat_activity WHERE pid = $1::int AND state = 'active'", process)).getFirst().isEmpty()) {
          assertTrue(System.nanoTime() < end, "the statement was not cancelled");
          Thread.sleep(5);
        }
      }
    }
  }

  @Test void carriesEveryValue() throws Exception {
    var bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    try (var session = Session.open(Wired.target(server))) {
      var row = session.run(Statement.of("SELECT $1::text, $2::bytea[], ($2::bytea[])[1], $3::text[], ($3::text[])[1], $4::bigint, $5::text, $6::boolean",
          "ä\"\\'{}\n€😀", List.of(bytes, new byte[0]), List.of("a\"b\\c,{}€", "NULL", ""), Long.MIN_VALUE, null, true)).getFirst().getFirst();
      assertEquals("ä\"\\'{}\n€😀", row.text(0));
      assertEquals(HexFormat.of().formatHex(bytes), HexFormat.of().formatHex(row.bytes(2)));
      assertEquals("{\"a\\\"b\\\\c,{}€\",\"NULL\",\"\"}", row.text(3));
      assertEquals("a\"b\\c,{}€", row.text(4));
      assertEquals(Long.MIN_VALUE, row.number(5));
      assertTrue(row.isNull(6));
      assertEquals("t", row.text(7));
    }
  }

  @Test void opensNothingAtOpening() {
    assumeTrue(server != null);
    new PostgresBackend().open(URI.create("postgres://127.0.0.1:1/none"), 5).close();
    new PostgresBackend().open(URI.create("postgresql://127.0.0.1:1/none"), QueueOptions.defaults()).close();
    assertThrows(IllegalArgumentException.class, () -> new PostgresBackend().open(URI.create("postgres://h/?pool=x"), 5));
    assertEquals(Set.of("postgres", "postgresql"), new PostgresBackend().schemes());
  }
}
