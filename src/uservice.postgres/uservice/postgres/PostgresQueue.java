package uservice.postgres;

import module java.base;

import uservice.queue.DeadJob;
import uservice.queue.Delivery;
import uservice.queue.Hands;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;
import uservice.queue.QueueStats;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A queue in three tables; [Sql] has the statements, each batch one round trip and one commit.
final class PostgresQueue implements Queue {
  static final int JOBS_TOGETHER_MAX = 1_000;
  static final int NUMBERS_TOGETHER_MAX = 10_000;
  static final long BYTES_TOGETHER_MAX = 4 << 20;
  static final int REMOVALS_MAX = 3;
  static final int NOTE_CHARS_MAX = 1_000;
  static final Duration POLL_MOST = Duration.ofSeconds(1);
  static final Duration POLL_LEAST = Duration.ofMillis(10);
  private static final String LOSS = "jobs that were counted may be gone, and jobs that were acknowledged come back";
  private static final String CHANNEL = "uservice_queue";

  /// The token proves whose claim it is: no two claims have the same.
  private record Claim(PostgresQueue queue, Job job, int attempt, long seq, long token) implements Delivery {}

  private record Found(List<Claim> claims, boolean more, long due) {}

  private final Database database;
  private final String name;
  private final QueueOptions options;
  private final boolean remembers;
  private final Listener listener;
  private final Bell jobs = new Bell();
  private final Bell room = new Bell();
  private final ReentrantLock submitting = new ReentrantLock(true); // so that an acknowledgement waits for one submitter, not for a hundred
  private final ReentrantLock turn = new ReentrantLock(true); // to hold the queue's row: who waits for it here keeps no session from others
  private final LongAdder redelivered = new LongAdder();
  private final LongAdder duplicates = new LongAdder();
  private final Hands<Long> hands;

  PostgresQueue(Target target, QueueOptions options) {
    this.database = new Database(target, Sql.SCHEMA, LOSS);
    this.name = target.name;
    this.options = options;
    this.remembers = options.duplicateIds() > 0 && options.duplicateWindow().isPositive();
    this.hands = new Hands<>(System::nanoTime, options.visibility(), delivery -> ((Claim) delivery).seq);
    this.listener = new Listener(target, CHANNEL, this::heard, this::wakeAll);
  }

  private void heard(String what) {
    if (what.equals("jobs:" + name)) {
      jobs.ring();
    } else if (what.equals("room:" + name)) {
      room.ring();
    }
  }

  private void wakeAll() {
    jobs.ringAll();
    room.ringAll();
  }

