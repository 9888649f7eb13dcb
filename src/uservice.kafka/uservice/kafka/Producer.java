package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.trace.Propagation;
import uservice.trace.Span;
import uservice.trace.Tracer;

/// Sends messages to topics, each acknowledged by all replicas in sync before it counts. Any number of threads share one.
///
/// What goes to one partition is collected to batches; what is sent again after a fault is written once, and keeps its order. A message that
/// could not be delivered says so in its future, with a [KafkaException] that says whether it may be there nevertheless.
///
/// One thread sends whatever is due, all that go to one broker in one request, lanes in turn; another waits for the answer to each request, and one
/// looks for the broker of each lane that has none.
///
/// ```
///   send ──▶ lanes ──due──▶ one request for each broker ──▶ answer ──▶ lanes: acknowledged, again, given up
///              ▲ └─ without a broker: routed (metadata, connection, producer id) ─┘
///              └── kick: a batch is full, the first of a lane, an answer, a route
/// ```
public final class Producer implements AutoCloseable {
  /// A message may be as large as this, with its headers; topics have smaller bounds of their own.
  static final int MESSAGE_BYTES_MAX = 16 << 20;
  static final int REQUEST_BYTES_MAX = 1 << 20;
  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final long TOPIC_WAIT_NANOS = 3_000_000_000L;
  private static final long METADATA_PAUSE_MILLIS = 50;
  private static final long WAIT_NANOS_MAX = 1_000_000_000;

  /// What is asked beside about its topics goes to the same brokers; closed with it.
  final Cluster cluster;
  private final ProducerSettings settings;
  private final Semaphore room;
  private final ReentrantLock lock = new ReentrantLock(); // of all that follows
  private final Condition kicked = lock.newCondition();
  private final Partitioner partitioner = new Partitioner();
  private final Map<TopicPartition, Lane> lanes = new HashMap<>();
  private final SequencedSet<Lane> busy = new LinkedHashSet<>();
  private final List<Batch> ended = new ArrayList<>(); // and not told yet
  private int pressing; // wait for room, or for all to be sent: as long as somebody does, nothing lingers
  private boolean kick;
  private boolean closed;
  private final ReentrantLock identifying = new ReentrantLock(); // of the id
  private long[] identity; // the id, and its first epoch
  private volatile boolean numbered = true;

  /// Begins a thread.
  Producer(Cluster cluster, ProducerSettings settings) {
    this.cluster = cluster;
    this.settings = settings;
    this.room = new Semaphore(settings.bufferBytes(), true);
    Thread.ofVirtual().name("kafka-send").start(this::run);
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
    Span above = Tracer.current();
    return above == Span.NONE ? put(message) : send(message, above.child("send " + message.topic(), Span.Kind.PRODUCER));
  }

  /// Sends it with the trace in its headers; the span ends when it is acknowledged.
  private CompletableFuture<Sent> send(Message message, Span span) throws KafkaException, InterruptedException {
    Message carrying = message;
    for (var field : Propagation.headers(span).entrySet()) {
      carrying = carrying.with(Header.of(field.getKey(), field.getValue()));
    }
    Kafka.describe(span, "send", message.topic());
    try {
      CompletableFuture<Sent> sent = put(carrying);
      sent.whenComplete((_, failed) -> (failed == null ? span : span.failed(failed)).end());
      return sent;
    } catch (KafkaException | InterruptedException unsent) {
      span.failed(unsent).end();
      throw unsent;
    }
  }

