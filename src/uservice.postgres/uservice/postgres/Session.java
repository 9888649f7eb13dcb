package uservice.postgres;

import module java.base;

import uservice.postgres.BackendMessage.*;
import uservice.postgres.FrontendMessage.*;
import uservice.postgres.Target.SslMode;
import uservice.wire.Wire;

import javax.net.ssl.SSLException;

/// One connection that is logged in. One thread at a time; another may [pulse][#pulse()] or close it.
///
/// Statements go out together, and with them one `Sync`: the server takes them as one transaction and says `ReadyForQuery` once that is
/// committed or rolled back. Until then nothing that it said counts.
///
/// ```
///   P B E  P B E  S  ──▶  ◀──  1 2 D D C  1 2 C  Z        done
///                         ◀──  1 2 E  Z                   an error: nothing of it was done
///                         ◀──  1 2 D  and silence         may have run: cancelled, and the connection is given up
/// ```
final class Session implements AutoCloseable {
  static final int PREPARED_MAX = 64;
  static final int ANSWER_BYTES_MAX = 64 << 20;
  /// Read-only, which another server may not be; statements that are not as they were prepared.
  static final Set<String> PARTING = Set.of("25006", "26000", "0A000");
  private static final Duration GOODBYE = Duration.ofMillis(200);

  private final Target target;
  private final Wire wire;
  private final boolean secured;
  private final MessageReader reader;
  private final Map<String, String> settings = new HashMap<>();
  private final LinkedHashMap<String, String> prepared = new LinkedHashMap<>(16, 0.75f, true);
  private final List<FrontendMessage> unsent = new ArrayList<>();
  private BackendKeyData key;
  private long names;
  private volatile boolean broken;

  private Session(Target target, Wire wire, boolean secured) {
    this.target = target;
    this.wire = wire;
    this.secured = secured;
    this.reader = new MessageReader(wire.in());
  }

  /// Connects and logs in, in the order of attempts that `sslmode` says.
  static Session open(Target target) throws PostgresException {
    boolean plainFirst = target.local() || target.sslMode == SslMode.DISABLE || target.sslMode == SslMode.ALLOW;
    boolean again = !target.local() && (target.sslMode == SslMode.ALLOW || target.sslMode == SslMode.PREFER);
    try {
      return attempt(target, !plainFirst, !again);
    } catch (PostgresException first) {
      if (!again || !first.sqlState().equals("28000") && !(first.getCause() instanceof SSLException)) {
        throw first;
      }
      try {
        return attempt(target, plainFirst, true);
      } catch (PostgresException second) {
        second.addSuppressed(first);
        throw second.getCause() == null ? second : first;
      }
    }
  }

