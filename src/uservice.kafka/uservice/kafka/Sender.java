package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Takes batches from the lanes to the brokers: one thread that sends whatever is due, all that go to one broker in one request, and one for
/// each request that waits for its answer, and for each lane that looks for its broker.
///
/// ```
///   lanes ──due──▶ one request for each broker ──▶ answer ──▶ lanes: acknowledged, again, given up
///     ▲ └─ without a broker: routed (metadata, connection, producer id) ─┘
///     └── kick: a batch is full, the first of a lane, an answer, a route
/// ```
final class Sender implements AutoCloseable {
  private static final Logger LOG = System.getLogger("uservice.kafka");
  static final int REQUEST_BYTES_MAX = 1 << 20;
  private static final long WAIT_NANOS_MAX = 1_000_000_000;

  /// What becomes of the batches that end; never called with the lock held.
  private final Lane.Ending ending;
  private final Cluster cluster;
  private final ProducerSettings settings;
  private final ReentrantLock lock;
  private final Condition kicked;
  private final BooleanSupplier pressed;
  private final Set<Lane> busy = new LinkedHashSet<>();
  private final ReentrantLock identifying = new ReentrantLock();
  private ProduceMessages.Identity identity;
  private volatile boolean numbered = true;
  private boolean kick;
  private boolean ended;

  /// `pressed` says whether batches go without lingering. Begins a thread.
  Sender(Cluster cluster, ProducerSettings settings, ReentrantLock lock, BooleanSupplier pressed, Lane.Ending ending) {
    this.cluster = cluster;
    this.settings = settings;
    this.lock = lock;
    this.kicked = lock.newCondition();
    this.pressed = pressed;
    this.ending = ending;
    Thread.ofVirtual().name("kafka-send").start(this::run);
  }

  /// Something may be due. With the lock held.
  void kick() {
    if (!kick) {
      kick = true;
      kicked.signal();
    }
  }

  /// The lane has a batch. With the lock held.
  void busy(Lane lane) { busy.add(lane); }

  /// Whether nothing waits, and nothing is on its way. With the lock held.
  boolean idle() { return busy.stream().allMatch(Lane::idle); }

  // ---- what is due -----------------------------------------------------------------------------------------------

  /// Endings while the lock is held, for later.
  private static final class Later implements Lane.Ending {
    private final List<Consumer<Lane.Ending>> endings = new ArrayList<>();

    @Override public void done(Batch batch, Lane lane, long offset) { endings.add(to -> to.done(batch, lane, offset)); }

    @Override public void failed(Batch batch, KafkaException why) { endings.add(to -> to.failed(batch, why)); }
  }

  private void tell(Later later) {
    if (!later.endings.isEmpty()) {
      Thread.ofVirtual().name("kafka-tell").start(() -> later.endings.forEach(each -> each.accept(ending)));
    }
  }

  private void run() {
    while (true) {
      var due = new LinkedHashMap<Broker, Map<Lane, Batch>>();
      var later = new Later();
      lock.lock();
      try {
        for (long wait = collect(due, later); due.isEmpty() && later.endings.isEmpty() && !ended; wait = collect(due, later)) {
          if (!kick) {
            kicked.awaitNanos(wait);
          }
          kick = false;
        }
        if (ended && due.isEmpty() && later.endings.isEmpty()) {
          return;
        }
      } catch (InterruptedException nobody) {
        throw new IllegalStateException("BUG: nobody interrupts the sender", nobody);
      } finally {
        lock.unlock();
      }
      tell(later);
      due.forEach(this::send);
    }
  }

  /// Finds what may go now; returns how many nanoseconds nothing else will.
  private long collect(Map<Broker, Map<Lane, Batch>> due, Later later) {
    long now = System.nanoTime();
    long wait = WAIT_NANOS_MAX;
    boolean hurry = pressed.getAsBoolean() || ended;
    var sizes = new HashMap<Broker, Integer>();
    for (var lanes = busy.iterator(); lanes.hasNext();) {
      Lane lane = lanes.next();
      lane.expire(now - settings.delivery().toNanos(), batch -> late(lane, batch), later);
      if (lane.idle()) {
        lanes.remove();
        continue;
      }
      if (lane.routing) {
        continue;
      }
      if (lane.notBefore - now > 0 && lane.failures > 0) {
        wait = Math.min(wait, lane.notBefore - now);
        continue;
      }
      if (lane.broker == null || !lane.broker.usable() || numbered && !lane.identified()) {
        if (!lane.flight.isEmpty() || due(lane.ready.peek(), now, hurry)) {
          lane.routing = true;
          Thread.ofVirtual().name("kafka-route").start(() -> route(lane));
        }
      } else if (sizes.getOrDefault(lane.broker, 0) < REQUEST_BYTES_MAX) {
        Batch next = lane.next(numbered, batch -> due(batch, now, hurry), later);
        if (next != null) {
          due.computeIfAbsent(lane.broker, _ -> new LinkedHashMap<>()).put(lane, next);
          sizes.merge(lane.broker, next.bytes(), Integer::sum);
          continue;
        }
      }
      if (!lane.ready.isEmpty() && !due(lane.ready.peek(), now, hurry)) {
        wait = Math.min(wait, lane.ready.peek().created + settings.linger().toNanos() - now);
      }
      wait = Math.min(wait, lane.oldest(now) + settings.delivery().toNanos() - now);
    }
    return wait;
  }

  private boolean due(Batch batch, long now, boolean hurry) {
    return batch != null && (hurry || batch.closed || now - batch.created - settings.linger().toNanos() >= 0);
  }

