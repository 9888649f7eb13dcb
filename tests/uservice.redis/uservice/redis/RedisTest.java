package uservice.redis;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Certificates;
import testing.LogLines;
import testing.RedisServer;
import testing.ScriptedPeer;

/// How a connection is made, and what is said where it is not.
@Timeout(120)
class RedisTest {
  private static final Command PING = Command.of("PING");

  @TempDir Path folder;

  private static Settings settings(String uri) { return Settings.of(URI.create(uri), "queue"); }

  private static Settings to(ScriptedPeer peer, String rest) { return settings("redis://" + rest.replace("HOST", "127.0.0.1:" + peer.port())); }

  private static String fails(Settings settings) {
    try (var redis = new Redis(settings)) {
      return assertThrows(RedisException.class, () -> redis.ask(PING)).getMessage();
    }
  }

  // ---- URIs ----

  @Test void readsAUri() {
    Settings all = settings("redis://us%65r:p%3Aw@h:7000/3?name=orders&timeout=500ms&connect_timeout=1s&client=me");
    assertEquals(Optional.of("user"), all.address().user());
    assertEquals(Optional.of("p:w"), all.password());
    assertEquals(3, all.database());
    assertEquals("uservice:queue:orders", all.keys());
    assertEquals(Duration.ofMillis(500), all.timeout());
    assertEquals(Duration.ofSeconds(1), all.connectTimeout());
    assertEquals("me", all.client());
    assertEquals("redis://h:7000/3", all.where());
    Settings least = settings("redis://h");
    assertEquals(6379, least.address().port());
    assertEquals(0, least.database());
    assertEquals("uservice:queue:default", least.keys());
    assertEquals(Optional.empty(), least.tls());
    assertTrue(settings("rediss://h?tls_verify=chain").tls().isPresent());
    assertEquals(Optional.of(Path.of("/run/r.sock")), settings("redis+unix:///run/r.sock?db=2").unix());
    assertEquals(2, settings("redis+unix:///run/r.sock?db=2").database());
  }

  @Test void refusesAUriThatMakesNoSense() throws Exception {
    refuses("names no host, must look like redis://host:6379/0", "redis:///1");
    refuses("database is 'x', must be a number, 0 where it is left out", "redis://h/x");
    refuses("unknown parameter 'tls_ca', known: client, connect_timeout, name, password_file, timeout", "redis://h?tls_ca=/x");
    refuses("parameter 'tls_verify' is 'no', must be full, chain or none", "rediss://h?tls_verify=no");
    refuses("must look like redis+unix:///run/redis.sock?db=0", "redis+unix://host/run/r.sock");
    refuses("parameter 'name' is 'a b', must be 1 to 200 printable characters without spaces", "redis://h?name=a%20b");
    refuses("password_file " + folder.resolve("none") + ": no such file", "redis://h?password_file=" + folder.resolve("none"));
    Path file = Files.writeString(folder.resolve("secret"), "geheim\n");
    assertEquals(Optional.of("geheim"), settings("redis://h?password_file=" + file).password());
    refuses("has a password and a password_file, must be one of them", "redis://:x@h?password_file=" + file);
  }

