package uservice.queue;

import module java.base;

import uservice.queue.Line.Place;

/// The queue of one process. One lock over four [lines][Line], held for a batch at a time; the chapter has the diagram.
///
/// Nobody watches the clock: a claim that is over stays in its line until somebody claims, and is taken from there first.
/// Visibility and retry delay are the same for all jobs, so each line is in the order of its deadlines, and only its first
/// place needs a look. A claim that finds nothing sleeps until the next deadline; whoever leaves wakes the next, so that
/// one of the sleepers always knows it.
final class MemoryQueue implements Queue {
  private static final String WHERE = "queue in memory";

  private enum State { OPEN, DRAINING, CLOSED }

  /// Compared by identity: it is the claim.
  private static final class Claim implements Delivery {
    private final MemoryQueue queue;
    private final Place place;
    private final int attempt;

    private Claim(MemoryQueue queue, Place place) {
      this.queue = queue;
      this.place = place;
      this.attempt = place.attempts;
    }

    @Override public Job job() { return place.job; }

    @Override public int attempt() { return attempt; }
  }

  private final QueueOptions options;
  private final LongSupplier nanos;
  private final long visibility;
  private final long retryDelay;

  private final ReentrantLock lock = new ReentrantLock();
  private final Locked unlock = lock::unlock;
  private final Condition jobs = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Condition drained = lock.newCondition();
  private final Line waiting = new Line();
  private final Line claimed = new Line();
  private final Line resting = new Line();
  private final Line dead = new Line();
  private final RecentIds seen;
  private State state = State.OPEN;
  private long redelivered;
  private long duplicates;

  MemoryQueue(QueueOptions options, LongSupplier nanos) {
    this.options = options;
    this.nanos = nanos;
    this.visibility = nanos(options.visibility());
    this.retryDelay = nanos(options.retryDelay());
    this.seen = new RecentIds(options.duplicateIds(), nanos(options.duplicateWindow()));
  }

  @Override public int submit(List<Job> batch, Duration wait) throws QueueException, InterruptedException {
    long deadline = nanos.getAsLong() + nanos(wait);
    try (var _ = locked()) {
      int in = 0;
      while (in < batch.size() && admit(batch.get(in), deadline)) {
        in++;
      }
      if (in == 0 && state != State.OPEN) {
        throw QueueException.closed(WHERE);
      }
      jobs.signal(); // the one woken wakes the next, as long as there are jobs
      if (hasRoom()) {
        room.signal();
      }
      return in;
    }
  }

  /// Lets a job in, or knows it already; false where there was no room in time, or the queue ended.
  private boolean admit(Job job, long deadline) throws InterruptedException {
    while (state == State.OPEN) {
      long now = nanos.getAsLong();
      if (seen.contains(job.id(), now)) {
        duplicates++;
        return true;
      }
      if (hasRoom()) {
        seen.add(job.id(), now);
        waiting.addLast(new Place(job, now));
        return true;
      }
      if (deadline - now <= 0) {
        return false;
      }
      jobs.signal();
      room.awaitNanos(deadline - now);
    }
    return false;
  }

  @Override public List<Delivery> claim(String consumer, int max, Duration wait)
      throws QueueException, InterruptedException {
    long deadline = nanos.getAsLong() + nanos(wait);
    if (max < 1) {
      throw new IllegalArgumentException("max " + max + ", at least 1");
    }
    var taken = new ArrayList<Delivery>();
    try (var _ = locked()) {
      try {
        while (state != State.CLOSED) {
          long now = nanos.getAsLong();
          for (Place place; taken.size() < max && (place = next(now)) != null; ) {
            taken.add(claim(place, consumer, now));
          }
          if (!taken.isEmpty() || deadline - now <= 0 || state == State.DRAINING && active() == 0) {
            break;
          }
          jobs.awaitNanos(Math.min(deadline - now, untilDue(now)));
        }
      } finally {
        jobs.signal();
      }
      return taken;
    }
  }

  /// The job to hand out next: one whose claim is over, one that has rested, one that waits; or null.
  private Place next(long now) {
    for (Place over = due(claimed, now); over != null; over = due(claimed, now)) {
      if (over.attempts < options.maxAttempts()) {
        return over;
      }
      bury(over, "not acknowledged within " + options.visibility() + " by '" + over.note + "'");
    }
    Place rested = due(resting, now);
    return rested != null ? rested : waiting.first();
  }

  private static Place due(Line line, long now) {
    Place first = line.first();
    return first != null && first.until - now <= 0 ? first : null;
  }

  private long untilDue(long now) {
    long claim = claimed.first() == null ? Long.MAX_VALUE : claimed.first().until - now;
    long rest = resting.first() == null ? Long.MAX_VALUE : resting.first().until - now;
    return Math.min(claim, rest);
  }