  private CompletableFuture<Sent> put(Message message) throws KafkaException, InterruptedException {
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
    lock.lock();
    try {
      if (closed) {
        room.release((int) charge);
        throw KafkaException.refused(cluster.target().where() + ": the producer is closed", null);
      }
      append(message, partitions, charge, sent);
      return sent;
    } finally {
      lock.unlock();
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
    Lane lane = lane(topic, free ? partitioner.sticky(topic, partitions)
        : message.partition() == Message.ANY ? Partitioner.of(message.key(), partitions) : message.partition());
    Batch batch = lane.open(charge, settings.batchBytes());
    if (batch == null) {
      kick();
      lane = free ? lane(topic, partitioner.turn(topic, partitions)) : lane;
      batch = lane.open(charge, settings.batchBytes());
    }
    if (batch == null) {
      batch = new Batch(lane, settings.gzip(), System.nanoTime());
      lane.ready.add(batch);
      busy.add(lane);
    }
    batch.add(message.timestamp() == Message.NOW ? message.at(Instant.now()) : message, sent);
    if (batch.bytes >= settings.batchBytes()) {
      batch.closed = true;
      kick();
    }
  }

  private Lane lane(String topic, int partition) {
    return lanes.computeIfAbsent(new TopicPartition(topic, partition), where -> new Lane(where, cluster.where(topic, partition), ended));
  }

  /// How many partitions a topic has. One that was made a moment ago is not known to all brokers yet.
  private int partitions(String topic) throws KafkaException, InterruptedException {
    long begun = System.nanoTime();
    while (true) {
      try {
        return cluster.partitionCount(topic);
      } catch (KafkaException failed) {
        long most = failed.code() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION ? TOPIC_WAIT_NANOS : Long.MAX_VALUE;
        if (!failed.retriable() || System.nanoTime() - begun > Math.min(most, settings.delivery().toNanos())) {
          throw failed;
        }
        Thread.sleep(METADATA_PAUSE_MILLIS);
      }
    }
  }

  private void acquire(String topic, int charge) throws KafkaException, InterruptedException {
    if (room.tryAcquire(charge)) {
      return;
    }
    press(1);
    try {
      if (!room.tryAcquire(charge, settings.delivery().toNanos(), TimeUnit.NANOSECONDS)) {
        throw KafkaException.late(cluster.where(topic) + ": no room for " + charge + " bytes within " + settings.delivery().toMillis() + " ms, "
            + waitingBytes() + " of " + settings.bufferBytes() + " wait to be acknowledged", false, null);
      }
    } finally {
      press(-1);
    }
  }

  private void press(int by) {
    lock.lock();
    pressing += by;
    release();
  }

  /// Bytes that wait to be acknowledged.
  public int waitingBytes() { return settings.bufferBytes() - room.availablePermits(); }

  /// Sends at once what lingers, and waits until all that was sent so far is acknowledged or given up.
  public void flush() throws InterruptedException {
    var all = new ArrayList<CompletableFuture<?>>();
    lock.lock();
    try {
      pressing++;
      busy.forEach(lane -> lane.all().forEach(batch -> all.addAll(batch.waiting)));
    } finally {
      release();
    }
    try {
      CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get();
    } catch (ExecutionException failed) {
      // Whoever sent it is told.
    } finally {
      press(-1);
    }
  }

  /// Takes no more, [flushes][#flush], and closes the connections. Waits for as long as a delivery may take, at most; whoever interrupts it has
  /// what is left given up.
  @Override public void close() {
    lock.lock();
    closed = true;
    lock.unlock();
    try {
      flush();
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      busy.forEach(lane -> lane.expire(System.nanoTime(), lane.late("the producer was closed before it was acknowledged")));
      busy.clear();
    } finally {
      release();
    }
    cluster.close();
  }

  // ---- what is due -----------------------------------------------------------------------------------------------

  private void run() {
    while (true) {
      var due = new HashMap<TopicPartition, Batch>();
      Broker to;
      lock.lock();
      try {
        for (long wait = collect(due); due.isEmpty(); wait = collect(due)) {
          if (closed && busy.isEmpty()) {
            return;
          }
          if (!kick) {
            kicked.awaitNanos(wait);
          }
          kick = false;
        }
        to = due.values().iterator().next().lane.broker;
      } catch (InterruptedException nobody) {
        throw new IllegalStateException("BUG: nobody interrupts this", nobody);
      } finally {
        lock.unlock();
      }
      send(to, due);
    }
  }

  /// Finds what may go now, to one broker; returns how many nanoseconds nothing else will.
  private long collect(Map<TopicPartition, Batch> due) {
    long now = System.nanoTime();
    long wait = WAIT_NANOS_MAX;
    int bytes = 0;
    Broker to = null;
    for (Lane lane : List.copyOf(busy)) {
      long left = lane.oldest(now) + settings.delivery().toNanos() - now;
      if (left <= 0) {
        lane.expire(now - settings.delivery().toNanos(), lane.late("not acknowledged within " + settings.delivery().toMillis() + " ms"));
      }
      Batch first = lane.ready.peek();
      long lingers = first == null ? WAIT_NANOS_MAX : first.closed || pressing > 0 ? 0 : first.created + settings.linger().toNanos() - now;
      wait = Math.min(wait, lingers > 0 ? Math.min(left, lingers) : left);
      if (lane.idle()) {
        busy.remove(lane);
      }
      if (lane.idle() || lane.routing) {
        continue;
      }
      if (lane.failures > 0 && lane.notBefore - now > 0) {
        wait = Math.min(wait, lane.notBefore - now);
      } else if (lane.broker == null || !lane.broker.usable() || numbered && !lane.identified()) {
        if (lingers <= 0 || !lane.flight.isEmpty()) {
          lane.routing = true;
          Thread.ofVirtual().name("kafka-route").start(() -> route(lane));
        }
      } else if (bytes < REQUEST_BYTES_MAX && (to == null || to == lane.broker)) {
        Batch next = lane.next(numbered, lingers <= 0);
        if (next != null) {
          to = lane.broker;
          bytes += next.bytes;
          due.put(lane.partition, next);
          busy.addLast(lane); // others are first the next time
        }
      }
    }
    if (!ended.isEmpty()) {
      Thread.ofVirtual().name("kafka-tell").start(() -> {
        lock.lock();
        release();
      });
    }
    return wait;
  }

  private void kick() {
    if (!kick) {
      kick = true;
      kicked.signal();
    }
  }

  /// Gives the lock back, since something may be due now, and tells whoever waits for what has ended.
  private void release() {
    var over = List.copyOf(ended);
    ended.clear();
    kick();
    lock.unlock();
    for (Batch batch : over) {
      room.release(batch.charge);
      batch.tell();
    }
  }

  // ---- where to --------------------------------------------------------------------------------------------------

  private void route(Lane lane) {
    Broker found = null;
    KafkaException failed = null;
    try {
      if (numbered && !lane.identified()) {
        identify(lane);
      }
      found = cluster.leader(lane.partition.topic(), lane.partition.partition());
    } catch (KafkaException away) {
      failed = away;
    } catch (InterruptedException nobody) {
      throw new IllegalStateException("BUG: nobody interrupts this", nobody);
    }
    lock.lock();
    try {
      lane.routing = false;
      lane.broker = found;
      if (failed != null) {
        lane.pause(failed, System.nanoTime());
        if (!failed.retriable()) {
          lane.expire(System.nanoTime(), failed);
        }
      }
    } finally {
      release();
    }
  }

  /// Gives the lane the producer's numbers: one id for all lanes, but for one that has used up its epochs. As long as it is being routed, nobody
  /// else has to do with these.
  private void identify(Lane lane) throws KafkaException, InterruptedException {
    identifying.lockInterruptibly();
    try {
      if (identity == null || lane.usedUp()) {
        Broker any = cluster.any();
        identity = any.ask(Api.INIT_PRODUCER_ID, Producer::identityRequest, cluster.target().timeout(), in -> identity(in, any + ": a producer's id"));
      }
      lane.identify(identity[0], (int) identity[1]);
    } catch (KafkaException refused) {
      if (refused.code() != ErrorCode.CLUSTER_AUTHORIZATION_FAILED) {
        throw refused;
      }
      numbered = false;
      LOG.log(Level.WARNING, cluster.target().where() + ": this user may not produce idempotently, so that what is sent again may be there twice:"
          + " give the right IdempotentWrite by an ACL");
    } finally {
      identifying.unlock();
    }
  }

  // InitProducerId v0, v1: transaction?, its time
  static void identityRequest(BytesWriter out) { out.string(null).int32(Integer.MAX_VALUE); }

  // throttle, code, id, epoch
  static long[] identity(BytesReader in, String what) throws ProtocolException, KafkaException {
    in.int32();
    ErrorCode code = in.error();
    int at = in.at();
    long id = in.int64();
    short epoch = in.int16();
    if (code != ErrorCode.NONE) {
      throw KafkaException.of(what, code);
    }
    if (id < 0 || epoch < 0) {
      throw in.wrong("producer id", at, "is " + id + " in epoch " + epoch);
    }
    return new long[] {id, epoch};
  }

  // ---- there and back --------------------------------------------------------------------------------------------

  private void send(Broker broker, Map<TopicPartition, Batch> batches) {
    Duration time = cluster.target().timeout();
    try {
      Broker.Answer answer = broker.send(Api.PRODUCE, Batch.request(batches, time.dividedBy(2)), time);
      Thread.ofVirtual().name("kafka-answer").start(() -> receive(broker, answer, batches));
    } catch (KafkaException unsent) {
      Thread.ofVirtual().name("kafka-answer").start(() -> settle(batches, unsent));
    }
  }

  private void receive(Broker broker, Broker.Answer answer, Map<TopicPartition, Batch> batches) {
    try {
      settle(broker.read(answer.await(), in -> Batch.answer(in, batches)), null);
    } catch (KafkaException failed) {
      settle(batches, failed);
    } catch (InterruptedException nobody) {
      throw new IllegalStateException("BUG: nobody interrupts this", nobody);
    }
  }

  /// What brokers said of these, or why none did.
  private void settle(Map<TopicPartition, Batch> batches, KafkaException failed) {
    lock.lock();
    try {
      for (Batch batch : batches.values()) {
        if (failed == null && (batch.code == ErrorCode.NONE || batch.code == ErrorCode.DUPLICATE_SEQUENCE_NUMBER)) {
          batch.lane.acknowledge(batch, batch.offset);
          continue;
        }
        KafkaException why = failed == null ? KafkaException.of(batch.lane.where, batch.code) : failed;
        batch.lane.refuse(batch, why, System.nanoTime());
        if (why.retriable()) {
          cluster.stale();
        }
      }
    } finally {
      release();
    }
  }
}
