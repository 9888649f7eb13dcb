package uservice.postgres;

import module java.base;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// A pool, the tables that its user needs, and the second try where nothing ran in the first.
final class Database implements AutoCloseable {
  private static final Logger LOG = System.getLogger("uservice.postgres");
  private static final int TRIES = 3;
  private static final Statement UNSAFE = Statement.of("""
      SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name""");

  private final Target target;
  private final String schema;
  private final String loss;
  private final Pool pool;
  private final AtomicBoolean checked = new AtomicBoolean();

  /// @param schema the SQL that makes what is absent, once no other process is at it
  /// @param loss what a server loses in a crash that does not write to its disk in time
  Database(Target target, String schema, String loss) {
    this.target = target;
    this.schema = schema;
    this.loss = loss;
    this.pool = new Pool(target, System::nanoTime);
  }

  Target target() { return target; }

  boolean closed() { return pool.closed(); }

  /// Does `work` on a session, and again where it is known that nothing was done: a session died idle, two transactions were in each
  /// other's way, the tables are not there yet. On a thread of its own, so that an interrupt of the caller's does not tear a
  /// connection in the middle of an answer.
  <T> T run(Pool.Work<T> work) throws PostgresException {
    var task = new FutureTask<>(() -> tried(work));
    Thread.ofVirtual().name("postgres").start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true; // work is bounded in time
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PostgresException known) {
        throw known;
      }
      throw new IllegalStateException("BUG: " + e.getCause(), e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> T tried(Pool.Work<T> work) throws PostgresException {
    for (int tries = 1; ; tries++) {
      var reached = new AtomicBoolean();
      try {
        return pool.with(session -> {
          reached.set(true);
          check(session);
          return work.on(session);
        });
      } catch (PostgresException e) {
        if (e.sqlState().equals("42P01") && tries < TRIES) {
          create();
        } else if (e.mayHaveRun() || !reached.get() || !again(e) || tries == TRIES || closed()) {
          throw e;
        }
      }
    }
  }

  /// Whether nothing was done, and the same may go well at once. 23505: two have begun the same queue in the same instant.
  private static boolean again(PostgresException e) {
    return e.passing() && !e.sqlState().equals("57014") || e.sqlState().equals("23505")
        || Session.PARTING.contains(e.sqlState()) && !e.sqlState().equals("25006");
  }

  private void create() throws PostgresException {
    pool.with(session -> session.query("SELECT pg_advisory_xact_lock(" + 0x7573_6572_7669_6365L + ");" + schema)); // "uservice"
  }

  private void check(Session session) throws PostgresException {
    if (!checked.get()) {
      var unsafe = session.run(UNSAFE).getFirst().stream().map(row -> row.text(0)).toList();
      if (checked.compareAndSet(false, true) && !unsafe.isEmpty()) {
        LOG.log(Level.WARNING, target + ": the server runs with " + String.join(" = off, ", unsafe) + " = off, so when it crashes " + loss + "; they should be on");
      }
    }
  }

  @Override public void close() { pool.close(); }
}
