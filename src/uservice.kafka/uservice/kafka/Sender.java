package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Takes batches from the lanes to the brokers: one thread that sends whatever is due, all that go to one broker in one request, lanes in turn, and
/// one for each request that waits for its answer, and for each lane that looks for its broker.
///
/// ```
///   lanes ──due──▶ one request for each broker ──▶ answer ──▶ lanes: acknowledged, again, given up
///     ▲ └─ without a broker: routed (metadata, connection, producer id) ─┘
///     └── kick: a batch is full, the first of a lane, an answer, a route
/// ```
final class Sender implements AutoCloseable {
  private static final Logger LOG = System.getLogger("uservice.kafka");
  static final int REQUEST_BYTES_MAX = 1 << 20;
  private static final int ALL = -1;
  private static final int PARTITION_BYTES_MIN = 30;
  private static final long WAIT_NANOS_MAX = 1_000_000_000;

  /// Guards the lanes and all that is theirs.
  final ReentrantLock lock = new ReentrantLock();
  /// Bytes that may still be sent before some are acknowledged.
  final Semaphore room;
  private final Cluster cluster;
  private final ProducerSettings settings;
  private final Condition kicked = lock.newCondition();
  private final Map<TopicPartition, Lane> lanes = new HashMap<>();
  private final SequencedSet<Lane> busy = new LinkedHashSet<>();
  private final List<Batch> ended = new ArrayList<>(); // and not told yet
  private final ReentrantLock identifying = new ReentrantLock();
  private Map.Entry<Long, Short> identity;
  private volatile boolean numbered = true;
  private int pressing;
  private boolean kick;
  private boolean closed;

  /// Begins a thread.
  Sender(Cluster cluster, ProducerSettings settings) {
    this.cluster = cluster;
    this.settings = settings;
    this.room = new Semaphore(settings.bufferBytes(), true);
    Thread.ofVirtual().name("kafka-send").start(this::run);
  }

  /// What goes to a partition. With the lock held.
  Lane lane(String topic, int partition) {
    return lanes.computeIfAbsent(new TopicPartition(topic, partition), where -> new Lane(where, cluster.where(topic, partition), ended));
  }

  /// The lane has a batch. With the lock held.
  void begin(Lane lane, Batch batch) {
    lane.ready.add(batch);
    busy.add(lane);
  }

  /// Something may be due. With the lock held.
  void kick() {
    if (!kick) {
      kick = true;
      kicked.signal();
    }
  }

  /// Somebody more waits for room or for all to be sent, or less: as long as somebody does, nothing lingers.
  void press(int by) {
    lock.lock();
    pressing += by;
    release();
  }

  /// All that is not acknowledged yet.
  CompletableFuture<?> waiting() {
    var all = new ArrayList<CompletableFuture<?>>();
    lock.lock();
    try {
      for (Lane lane : busy) {
        lane.all().forEach(batch -> all.addAll(batch.waiting));
      }
    } finally {
      lock.unlock();
    }
    return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
  }

  /// Gives the lock back, since something may be due now, and tells whoever waits for what has ended.
  private void release() {
    List<Batch> over = over();
    kick();
    lock.unlock();
    tell(over);
  }

  private List<Batch> over() {
    var over = List.copyOf(ended);
    ended.clear();
    return over;
  }

  private void tell(List<Batch> over) {
    for (Batch batch : over) {
      room.release(batch.charge);
      batch.tell();
    }
  }

  // ---- what is due -----------------------------------------------------------------------------------------------

