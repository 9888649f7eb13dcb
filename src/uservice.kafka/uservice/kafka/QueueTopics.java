package uservice.kafka;

import module java.base;
import uservice.kafka.ConsumerMessages.Found;
import uservice.queue.DeadJob;
import uservice.queue.Job;
import uservice.queue.QueueOptions;
import uservice.queue.QueueStats;
import uservice.queue.RecentIds;
import uservice.wire.Backoff;

/// A queue's two topics, its own and that of the dead: makes them, puts jobs in while there is room, and says how much is there. Over connections of its own.
///
/// How much is there, is asked now and then; what was submitted here since is counted on top.
final class QueueTopics implements AutoCloseable {
  /// What is asked of brokers.
  interface Asking<T> {
    T ask() throws KafkaException, InterruptedException;
  }

  private static final long PAUSE_MILLIS = 50;
  private static final int STEP = 512;
  private static final long MEASURE_NANOS = 1_000_000_000; // how old a measure may be
  private static final Backoff FULL = new Backoff(Duration.ofMillis(5), Duration.ofMillis(200));
  private static final String ROOM = "max.message.bytes";
  private static final String ATTEMPTS = "attempts";
  private static final String REASON = "reason";
  private static final String FROM = "from";
  private static final int DEAD_MAX = 200_000;
  private static final int REASON_CHARS_MAX = 2_000;

  private final QueueSettings settings;
  private final QueueOptions options;
  private final LongSupplier nanos;
  private final LongAdder duplicates;
  private final Duration timeout;
  private final TopicPartition tomb;
  private final Cluster cluster;
  private final Producer producer;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean made;
  private final RecentIds known; // guarded by lock, as are the next four
  private long measuredAt;
  private long depth;
  private final SequencedMap<String, Long> offsets = new LinkedHashMap<>(); // of the dead by their ids, those dead for longest first
  private long position; // up to which they are read

  QueueTopics(QueueSettings settings, QueueOptions options, LongSupplier nanos, LongAdder duplicates) {
    this.settings = settings;
    this.options = options;
    this.nanos = nanos;
    this.duplicates = duplicates;
    this.timeout = settings.target.timeout();
    this.cluster = new Cluster(settings.target);
    this.producer = new Producer(cluster, settings.producer);
    this.tomb = new TopicPartition(settings.dead, 0);
    this.known = new RecentIds(options.duplicateIds(), options.duplicateWindow().toNanos());
    this.depth = options.capacity(); // as good as not measured
  }

  /// These; made, where they are not there.
  QueueTopics made() throws KafkaException, InterruptedException {
    if (!made) {
      make(settings.topic, settings.partitions, Map.of(ROOM, Integer.toString(Job.BODY_BYTES_MAX + (64 << 10))));
      make(settings.dead, 1, Map.of("cleanup.policy", "compact", // until a tombstone comes, and with the reason beside
          ROOM, Integer.toString(Job.BODY_BYTES_MAX + (128 << 10))));
      made = true;
    }
    return this;
  }

  private void make(String topic, int partitions, Map<String, String> how) throws KafkaException, InterruptedException {
    patiently(() -> {
      try {
        return cluster.leaders(topic);
      } catch (KafkaException missing) {
        if (missing.code() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
          cluster.createTopic(topic, partitions, settings.replicas, how);
        }
        throw missing; // until all know it
      }
    });
  }

