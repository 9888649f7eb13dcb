package uservice.redis;

import static uservice.redis.Steps.number;
import static uservice.redis.Steps.words;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.queue.DeadJob;
import uservice.queue.Delivery;
import uservice.queue.Hands;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;
import uservice.queue.QueueStats;

/// A queue in a stream with one consumer group. The chapter has the diagram; each step that must be whole is a script of [Scripts].
final class RedisQueue implements Queue {
  private static final Logger LOG = System.getLogger("uservice.redis");
  private static final int SUBMIT_JOBS_MAX = 512; // in one step of the server
  private static final int SUBMIT_BYTES_MAX = 4 << 20;
  static final int IDS_MAX = 1_000; // in one step
  private static final int CLAIM_FIRST = 16;
  private static final int CLAIM_BYTES = 8 << 20; // about what one claim should bring
  private static final int SWEEP_MAX = 100;
  private static final int SWEEP_ROUNDS = 20;
  private static final int BLOCKED_MAX = 16; // claims that wait at the server, each on a connection of its own
  private static final long SWEEP_NANOS_MIN = 50_000_000;
  private static final long SWEEP_NANOS_MAX = 1_000_000_000;
  private static final long FULL_NANOS_MIN = 2_000_000;
  private static final long FULL_NANOS_MAX = 64_000_000;
  private static final long CONSUMER_IDLE_MILLIS_MAX = Duration.ofDays(1).toMillis();

  private final Steps steps;
  private final QueueOptions options;
  private final LongSupplier nanos;
  private final long sweepEvery;
  private final LongAdder redelivered = new LongAdder();
  private final LongAdder duplicates = new LongAdder();
  private final Semaphore blocked = new Semaphore(BLOCKED_MAX, true);
  private final ConcurrentLinkedDeque<Connection> own = new ConcurrentLinkedDeque<>();
  private final Set<String> consumers = ConcurrentHashMap.newKeySet();
  private final DeadLetters dead;
  private final Hands<String> hands;
  private volatile int most = CLAIM_FIRST;
  private final ReentrantLock sweeping = new ReentrantLock();
  private String cursor = "0-0"; // guarded by sweeping
  private volatile long nextSweep;

  RedisQueue(Settings settings, QueueOptions options, LongSupplier nanos) {
    if (options.retryDelay().compareTo(options.visibility()) > 0) {
      throw new IllegalArgumentException("retry_delay is longer than visibility, which Redis cannot keep: a job that rests is one whose claim is over");
    }
    this.steps = new Steps(settings);
    this.dead = new DeadLetters(steps);
    this.hands = new Hands<>(nanos, options.visibility(), delivery -> ((Entry) delivery).entry());
    this.options = options;
    this.nanos = nanos;
    this.sweepEvery = Math.clamp(options.visibility().toNanos() / 8, SWEEP_NANOS_MIN, SWEEP_NANOS_MAX);
    this.nextSweep = nanos.getAsLong();
  }

  // ---- submit ----

  @Override public int submit(List<Job> jobs, Duration wait) throws QueueException, InterruptedException {
    long deadline = nanos.getAsLong() + wait.toNanos();
    long pause = FULL_NANOS_MIN;
    boolean full = false;
    int in = 0;
    while (in < jobs.size()) {
      if (!hands.open()) {
        if (in == 0) {
          throw QueueException.closed(where());
        }
        return in;
      }
      int end = full ? in + 1 : step(jobs, in); // a queue that is full is asked with little
      int taken;
      try {
        taken = submit(jobs.subList(in, end));
      } catch (QueueException failed) {
        if (in == 0) {
          throw failed;
        }
        return in; // these are in, whatever became of the rest: it is submitted again, and recognised
      }
      in += taken;
      full = in < end;
      if (full) {
        long left = deadline - nanos.getAsLong();
        if (left <= 0) {
          return in;
        }
        TimeUnit.NANOSECONDS.sleep(Math.min(left, pause));
        pause = taken > 0 ? FULL_NANOS_MIN : Math.min(pause * 2, FULL_NANOS_MAX);
      }
    }
    return in;
  }

  /// How far a step goes that begins at `from`.
  private static int step(List<Job> jobs, int from) {
    int end = from;
    for (long bytes = 0; end < jobs.size() && end - from < SUBMIT_JOBS_MAX && bytes < SUBMIT_BYTES_MAX; end++) {
      bytes += jobs.get(end).body().length;
    }
    return end;
  }

  private int submit(List<Job> jobs) throws QueueException, InterruptedException {
    var words = words(options.capacity(), options.duplicateWindow().toMillis(), options.duplicateIds());
    for (Job job : jobs) {
      words.add(job.id());
      words.add(job.body());
    }
    List<Reply> counts = steps.items(steps.run(Scripts.SUBMIT, words));
    duplicates.add(number(counts.get(1)));
    return (int) number(counts.get(0));
  }

  // ---- claim ----

