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
/// Nothing is connected before the first call; the group is joined by the first claim, and left when nobody has claimed for a while.
final class KafkaQueue implements Queue {
  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final long CLAIM_BYTES = 8 << 20; // about what one claim should bring
  private static final Duration REBALANCE_MIN = Duration.ofSeconds(5);
  private static final Duration REBALANCE_MAX = Duration.ofMinutes(1);

  private enum State { OPEN, DRAINING, CLOSED }

  private final QueueSettings settings;
  private final QueueOptions options;
  private final LongSupplier nanos;
  private final Submitting submitting;
  private final QueueTopics topics;
  private final Member member;
  private final Shares shares;
  private final long idle;
  private final boolean recognises;
  private final ReentrantLock lock = new ReentrantLock();
  private final Claims claims;
  private final RecentIds ended; // what was done here, in case that it comes again
  private final Map<String, KafkaJob> begun = new HashMap<>();
  private final Deque<Taken> left = new ArrayDeque<>();
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final LongAdder redelivered = new LongAdder();
  private final LongAdder duplicates = new LongAdder();
  private volatile long lastClaim;
  private final AtomicInteger claiming = new AtomicInteger();

  KafkaQueue(QueueSettings settings, QueueOptions options, LongSupplier nanos) {
    this.settings = settings;
    this.options = options;
    this.nanos = nanos;
    this.topics = new QueueTopics(settings);
    this.submitting = new Submitting(topics, options, nanos, duplicates);
    Duration rebalance = Collections.max(List.of(REBALANCE_MIN, Collections.min(List.of(options.visibility(), REBALANCE_MAX))));
    var terms = new Group.Terms(settings.group(), settings.instance(), Set.of(settings.topic()), List.of(Assignor.ROUND_ROBIN, Assignor.RANGE), settings.session(), rebalance);
    this.member = new Member(settings.target(), terms, Begin.EARLIEST, Fetcher.USUAL, Shares.Room.USUAL);
    this.shares = member.shares();
    shares.onShare(_ -> forgetLost());
    this.idle = Collections.max(List.of(options.visibility(), settings.session())).toNanos();
    this.recognises = options.duplicateIds() > 0 && options.duplicateWindow().isPositive();
    this.claims = new Claims(options.retryDelay());
    this.ended = new RecentIds(options.duplicateIds(), options.duplicateWindow().toNanos());
  }

  private void forgetLost() {
    lock.lock();
    try {
      begun.values().removeIf(job -> job.taken.done || job.taken.share.lost());
    } finally {
      lock.unlock();
    }
  }

  // ---- submit ----

