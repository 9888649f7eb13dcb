package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.queue.DeadJob;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;
import uservice.queue.QueueStats;
import uservice.queue.RecentIds;

/// A queue in a topic with one consumer group. The chapter says how a log of partitions does what a queue promises, and where it cannot.
///
/// ```
///   topic ──fresh──▶ claimed ──release──▶ first of all ───────▶ claimed
///                      │ ├─────fail────▶ at rest ─delay over──▶ claimed
///                      │ └── visibility over, somebody asks ──▶ claimed
///                      ├── the last attempt ──▶ the dead; at rest, and again, while they cannot be reached
///                      └── acknowledge ──▶ ended
/// ```
///
/// Nothing is connected before the first call; the group is joined by the first claim, and left when nobody has claimed for a while.
final class KafkaQueue implements Queue {
  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final long CLAIM_BYTES = 8 << 20; // about what one claim should bring
  private static final Duration REBALANCE_MIN = Duration.ofSeconds(5);
  private static final Duration REBALANCE_MAX = Duration.ofMinutes(1);

  private final QueueOptions options;
  private final LongSupplier nanos;
  private final String where;
  private final QueueTopics topics;
  private final Shares shares;
  private final long idle;
  private final ConcurrentNavigableMap<Long, KafkaJob> begun = new ConcurrentSkipListMap<>(); // and not ended, by the time until which that is so
  private final AtomicLong head = new AtomicLong(); // a time before all others
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Taken> keys = new ConcurrentHashMap<>(); // of what is begun and to be recognised; grows under the lock
  private final RecentIds ended; // what was done here, in case that it comes again; guarded by the lock
  private final LongAdder redelivered = new LongAdder();
  private final LongAdder duplicates = new LongAdder();
  private final AtomicInteger claiming = new AtomicInteger();
  private volatile long lastClaim;
  private volatile boolean draining;
  private final AtomicBoolean closed = new AtomicBoolean();

  KafkaQueue(QueueSettings settings, QueueOptions options, LongSupplier clock) {
    long zero = clock.getAsLong();
    this.options = options;
    this.nanos = () -> clock.getAsLong() - zero; // times in their order, however the clock counts
    this.where = settings.target.where();
    this.topics = new QueueTopics(settings, options, nanos, duplicates);
    this.ended = new RecentIds(options.duplicateIds(), options.duplicateWindow().toNanos());
    long visibility = options.visibility().toNanos();
    this.idle = Math.max(visibility, settings.session.toNanos());
    var rebalance = Duration.ofNanos(Math.clamp(visibility, REBALANCE_MIN.toNanos(), REBALANCE_MAX.toNanos()));
    var terms = new Group.Terms(settings.group, settings.instance, Set.of(settings.topic), List.of(Assignor.ROUND_ROBIN, Assignor.RANGE), settings.session, rebalance);
    this.shares = new Shares(settings.target, terms, Begin.EARLIEST);
  }

  @Override public int submit(List<Job> jobs, Duration wait) throws QueueException, InterruptedException {
    if (!open()) {
      throw QueueException.closed(where);
    }
    return ask(() -> topics.submit(jobs, wait, () -> !draining && !closed.get()));
  }

  // ---- claim ----

  @Override public List<Delivery> claim(String consumer, int max, Duration wait) throws QueueException, InterruptedException {
    if (max < 1) {
      throw new IllegalArgumentException("max " + max + ", at least 1");
    }
    if (consumer.isEmpty()) {
      throw new IllegalArgumentException("consumer '', must be a name");
    }
    long deadline = nanos.getAsLong() + wait.toNanos();
    claiming.incrementAndGet();
    try {
      if (open()) {
        ask(topics::made);
        shares.start(this::wanted, _ -> {});
      }
      while (open()) {
        lastClaim = nanos.getAsLong();
        long left = Math.max(0, deadline - lastClaim);
        List<KafkaJob> some = again(max);
        QueueException away = bury(some, null);
        if (some.isEmpty()) {
          some = fresh(max, away == null ? left : 0);
          away = bury(some, away);
        }
        if (some.isEmpty() && away != null) {
          throw away;
        }
        if (!some.isEmpty() || left == 0) {
          return List.copyOf(some);
        }
      }
      return List.of();
    } finally {
      lastClaim = nanos.getAsLong();
      claiming.decrementAndGet();
    }
  }