  @Override public List<Delivery> claim(String consumer, int max, Duration wait) throws QueueException, InterruptedException {
    if (max < 1) {
      throw new IllegalArgumentException("max " + max + ", at least 1");
    }
    if (consumer.isEmpty() || consumer.equals(Scripts.RESTING)) {
      throw new IllegalArgumentException("consumer '" + consumer + "', must be a name, and not " + Scripts.RESTING);
    }
    long deadline = nanos.getAsLong() + wait.toNanos();
    consumers.add(consumer);
    List<Delivery> taken = List.of();
    while (taken.isEmpty() && hands.reach()) {
      try {
        taken = now(consumer, max);
        long left = deadline - nanos.getAsLong();
        if (!taken.isEmpty() || left <= 0) {
          return taken;
        }
        taken = later(consumer, max, Math.min(left, Math.max(1_000_000, nextSweep - nanos.getAsLong())));
      } finally {
        hands.take(taken);
      }
    }
    if (taken.isEmpty() && hands.closed()) {
      throw QueueException.closed(where());
    }
    return taken;
  }

  /// What is there without waiting: first what comes again, then what is new.
  private List<Delivery> now(String consumer, int max) throws QueueException, InterruptedException {
    List<Delivery> taken = sweep(consumer, max);
    return taken.isEmpty() ? read(consumer, steps.ask(() -> steps.redis().ask(command(consumer, max, -1)))) : taken;
  }

  /// What comes within so long; one claim of many waits at the server, each on its own connection.
  private List<Delivery> later(String consumer, int max, long wait) throws QueueException, InterruptedException {
    long begin = nanos.getAsLong();
    if (!blocked.tryAcquire(wait, TimeUnit.NANOSECONDS)) {
      return List.of();
    }
    try {
      long millis = (wait - (nanos.getAsLong() - begin)) / 1_000_000;
      if (millis < 1) {
        return List.of();
      }
      return read(consumer, steps.ask(() -> onItsOwn(command(consumer, max, millis), Duration.ofMillis(millis))));
    } finally {
      blocked.release();
    }
  }

  private Reply onItsOwn(Command command, Duration wait) throws RedisException, InterruptedException {
    Connection connection = own.poll();
    if (connection == null || connection.broken()) {
      connection = steps.redis().open("redis-blocked");
    }
    boolean whole = false;
    try {
      Reply reply = steps.redis().ask(connection, command, wait);
      whole = true;
      return reply;
    } finally {
      if (whole) {
        own.push(connection);
      }
      if (!whole || hands.closed()) {
        connection.close();
      }
    }
  }

  /// `XREADGROUP GROUP workers CONSUMER COUNT n [BLOCK ms] STREAMS key >`
  private Command command(String consumer, int max, long block) {
    if (steps.wasTooLarge()) {
      most = 1; // what was claimed with it comes again, in smaller pieces
    }
    var words = new ArrayList<Object>(List.of("GROUP", Scripts.GROUP, consumer, "COUNT", Math.min(max, most)));
    if (block >= 0) {
      words.addAll(List.of("BLOCK", block));
    }
    words.addAll(List.of("STREAMS", steps.stream(), ">"));
    return Command.of("XREADGROUP", words);
  }

  /// `[[key, [entry, …]]]`, a map in RESP3; null where there is nothing.
  private List<Delivery> read(String consumer, Reply reply) throws QueueException, InterruptedException {
    if (reply instanceof Reply.Nil || steps.items(reply).isEmpty()) {
      return List.of();
    }
    Reply first = steps.items(reply).getFirst();
    Reply entries = first instanceof Reply.Many(var pair) ? pair.get(1) : steps.items(reply).get(1);
    var taken = new ArrayList<Delivery>();
    for (Reply entry : steps.items(entries)) {
      take((Reply.Many) entry, consumer, 1, taken);
    }
    adapt(taken);
    return taken;
  }

  /// Claims whose time is over, where it is time to look.
  private List<Delivery> sweep(String consumer, int max) throws QueueException, InterruptedException {
    if (nextSweep - nanos.getAsLong() > 0 || !sweeping.tryLock()) {
      return List.of();
    }
    try {
      var taken = new ArrayList<Delivery>();
      for (int round = 0; round < SWEEP_ROUNDS && taken.isEmpty(); round++) {
        List<Reply> answer = steps.items(steps.run(Scripts.SWEEP, words(consumer, options.visibility().toMillis(), Math.min(Math.min(max, most), SWEEP_MAX), cursor,
            options.maxAttempts(), "not acknowledged within " + options.visibility().toMillis() + " ms")));
        cursor = answer.getFirst().string();
        for (Reply each : steps.items(answer.get(1))) {
          List<Reply> pair = steps.items(each);
          redelivered.add(number(pair.get(0)) > 1 ? 1 : 0);
          take((Reply.Many) pair.get(1), consumer, (int) number(pair.get(0)), taken);
        }
        if (cursor.equals("0-0")) {
          break;
        }
      }
      if (taken.isEmpty() && cursor.equals("0-0")) {
        nextSweep = nanos.getAsLong() + sweepEvery;
      }
      return taken;
    } finally {
      sweeping.unlock();
    }
  }

