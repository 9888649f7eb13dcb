package uservice.kafka;

import module java.base;

/// Sends messages to topics, each acknowledged by all replicas in sync before it counts. Any number of threads share one.
///
/// What goes to one partition is collected to batches; what is sent again after a fault is written once, and keeps its order. A message that
/// could not be delivered says so in its future, with a [KafkaException] that says whether it may be there nevertheless.
public final class Producer implements AutoCloseable {
  /// A message may be as large as this, with its headers; topics have smaller bounds of their own.
  static final int MESSAGE_BYTES_MAX = 16 << 20;
  private static final Duration TOPIC_WAIT = Duration.ofSeconds(3);
  private static final long METADATA_PAUSE_MILLIS = 50;

  private final Cluster cluster;
  private final ProducerSettings settings;
  private final Partitioner partitioner = new Partitioner();
  private final Sender sender;
  private boolean closed;

  Producer(Cluster cluster, ProducerSettings settings) {
    this.cluster = cluster;
    this.settings = settings;
    this.sender = new Sender(cluster, settings);
  }

  /// A producer for the brokers of a `kafka:` or `kafkas:` URI; the chapter lists its parameters. What makes no sense is an
  /// [IllegalArgumentException] without the password. Nothing is connected yet.
  public static Producer open(URI uri) {
    Target target = Target.parse(uri, ProducerSettings.PARAMETERS);
    return new Producer(new Cluster(target), ProducerSettings.of(target.address()));
  }

  /// Sends a message, and waits only as long as there is no room for it, or the topic is not known yet. The future completes when it is
  /// acknowledged, or exceptionally with a [KafkaException].
  ///
  /// @throws KafkaException if nothing was sent: the topic is not there, the message too large, there was no room within the time of delivery
  public CompletableFuture<Sent> send(Message message) throws KafkaException, InterruptedException {
    long charge = Batch.charge(message);
    int most = Math.min(MESSAGE_BYTES_MAX, settings.bufferBytes());
    if (charge > most) {
      throw KafkaException.refused(cluster.where(message.topic()) + ": the message has " + charge + " bytes with its headers, at most " + most, null);
    }
    int partitions = partitions(message.topic());
    if (message.partition() >= partitions) {
      throw KafkaException.refused(cluster.where(message.topic(), message.partition()) + ": the topic has partitions 0 to " + (partitions - 1), null);
    }
    acquire(message.topic(), (int) charge);
    var sent = new CompletableFuture<Sent>();
    sender.lock.lock();
    try {
      if (closed) {
        sender.room.release((int) charge);
        throw KafkaException.refused(cluster.target().where() + ": the producer is closed", null);
      }
      append(message, partitions, charge, sent);
      return sent;
    } finally {
      sender.lock.unlock();
    }
  }

  /// Sends a message, and waits until it is acknowledged.
  public Sent deliver(Message message) throws KafkaException, InterruptedException { return await(send(message)); }

  /// Waits for an acknowledgement, for which there is a bound already.
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

  private void append(Message message, int partitions, long charge, CompletableFuture<Sent> sent) {
    String topic = message.topic();
    boolean free = message.partition() == Message.ANY && message.key() == null;
    Lane lane = sender.lane(topic, free ? partitioner.sticky(topic, partitions)
        : message.partition() == Message.ANY ? Partitioner.of(message.key(), partitions) : message.partition());
    Batch batch = lane.open(charge, settings.batchBytes());
    if (batch == null) {
      sender.kick();
      lane = free ? sender.lane(topic, partitioner.turn(topic, partitions)) : lane;
      batch = lane.open(charge, settings.batchBytes());
    }
    if (batch == null) {
      batch = new Batch(lane, settings.gzip(), System.nanoTime());
      sender.begin(lane, batch);
    }
    batch.add(message.timestamp() == Message.NOW ? message.at(Instant.now()) : message, sent);
    if (batch.bytes >= settings.batchBytes()) {
      batch.closed = true;
      sender.kick();
    }
  }

  /// How many partitions a topic has. One that was made a moment ago is not known to all brokers yet.
  private int partitions(String topic) throws KafkaException, InterruptedException {
    long begun = System.nanoTime();
    while (true) {
      try {
        return cluster.partitionCount(topic);
      } catch (KafkaException failed) {
        Duration patience = failed.code() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION && TOPIC_WAIT.compareTo(settings.delivery()) < 0 ? TOPIC_WAIT : settings.delivery();
        if (!failed.retriable() || System.nanoTime() - begun > patience.toNanos()) {
          throw failed;
        }
        Thread.sleep(METADATA_PAUSE_MILLIS);
      }
    }
  }

  private void acquire(String topic, int charge) throws KafkaException, InterruptedException {
    if (sender.room.tryAcquire(charge)) {
      return;
    }
    sender.press(1);
    try {
      if (!sender.room.tryAcquire(charge, settings.delivery().toNanos(), TimeUnit.NANOSECONDS)) {
        throw KafkaException.late(cluster.where(topic) + ": no room for " + charge + " bytes within " + settings.delivery().toMillis() + " ms, "
            + waitingBytes() + " of " + settings.bufferBytes() + " wait to be acknowledged", false, null);
      }
    } finally {
      sender.press(-1);
    }
  }

  /// Bytes that wait to be acknowledged.
  public int waitingBytes() { return settings.bufferBytes() - sender.room.availablePermits(); }

  /// Sends at once what lingers, and waits until all that was sent so far is acknowledged or given up.
  public void flush() throws InterruptedException {
    var all = sender.waiting();
    sender.press(1);
    try {
      all.get();
    } catch (ExecutionException failed) {
      // Whoever sent it is told.
    } finally {
      sender.press(-1);
    }
  }

  /// Takes no more, [flushes][#flush], and closes the connections. Waits for as long as a delivery may take, at most; whoever interrupts it has
  /// what is left given up.
  @Override public void close() {
    sender.lock.lock();
    closed = true;
    sender.lock.unlock();
    try {
      flush();
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
    }
    sender.close();
    cluster.close();
  }
}