  @Override public int submit(List<Job> jobs, Duration wait) throws QueueException, InterruptedException {
    if (state.get() != State.OPEN) {
      throw QueueException.closed(where());
    }
    return ask(() -> submitting.submit(jobs, wait, () -> state.get() == State.OPEN));
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
        ask(() -> {
          topics.make();
          return 0;
        });
        member.start(this::wanted);
      }
      while (open()) {
        lastClaim = nanos.getAsLong();
        List<Delivery> taken = again(max);
        if (taken.isEmpty()) {
          taken = fresh(max, Math.max(0, deadline - nanos.getAsLong()));
        }
        if (!taken.isEmpty() || deadline - nanos.getAsLong() <= 0) {
          return taken;
        }
      }
      return List.of();
    } finally {
      lastClaim = nanos.getAsLong();
      claiming.decrementAndGet();
    }
  }

  private boolean open() throws QueueException {
    if (state.get() == State.CLOSED) {
      throw QueueException.closed(where());
    }
    return state.get() == State.OPEN;
  }

  /// Whether the partitions are of use here: somebody claims, or did of late, or works.
  private boolean wanted() {
    return state.get() != State.CLOSED && (claiming.get() > 0 || nanos.getAsLong() - lastClaim < idle) && (state.get() == State.OPEN || !shares.idle());
  }

  /// What was begun here before, and may be begun again.
  private List<Delivery> again(int max) throws QueueException, InterruptedException {
    var taken = new ArrayList<Delivery>();
    while (taken.size() < max) {
      KafkaJob job;
      lock.lock();
      try {
        job = claims.next(nanos.getAsLong());
      } finally {
        lock.unlock();
      }
      if (job == null) {
        break;
      }
      if (job.taken.attempts < options.maxAttempts()) {
        shares.hold(List.of(job.taken), true);
        taken.add(claim(job));
        redelivered.add(job.taken.attempts > 1 ? 1 : 0);
        continue;
      }
      try {
        bury(job, "not acknowledged within " + options.visibility().toMillis() + " ms");
      } catch (QueueException away) {
        if (taken.isEmpty()) {
          throw away;
        }
        break;
      }
    }
    return taken;
  }

  private Claim claim(KafkaJob job) {
    lock.lock();
    try {
      job.taken.attempts++;
      var claim = new Claim(this, job, nanos.getAsLong() + options.visibility().toNanos());
      claims.claimed(claim);
      return claim;
    } finally {
      lock.unlock();
    }
  }

  /// What nobody here has begun yet.
  private List<Delivery> fresh(int max, long wait) throws QueueException, InterruptedException {
    long sooner;
    lock.lock();
    try {
      sooner = claims.dueIn(nanos.getAsLong());
    } finally {
      lock.unlock();
    }
    var taken = new ArrayList<>(shares.take(max, CLAIM_BYTES, Duration.ZERO, () -> true));
    taken.addAll(left(max - taken.size()));
    if (taken.isEmpty()) {
      taken.addAll(shares.take(max, CLAIM_BYTES, Duration.ofNanos(Math.min(wait, sooner)), () -> state.get() != State.OPEN || due()));
    }
    var deliveries = new ArrayList<Delivery>();
    boolean suspects = false;
    int next = 0;
    try {
      while (next < taken.size()) {
        Taken each = taken.get(next);
        KafkaJob job = job(each);
        next++;
        if (job != null && each.attempts >= Math.max(options.maxAttempts(), Share.ALONE_ATTEMPTS + 1)) {
          bury(job, "begun " + each.attempts + " times and never ended, it may have ended its workers");
        } else if (job != null) {
          redelivered.add(each.attempts > 0 ? 1 : 0);
          suspects |= each.share.watched(each.message.offset());
          deliveries.add(claim(job));
        }
      }
    } catch (QueueException away) {
      if (deliveries.isEmpty()) {
        throw away;
      }
    } finally {
      leave(new ArrayList<>(taken.subList(next, taken.size())));
    }
    if (suspects && !noted(deliveries)) {
      return List.of();
    }
    if (taken.isEmpty() && wait > 0) {
      troubled();
    }
    return deliveries;
  }

  /// What was taken, and could not be looked at: the dead could not be reached.
  private List<Taken> left(int max) {
    var some = new ArrayList<Taken>();
    lock.lock();
    try {
      while (!left.isEmpty() && some.size() < max) {
        some.add(left.poll());
      }
    } finally {
      lock.unlock();
    }
    return some.isEmpty() ? some : shares.hold(some, true);
  }

  private void leave(List<Taken> rest) {
    if (!rest.isEmpty()) {
      Collections.rotate(rest, -1); // the one that could not, behind those that may
      lock.lock();
      try {
        rest.reversed().forEach(left::addFirst);
      } finally {
        lock.unlock();
      }
      shares.hold(rest, false);
    }
  }

  private boolean due() {
    lock.lock();
    try {
      return claims.dueIn(nanos.getAsLong()) == 0;
    } finally {
      lock.unlock();
    }
  }

  /// Has the group know of these attempts before they begin, for whoever has to go on when this process ends by them.
  private boolean noted(List<Delivery> deliveries) throws InterruptedException {
    try {
      shares.commit();
      return true;
    } catch (KafkaException away) {
      try {
        release(deliveries);
      } catch (QueueException unheard) {
        // They come again when their visibility is over.
      }
      return false;
    }
  }

  private void troubled() throws QueueException {
    KafkaException trouble = shares.trouble();
    if (trouble != null) {
      throw told(trouble);
    }
    Optional<String> stuck = shares.stuck();
    if (stuck.isPresent()) {
      throw QueueException.refused(where(), stuck.get());
    }
  }

  /// The job in a message; null where it is none, or one that was here already.
  private KafkaJob job(Taken taken) throws QueueException, InterruptedException {
    KafkaJob job;
    try {
      job = KafkaJob.of(taken);
    } catch (IllegalArgumentException unfit) {
      bury(taken, "no job: " + unfit.getMessage());
      LOG.log(Level.WARNING, where() + ": " + taken.message.place() + " is no job, and went to the dead: " + unfit.getMessage());
      return null;
    }
    if (!recognises) {
      return job;
    }
    lock.lock();
    try {
      KafkaJob other = begun.get(job.key);
      boolean there = other != null && !other.taken.done && !other.taken.share.lost();
      if (!there && !ended.contains(job.key, nanos.getAsLong())) {
        begun.put(job.key, job);
        return job;
      }
    } finally {
      lock.unlock();
    }
    duplicates.increment();
    shares.done(List.of(taken));
    return null;
  }

  // ---- the end of a delivery ----

  @Override public int acknowledge(List<Delivery> done) throws QueueException {
    List<KafkaJob> jobs = done.stream().map(each -> own(each).of).toList();
    int count = end(jobs);
    commit();
    return count;
  }

  private int end(List<KafkaJob> jobs) {
    lock.lock();
    try {
      for (KafkaJob job : jobs) {
        ended.add(job.key, nanos.getAsLong());
        begun.remove(job.key, job);
      }
    } finally {
      lock.unlock();
    }
    return shares.done(jobs.stream().map(job -> job.taken).toList());
  }

  private void commit() throws QueueException {
    try {
      shares.commit();
    } catch (KafkaException away) {
      throw told(away);
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
      throw QueueException.unanswered(where(), new IOException("interrupted"));
    }
  }

  @Override public void release(List<Delivery> untouched) throws QueueException {
    List<Taken> back = letGo(untouched, job -> {
      job.taken.attempts--;
      claims.release(job);
    });
    shares.hold(back, false);
  }

  @Override public void fail(Delivery failed, String reason) throws QueueException {
    KafkaJob job = own(failed).of;
    if (failed.attempt() >= options.maxAttempts()) {
      if (!letGo(List.of(failed), _ -> {}).isEmpty()) {
        try {
          bury(job, reason);
        } catch (InterruptedException cut) {
          Thread.currentThread().interrupt();
          throw QueueException.unanswered(where(), new IOException("interrupted"));
        }
      }
    } else {
      shares.hold(letGo(List.of(failed), each -> claims.rest(each, nanos.getAsLong())), false);
    }
  }

  /// Does so with the jobs that are still held by these; those held longest last, so that they are the first again.
  private List<Taken> letGo(List<Delivery> deliveries, Consumer<KafkaJob> then) {
    var jobs = new ArrayList<Taken>();
    lock.lock();
    try {
      for (Delivery each : deliveries.reversed()) {
        Claim claim = own(each);
        if (Claims.holds(claim)) {
          then.accept(claim.of);
          jobs.add(claim.of.taken);
        }
      }
    } finally {
      lock.unlock();
    }
    return jobs;
  }

  private void bury(KafkaJob job, String reason) throws QueueException, InterruptedException {
    try {
      bury(job.taken, reason);
    } catch (QueueException away) {
      lock.lock();
      try {
        claims.rest(job, nanos.getAsLong()); // tried again, as often as it takes
      } finally {
        lock.unlock();
      }
      shares.hold(List.of(job.taken), false);
      throw away;
    }
    end(List.of(job));
    commit();
  }

  private void bury(Taken taken, String reason) throws QueueException, InterruptedException {
    if (shares.ours(taken)) {
      ask(() -> {
        topics.bury(taken.message, taken.attempts, reason);
        return 0;
      });
      shares.done(List.of(taken));
    }
  }

  // ---- figures, and the dead ----

  @Override public QueueStats stats() throws QueueException {
    long held = shares.look(all -> all.stream().mapToLong(Share::held).sum());
    return uninterrupted(() -> {
      QueueTopics.Figures figures = topics.figures();
      return new QueueStats(Math.max(0, figures.depth() - held), Math.min(held, figures.depth()), figures.dead(), figures.oldestAge(), redelivered.sum(), duplicates.sum());
    });
  }

  @Override public List<DeadJob> dead(int max) throws QueueException { return uninterrupted(() -> topics.dead().list(max)); }

  @Override public int requeue(Collection<String> ids) throws QueueException { return uninterrupted(() -> topics.dead().requeue(ids)); }

  @Override public int discard(Collection<String> ids) throws QueueException { return uninterrupted(() -> topics.dead().discard(ids)); }

  // ---- the end ----

  @Override public boolean drain(Duration wait) throws QueueException, InterruptedException {
    if (!state.compareAndSet(State.OPEN, State.DRAINING) && state.get() == State.CLOSED) {
      throw QueueException.closed(where());
    }
    shares.update(() -> {});
    return shares.awaitIdle(wait);
  }

  @Override public void close() {
    if (state.getAndSet(State.CLOSED) != State.CLOSED) {
      member.close();
      topics.close();
    }
  }

  // ---- helpers ----

  private interface Asking<T> {
    T ask() throws KafkaException, InterruptedException;
  }

  private <T> T ask(Asking<T> asking) throws QueueException, InterruptedException {
    if (state.get() == State.CLOSED) {
      throw QueueException.closed(where());
    }
    try {
      return asking.ask();
    } catch (KafkaException failed) {
      throw told(failed);
    }
  }

  private <T> T uninterrupted(Asking<T> asking) throws QueueException {
    try {
      return ask(asking);
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
      throw QueueException.unanswered(where(), new IOException("interrupted"));
    }
  }

  private QueueException told(KafkaException failed) {
    return !failed.retriable() ? QueueException.refused(where(), failed.getMessage())
        : failed.mayHaveRun() ? QueueException.unanswered(where(), failed) : QueueException.unreachable(where(), failed);
  }

  private Claim own(Delivery delivery) {
    if (delivery instanceof Claim claim && claim.queue == this) {
      return claim;
    }
    throw new IllegalArgumentException("BUG: a delivery of another queue");
  }

  private String where() { return settings.target().where(); }
}