  /// Adds the entry's job; an entry without one, which somebody else has put there, goes to the dead at once.
  private void take(Reply.Many entry, String consumer, int attempt, List<Delivery> taken) throws QueueException, InterruptedException {
    try {
      taken.add(Entry.of(this, consumer, attempt, entry));
    } catch (IllegalArgumentException unfit) {
      String at = entry.items().getFirst().string();
      LOG.log(Level.WARNING, where() + ": entry " + at + " of '" + steps.stream() + "' is no job: " + unfit.getMessage());
      steps.run(Scripts.BURY_HELD, words(at, consumer, attempt, "no job: " + unfit.getMessage()));
    }
  }

  /// How many the next claim may ask for: as many as large ones as these would fill the bound with, but never more than twice as many
  /// as now, since nobody knows how large the next ones are.
  private void adapt(List<Delivery> taken) {
    int largest = taken.stream().mapToInt(delivery -> delivery.job().body().length).max().orElse(0) + 128;
    most = Math.clamp(Math.min(CLAIM_BYTES / largest, most * 2L), 1, 1 << 16);
  }

  // ---- the end of a delivery ----

  @Override public int acknowledge(List<Delivery> done) throws QueueException {
    int ended = 0;
    for (int from = 0; from < done.size(); from += IDS_MAX) {
      List<Delivery> step = done.subList(from, Math.min(done.size(), from + IDS_MAX));
      var words = words();
      step.forEach(delivery -> words.add(own(delivery).entry()));
      ended += (int) number(steps.runWhole(Scripts.ACKNOWLEDGE, words));
      hands.settle(step);
    }
    return ended;
  }

  @Override public void release(List<Delivery> untouched) throws QueueException {
    rest(untouched, Duration.ZERO, 1);
  }

  @Override public void fail(Delivery failed, String reason) throws QueueException {
    Entry entry = own(failed);
    if (entry.attempt() < options.maxAttempts()) {
      rest(List.of(failed), options.retryDelay(), 0);
    } else {
      steps.runWhole(Scripts.BURY_HELD, words(entry.entry(), entry.consumer(), entry.attempt(), reason));
      hands.settle(List.of(failed));
    }
  }

  /// Lets jobs rest for so long, as claims whose visibility is over by then.
  private void rest(List<Delivery> deliveries, Duration time, int takenBack) throws QueueException {
    long idleMillis = options.visibility().minus(time).toMillis();
    for (int from = 0; from < deliveries.size(); from += IDS_MAX) {
      List<Delivery> step = deliveries.subList(from, Math.min(deliveries.size(), from + IDS_MAX));
      var words = words(Scripts.RESTING, idleMillis, takenBack);
      for (Delivery delivery : step) {
        Entry entry = own(delivery);
        words.addAll(List.of(entry.entry(), entry.consumer(), entry.attempt()));
      }
      steps.runWhole(Scripts.REST, words);
      hands.settle(step);
    }
    nextSweep = nanos.getAsLong() + Math.min(sweepEvery, time.toNanos()); // whoever of the others rests: at the usual time
  }

  // ---- figures, and the dead ----

  @Override public QueueStats stats() throws QueueException {
    List<Reply> figures = steps.items(steps.runWhole(Scripts.STATS, words(Scripts.RESTING)));
    return new QueueStats(number(figures.get(0)), number(figures.get(1)), number(figures.get(2)), Duration.ofMillis(number(figures.get(3))),
        redelivered.sum(), duplicates.sum());
  }

  @Override public List<DeadJob> dead(int max) throws QueueException { return dead.first(max); }

  @Override public int requeue(Collection<String> ids) throws QueueException { return dead.exhume(ids, true); }

  @Override public int discard(Collection<String> ids) throws QueueException { return dead.exhume(ids, false); }

  // ---- the end ----

  @Override public boolean drain(Duration wait) throws QueueException, InterruptedException {
    if (hands.closed()) {
      throw QueueException.closed(where());
    }
    return hands.empty(wait);
  }

  @Override public void close() {
    if (hands.close()) {
      leave();
      steps.redis().close();
      own.forEach(Connection::close);
    }
  }

  /// Takes this handle's consumers out of the group, so that their names do not pile up there; as far as it goes. What is left over
  /// is taken out a day later, by whoever closes then.
  private void leave() {
    if (!consumers.isEmpty()) {
      var words = words(CONSUMER_IDLE_MILLIS_MAX);
      words.addAll(consumers);
      steps.farewell(Scripts.LEAVE, words);
    }
  }

  private Entry own(Delivery delivery) {
    if (delivery instanceof Entry entry && entry.queue() == this) {
      return entry;
    }
    throw new IllegalArgumentException("BUG: a delivery of another queue");
  }

  private String where() { return steps.where(); }
}
