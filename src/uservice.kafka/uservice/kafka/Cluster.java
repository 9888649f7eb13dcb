package uservice.kafka;

import module java.base;
import uservice.wire.Address.Host;
import uservice.wire.Backoff;

/// A cluster as one producer or consumer sees it: which broker leads what, and a connection to each that is needed, made when it is
/// needed and again when it is lost. Any number of threads share it.
///
/// ```
///   URI's brokers ──Metadata──▶ nodes, topics ──leader(topic, partition)──▶ Broker (records)
///        ▲                        │  └───────── coordinator(group) ───────▶ Broker (groups)
///        └─ none of the nodes ────┘ asked again: after 5 minutes, after stale(), never more often than each 100 ms
/// ```
///
/// Where a broker does not take a connection, the next attempt is after 50 ms, doubled with each failure up to 2 s, of which the half is
/// up to chance; between two attempts whoever asks fails at once.
final class Cluster implements AutoCloseable {
  static final int TOPICS_MAX = 1000;
  static final Duration AGE_MAX = Duration.ofMinutes(5);
  private static final long REFRESH_NANOS_MIN = 100_000_000;
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));
  private static final int GROUP_KEY = 0;
  private static final int REPLICAS_USUAL = 3;

  /// A broker's place, with a connection or without.
  private static final class Slot {
    final ReentrantLock connecting = new ReentrantLock();
    volatile Broker broker;
    int failures;
    long nextAttempt; // as System.nanoTime, where there were failures
    KafkaException lastFailure;
  }

  private final Target target;
  private final LongSupplier nanos;
  private final Map<Host, Slot> asking = new ConcurrentHashMap<>(); // connections by use: what waits at a broker must not hold up the rest
  private final Map<Host, Slot> records = new ConcurrentHashMap<>();
  private final Map<Host, Slot> groups = new ConcurrentHashMap<>();
  private final Map<String, Host> coordinators = new ConcurrentHashMap<>();
  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private final ReentrantLock refreshing = new ReentrantLock();
  private final AtomicBoolean refreshingSoon = new AtomicBoolean();
  private volatile Metadata metadata = Metadata.NONE;
  private volatile long refreshed;
  private volatile boolean stale = true;
  private volatile boolean closed;

  Cluster(Target target) { this(target, System::nanoTime); }

  /// `nanos` is the monotonic clock, for ages.
  Cluster(Target target, LongSupplier nanos) {
    this.target = target;
    this.nanos = nanos;
  }

  Target target() { return target; }

  // ---- who leads what --------------------------------------------------------------------------------------------

  /// The leaders of a topic's partitions, by their numbers. A topic that is not there is a [KafkaException] with its code.
  List<Integer> leaders(String topic) throws KafkaException, InterruptedException {
    if (!wanted.contains(topic)) {
      if (wanted.size() >= TOPICS_MAX) {
        throw KafkaException.refused(target.where() + ": topic '" + topic + "' is one too many, at most " + TOPICS_MAX + " are asked about", null);
      }
      wanted.add(topic);
    }
    Metadata now = fresh(topic);
    List<Integer> leaders = now.leaders().get(topic);
    if (leaders == null) {
      stale();
      throw KafkaException.of(where(topic), now.errors().getOrDefault(topic, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
    }
    return leaders;
  }

  /// How many partitions a topic has, as far as is known: nobody waits here for an answer that only makes that newer.
  int partitionCount(String topic) throws KafkaException, InterruptedException {
    List<Integer> known = metadata.leaders().get(topic);
    if (known == null) {
      return leaders(topic).size();
    }
    if (aged() && refreshingSoon.compareAndSet(false, true)) {
      Thread.ofVirtual().name("kafka-refresh").start(() -> {
        try {
          fresh(null);
        } catch (KafkaException | InterruptedException away) {
          // What was known stays so.
        } finally {
          refreshingSoon.set(false);
        }
      });
    }
    return known.size();
  }

  /// How many partitions these topics have; without those that are not there.
  Map<String, Integer> counts(Collection<String> topics) throws KafkaException, InterruptedException {
    var counts = new TreeMap<String, Integer>();
    for (String topic : topics) {
      try {
        counts.put(topic, leaders(topic).size());
      } catch (KafkaException missing) {
        if (missing.code() != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
          throw missing;
        }
      }
    }
    return counts;
  }

  /// The node that leads a partition.
  Host leaderNode(String topic, int partition) throws KafkaException, InterruptedException {
    List<Integer> leaders = leaders(topic);
    boolean there = partition >= 0 && partition < leaders.size();
    Host leader = there ? metadata.nodes().get(leaders.get(partition)) : null;
    if (leader == null) {
      stale();
      throw KafkaException.of(where(topic, partition), there ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }
    return leader;
  }

  /// A connection for the records of a partition.
  Broker leader(String topic, int partition) throws KafkaException, InterruptedException {
    Host node = leaderNode(topic, partition);
    try {
      return connection(records, node);
    } catch (KafkaException away) {
      stale(); // it may no longer be the leader
      throw away;
    }
  }

  /// For messages.
  String where(String topic, int partition) { return where(topic) + ", partition " + partition; }

  String where(String topic) { return target.where() + ": topic '" + Broker.printable(topic) + "'"; }

  /// What is known may be wrong: the next who asks has it asked anew.
  void stale() { stale = true; }

  /// Asks now whether the cluster answers, and what it says of the topics that are in use.
  Metadata refresh() throws KafkaException, InterruptedException {
    stale();
    return fresh(null);
  }

  /// What is known, asked anew where it is old, may be wrong, or says nothing of `topic`, if that is not null.
  private Metadata fresh(String topic) throws KafkaException, InterruptedException {
    if (!due(topic)) {
      return metadata;
    }
    refreshing.lockInterruptibly();
    try {
      if (due(topic)) {
        long early = REFRESH_NANOS_MIN - (nanos.getAsLong() - refreshed);
        if (metadata != Metadata.NONE && early > 0) {
          TimeUnit.NANOSECONDS.sleep(Math.min(early, REFRESH_NANOS_MIN));
        }
        stale = false; // whoever finds something wrong from now on says so
        try {
          metadata = any().ask(Api.METADATA, Metadata.request(List.copyOf(wanted)), target.timeout(), Metadata::read);
          refreshed = nanos.getAsLong();
          dropGone();
        } catch (KafkaException | InterruptedException failed) {
          stale();
          throw failed;
        }
      }
      return metadata;
    } finally {
      refreshing.unlock();
    }
  }

  private boolean due(String topic) { return stale || aged() || topic != null && !metadata.leaders().containsKey(topic); }

  private boolean aged() { return nanos.getAsLong() - refreshed > AGE_MAX.toNanos(); }

  private void dropGone() {
    for (Map<Host, Slot> pool : List.of(asking, records, groups)) {
      pool.forEach((node, slot) -> {
        if (!metadata.nodes().containsValue(node) && !coordinators.containsValue(node) && !(pool == asking && target.address().hosts().contains(node))) {
          pool.remove(node);
          if (slot.broker != null) {
            slot.broker.retire();
          }
        }
      });
    }
  }

  // ---- groups and topics -----------------------------------------------------------------------------------------

  /// Asks the broker that keeps a group, over a connection that nothing else waits on.
  <T> T ask(String group, Api api, Consumer<BytesWriter> body, Duration time, Broker.Reading<T> reading) throws KafkaException, InterruptedException {
    try {
      return coordinator(group).ask(api, body, time, reading);
    } catch (KafkaException failed) {
      if (failed.retriable()) {
        forgetCoordinator(group);
      }
      throw failed;
    }
  }

  /// A connection for what concerns a group.
  Broker coordinator(String group) throws KafkaException, InterruptedException {
    Host known = coordinators.get(group);
    if (known == null) {
      // v1: key, what kind of key | throttle, code, message?, node, host, port
      known = any().ask(Api.FIND_COORDINATOR, out -> out.string(group).int8(GROUP_KEY), target.timeout(), in -> {
        in.int32();
        KafkaException.check(target.where() + ": group '" + group + "'", in.error());
        in.nullableString();
        in.int32();
        return new Host(in.string(), in.int32());
      });
      coordinators.put(group, known);
    }
    try {
      return connection(groups, known);
    } catch (KafkaException away) {
      forgetCoordinator(group);
      throw away;
    }
  }

  /// Another broker has the group, perhaps: the next who asks has it looked for.
  void forgetCoordinator(String group) { coordinators.remove(group); }

  /// Makes a topic, with settings as `cleanup.policy`; that it is there already is fine. `replicas` may be -1 for as many as the cluster usually has.
  void createTopic(String topic, int partitions, int replicas, Map<String, String> settings) throws KafkaException, InterruptedException {
    Metadata now = fresh(null);
    Host controller = now.nodes().get(now.controller());
    Broker broker = controller == null ? any() : connection(asking, controller);
    int usual = Math.min(REPLICAS_USUAL, now.nodes().size());
    // v2..4: [topic partitions replicas [assignment] [setting]] timeout, only to validate | throttle, [topic code message?]
    broker.ask(Api.CREATE_TOPICS, out -> out.int32(1).string(topic).int32(partitions).int16(replicas < 0 && out.version < 4 ? usual : replicas) // v4 knows -1
        .int32(0).list(settings.entrySet(), (to, setting) -> to.string(setting.getKey()).string(setting.getValue()))
        .int32(Math.toIntExact(target.timeout().toMillis())).bool(false), target.timeout().multipliedBy(2), in -> {
          in.int32();
          int at = in.at();
          int topics = in.int32();
          if (topics != 1) {
            throw in.wrong("list", at, "has " + topics + " topics, expected 1");
          }
          in.string();
          ErrorCode code = in.error();
          String why = in.nullableString();
          stale();
          KafkaException.check(where(topic) + (why == null ? "" : ", of which the broker says '" + Broker.printable(why) + "'"),
              code == ErrorCode.TOPIC_ALREADY_EXISTS ? ErrorCode.NONE : code);
          return topic;
        });
  }

  // ---- connections -----------------------------------------------------------------------------------------------

  /// A broker for questions that any can answer: one that is connected, or the first that can be.
  Broker any() throws KafkaException, InterruptedException {
    var nodes = new ArrayList<>(metadata.nodes().values());
    Collections.shuffle(nodes);
    for (Host node : nodes) {
      Slot slot = asking.get(node);
      Broker there = slot == null ? null : slot.broker;
      if (there != null && there.usable()) {
        return there;
      }
    }
    nodes.addAll(target.address().hosts());
    KafkaException first = null;
    for (Host node : nodes) {
      try {
        return connection(asking, node);
      } catch (KafkaException failed) {
        if (first == null || first.retriable() && !failed.retriable()) {
          first = failed;
        }
      }
    }
    throw first;
  }

  private Broker connection(Map<Host, Slot> pool, Host node) throws KafkaException, InterruptedException {
    Slot slot = pool.computeIfAbsent(node, _ -> new Slot());
    Broker now = slot.broker;
    if (now != null && now.usable() && !closed) {
      return now;
    }
    slot.connecting.lockInterruptibly();
    try {
      if (closed) {
        throw KafkaException.refused(target.where() + ": closed here", null);
      }
      if (slot.broker != null && slot.broker.usable()) {
        return slot.broker;
      }
      if (slot.broker != null) {
        slot.broker.retire();
        slot.broker = null;
      }
      if (slot.failures > 0 && slot.nextAttempt - nanos.getAsLong() > 0) {
        throw slot.lastFailure.again();
      }
      try {
        slot.broker = Broker.connect(node, target);
        slot.failures = 0;
      } catch (KafkaException failed) {
        slot.lastFailure = failed;
        slot.nextAttempt = nanos.getAsLong() + PAUSES.nanos(slot.failures++);
        throw failed;
      }
      if (closed) {
        slot.broker.close();
      }
      return slot.broker;
    } finally {
      slot.connecting.unlock();
    }
  }

  /// Ends all use; whoever waits fails.
  @Override public void close() {
    closed = true;
    for (Map<Host, Slot> pool : List.of(asking, records, groups)) {
      pool.values().forEach(slot -> {
        Broker broker = slot.broker;
        if (broker != null) {
          broker.close();
        }
      });
    }
  }
}
