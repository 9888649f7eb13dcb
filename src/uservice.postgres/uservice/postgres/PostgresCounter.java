package uservice.postgres;

import module java.base;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

import uservice.counter.BoundedCounter;
import uservice.counter.CounterException;

/// A counter in a row of a table.
///
/// Who asks while a statement is under way waits for the next, which takes numbers for all of them: one commit, and one turn at the
/// row's lock, for as many numbers as there are callers. A statement takes exactly as many as it was told, or none, so that the numbers
/// follow from the value it leaves.
final class PostgresCounter implements BoundedCounter {
  private static final Logger LOG = System.getLogger("uservice.postgres");
  static final int TOGETHER_MAX = 1_000;
  static final int WAITING_MAX = 100_000;
  static final int BEGINNINGS_MAX = 3;
  private static final String SCHEMA = "CREATE TABLE IF NOT EXISTS uservice_counter (name text PRIMARY KEY, value bigint NOT NULL)";
  private static final String LOSS = "it may give numbers a second time";

  // The value afterwards; nothing where so many are not left; -1 where the row is not there.
  private static final String TAKE = """
      WITH taken AS (UPDATE uservice_counter SET value = value + $2 WHERE name = $1 AND value <= $3::bigint - $2 RETURNING value)
      SELECT value FROM taken
      UNION ALL SELECT -1 WHERE NOT EXISTS (SELECT FROM uservice_counter WHERE name = $1)""";
  private static final String BEGIN = "INSERT INTO uservice_counter (name, value) VALUES ($1, 0) ON CONFLICT DO NOTHING";
  private static final String VALUE = "SELECT value FROM uservice_counter WHERE name = $1";
  private static final String RESET = "INSERT INTO uservice_counter (name, value) VALUES ($1, 0) ON CONFLICT (name) DO UPDATE SET value = 0";

  private final Database database;
  private final String name;
  private final long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<CompletableFuture<OptionalLong>> waiting = new ArrayDeque<>();
  private boolean serving;
  private int appetite = TOGETHER_MAX; // how many were there to be taken, of late

  PostgresCounter(Target target, long limit) {
    this.database = new Database(target, SCHEMA, LOSS);
    this.name = target.name;
    this.limit = limit;
  }

  @Override public OptionalLong next() throws CounterException {
    var asked = new CompletableFuture<OptionalLong>();
    lock.lock();
    try {
      check();
      if (waiting.size() == WAITING_MAX) {
        throw CounterException.unreachable(where(), new IOException(WAITING_MAX + " callers wait already"));
      }
      waiting.add(asked);
      if (!serving) {
        serving = true;
        Thread.ofVirtual().name("postgres-counter").start(this::serve);
      }
    } finally {
      lock.unlock();
    }
    try {
      return asked.join(); // what is done for it is bounded in time
    } catch (CompletionException e) {
      if (e.getCause() instanceof PostgresException known) {
        throw told(known);
      }
      throw new IllegalStateException("BUG: " + e.getCause(), e.getCause());
    }
  }

  /// Answers those who wait until nobody does.
  private void serve() {
    for (var together = together(); !together.isEmpty(); together = together()) {
      var asked = new ArrayDeque<>(together);
      try {
        database.run(session -> take(session, asked));
      } catch (PostgresException | RuntimeException e) {
        if (e instanceof PostgresException known && known.mayHaveRun()) {
          LOG.log(Level.WARNING, where() + ": an answer was lost, and up to " + asked.size() + " numbers with it: " + e.getMessage());
        }
        asked.forEach(each -> each.completeExceptionally(e));
      }
    }
  }

  private List<CompletableFuture<OptionalLong>> together() {
    lock.lock();
    try {
      var together = new ArrayList<CompletableFuture<OptionalLong>>();
      while (!waiting.isEmpty() && together.size() < TOGETHER_MAX) {
        together.add(waiting.remove());
      }
      serving = !together.isEmpty();
      return together;
    } finally {
      lock.unlock();
    }
  }

  /// Takes numbers for all that ask; those who got one leave the row, so that a fault is the fault of the others alone.
  private Void take(Session session, ArrayDeque<CompletableFuture<OptionalLong>> asked) throws PostgresException {
    int begun = 0;
    while (!asked.isEmpty()) {
      int many = (int) Math.min(limit, Math.min(asked.size(), appetite));
      List<Row> answer = session.run(Statement.of(TAKE, name, many, limit)).getFirst();
      long value = answer.isEmpty() ? 0 : answer.getFirst().number(0);
      if (value < 0) {
        if (begun++ == BEGINNINGS_MAX) {
          throw PostgresException.refused("the row of counter '" + name + "' goes as soon as it is there, must stay");
        }
        session.run(Statement.of(BEGIN, name));
      } else if (value > 0) {
        for (long number = value - many + 1; number <= value; number++) {
          asked.remove().complete(OptionalLong.of(number));
        }
        appetite = Math.min(TOGETHER_MAX, many * 2);
      } else if (many > 1) {
        appetite = many / 2;
      } else {
        asked.forEach(each -> each.complete(OptionalLong.empty()));
        asked.clear();
      }
    }
    return null;
  }

  @Override public long value() throws CounterException {
    var rows = run(Statement.of(VALUE, name));
    return rows.isEmpty() ? 0 : rows.getFirst().number(0);
  }

  @Override public void reset() throws CounterException { run(Statement.of(RESET, name)); }

  @Override public void ping() throws CounterException { run(Statement.of(VALUE, name)); }

  private List<Row> run(Statement statement) throws CounterException {
    check();
    try {
      return database.run(session -> session.run(statement)).getFirst();
    } catch (PostgresException e) {
      throw told(e);
    }
  }

  @Override public long limit() { return limit; }

  @Override public void close() { database.close(); }

  private void check() throws CounterException {
    if (database.closed()) {
      throw CounterException.closed(where());
    }
  }

  private CounterException told(PostgresException e) {
    return e.mayHaveRun() ? CounterException.unanswered(where(), e)
        : database.closed() ? CounterException.closed(where())
        : e.passing() ? CounterException.unreachable(where(), e)
        : CounterException.refused(where(), e.getMessage());
  }

  private String where() { return database.target().where; }
}