  private static void refuses(String message, String uri) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, () -> settings(uri)).getMessage());
  }

  // ---- against a script ----

  private static final String HELLO = "%3\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$5\r\nproto\r\n:3\r\n$4\r\nrole\r\n$6\r\nmaster\r\n";

  private static void persistence(ScriptedPeer.Connection c) throws IOException {
    c.readUntil("persistence\r\n");
    c.send("$15\r\naof_enabled:1\r\n\r\n");
    c.readUntil("memory\r\n");
    c.send("$0\r\n\r\n");
  }

  @Test void greetsWithEverythingInOneStep() throws Exception {
    var got = new CompletableFuture<String>();
    try (var peer = ScriptedPeer.playing(c -> {
      c.readUntil("\r\nuservice\r\n");
      c.send(HELLO);
      c.readUntil("\r\n3\r\n");
      c.send("+OK\r\n");
      persistence(c);
      got.complete(c.received());
      c.readUntil("PING\r\n");
      c.send("+PONG\r\n").stall();
    }); var redis = new Redis(to(peer, "user:geheim@HOST/3"))) {
      assertEquals("PONG", redis.ask(PING).string());
      assertEquals("*7\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$4\r\nuser\r\n$6\r\ngeheim\r\n$7\r\nSETNAME\r\n$8\r\nuservice\r\n"
          + "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*2\r\n$4\r\nINFO\r\n$11\r\npersistence\r\n*2\r\n$4\r\nINFO\r\n$6\r\nmemory\r\n", got.get());
    }
  }

  @Test void speaksResp2WithAProxyThatDoesNotKnowHello() throws Exception {
    var got = new CompletableFuture<String>();
    try (var peer = ScriptedPeer.playing(c -> {
      c.readUntil("\r\nuservice\r\n");
      c.send("-ERR unknown command 'HELLO', with args beginning with: '3'\r\n");
      c.readUntil("geheim\r\n");
      c.send("+OK\r\n");
      c.readUntil("uservice\r\n");
      c.send("-ERR unknown command 'CLIENT'\r\n");
      c.readUntil("PING\r\n");
      c.send("+PONG\r\n");
      got.complete(c.received());
      persistence(c);
      c.readUntil("PING\r\n");
      c.send("+PONG\r\n").stall();
    }); var redis = new Redis(to(peer, ":geheim@HOST"))) {
      assertEquals("PONG", redis.ask(PING).string());
      assertTrue(got.get().endsWith("*2\r\n$4\r\nAUTH\r\n$6\r\ngeheim\r\n*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$8\r\nuservice\r\n*1\r\n$4\r\nPING\r\n"), got.get());
    }
  }

  /// What a server may say to a greeting, and what is told of it.
  @Test void explainsWhatTheServerSays() throws Exception {
    var explained = new LinkedHashMap<String, String>();
    explained.put("-NOAUTH HELLO must be called with the client already authenticated\r\n",
        "a password is needed: redis://:PASSWORD@… or ://USER:PASSWORD@…");
    explained.put("-WRONGPASS invalid username-password pair or user is disabled.\r\n", "user or password are wrong (user 'user')");
    explained.put("-LOADING Redis is loading the dataset in memory\r\n", "it is still loading its data");
    explained.put("-ERR max number of clients reached\r\n", "it has as many clients as its maxclients allows");
    explained.put("-DENIED Redis is running in protected mode because protected mode is enabled\r\n",
        "DENIED Redis is running in protected mode because protected mode is enabled");
    explained.put("-MOVED 3999 127.0.0.1:6381\r\n", Refusals.CLUSTER);
    explained.put("%1\r\n+mode\r\n+cluster\r\n", Refusals.CLUSTER);
    explained.put("%1\r\n+mode\r\n+sentinel\r\n", "this is a sentinel: name the primary that it watches");
    explained.put("*2\r\n+role\r\n+replica\r\n", "this is a read-only replica: name the primary");
    explained.put("HTTP/1.1 400 Bad Request\r\n", "reply type 0x48 at byte 0, expected one of + - : $ * _ # , ( ! = % ~ > |");
    explained.put("", "the server closed the connection");
    for (var each : explained.entrySet()) {
      try (var peer = ScriptedPeer.playing(c -> {
        c.readUntil("\r\nuservice\r\n");
        c.send(each.getKey());
        if (!each.getKey().isEmpty()) {
          c.stall();
        }
      })) {
        String message = fails(to(peer, "user:geheim@HOST"));
        assertEquals(each.getValue(), message, each.getKey());
        assertFalse(message.contains("geheim"));
      }
    }
  }

  @Test void explainsWhatCommandsAreRefusedFor() {
    Settings settings = settings("redis://h?name=orders");
    var explained = new LinkedHashMap<String, String>();
    explained.put("READONLY You can't write against a read only replica.", "this is a read-only replica: name the primary");
    explained.put("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
        "it takes no writes, since it cannot save them to disk (full, or not writable): MISCONF Redis is configured to save RDB snapshots, but it's"
            + " currently unable to persist to disk.");
    explained.put("OOM command not allowed when used memory > 'maxmemory'.", "it has used up its maxmemory: raise it, or take jobs out");
    explained.put("WRONGTYPE Operation against a key holding the wrong kind of value",
        "a key that begins with 'uservice:queue:orders' holds something else: choose another by ?name=…");
    explained.put("ERR Error running script (call to f_1): @user_script:3: WRONGTYPE Operation against a key", // up to version 6
        "a key that begins with 'uservice:queue:orders' holds something else: choose another by ?name=…");
    explained.put("ERR DB index is out of range", "there is no database 0: its setting 'databases' says how many there are, 16 where it says nothing");
    explained.put("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
        "it has no password, and the URI has one: leave it out, or set requirepass");
    explained.put("CLUSTERDOWN Hash slot not served", Refusals.CLUSTER);
    explained.put("WHATEVER it says", "WHATEVER it says");
    explained.forEach((said, told) -> assertEquals(told, Refusals.explain(new Reply.Refused(said), settings)));
    assertEquals(301, Refusals.explain(new Reply.Refused("NEW " + "x".repeat(9_999)), settings).length());
  }

  @Test void failsAtOnceBetweenAttemptsAndComesBackByItself() throws Exception {
    var up = new AtomicBoolean();
    try (var peer = ScriptedPeer.playing(c -> {
      if (!up.get()) {
        return;
      }
      c.readUntil("\r\nuservice\r\n");
      c.send(HELLO);
      persistence(c);
      while (true) {
        c.readUntil("PING\r\n");
        c.send("+PONG\r\n");
      }
    }); var redis = new Redis(to(peer, "HOST"))) {
      long begin = System.nanoTime();
      int asked = 0;
      while (System.nanoTime() - begin < 300_000_000) {
        var failed = assertThrows(RedisException.class, () -> redis.ask(PING));
        assertFalse(failed.mayHaveRun());
        asked++;
      }
      assertTrue(peer.accepted() <= 8, peer.accepted() + " attempts in 0.3 s");
      assertTrue(asked > 100, "the others did not wait: " + asked);
      up.set(true);
      while (true) { // bounded by the test's timeout
        try {
          assertEquals("PONG", redis.ask(PING).string());
          break;
        } catch (RedisException notYet) {
          Thread.sleep(5);
        }
      }
    }
  }

  @Test void afterAFailoverItConnectsAnew() throws Exception {
    var connections = new AtomicInteger();
    try (var peer = ScriptedPeer.playing(c -> {
      boolean first = connections.getAndIncrement() == 0;
      c.readUntil("\r\nuservice\r\n");
      c.send(HELLO);
      if (first) {
        persistence(c);
      }
      c.readUntil("PING\r\n");
      c.send(first ? "-READONLY You can't write against a read only replica.\r\n" : "+PONG\r\n").stall();
    }); var redis = new Redis(to(peer, "HOST"))) {
      assertEquals("this is a read-only replica: name the primary", assertThrows(RedisException.class, () -> redis.ask(PING)).getMessage());
      assertEquals("PONG", redis.ask(PING).string());
    }
  }

  @Test void namesWhoDoesNotListen() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertEquals("Connection refused", fails(settings("redis://127.0.0.1:" + port)));
    assertEquals("there is no socket " + folder.resolve("none.sock"), fails(settings("redis+unix://" + folder.resolve("none.sock"))));
    assertEquals("no host is called 'nowhere.invalid'", fails(settings("redis://nowhere.invalid")));
  }

  @Test void tlsOnAPlainPortIsNamed() throws Exception {
    try (var peer = ScriptedPeer.playing(c -> c.send("-ERR Protocol error\r\n").stall())) {
      String told = fails(settings("rediss://127.0.0.1:" + peer.port() + "?tls_verify=none"));
      assertTrue(told.startsWith("TLS: ") && told.endsWith("; a port without TLS is redis://"), told);
    }
  }

  // ---- against the real server ----

  @Test void saysWhatIsWrongWithARealServer() throws Exception {
    try (var server = RedisServer.start(folder, "--requirepass", "geheim", "--databases", "4", "--aclfile", "")) {
      String at = "127.0.0.1:" + server.port();
      assertEquals("a password is needed: redis://:PASSWORD@… or ://USER:PASSWORD@…", fails(settings("redis://" + at)));
      assertEquals("user or password are wrong (user 'default')", fails(settings("redis://:falsch@" + at)));
      assertEquals("user or password are wrong (user 'nobody')", fails(settings("redis://nobody:geheim@" + at)));
      assertEquals("there is no database 4: its setting 'databases' says how many there are, 16 where it says nothing", fails(settings("redis://:geheim@" + at + "/4")));
      try (var redis = new Redis(settings("redis://:geheim@" + at + "/3"))) {
        assertEquals("PONG", redis.ask(PING).string());
        String name = redis.ask(Command.of("CLIENT", "GETNAME")).string();
        assertEquals("uservice", name);
      }
    }
  }

  @Test void readOnlyReplicaAndClusterNodeAreNamed() throws Exception {
    try (var replica = RedisServer.start(folder.resolve("replica"), "--replicaof", "127.0.0.1 1");
        var node = RedisServer.start(folder.resolve("node"), "--cluster-enabled", "yes")) {
      assertEquals("this is a read-only replica: name the primary", fails(Settings.of(replica.uri(""), "queue")));
      assertEquals(Refusals.CLUSTER, fails(Settings.of(node.uri(""), "queue")));
    }
  }

  @Test void speaksTlsAndVerifiesAsTold() throws Exception {
    Certificates own = Certificates.make(folder, "localhost");
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (var server = RedisServer.start(folder, "--tls-port", "" + port, "--tls-cert-file", own.certificate().toString(), "--tls-key-file", own.key().toString(),
        "--tls-ca-cert-file", own.certificate().toString(), "--tls-auth-clients", "yes")) {
      String client = "&tls_cert=" + own.certificate() + "&tls_key=" + own.key();
      try (var redis = new Redis(settings("rediss://localhost:" + port + "?tls_ca=" + own.certificate() + client))) {
        assertEquals("PONG", redis.ask(PING).string());
      }
      String unknown = fails(settings("rediss://localhost:" + port + "?" + client.substring(1)));
      assertTrue(unknown.startsWith("TLS: ") && unknown.contains("certification path"), unknown);
      String plain = fails(settings("rediss://localhost:" + server.port() + "?tls_verify=none&connect_timeout=500ms"));
      assertEquals("TLS: no answer within 500 ms; a port without TLS is redis://", plain);
    }
  }

  @Test void connectsToAUnixSocket() throws Exception {
    Path socket = folder.resolve("r.sock");
    try (var server = RedisServer.start(folder, "--unixsocket", socket.toString()); var redis = new Redis(settings("redis+unix://" + socket + "?db=2&timeout=60s&connect_timeout=60s"))) {
      redis.ask(Command.of("SET", "a", "b"));
      assertEquals("b", server.cli("-n", "2", "GET", "a"));
    }
  }

  // ---- what a server may lose ----

  @Test void warnsOnceOfAServerThatMayForget() throws Exception {
    String policy = ": 'maxmemory-policy' lets the server throw any key away when its memory is full, jobs and counts among them; set 'maxmemory-policy noeviction'";
    try (var server = RedisServer.start(folder, "--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru");
         var log = new LogLines("uservice.redis"); var redis = new Redis(settings(server.uri("").toString()))) {
      redis.ask(PING);
      server.kill();
      server.start();
      for (boolean back = false; !back; ) {
        try {
          redis.ask(PING);
          back = true;
        } catch (RedisException notYet) {
          Thread.sleep(10);
        }
      }
      String where = "WARNING redis://127.0.0.1:" + server.port();
      List<String> warnings = log.lines().stream().filter(line -> line.startsWith("WARNING") && line.contains("; set ")).toList();
      assertEquals(List.of(where + ": 'appendonly' is no: when the server ends, it loses what it was told since its last snapshot, jobs and numbers that were"
          + " acknowledged among it; set 'appendonly yes'", where + policy), warnings);
    }
  }

  @Test void keepsQuietAboutAServerThatKeepsAll() throws Exception {
    try (var server = RedisServer.start(folder, "--maxmemory-policy", "allkeys-lru"); // with no limit, nothing is thrown away
         var log = new LogLines("uservice.redis"); var redis = new Redis(settings(server.uri("").toString()))) {
      redis.ask(PING);
      assertEquals(List.of(), log.lines().stream().filter(line -> line.startsWith("WARNING")).toList());
    }
  }
}