  /// Asks again and again what a broker cannot answer at the moment, for as long as an answer may take.
  private <T> T patiently(Asking<T> asking) throws KafkaException, InterruptedException {
    for (long begun = nanos.getAsLong(); ; TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS)) {
      try {
        return asking.ask();
      } catch (KafkaException away) {
        if (!away.retriable() || away.code() == ErrorCode.NONE || nanos.getAsLong() - begun > timeout.toNanos()) {
          throw away;
        }
      }
    }
  }

  // ---- jobs into the topic ----

  /// As [uservice.queue.Queue#submit] has it; ends early where `open` says no.
  int submit(List<Job> jobs, Duration wait, BooleanSupplier open) throws KafkaException, InterruptedException {
    made();
    long deadline = nanos.getAsLong() + wait.toNanos();
    int full = 0; // so often in a row
    int in = 0;
    while (in < jobs.size() && open.getAsBoolean()) {
      int room = known(jobs.get(in)) ? 1 : room(Math.min(STEP, jobs.size() - in)); // what is known is in, though it may be full
      if (room > 0) {
        full = 0;
        try {
          for (var each : send(jobs.subList(in, in + room)).entrySet()) {
            acknowledged(each.getKey(), each.getValue());
            in++;
          }
        } catch (KafkaException failed) {
          if (in == 0) {
            throw failed;
          }
          return in; // these are in, whatever became of the rest: it is submitted again, and recognised
        }
      } else {
        long left = deadline - nanos.getAsLong();
        if (left <= 0) {
          return in;
        }
        TimeUnit.NANOSECONDS.sleep(Math.min(left, FULL.nanos(full++)));
      }
    }
    return in;
  }

  /// How many of so many there is room for; taken at once.
  private int room(int wanted) throws KafkaException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (depth + wanted > options.capacity() || nanos.getAsLong() - measuredAt >= MEASURE_NANOS) {
        depth = unfinished(new HashMap<>()) + dead(offsets::size);
        measuredAt = nanos.getAsLong();
      }
      int room = Math.clamp(options.capacity() - depth, 0, wanted);
      depth += room;
      return room;
    } finally {
      lock.unlock();
    }
  }

  /// By their ids, null for one that is known; as far as no id comes twice.
  private SequencedMap<String, CompletableFuture<Sent>> send(List<Job> jobs) throws KafkaException, InterruptedException {
    var sent = new LinkedHashMap<String, CompletableFuture<Sent>>();
    for (int i = 0; i < jobs.size() && !sent.containsKey(jobs.get(i).id()); i++) {
      Job job = jobs.get(i);
      sent.put(job.id(), known(job) ? null : producer.send(Message.of(settings.topic, KafkaJob.bytes(job.id()), job.body()).with(Header.of(KafkaJob.ID, job.id()))));
    }
    return sent;
  }

  private void acknowledged(String id, CompletableFuture<Sent> sent) throws KafkaException, InterruptedException {
    if (sent == null) {
      duplicates.increment();
      return;
    }
    Producer.await(sent);
    lock.lock();
    try {
      known.add(id, nanos.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  private boolean known(Job job) {
    lock.lock();
    try {
      return known.contains(job.id(), nanos.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  // ---- figures ----

  /// In figures; so many are held by this process.
  QueueStats stats(long held, long redelivered) throws KafkaException, InterruptedException {
    made();
    var marks = new HashMap<TopicPartition, Long>();
    long depth = unfinished(marks);
    long now = System.currentTimeMillis();
    long oldest = now;
    for (var each : marks.entrySet()) {
      oldest = Math.min(oldest, Log.timeAt(cluster, each.getKey(), each.getValue()));
    }
    return new QueueStats(Math.max(0, depth - held), Math.min(held, depth), dead(offsets::size), Duration.ofMillis(now - oldest), redelivered, duplicates.sum());
  }

  /// How many jobs are not committed; `marks` gets where they begin in those partitions that have some.
  private long unfinished(Map<TopicPartition, Long> marks) throws KafkaException, InterruptedException {
    var all = new ArrayList<TopicPartition>();
    while (all.size() < cluster.leaders(settings.topic).size()) {
      all.add(new TopicPartition(settings.topic, all.size()));
    }
    marks.putAll(Log.offsets(cluster, all, Begin.EARLIEST));
    for (Found each : patiently(() -> Log.marks(cluster, settings.group, all))) {
      marks.computeIfPresent(each.partition(), (_, begin) -> Math.max(begin, each.offset()));
    }
    Map<TopicPartition, Long> ends = Log.offsets(cluster, all, Begin.LATEST); // afterwards, so that no mark is behind an end
    long unfinished = 0;
    for (TopicPartition each : all) {
      long jobs = Math.max(0, ends.get(each) - marks.get(each));
      unfinished += jobs;
      if (jobs == 0) {
        marks.remove(each);
      }
    }
    return unfinished;
  }

  // ---- the dead ----

  /// Headers, and among them why the message is dead.
  static List<Header> headers(List<Header> own, Received message, int attempts, String reason) {
    List<Header> headers = without(own, ATTEMPTS, REASON, FROM);
    headers.add(Header.of(ATTEMPTS, Integer.toString(attempts)));
    headers.add(Header.of(REASON, reason.length() > REASON_CHARS_MAX ? reason.substring(0, REASON_CHARS_MAX) : reason));
    headers.add(Header.of(FROM, message.toString()));
    return headers;
  }

  private static List<Header> without(List<Header> headers, String... names) {
    var rest = new ArrayList<>(headers);
    rest.removeIf(header -> List.of(names).contains(header.name()));
    return rest;
  }

  /// Adds a message, with what is known of it in headers beside its own.
  Sent bury(Received message, int attempts, String reason) throws KafkaException, InterruptedException {
    String id = KafkaJob.id(message);
    List<Header> own = without(message.headers(), KafkaJob.ID);
    own.add(Header.of(KafkaJob.ID, id));
    return put(id, message.value() == null ? new byte[0] : message.value(), headers(own, message, attempts, reason));
  }

  private Sent put(String id, byte[] value, List<Header> headers) throws KafkaException, InterruptedException {
    return producer.deliver(new Message(settings.dead, 0, KafkaJob.bytes(id), value, headers, Message.NOW));
  }

  /// The first of them.
  List<DeadJob> dead(int max) throws KafkaException, InterruptedException {
    return dead(() -> messages(offsets.values().stream().limit(max).toList()).stream().map(QueueTopics::job).toList());
  }

  /// Takes those of these ids away, or `again` to the queue; returns how many.
  int end(Collection<String> ids, boolean again) throws KafkaException, InterruptedException {
    return dead(() -> {
      List<Received> found = messages(ids.stream().map(offsets::get).filter(Objects::nonNull).toList());
      for (Received message : found) {
        if (again) {
          List<Header> headers = without(message.headers(), KafkaJob.AGAIN, ATTEMPTS, REASON, FROM);
          headers.add(Header.of(KafkaJob.AGAIN, Long.toString(message.offset())));
          producer.deliver(new Message(settings.topic, Message.ANY, KafkaJob.bytes(id(message)), message.value(), headers, Message.NOW));
        }
        put(id(message), null, List.of());
      }
      return found.size();
    });
  }

  private static DeadJob job(Received message) {
    String id = id(message);
    String attempts = KafkaJob.text(message, ATTEMPTS);
    boolean fit = !id.isEmpty() && id.length() <= Job.ID_CHARS_MAX;
    byte[] body = message.value().length <= Job.BODY_BYTES_MAX ? message.value() : new byte[0];
    return new DeadJob(new Job(fit ? id : message.toString(), body), attempts.matches("[0-9]{1,9}") ? Integer.parseInt(attempts) : 0, KafkaJob.text(message, REASON));
  }

  private static String id(Received message) {
    return message.key() == null ? KafkaJob.id(message) : new String(message.key(), StandardCharsets.UTF_8);
  }

  /// Asks, with `offsets` as the topic has it now.
  private <T> T dead(Asking<T> asking) throws KafkaException, InterruptedException {
    lock.lockInterruptibly();
    try {
      readOn();
      return asking.ask();
    } finally {
      lock.unlock();
    }
  }

  private void readOn() throws KafkaException, InterruptedException {
    long end = Log.offset(cluster, tomb, Begin.LATEST);
    if (end < position) {
      position = 0; // the topic was made anew
      offsets.clear();
    }
    position = Log.read(cluster, tomb, position == 0 ? Log.offset(cluster, tomb, Begin.EARLIEST) : position, end, message -> {
      offsets.remove(id(message));
      if (message.value() != null) {
        offsets.put(id(message), message.offset());
      }
    });
    if (offsets.size() > DEAD_MAX) {
      throw KafkaException.refused(cluster.where(settings.dead) + ": holds over " + DEAD_MAX + " dead jobs, requeue or discard some", null);
    }
  }

  /// The messages at these offsets, in their order.
  private List<Received> messages(Collection<Long> at) throws KafkaException, InterruptedException {
    var wanted = new TreeSet<>(at);
    var found = new ArrayList<Received>();
    if (!wanted.isEmpty()) {
      Log.read(cluster, tomb, wanted.first(), wanted.last() + 1, message -> {
        if (wanted.contains(message.offset())) {
          found.add(message);
        }
      });
    }
    return found;
  }

  @Override public void close() { producer.close(); }
}