  /// Neither drained nor closed, which is an exception.
  private boolean open() throws QueueException {
    if (closed.get()) {
      throw QueueException.closed(where);
    }
    return !draining;
  }

  /// Whether the partitions are of use here: somebody claims, or did of late, or works.
  private boolean wanted() {
    return !closed.get() && (claiming.get() > 0 || nanos.getAsLong() - lastClaim < idle) && (!draining || !shares.idle());
  }

  /// What was begun here before, and may be begun again.
  private List<KafkaJob> again(int max) {
    var again = new ArrayList<KafkaJob>();
    for (var first = begun.firstEntry(); again.size() < max && first != null && first.getKey() <= nanos.getAsLong(); first = begun.firstEntry()) {
      KafkaJob job = first.getValue();
      if (begun.remove(job.until, job)) { // else somebody else has it
        if (job.taken.ours()) {
          again.add(take(job));
        } else {
          keys.remove(job.key, job.taken);
        }
      }
    }
    shares.hold(taken(again), true);
    return again;
  }

  /// What nobody here has begun yet.
  private List<KafkaJob> fresh(int max, long wait) throws QueueException, InterruptedException {
    var sooner = Duration.ofNanos(Math.clamp(dueIn(), 0, wait));
    List<Taken> taken = shares.take(max, CLAIM_BYTES, sooner, () -> draining || closed.get() || dueIn() <= 0);
    KafkaException trouble = taken.isEmpty() && wait > 0 ? shares.trouble() : null;
    if (trouble != null) {
      throw told(trouble);
    }
    var fresh = new ArrayList<KafkaJob>();
    var known = new ArrayList<Taken>();
    boolean watched = false;
    for (Taken each : taken) {
      KafkaJob job = KafkaJob.of(this, each);
      if (known(job)) {
        known.add(each);
      } else {
        fresh.add(take(job));
        watched |= each.share.watched(each.message.offset());
      }
    }
    duplicates.add(known.size());
    shares.done(known);
    if (watched) {
      shares.commitIfAble(); // before they begin, for whoever has to go on when this process ends by them
    }
    return fresh;
  }

  private static List<Taken> taken(List<KafkaJob> jobs) { return jobs.stream().map(job -> job.taken).toList(); }

  private long dueIn() {
    var first = begun.firstEntry();
    return first == null ? Long.MAX_VALUE : first.getKey() - nanos.getAsLong();
  }

