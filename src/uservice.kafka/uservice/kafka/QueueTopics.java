package uservice.kafka;

import module java.base;
import uservice.kafka.GroupMessages.Marked;
import uservice.queue.Job;

/// A queue's two topics, its own and that of the dead: makes them, writes to them, and says how much is in them. Over connections of its own.
final class QueueTopics implements AutoCloseable {
  private static final long PAUSE_MILLIS = 50;
  private static final Map<String, String> ROOM = Map.of("max.message.bytes", Integer.toString(Job.BODY_BYTES_MAX + (64 << 10)));
  private static final Map<String, String> DEAD = // until a tombstone comes, and with the reason beside
      Map.of("cleanup.policy", "compact", "max.message.bytes", Integer.toString(Job.BODY_BYTES_MAX + (128 << 10)));

  /// @param depth jobs that are not committed
  record Figures(long depth, long dead, Duration oldestAge) {}

  private final QueueSettings settings;
  private final Cluster cluster;
  private final Producer producer;
  private final Dead dead;
  private final ReentrantLock making = new ReentrantLock();
  private volatile boolean made;

  QueueTopics(QueueSettings settings) {
    this.settings = settings;
    this.cluster = new Cluster(settings.target());
    this.producer = new Producer(cluster, settings.producer());
    this.dead = new Dead(settings, cluster, producer);
  }

  Dead dead() { return dead; }

  /// Makes the topics where they are not there.
  void make() throws KafkaException, InterruptedException {
    if (made) {
      return;
    }
    making.lockInterruptibly();
    try {
      if (!made) {
        make(settings.topic(), settings.partitions(), ROOM);
        make(settings.dead(), 1, DEAD);
        made = true;
      }
    } finally {
      making.unlock();
    }
  }

  private void make(String topic, int partitions, Map<String, String> how) throws KafkaException, InterruptedException {
    if (there(topic)) {
      return;
    }
    cluster.createTopic(topic, partitions, settings.replicas(), how);
    long deadline = System.nanoTime() + settings.target().timeout().toNanos();
    while (!there(topic)) {
      if (System.nanoTime() - deadline > 0) {
        throw KafkaException.of(cluster.where(topic) + ", made just now", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  private boolean there(String topic) throws KafkaException, InterruptedException {
    try {
      cluster.leaders(topic);
      return true;
    } catch (KafkaException missing) {
      if (missing.code() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
        return false;
      }
      throw missing;
    }
  }

  /// Sends a job; it is known, and finds its partition, by its id.
  CompletableFuture<Sent> send(Job job) throws KafkaException, InterruptedException {
    return producer.send(Message.of(settings.topic(), job.id().getBytes(StandardCharsets.UTF_8), job.body()).with(Header.of(KafkaJob.ID, job.id())));
  }

  /// Puts a message on the topic of the dead, with the reason in headers.
  void bury(Received message, int attempts, String reason) throws KafkaException, InterruptedException { dead.bury(message, attempts, reason); }

  /// Jobs that are there: not committed, or dead.
  long size() throws KafkaException, InterruptedException { return marks().values().stream().mapToLong(Mark::lag).sum() + dead.count(); }

  Figures figures() throws KafkaException, InterruptedException {
    make();
    Map<TopicPartition, Mark> marks = marks();
    long oldest = Long.MAX_VALUE;
    for (var each : marks.entrySet()) {
      if (each.getValue().lag() > 0) {
        oldest = Math.min(oldest, Log.timeAt(cluster, each.getKey(), each.getValue().at(), settings.target().timeout()));
      }
    }
    Duration age = oldest == Long.MAX_VALUE ? Duration.ZERO : Duration.ofMillis(Math.max(0, System.currentTimeMillis() - oldest));
    return new Figures(marks.values().stream().mapToLong(Mark::lag).sum(), dead.count(), age);
  }

  private record Mark(long at, long end) {
    long lag() { return Math.max(0, end - at); }
  }

  private Map<TopicPartition, Mark> marks() throws KafkaException, InterruptedException {
    Duration timeout = settings.target().timeout();
    List<TopicPartition> all = IntStream.range(0, cluster.leaders(settings.topic()).size()).mapToObj(i -> new TopicPartition(settings.topic(), i)).toList();
    Map<TopicPartition, Long> begins = Offsets.ask(cluster, all, Offsets.EARLIEST, timeout);
    var marks = new HashMap<TopicPartition, Mark>();
    List<Marked> committed = committed(all, timeout);
    Map<TopicPartition, Long> ends = Offsets.ask(cluster, all, Offsets.LATEST, timeout); // afterwards, so that no mark is behind an end
    for (Marked each : committed) {
      marks.put(each.partition(), new Mark(Math.max(each.mark().offset(), begins.getOrDefault(each.partition(), 0L)), ends.getOrDefault(each.partition(), 0L)));
    }
    return marks;
  }

  /// What the group has kept; a coordinator that has just come up, or is another by now, is given the time of an answer.
  private List<Marked> committed(List<TopicPartition> all, Duration timeout) throws KafkaException, InterruptedException {
    for (long deadline = System.nanoTime() + timeout.toNanos(); ; TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS)) {
      try {
        List<Marked> marked =
            cluster.ask(settings.group(), Api.OFFSET_FETCH, out -> GroupMessages.marks(out, settings.group(), all), timeout, GroupMessages::marked);
        Optional<Marked> unfit = marked.stream().filter(each -> each.error() != ErrorCode.NONE).findFirst();
        if (unfit.isEmpty()) {
          return marked;
        }
        cluster.forgetCoordinator(settings.group());
        throw KafkaException.of("the group's offset of " + unfit.get().partition(), unfit.get().error());
      } catch (KafkaException away) {
        if (!away.retriable() || away.code() == ErrorCode.NONE || System.nanoTime() - deadline >= 0) {
          throw away;
        }
      }
    }
  }

  /// Waits for a message's acknowledgement, which the producer bounds.
  static Sent await(CompletableFuture<Sent> sent) throws KafkaException, InterruptedException {
    try {
      return sent.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof KafkaException why) {
        throw why.again();
      }
      throw new IllegalStateException("BUG: " + failed.getCause(), failed);
    }
  }

  @Override public void close() {
    producer.close();
    cluster.close();
  }
}