  private static Session attempt(Target target, boolean tls, boolean must) throws PostgresException {
    long end = System.nanoTime() + target.connectTimeout.toNanos();
    Wire wire = null;
    boolean open = false;
    try {
      wire = target.connect();
      wire.within(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      var session = new Session(target, wire, tls && Login.secure(target, wire, must));
      session.logIn();
      wire.unbounded();
      open = true;
      return session;
    } catch (ProtocolException e) {
      throw PostgresException.refused(e.getMessage());
    } catch (IOException e) {
      throw PostgresException.unreachable(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } finally {
      if (wire != null && !open) {
        wire.close();
      }
    }
  }

  private void logIn() throws IOException, PostgresException {
    var login = new Login(target, wire, secured);
    login.begin();
    BackendMessage last;
    do {
      last = next();
      switch (last) {
        case Authentication request -> login.answer(request);
        case NegotiateProtocolVersion _ -> {} // the server knows 3.0, and less of what comes after it
        case ErrorResponse error -> throw PostgresException.of(error, false);
        case BackendMessage other -> throw unexpected(other);
      }
    } while (!(last instanceof AuthenticationOk));
    reader.started();
    do {
      last = next();
      switch (last) {
        case BackendKeyData data -> key = data;
        case ReadyForQuery _ -> {}
        case ErrorResponse error -> throw PostgresException.of(error, false);
        case BackendMessage other -> throw unexpected(other);
      }
    } while (!(last instanceof ReadyForQuery));
    if (settings.getOrDefault("in_hot_standby", "off").equals("on") || settings.getOrDefault("default_transaction_read_only", "off").equals("on")) {
      throw PostgresException.refused(PostgresException.READ_ONLY);
    }
  }

  /// Runs these statements as one transaction, and returns the rows of each.
  List<List<Row>> run(Statement... statements) throws PostgresException {
    var messages = new ArrayList<>(unsent);
    var parsed = new ArrayList<String>();
    unsent.clear();
    for (Statement statement : statements) {
      String name = prepared.get(statement.sql());
      if (name == null) {
        name = "s" + ++names;
        messages.add(new Parse(name, statement.sql()));
        prepared.put(statement.sql(), name);
        parsed.add(statement.sql());
      }
      messages.add(new Bind(name, statement.parameters()));
      messages.add(new Execute());
    }
    while (prepared.size() > PREPARED_MAX) {
      unsent.add(new Close(prepared.pollFirstEntry().getValue()));
    }
    messages.add(new Sync());
    try {
      return exchange(messages, statements.length, target.timeout);
    } catch (PostgresException e) {
      parsed.stream().map(prepared::remove).filter(Objects::nonNull).forEach(name -> unsent.add(new Close(name))); // there or not
      throw e;
    }
  }

  /// Runs SQL of any number of statements as one transaction, by the simple protocol.
  List<List<Row>> query(String sql) throws PostgresException { return exchange(List.of(new Query(sql)), -1, target.timeout); }

  /// Returns if the server answers.
  void validate() throws PostgresException { exchange(List.of(new Sync()), 0, target.connectTimeout); }

  private List<List<Row>> exchange(List<FrontendMessage> messages, int statements, Duration time) throws PostgresException {
    byte[] bytes = FrontendMessage.bytes(messages);
    boolean sent = false;
    boolean whole = broken;
    broken = true; // until all was read
    try {
      if (whole) {
        throw new EOFException("the connection was given up");
      }
      wire.within(time);
      unasked();
      sent = true;
      wire.out().write(bytes);
      wire.out().flush();
      var answers = new Answers(statements);
      while (answers.wants(answers.next())) {}
      wire.unbounded();
      return answers.complete;
    } catch (IOException e) {
      wire.close();
      if (e instanceof SocketTimeoutException) {
        Thread.ofVirtual().name("postgres-cancel").start(this::cancel);
      }
      throw sent ? PostgresException.unanswered(e) : PostgresException.unreachable(e.getMessage(), e);
    }
  }

  /// Hears what the server said meanwhile: a notice, a new setting, its farewell.
  private void unasked() throws IOException, PostgresException {
    while (reader.pending()) {
      switch (reader.read()) {
        case Asynchronous _ -> {}
        case ErrorResponse error -> throw PostgresException.of(error, false);
        case BackendMessage other -> throw unexpected(other);
      }
    }
  }

  /// What came for one `Sync` so far.
  private final class Answers {
    private final int statements; // below 0 where their number is not known
    private final List<List<Row>> complete = new ArrayList<>();
    private List<Row> rows = new ArrayList<>();
    private ErrorResponse error;
    private long bytes;

    private Answers(int statements) {
      this.statements = statements;
    }

    private BackendMessage next() throws IOException, PostgresException {
      try {
        return Session.this.next();
      } catch (IOException e) {
        if (error != null) {
          throw PostgresException.of(error, false); // it said no before it fell silent
        }
        throw e;
      }
    }

    /// Takes a message in; returns whether more are to come.
    private boolean wants(BackendMessage message) throws IOException, PostgresException {
      switch (message) {
        case DataRow(var columns, int size) when open() -> {
          bytes += size;
          if (bytes > ANSWER_BYTES_MAX) {
            throw new ProtocolException("an answer of more than " + ANSWER_BYTES_MAX + " bytes");
          }
          rows.add(new Row(columns));
        }
        case CommandComplete _, EmptyQueryResponse _ when open() -> {
          complete.add(rows);
          rows = new ArrayList<>();
        }
        case Step _, RowDescription _ -> {}
        case ErrorResponse said when said.fields().getOrDefault('V', said.fields().getOrDefault('S', "")).matches("FATAL|PANIC") -> {
          wire.close();
          throw PostgresException.of(said, error == null && complete.size() == statements); // its Sync may have been heard
        }
        case ErrorResponse said when error == null -> error = said;
        case ReadyForQuery(char status) when error != null -> {
          broken = status != 'I' || PARTING.contains(error.fields().getOrDefault('C', ""));
          throw PostgresException.of(error, false);
        }
        case ReadyForQuery(char status) when status == 'I' && rows.isEmpty() && (statements < 0 || complete.size() == statements) -> {
          broken = false;
          return false;
        }
        case BackendMessage other -> throw unexpected(other);
      }
      return true;
    }

    private boolean open() { return error == null && complete.size() != statements; }
  }

  /// The next message that is an answer.
  private BackendMessage next() throws IOException {
    while (true) {
      switch (reader.read()) {
        case ParameterStatus(var name, var value) -> {
          if (settings.size() < PREPARED_MAX) {
            settings.put(name, value);
          }
        }
        case Asynchronous _ -> {}
        case BackendMessage answer -> {
          return answer;
        }
      }
    }
  }

  private static ProtocolException unexpected(BackendMessage message) {
    return new ProtocolException("unexpected " + message.getClass().getSimpleName());
  }

  /// Waits for a notification and returns what it brings; empty where something else came, an answer to a [pulse][#pulse()] say.
  Optional<String> hear(Duration most) throws IOException {
    wire.within(most);
    return switch (reader.read()) {
      case NotificationResponse(_, _, var payload) -> Optional.of(payload);
      case Asynchronous _, ReadyForQuery _ -> Optional.empty();
      case BackendMessage other -> throw unexpected(other);
    };
  }

  /// Makes the server say something.
  void pulse() throws IOException {
    wire.out().write(FrontendMessage.bytes(List.of(new Sync())));
    wire.out().flush();
  }

  /// Tells the server, on a connection of its own, to end what nobody waits for any more. It may come too late.
  private void cancel() {
    if (key == null) {
      return;
    }
    try (Wire other = target.connect()) {
      other.within(target.connectTimeout);
      if (secured) {
        Login.secure(target, other, true);
      }
      other.out().write(FrontendMessage.bytes(List.of(new CancelRequest(key.process(), key.secret()))));
      other.out().flush();
      other.in().read(); // the server closes when it has passed it on
    } catch (IOException | PostgresException unheard) {
      // The server finds out when it answers.
    }
  }

  /// Whether nothing can be run here any more.
  boolean broken() { return broken; }

  @Override public void close() {
    try {
      if (!broken) {
        broken = true;
        wire.within(GOODBYE);
        wire.out().write(FrontendMessage.bytes(List.of(new Terminate())));
        wire.out().flush();
      }
    } catch (IOException gone) {
      // It was closed from the other side.
    }
    wire.close();
  }
}