  private void run() {
    while (true) {
      var due = new HashMap<TopicPartition, Batch>();
      Broker to;
      lock.lock();
      try {
        for (long wait = collect(due); due.isEmpty(); wait = collect(due)) {
          if (closed) {
            return;
          }
          if (!kick) {
            kicked.awaitNanos(wait);
          }
          kick = false;
        }
        to = due.values().iterator().next().lane.broker;
      } catch (InterruptedException nobody) {
        throw new IllegalStateException("BUG: nobody interrupts the sender", nobody);
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
      long lingers = lingers(lane.ready.peek(), now);
      wait = Math.min(wait, lingers > 0 ? Math.min(left, lingers) : left);
      if (lane.idle()) {
        busy.remove(lane);
      } else if (lane.routing) {
        continue;
      } else if (lane.failures > 0 && lane.notBefore - now > 0) {
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
      List<Batch> over = over();
      Thread.ofVirtual().name("kafka-tell").start(() -> tell(over));
    }
    return wait;
  }

  /// How many nanoseconds a batch still waits for more messages; 0 or less where it is due.
  private long lingers(Batch batch, long now) {
    return batch == null ? Long.MAX_VALUE : batch.closed || pressing > 0 ? 0 : batch.created + settings.linger().toNanos() - now;
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
      throw new IllegalStateException("BUG: nobody interrupts a route", nobody);
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
        identity = any.ask(Api.INIT_PRODUCER_ID, Sender::identityRequest, cluster.target().timeout(), in -> identity(in, any + ": a producer's id"));
      }
      lane.identify(identity.getKey(), identity.getValue());
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
  static Map.Entry<Long, Short> identity(BytesReader in, String what) throws ProtocolException, KafkaException {
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
    return Map.entry(id, epoch);
  }

  // ---- there and back --------------------------------------------------------------------------------------------

  private void send(Broker broker, Map<TopicPartition, Batch> batches) {
    Duration time = cluster.target().timeout();
    try {
      Broker.Answer answer = broker.send(Api.PRODUCE, request(batches, time.dividedBy(2)), time);
      Thread.ofVirtual().name("kafka-answer").start(() -> receive(broker, answer, batches));
    } catch (KafkaException unsent) {
      Thread.ofVirtual().name("kafka-answer").start(() -> settle(batches, unsent));
    }
  }

  // Produce v7: transaction?, who must have it, how long that may take, [topic [partition, records]]
  static Consumer<BytesWriter> request(Map<TopicPartition, Batch> batches, Duration time) {
    return out -> out.string(null).int16(ALL).int32(Math.toIntExact(time.toMillis()))
        .partitions(batches.keySet(), (to, partition) -> batches.get(partition).write(to));
  }

  private void receive(Broker broker, Broker.Answer answer, Map<TopicPartition, Batch> batches) {
    try {
      settle(broker.read(answer.await(), in -> answer(in, batches)), null);
    } catch (KafkaException failed) {
      settle(batches, failed);
    } catch (InterruptedException nobody) {
      throw new IllegalStateException("BUG: nobody interrupts an answer", nobody);
    }
  }

  // [topic [partition, code, offset of the first, time, the log's first offset]], throttle
  static Map<TopicPartition, Batch> answer(BytesReader in, Map<TopicPartition, Batch> batches) throws ProtocolException {
    var left = new HashMap<>(batches);
    int at = in.at();
    in.partitions(PARTITION_BYTES_MIN, (partition, each) -> {
      Batch batch = left.remove(partition);
      ErrorCode code = each.error();
      long offset = each.int64();
      each.skip(2 * Long.BYTES);
      if (batch != null) {
        batch.code = code;
        batch.offset = code == ErrorCode.NONE ? offset : Sent.UNKNOWN;
      }
      return partition;
    });
    in.int32();
    for (TopicPartition none : left.keySet()) {
      throw in.wrong("list", at, "lacks partition " + none.partition() + " of topic '" + none.topic() + "'");
    }
    return batches;
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

  /// Gives up what is left.
  @Override public void close() {
    lock.lock();
    try {
      closed = true;
      busy.forEach(lane -> lane.expire(System.nanoTime(), lane.late("the producer was closed before it was acknowledged")));
      busy.clear();
    } finally {
      release();
    }
  }
}