  @Override public int submit(List<Job> batch, Duration wait) throws QueueException, InterruptedException {
    long end = System.nanoTime() + nanos(wait);
    mustBeOpen();
    storable(batch);
    int in = 0;
    while (in < batch.size() && hands.open()) {
      long seen = room.rung();
      if (!submitting.tryLock(Math.max(end - System.nanoTime(), nanos(database.target().timeout)), TimeUnit.NANOSECONDS)) {
        return in; // more is being submitted here than the server takes
      }
      List<Job> some = together(batch.subList(in, batch.size()));
      int more;
      try {
        more = submit(some);
      } catch (QueueException failed) {
        if (in == 0) {
          throw failed;
        }
        return in; // these are in, whatever became of the rest: it is submitted again, and recognised
      } finally {
        submitting.unlock();
      }
      in += more;
      if (more < some.size()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return in;
        }
        listener.start();
        room.await(seen, Math.min(left, POLL_MOST.toNanos()));
      }
    }
    if (in == 0 && !batch.isEmpty()) {
      mustBeOpen();
    }
    room.ring();
    return in;
  }

  /// An id that comes back as another one would be a duplicate of that one, and lost.
  private void storable(List<Job> batch) throws QueueException {
    var encoder = UTF_8.newEncoder();
    for (Job job : batch) {
      if (job.id().indexOf(0) >= 0 || !encoder.canEncode(job.id())) {
        throw QueueException.refused(where(), "a job id with a zero or half a surrogate pair, must be text that UTF-8 can hold");
      }
    }
  }

  private List<Job> together(List<Job> jobs) {
    int most = Math.min(jobs.size(), remembers ? Math.min(JOBS_TOGETHER_MAX, options.duplicateIds()) : JOBS_TOGETHER_MAX);
    long bytes = 0;
    for (int i = 0; i < most; i++) {
      bytes += jobs.get(i).body().length;
      if (i > 0 && bytes > BYTES_TOGETHER_MAX) {
        return jobs.subList(0, i);
      }
    }
    return jobs.subList(0, most);
  }

  private int submit(List<Job> some) throws QueueException {
    long window = micros(options.duplicateWindow());
    Row row = locking(Statement.of(Sql.SUBMIT, name, some.stream().map(Job::id).toList(), some.stream().map(Job::body).toList(), options.capacity(),
        remembers, window, options.duplicateIds()), Statement.of(Sql.FORGET, name, 2 * some.size(), window, options.duplicateIds()));
    duplicates.add(row.number(0) - row.number(1));
    return (int) row.number(0);
  }

  /// Runs statements under the lock of the queue's row, which is made where it is absent; returns the first one's row.
  private Row locking(Statement... statements) throws QueueException {
    var all = new ArrayList<>(List.of(statements));
    all.addFirst(Statement.of(Sql.LOCK, name));
    inTurn();
    try {
      return run(session -> {
        var rows = session.run(all.toArray(Statement[]::new));
        if (rows.getFirst().isEmpty()) {
          session.run(Statement.of(Sql.BEGIN, name));
          rows = session.run(all.toArray(Statement[]::new));
        }
        return rows.get(1).getFirst();
      });
    } finally {
      turn.unlock();
    }
  }

  /// Waits for the turn, bounded, whether interrupted or not: what is done must be acknowledged.
  private void inTurn() throws QueueException {
    long end = System.nanoTime() + nanos(database.target().timeout);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (!turn.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            throw crowded();
          }
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private QueueException crowded() {
    return QueueException.unreachable(where(), new IOException("too many here change the queue at once: no turn within " + database.target().timeout.toMillis() + " ms"));
  }

  @Override public List<Delivery> claim(String consumer, int max, Duration wait) throws QueueException, InterruptedException {
    long end = System.nanoTime() + nanos(wait);
    if (max < 1) {
      throw new IllegalArgumentException("max " + max + ", at least 1");
    }
    while (true) {
      long seen = jobs.rung();
      mustNotBeClosed();
      if (!hands.reach()) {
        return List.of();
      }
      Found found = null;
      try {
        found = find(consumer, Math.min(max, JOBS_TOGETHER_MAX));
      } finally {
        hands.take(found == null ? List.of() : found.claims);
      }
      if (!found.claims.isEmpty()) {
        jobs.ring(); // there may be more
        return List.copyOf(found.claims);
      }
      long left = end - System.nanoTime();
      if (left <= 0) {
        return List.of();
      }
      if (!found.more) {
        listener.start();
        jobs.await(seen, Math.min(left, Math.clamp(found.due, POLL_LEAST.toNanos(), POLL_MOST.toNanos())));
      }
    }
  }

  private Found find(String consumer, int max) throws QueueException {
    long token = new SecureRandom().nextLong();
    var claim = Statement.of(Sql.CLAIM, name, max, BYTES_TOGETHER_MAX, options.maxAttempts(), micros(options.visibility()), token, note(consumer),
        "not acknowledged within " + options.visibility().toMillis() + " ms");
    return run(session -> {
      var answers = session.run(claim, Statement.of(Sql.DUE, name));
      var claims = new ArrayList<Claim>();
      for (Row row : answers.getFirst()) {
        if (!row.isNull(2)) {
          int attempt = (int) row.number(3);
          redelivered.add(attempt > 1 ? 1 : 0);
          claims.add(new Claim(this, new Job(row.text(1), row.bytes(2)), attempt, row.number(0), token));
        }
      }
      Row due = answers.getLast().getFirst();
      return new Found(claims, !answers.getFirst().isEmpty(), due.isNull(0) ? Long.MAX_VALUE : TimeUnit.MICROSECONDS.toNanos(due.number(0)));
    });
  }

  @Override public int acknowledge(List<Delivery> done) throws QueueException {
    mustNotBeClosed();
    int ended = 0;
    for (List<Claim> some : own(done)) {
      ended += removed(Statement.of(Sql.ACKNOWLEDGE, name, some.stream().map(Claim::seq).sorted().toList()));
      hands.settle(some);
    }
    return ended;
  }

  /// Removes jobs, and asks again for those that others changed at the same instant.
  private int removed(Statement removal) throws QueueException {
    int gone = 0;
    Row row;
    int tries = 0;
    do {
      row = locking(removal);
      gone += (int) row.number(0);
    } while (row.number(1) > 0 && ++tries < REMOVALS_MAX);
    return gone;
  }

  @Override public void release(List<Delivery> untouched) throws QueueException {
    mustNotBeClosed();
    for (List<Claim> some : own(untouched).reversed()) {
      var release = Statement.of(Sql.RELEASE, name, some.stream().map(Claim::seq).toList(), some.stream().map(Claim::token).toList());
      run(session -> session.run(release));
      hands.settle(some);
    }
  }

  @Override public void fail(Delivery failed, String reason) throws QueueException {
    mustNotBeClosed();
    Claim claim = own(List.of(failed)).getFirst().getFirst();
    var fail = Statement.of(Sql.FAIL, name, claim.seq, claim.token, options.maxAttempts(), micros(options.retryDelay()), note(reason));
    run(session -> session.run(fail));
    hands.settle(List.of(claim));
  }

  private List<List<Claim>> own(List<Delivery> deliveries) {
    var claims = new ArrayList<List<Claim>>();
    for (Delivery delivery : deliveries) {
      if (!(delivery instanceof Claim claim && claim.queue == this)) {
        throw new IllegalArgumentException("BUG: a delivery of another queue");
      }
      if (claims.isEmpty() || claims.getLast().size() == NUMBERS_TOGETHER_MAX) {
        claims.add(new ArrayList<>());
      }
      claims.getLast().add(claim);
    }
    return claims;
  }

  @Override public QueueStats stats() throws QueueException {
    mustNotBeClosed();
    List<Row> rows = run(session -> session.run(Statement.of(Sql.STATS, name))).getFirst();
    if (rows.isEmpty()) {
      return new QueueStats(0, 0, 0, Duration.ZERO, redelivered.sum(), duplicates.sum());
    }
    Row row = rows.getFirst();
    return new QueueStats(row.number(0), row.number(1), row.number(2), Duration.of(Math.max(0, row.number(3)), ChronoUnit.MICROS), redelivered.sum(), duplicates.sum());
  }

  @Override public List<DeadJob> dead(int max) throws QueueException {
    mustNotBeClosed();
    var dead = new ArrayList<DeadJob>();
    long place = Long.MIN_VALUE;
    long seq = 0;
    while (dead.size() < max) {
      var page = Statement.of(Sql.DEAD, name, place, seq, Math.min(JOBS_TOGETHER_MAX, max - dead.size()), BYTES_TOGETHER_MAX);
      List<Row> rows = run(session -> session.run(page)).getFirst();
      if (rows.isEmpty()) {
        break;
      }
      rows.forEach(row -> dead.add(new DeadJob(new Job(row.text(0), row.bytes(1)), (int) row.number(2), row.text(3))));
      place = rows.getLast().number(4);
      seq = rows.getLast().number(5);
    }
    return dead;
  }

  @Override public int requeue(Collection<String> ids) throws QueueException {
    mustNotBeClosed();
    return (int) locking(Statement.of(Sql.REQUEUE, name, storable(ids))).number(0);
  }

  @Override public int discard(Collection<String> ids) throws QueueException {
    mustNotBeClosed();
    return removed(Statement.of(Sql.DISCARD, name, storable(ids)));
  }

  private static List<String> storable(Collection<String> ids) { return ids.stream().filter(id -> id.indexOf(0) < 0).toList(); }

  @Override public boolean drain(Duration wait) throws QueueException, InterruptedException {
    mustNotBeClosed();
    hands.drain();
    wakeAll();
    return hands.empty(wait);
  }

  @Override public void close() {
    hands.close();
    wakeAll();
    listener.close();
    database.close();
  }

  private void mustBeOpen() throws QueueException {
    if (!hands.open()) {
      throw QueueException.closed(where());
    }
  }

  private void mustNotBeClosed() throws QueueException {
    if (hands.closed()) {
      throw QueueException.closed(where());
    }
  }

  private <T> T run(Pool.Work<T> work) throws QueueException {
    try {
      return database.run(work);
    } catch (PostgresException e) {
      throw e.mayHaveRun() ? QueueException.unanswered(where(), e)
          : database.closed() ? QueueException.closed(where())
          : e.passing() ? QueueException.unreachable(where(), e)
          : QueueException.refused(where(), e.getMessage());
    }
  }

  private String where() { return database.target().where; }

  private static String note(String text) {
    String clean = text.replace('\0', ' ');
    return clean.substring(0, Math.min(clean.length(), NOTE_CHARS_MAX));
  }

  private static long micros(Duration time) { return time.toNanos() / 1_000; }

  private static long nanos(Duration time) { return TimeUnit.NANOSECONDS.convert(time); }
}