  private Claim claim(Place place, String consumer, long now) {
    place.attempts++;
    redelivered += place.attempts > 1 ? 1 : 0;
    place.until = now + visibility;
    place.note = consumer;
    move(place, claimed);
    var claim = new Claim(this, place);
    place.holder = claim;
    return claim;
  }

  @Override public int acknowledge(List<Delivery> done) throws QueueException {
    try (var _ = locked()) {
      int ended = 0;
      for (Delivery delivery : done) {
        Place place = own(delivery).place;
        if (place.line != null && place.line != dead) {
          Line.leave(place);
          ended++;
        }
      }
      if (ended > 0) {
        room.signal();
        settle();
      }
      return ended;
    }
  }

  @Override public void release(List<Delivery> untouched) throws QueueException {
    try (var _ = locked()) {
      for (Delivery delivery : untouched.reversed()) {
        Place place = own(delivery).place;
        if (place.holder == delivery && place.line == claimed) {
          place.attempts--;
          place.holder = null;
          Line.leave(place);
          waiting.addFirst(place);
        }
      }
      jobs.signal();
    }
  }

  @Override public void fail(Delivery failed, String reason) throws QueueException {
    try (var _ = locked()) {
      Place place = own(failed).place;
      if (place.holder == failed && place.line == claimed) {
        place.until = nanos.getAsLong() + retryDelay;
        if (place.attempts < options.maxAttempts()) {
          move(place, resting);
        } else {
          bury(place, reason);
        }
      }
      jobs.signal();
    }
  }

  @Override public QueueStats stats() throws QueueException {
    try (var _ = locked()) {
      Place head = waiting.first();
      return new QueueStats(waiting.size() + resting.size(), claimed.size(), dead.size(),
          head == null ? Duration.ZERO : Duration.ofNanos(nanos.getAsLong() - head.since), redelivered, duplicates);
    }
  }

  @Override public List<DeadJob> dead(int max) throws QueueException {
    try (var _ = locked()) {
      var listed = new ArrayList<DeadJob>();
      for (Place place = dead.first(); place != null && listed.size() < max; place = dead.after(place)) {
        listed.add(new DeadJob(place.job, place.attempts, place.note));
      }
      return listed;
    }
  }

  @Override public int requeue(Collection<String> ids) throws QueueException {
    return exhume(ids, place -> {
      place.attempts = 0;
      place.since = nanos.getAsLong();
      waiting.addLast(place);
    });
  }

  @Override public int discard(Collection<String> ids) throws QueueException {
    return exhume(ids, _ -> {});
  }

  private int exhume(Collection<String> ids, Consumer<Place> then) throws QueueException {
    var wanted = Set.copyOf(ids);
    try (var _ = locked()) {
      int before = dead.size();
      for (Place place = dead.first(), after; place != null; place = after) {
        after = dead.after(place);
        if (wanted.contains(place.job.id())) {
          Line.leave(place);
          then.accept(place);
        }
      }
      jobs.signal();
      room.signal();
      return before - dead.size();
    }
  }

  @Override public boolean drain(Duration wait) throws QueueException, InterruptedException {
    long deadline = nanos.getAsLong() + nanos(wait);
    try (var _ = locked()) {
      end(State.DRAINING);
      while (active() > 0 && state != State.CLOSED) {
        long left = deadline - nanos.getAsLong();
        if (left <= 0) {
          return false;
        }
        drained.awaitNanos(left);
      }
      return active() == 0;
    }
  }

  @Override public void close() {
    lock.lock();
    end(State.CLOSED);
    lock.unlock();
  }

  private void end(State next) {
    state = next;
    jobs.signalAll();
    room.signalAll();
    drained.signalAll();
  }

  private void bury(Place place, String reason) {
    place.note = reason;
    place.holder = null;
    move(place, dead);
    settle();
  }

  private static void move(Place place, Line to) {
    Line.leave(place);
    to.addLast(place);
  }

  /// Tells those who wait for the end, where this is it.
  private void settle() {
    if (state == State.DRAINING && active() == 0) {
      drained.signalAll();
      jobs.signalAll();
    }
  }

  private int active() { return waiting.size() + claimed.size() + resting.size(); }

  private boolean hasRoom() { return active() + dead.size() < options.capacity(); }

  private Claim own(Delivery delivery) {
    if (delivery instanceof Claim claim && claim.queue == this) {
      return claim;
    }
    throw new IllegalArgumentException("BUG: a delivery of another queue");
  }

  /// Takes the lock until the end of a `try`.
  private Locked locked() throws QueueException {
    lock.lock();
    if (state == State.CLOSED) {
      lock.unlock();
      throw QueueException.closed(WHERE);
    }
    return unlock;
  }

  private interface Locked extends AutoCloseable {
    @Override void close();
  }

  /// Nanoseconds, at most some 292 years.
  private static long nanos(Duration duration) { return TimeUnit.NANOSECONDS.convert(duration); }
}
