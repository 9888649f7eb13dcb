package uservice.postgres;

import module java.base;
import uservice.wire.Backoff;

/// At most so many sessions, handed to one thread at a time in the order in which they asked. After a failed attempt to connect the
/// next waits a while, longer each time and never the same; who asks meanwhile hears at once what went wrong.
final class Pool implements AutoCloseable {
  static final Duration IDLE_TRUSTED = Duration.ofSeconds(1);
  static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

  /// What is done with a session.
  interface Work<T> {
    T on(Session session) throws PostgresException;
  }

  private record Idle(Session session, long since) {}

  private final Target target;
  private final LongSupplier nanos;
  private final Semaphore permits;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock probe = new ReentrantLock(true);
  private final ArrayDeque<Idle> idle = new ArrayDeque<>();
  private final Set<Session> open = new HashSet<>();
  private PostgresException failed; // what the last attempt came to, null where it went well
  private int failures;
  private long notBefore;
  private volatile boolean closed;

  Pool(Target target, LongSupplier nanos) {
    this.target = target;
    this.nanos = nanos;
    this.permits = new Semaphore(target.pool, true);
  }

  /// Hands a session to `work` and takes it back; one that is broken by then is dropped.
  <T> T with(Work<T> work) throws PostgresException {
    long deadline = nanos.getAsLong() + target.checkoutTimeout.toNanos();
    acquire(deadline);
    Session session = null;
    try {
      Session last = trusted();
      session = last == null ? connect(deadline) : last;
      return work.on(session);
    } catch (RuntimeException e) { // a number that is none, a row that is not there
      if (session == null) {
        throw e;
      }
      session.close();
      throw PostgresException.unanswered(new ProtocolException("an answer of another form: " + e.getMessage()));
    } finally {
      if (session != null) {
        giveBack(session);
      }
      permits.release();
    }
  }

  private void acquire(long deadline) throws PostgresException {
    try {
      if (!permits.tryAcquire(deadline - nanos.getAsLong(), TimeUnit.NANOSECONDS)) {
        throw PostgresException.unreachable("no session free within " + target.checkoutTimeout.toMillis() + " ms: all " + target.pool + " are busy, more by pool=… in the URI", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw PostgresException.unreachable("interrupted", e);
    }
  }

  /// The session used last that still answers, or null. Where one does not, the others of its age are not asked.
  private Session trusted() throws PostgresException {
    while (true) {
      Idle last = locked(idle::pollLast);
      if (last == null || nanos.getAsLong() - last.since < IDLE_TRUSTED.toNanos()) {
        return last == null ? null : last.session;
      }
      try {
        last.session.validate();
        return last.session;
      } catch (PostgresException dead) {
        drop(last.session);
        for (Idle other = locked(idle::pollLast); other != null; other = locked(idle::pollLast)) {
          drop(other.session);
        }
      }
    }
  }

  private Session connect(long deadline) throws PostgresException {
    check();
    if (locked(() -> failed) == null) {
      return attempt();
    }
    try {
      if (!probe.tryLock(deadline - nanos.getAsLong(), TimeUnit.NANOSECONDS)) { // one tries, for all
        throw PostgresException.unreachable("another attempt to connect is under way for " + target.checkoutTimeout.toMillis() + " ms", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw PostgresException.unreachable("interrupted", e);
    }
    try {
      check();
      return attempt();
    } finally {
      probe.unlock();
    }
  }

  private void check() throws PostgresException {
    PostgresException early = locked(() -> closed ? PostgresException.unreachable("closed", null)
        : failed != null && nanos.getAsLong() - notBefore < 0 ? failed : null);
    if (early != null) {
      throw early;
    }
  }

  private Session attempt() throws PostgresException {
    try {
      Session session = Session.open(target);
      boolean late = locked(() -> {
        failed = null;
        failures = 0;
        return closed || !open.add(session);
      });
      if (late) {
        session.close();
        throw PostgresException.unreachable("closed", null);
      }
      return session;
    } catch (PostgresException e) {
      locked(() -> {
        notBefore = nanos.getAsLong() + PAUSES.nanos(failures++);
        return failed = e;
      });
      throw e;
    }
  }

  private void giveBack(Session session) {
    if (session.broken() || closed) {
      drop(session);
    } else {
      locked(() -> idle.add(new Idle(session, nanos.getAsLong())));
    }
  }

  private void drop(Session session) {
    locked(() -> open.remove(session));
    session.close();
  }

  private <T> T locked(Supplier<T> then) {
    lock.lock();
    try {
      return then.get();
    } finally {
      lock.unlock();
    }
  }

  boolean closed() { return closed; }

  /// Closes all sessions, those in use too: their work ends without an answer.
  @Override public void close() {
    List<Session> all = locked(() -> {
      closed = true;
      idle.clear();
      return List.copyOf(open);
    });
    all.forEach(Session::close);
  }
}
