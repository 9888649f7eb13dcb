package uservice.redis;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.wire.Backoff;

/// A server: one connection that all callers share, made when it is needed and again when it is lost, and further ones
/// for commands that block.
///
/// ```
///             connect, HELLO 3 AUTH … SETNAME …, SELECT
///   absent ────────────────────────────────────────────▶ connected
///     ▲ │                                                   │ cut, late, wrong bytes, READONLY
///     │ └─ failed: for a while everybody fails at once ─────┤
///     └─────────────────────────────────────────────────────┘
/// ```
///
/// Between two attempts lie 50 ms, doubled with each failure up to 2 s, of which the half is up to chance.
final class Redis implements AutoCloseable {
  private static final Logger LOG = System.getLogger("uservice.redis");
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));
  private static final Duration FAREWELL = Duration.ofMillis(300);

  private final Settings settings;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile Connection shared;
  private volatile boolean closed;
  private boolean durabilityTold;
  private int failures;
  private long nextAttempt; // as System.nanoTime, where there were failures
  private RedisException lastFailure;

  Redis(Settings settings) { this.settings = settings; }

  Settings settings() { return settings; }

  boolean closed() { return closed; }

  /// Asks on the shared connection.
  Reply ask(Command command) throws RedisException, InterruptedException {
    return checked(connection(), command, settings.timeout());
  }

  /// Asks on a connection of the caller's own a command for which the server may take `wait`.
  Reply ask(Connection own, Command command, Duration wait) throws RedisException, InterruptedException {
    return checked(own, command, settings.timeout().plus(wait));
  }

  /// A refusal that will pass is an exception; the others are answers.
  private Reply checked(Connection connection, Command command, Duration time) throws RedisException, InterruptedException {
    Reply reply = connection.ask(command, time);
    if (reply instanceof Reply.Refused no && (Refusals.passing(no) || Refusals.elsewhere(no))) {
      if (Refusals.elsewhere(no)) {
        connection.close(); // the name may lead to the new primary by now
      }
      throw refused(no);
    }
    return reply;
  }

  private Connection connection() throws RedisException, InterruptedException {
    Connection now = shared;
    if (now != null && !now.broken()) {
      return now;
    }
    connecting.lockInterruptibly();
    try {
      if (shared == null || shared.broken()) {
        pace();
        shared = attempt("redis-read");
      }
      return shared;
    } finally {
      connecting.unlock();
    }
  }

  private void pace() throws RedisException {
    long left = nextAttempt - System.nanoTime();
    if (failures > 0 && left > 0) {
      throw lastFailure.again();
    }
  }

  private Connection attempt(String name) throws RedisException, InterruptedException {
    try {
      Connection made = connect(name);
      failures = 0;
      return made;
    } catch (RedisException failed) {
      lastFailure = failed;
      nextAttempt = System.nanoTime() + PAUSES.nanos(failures++);
      throw failed;
    }
  }

  /// Asks where there is a connection, for a moment, and does not care for the answer.
  void farewell(Command command) {
    Connection now = shared;
    if (now != null && !now.broken()) {
      try {
        now.ask(command, FAREWELL);
      } catch (RedisException away) {
        // Then it was no farewell.
      } catch (InterruptedException cut) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// A further connection, ready for commands; who asks for it closes it.
  Connection open(String name) throws RedisException, InterruptedException {
    connecting.lockInterruptibly();
    try {
      pace();
      return attempt(name);
    } finally {
      connecting.unlock();
    }
  }

  private Connection connect(String name) throws RedisException, InterruptedException {
    if (closed) {
      throw RedisException.unreachable("closed here", null);
    }
    Connection made;
    try {
      made = new Connection(settings.connect(), name);
    } catch (IOException failed) {
      throw RedisException.unreachable(why(failed), failed);
    }
    try {
      greet(made);
      tellDurability(made);
    } catch (RedisException failed) {
      made.close();
      throw failed.refused() ? failed : RedisException.unreachable(failed.getMessage(), failed);
    } catch (InterruptedException cut) {
      made.close();
      throw cut;
    }
    if (closed) {
      made.close();
    }
    return made;
  }

  private String why(IOException failed) {
    if (settings.unix().isPresent() && failed.getMessage().contains("No such file")) {
      return "there is no socket " + settings.unix().get();
    }
    if (settings.unix().isPresent() && failed.getMessage().contains("Permission denied")) {
      return "this user may not connect to " + settings.unix().get() + ", which belongs to " + owner(settings.unix().get());
    }
    if (settings.tls().isPresent() && (failed instanceof javax.net.ssl.SSLException || failed instanceof SocketTimeoutException late && late.getMessage().startsWith("no answer"))) {
      return "TLS: " + failed.getMessage() + (failed instanceof javax.net.ssl.SSLHandshakeException ? "" : "; a port without TLS is redis://");
    }
    return failed.getMessage() == null ? failed.toString() : failed.getMessage();
  }

  private static String owner(Path socket) {
    try {
      PosixFileAttributes attributes = Files.readAttributes(socket, PosixFileAttributes.class);
      return attributes.owner().getName() + ", group " + attributes.group().getName();
    } catch (IOException | UnsupportedOperationException unknown) {
      return "others";
    }
  }

  /// HELLO with everything in one step, for servers from 6 on; a proxy that does not know it is spoken to in RESP2.
  private void greet(Connection connection) throws RedisException, InterruptedException {
    var words = new ArrayList<>(List.of("3"));
    settings.password().ifPresent(password -> words.addAll(List.of("AUTH", settings.address().user().orElse("default"), password)));
    words.addAll(List.of("SETNAME", settings.client()));
    Reply hello = connection.ask(Command.of("HELLO", words), settings.timeout());
    if (hello instanceof Reply.Refused no) {
      boolean unknown = no.message().startsWith("ERR unknown command") || no.code().equals("NOPROTO");
      if (!unknown) {
        throw refused(no);
      }
      greetInResp2(connection);
    } else {
      judge(hello);
    }
    if (settings.database() != 0) {
      must(connection, Command.of("SELECT", settings.database()));
    }
  }

  private void greetInResp2(Connection connection) throws RedisException, InterruptedException {
    if (settings.password().isPresent()) {
      String password = settings.password().get();
      must(connection, settings.address().user().isPresent() ? Command.of("AUTH", settings.address().user().get(), password) : Command.of("AUTH", password));
    }
    connection.ask(Command.of("CLIENT", "SETNAME", settings.client()), settings.timeout()); // a convenience: no fault if refused
    must(connection, Command.of("PING"));
  }

  /// HELLO's answer says what the server is.
  private static void judge(Reply hello) throws RedisException {
    Map<String, String> facts = facts(hello);
    if ("cluster".equals(facts.get("mode"))) {
      throw RedisException.refused(Refusals.CLUSTER);
    }
    if ("sentinel".equals(facts.get("mode"))) {
      throw RedisException.refused("this is a sentinel: name the primary that it watches");
    }
    if (Set.of("replica", "slave").contains(facts.getOrDefault("role", "master"))) {
      throw RedisException.refused("this is a read-only replica: name the primary");
    }
  }

  private static Map<String, String> facts(Reply hello) {
    var facts = new HashMap<String, String>();
    if (hello instanceof Reply.Many(var items)) {
      for (int i = 0; i + 1 < items.size(); i += 2) {
        facts.put(items.get(i).string(), items.get(i + 1).string());
      }
    }
    return facts;
  }

  private void must(Connection connection, Command command) throws RedisException, InterruptedException {
    if (connection.ask(command, settings.timeout()) instanceof Reply.Refused no) {
      throw refused(no);
    }
  }

  private RedisException refused(Reply.Refused no) {
    String why = Refusals.explain(no, settings);
    return Refusals.passing(no) ? RedisException.unreachable(why, null) : RedisException.refused(why);
  }

  /// Says once what the server would lose. One that does not tell, for want of rights, is left in peace.
  private void tellDurability(Connection connection) throws RedisException, InterruptedException {
    if (!durabilityTold) {
      String persistence = connection.ask(Command.of("INFO", "persistence"), settings.timeout()).string();
      if (persistence.contains("aof_enabled:0")) {
        LOG.log(Level.WARNING, settings.where() + ": 'appendonly' is no: when the server ends, it loses what it was told since its last snapshot,"
            + " jobs and numbers that were acknowledged among it; set 'appendonly yes'");
      }
      String memory = connection.ask(Command.of("INFO", "memory"), settings.timeout()).string();
      if (memory.contains("maxmemory_policy:allkeys") && !memory.contains("maxmemory:0\r\n")) {
        LOG.log(Level.WARNING, settings.where() + ": 'maxmemory-policy' lets the server throw any key away when its memory is full, jobs and counts among"
            + " them; set 'maxmemory-policy noeviction'");
      }
      durabilityTold = true;
    }
  }

  /// Ends all use; whoever waits on the shared connection fails.
  @Override public void close() {
    closed = true;
    Connection now = shared;
    if (now != null) {
      now.close();
    }
  }
}