  /// Whether the job was here before, and is in hand, or ended.
  private boolean known(KafkaJob job) {
    lock.lock();
    try {
      Taken other = keys.get(job.key);
      boolean known = other != null && other.ours() || ended.contains(job.key, nanos.getAsLong());
      if (!known && options.duplicateIds() > 0 && options.duplicateWindow().isPositive()) {
        keys.put(job.key, job.taken);
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  /// In somebody's hands from now on: a worker's, or on its way to the dead.
  private KafkaJob take(KafkaJob job) {
    int attempts = job.taken.attempts;
    String doom = job.doom;
    if (doom == null && job.attempt() > 0 && attempts >= options.maxAttempts()) {
      doom = "not acknowledged within " + options.visibility().toMillis() + " ms";
    } else if (doom == null && attempts >= Math.max(options.maxAttempts(), Share.ALONE_ATTEMPTS + 1)) {
      doom = "begun " + attempts + " times and never ended, it may have ended its workers";
    } else if (doom == null) {
      redelivered.add(attempts > 0 ? 1 : 0);
      job.taken.attempts++;
      attempts++;
    }
    return put(job, attempts, doom, nanos.getAsLong() + options.visibility().toNanos());
  }

  /// Takes its place.
  private KafkaJob put(KafkaJob job, int attempt, String doom, long until) {
    KafkaJob next = job.next(attempt, doom, until);
    while (begun.putIfAbsent(next.until, next) != null) {
      next = job.next(attempt, doom, next.until + 1);
    }
    return next;
  }

  // ---- the end of a delivery ----

  @Override public int acknowledge(List<Delivery> done) throws QueueException { return end(done.stream().map(this::own).toList()); }

  private int end(List<KafkaJob> jobs) throws QueueException {
    lock.lock();
    try {
      for (KafkaJob job : jobs) {
        begun.remove(job.until, job);
        keys.remove(job.key, job.taken);
        ended.add(job.key, nanos.getAsLong());
      }
    } finally {
      lock.unlock();
    }
    int count = shares.done(taken(jobs));
    uninterrupted(() -> {
      shares.commit();
      return null;
    });
    return count;
  }

  @Override public void release(List<Delivery> untouched) { rest(untouched, false); }

  @Override public void fail(Delivery failed, String reason) throws QueueException {
    KafkaJob job = own(failed);
    if (job.attempt() < options.maxAttempts()) {
      rest(List.of(job), true);
      return;
    }
    KafkaJob last = job.next(job.attempt(), reason, job.until);
    QueueException away = begun.replace(job.until, job, last) ? bury(last, null) : null;
    if (away != null) {
      throw away;
    }
  }

  /// Those of these that are still held wait: for the retry delay where they were begun, else first of all.
  private void rest(List<? extends Delivery> held, boolean begun) {
    var back = new ArrayList<Taken>();
    for (Delivery each : held.reversed()) {
      KafkaJob job = own(each);
      if (this.begun.remove(job.until, job)) {
        job.taken.attempts -= begun ? 0 : 1;
        put(job, 0, job.doom, begun ? nanos.getAsLong() + options.retryDelay().toNanos() : head.decrementAndGet());
        back.add(job.taken);
      }
    }
    shares.hold(back, false);
  }

  /// Takes those that are to go to the dead out of these, and has them go there; returns why that cannot be.
  private QueueException bury(List<KafkaJob> jobs, QueueException before) {
    QueueException away = before;
    for (KafkaJob job : List.copyOf(jobs)) {
      if (job.doom != null) {
        jobs.remove(job);
        away = bury(job, away);
      }
    }
    return away;
  }

  /// To the dead with it. Where that cannot be, or could not a moment before, it rests and is tried again, as often as it takes; returns why.
  private QueueException bury(KafkaJob job, QueueException before) {
    QueueException away = before;
    if (away == null) {
      try {
        if (job.taken.ours()) {
          uninterrupted(() -> topics.bury(job.taken.message, job.taken.attempts, job.doom));
        }
        if (job.job == null) {
          LOG.log(Level.WARNING, where + ": " + job.taken.message + " is " + job.doom + ", and went to the dead");
        }
        end(List.of(job));
        return null;
      } catch (QueueException failed) {
        away = failed;
      }
    }
    rest(List.of(job), true);
    return away;
  }

  // ---- figures, and the dead ----

  @Override public QueueStats stats() throws QueueException {
    long held = shares.held();
    return uninterrupted(() -> topics.stats(held, redelivered.sum()));
  }

  @Override public List<DeadJob> dead(int max) throws QueueException { return uninterrupted(() -> topics.dead(max)); }

  @Override public int requeue(Collection<String> ids) throws QueueException { return uninterrupted(() -> topics.end(ids, true)); }

  @Override public int discard(Collection<String> ids) throws QueueException { return uninterrupted(() -> topics.end(ids, false)); }

  // ---- the end ----

  @Override public boolean drain(Duration wait) throws QueueException, InterruptedException {
    open();
    draining = true;
    shares.update(() -> {});
    return shares.awaitIdle(wait);
  }

  @Override public void close() {
    if (!closed.getAndSet(true)) {
      shares.close();
      topics.close();
    }
  }

  // ---- helpers ----

  private <T> T ask(QueueTopics.Asking<T> asking) throws QueueException, InterruptedException {
    open();
    try {
      return asking.ask();
    } catch (KafkaException failed) {
      throw told(failed);
    }
  }

  private <T> T uninterrupted(QueueTopics.Asking<T> asking) throws QueueException {
    try {
      return ask(asking);
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
      throw QueueException.unanswered(where, new IOException("interrupted"));
    }
  }

  private QueueException told(KafkaException failed) {
    return !failed.retriable() ? QueueException.refused(where, failed.getMessage())
        : failed.mayHaveRun() ? QueueException.unanswered(where, failed) : QueueException.unreachable(where, failed);
  }

  private KafkaJob own(Delivery delivery) {
    if (delivery instanceof KafkaJob job && job.queue == this) {
      return job;
    }
    throw new IllegalArgumentException("BUG: a delivery of another queue");
  }
}