  private KafkaException late(Lane lane, Batch batch) {
    return KafkaException.late(cluster.where(lane.topic, lane.partition) + ": not acknowledged within " + settings.delivery().toMillis() + " ms"
        + (lane.lastFailure == null ? "" : ": " + lane.lastFailure.getMessage()), batch.unsure(), lane.lastFailure);
  }

  // ---- where to --------------------------------------------------------------------------------------------------

  private void route(Lane lane) {
    var later = new Later();
    try {
      ProduceMessages.Identity mine = numbered ? identity(lane) : null;
      Broker found = cluster.leader(lane.topic, lane.partition);
      lock.lock();
      if (mine != null && !lane.identified()) {
        lane.identify(mine.id(), mine.epoch());
      }
      lane.broker = found;
    } catch (KafkaException failed) {
      lock.lock();
      lane.pause(failed, System.nanoTime());
      if (!failed.retriable()) {
        lane.expire(System.nanoTime(), batch -> batch.unsure() ? failed.unsure() : failed.again(), later);
      }
    } catch (InterruptedException nobody) {
      throw new IllegalStateException("BUG: nobody interrupts a route", nobody);
    }
    try {
      lane.routing = false;
      kick();
    } finally {
      lock.unlock();
    }
    tell(later);
  }

  /// The producer's numbers: one id for all lanes, but for one that has used up its epochs.
  private ProduceMessages.Identity identity(Lane lane) throws KafkaException, InterruptedException {
    identifying.lockInterruptibly();
    try {
      if (lane.identified()) {
        return null;
      }
      if (identity == null || lane.usedUp()) {
        Broker any = cluster.any();
        var answer = any.ask(Api.INIT_PRODUCER_ID, ProduceMessages::identityRequest, cluster.target().timeout(), ProduceMessages::identity);
        if (answer.getKey() == ErrorCode.CLUSTER_AUTHORIZATION_FAILED) {
          numbered = false;
          LOG.log(Level.WARNING, cluster.target().where() + ": this user may not produce idempotently, so that what is sent again may be there twice:"
              + " give the right IdempotentWrite by an ACL");
          return null;
        }
        if (answer.getKey() != ErrorCode.NONE) {
          throw KafkaException.of(any + ": a producer's id", answer.getKey());
        }
        identity = answer.getValue();
      }
      return identity;
    } finally {
      identifying.unlock();
    }
  }

  // ---- there and back --------------------------------------------------------------------------------------------

  private void send(Broker broker, Map<Lane, Batch> batches) {
    var encoded = new HashMap<TopicPartition, byte[]>();
    batches.forEach((lane, batch) -> encoded.put(new TopicPartition(lane.topic, lane.partition), batch.encoded()));
    Duration time = cluster.target().timeout();
    try {
      Broker.Answer answer = broker.send(Api.PRODUCE, ProduceMessages.request(encoded, time.dividedBy(2)), time);
      Thread.ofVirtual().name("kafka-answer").start(() -> receive(broker, answer, batches));
    } catch (KafkaException unsent) {
      settle(batches, Map.of(), unsent);
    }
  }

  private void receive(Broker broker, Broker.Answer answer, Map<Lane, Batch> batches) {
    try {
      var outcomes = broker.read(answer.await(), in -> {
        int at = in.at();
        var read = ProduceMessages.read(in);
        for (Lane lane : batches.keySet()) {
          if (!read.containsKey(new TopicPartition(lane.topic, lane.partition))) {
            throw in.wrong("list", at, "lacks partition " + lane.partition + " of topic '" + lane.topic + "'");
          }
        }
        return read;
      });
      settle(batches, outcomes, null);
    } catch (KafkaException failed) {
      settle(batches, Map.of(), failed);
    } catch (InterruptedException nobody) {
      throw new IllegalStateException("BUG: nobody interrupts an answer", nobody);
    }
  }

  private void settle(Map<Lane, Batch> batches, Map<TopicPartition, ProduceMessages.Outcome> outcomes, KafkaException failed) {
    var later = new Later();
    lock.lock();
    try {
      batches.forEach((lane, batch) -> {
        var outcome = outcomes.get(new TopicPartition(lane.topic, lane.partition));
        if (outcome != null && (outcome.code() == ErrorCode.NONE || outcome.code() == ErrorCode.DUPLICATE_SEQUENCE_NUMBER)) {
          lane.acknowledge(batch, outcome.code() == ErrorCode.NONE ? outcome.offset() : Sent.UNKNOWN, later);
          return;
        }
        KafkaException why = outcome == null ? failed : KafkaException.of(cluster.where(lane.topic, lane.partition), outcome.code());
        lane.refuse(batch, why, settings.gzip(), System.nanoTime(), later);
        if (outcome == null || outcome.code().retriable()) {
          cluster.stale();
        }
      });
      kick();
    } finally {
      lock.unlock();
    }
    later.endings.forEach(each -> each.accept(ending));
  }

  /// Gives up what is left.
  @Override public void close() {
    var later = new Later();
    lock.lock();
    try {
      ended = true;
      for (Lane lane : busy) {
        lane.expire(System.nanoTime(), batch -> KafkaException.late(cluster.where(lane.topic, lane.partition)
            + ": the producer was closed before it was acknowledged", batch.unsure(), lane.lastFailure), later);
      }
      busy.clear();
      kick();
    } finally {
      lock.unlock();
    }
    later.endings.forEach(each -> each.accept(ending));
  }
}
