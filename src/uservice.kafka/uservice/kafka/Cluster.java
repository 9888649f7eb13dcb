package uservice.kafka;

import module java.base;

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
  private static final long PAUSE_NANOS_MIN = 50_000_000;
  private static final long PAUSE_NANOS_MAX = 2_000_000_000;
  private static final int DOUBLINGS_MAX = 10;
  private static final int GROUP_KEY = 0;
  private static final int REPLICAS_USUAL = 3;

  /// What a connection is for: what waits at the broker must not hold up the rest.
  private enum Use { ASKING, RECORDS, GROUPS }

  private record Key(Node node, Use use) {}

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
  private final Map<Key, Slot> slots = new ConcurrentHashMap<>();
  private final Map<String, Node> coordinators = new ConcurrentHashMap<>();
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

  /// The partitions of a topic, by their numbers. A topic that is not there is a [KafkaException] with its code.
  List<Metadata.Partition> partitions(String topic) throws KafkaException, InterruptedException {
    if (!wanted.contains(topic)) {
      if (wanted.size() >= TOPICS_MAX) {
        throw KafkaException.refused(target.where() + ": topic '" + topic + "' is one too many, at most " + TOPICS_MAX + " are asked about", null);
      }
      wanted.add(topic);
    }
    Metadata.Topic found = fresh(now -> now.topics().containsKey(topic)).topics().get(topic);
    if (found == null || found.code() != ErrorCode.NONE) {
      stale();
      throw KafkaException.of(where(topic), found == null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : found.code());
    }
    return found.partitions();
  }

  /// How many partitions a topic has, as far as is known: nobody waits here for an answer that only makes that newer.
  int partitionCount(String topic) throws KafkaException, InterruptedException {
    Metadata.Topic known = metadata.topics().get(topic);
    if (known == null || known.code() != ErrorCode.NONE || !wanted.contains(topic)) {
      return partitions(topic).size();
    }
    if (aged() && refreshingSoon.compareAndSet(false, true)) {
      Thread.ofVirtual().name("kafka-refresh").start(() -> {
        try {
          fresh(_ -> true);
        } catch (KafkaException | InterruptedException away) {
          // What was known stays so.
        } finally {
          refreshingSoon.set(false);
        }
      });
    }
    return known.partitions().size();
  }

  /// The node that leads a partition.
  Node leaderNode(String topic, int partition) throws KafkaException, InterruptedException {
    var partitions = partitions(topic);
    if (partition < 0 || partition >= partitions.size()) {
      stale();
      throw KafkaException.of(where(topic, partition), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }
    Node leader = metadata.nodes().get(partitions.get(partition).leader());
    if (leader == null) {
      stale();
      throw KafkaException.of(where(topic, partition), ErrorCode.LEADER_NOT_AVAILABLE);
    }
    return leader;
  }

  /// A connection for the records of a partition.
  Broker leader(String topic, int partition) throws KafkaException, InterruptedException { return records(leaderNode(topic, partition)); }

  /// A connection for records.
  Broker records(Node node) throws KafkaException, InterruptedException {
    try {
      return connection(node, Use.RECORDS);
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
    return fresh(_ -> true);
  }

  private Metadata fresh(Predicate<Metadata> enough) throws KafkaException, InterruptedException {
    if (!due(enough)) {
      return metadata;
    }
    refreshing.lockInterruptibly();
    try {
      if (due(enough)) {
        long early = REFRESH_NANOS_MIN - (nanos.getAsLong() - refreshed);
        if (metadata != Metadata.NONE && early > 0) {
          TimeUnit.NANOSECONDS.sleep(Math.min(early, REFRESH_NANOS_MIN));
        }
        stale = false; // whoever finds something wrong from now on says so
        try {
          Broker any = any();
          metadata = any.ask(Api.METADATA, Metadata.request(List.copyOf(wanted)), target.timeout(), Metadata::read);
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

  private boolean due(Predicate<Metadata> enough) {
    return stale || !enough.test(metadata) || aged();
  }

  private boolean aged() { return nanos.getAsLong() - refreshed > AGE_MAX.toNanos(); }

  private void dropGone() {
    var nodes = Set.copyOf(metadata.nodes().values());
    slots.entrySet().removeIf(each -> {
      boolean gone = each.getKey().node().id() >= 0 && !nodes.contains(each.getKey().node()) && !coordinators.containsValue(each.getKey().node());
      Broker broker = gone ? each.getValue().broker : null;
      if (broker != null) {
        broker.retire();
      }
      return gone;
    });
  }

  // ---- groups and topics -----------------------------------------------------------------------------------------

  /// A connection for what concerns a group.
  Broker coordinator(String group) throws KafkaException, InterruptedException {
    Node known = coordinators.get(group);
    if (known == null) {
      // v1: key, what kind of key | throttle, code, message?, node, host, port
      known = any().ask(Api.FIND_COORDINATOR, out -> out.string(group).int8(GROUP_KEY), target.timeout(), in -> {
        in.int32();
        ErrorCode code = ErrorCode.of(in.int16());
        in.nullableString();
        var node = new Node(in.int32(), in.string(), in.int32());
        if (code != ErrorCode.NONE) {
          throw KafkaException.of(target.where() + ": group '" + group + "'", code);
        }
        return node;
      });
      coordinators.put(group, known);
    }
    try {
      return connection(known, Use.GROUPS);
    } catch (KafkaException away) {
      forgetCoordinator(group);
      throw away;
    }
  }

  /// Another broker has the group: the next who asks has it looked for.
  void forgetCoordinator(String group) { coordinators.remove(group); }

  /// Makes a topic; that it is there already is fine. `replicas` may be -1 for as many as the cluster usually has.
  void createTopic(String topic, int partitions, int replicas) throws KafkaException, InterruptedException { createTopic(topic, partitions, replicas, Map.of()); }

  /// The same, with settings of the topic: `cleanup.policy`.
  void createTopic(String topic, int partitions, int replicas, Map<String, String> settings) throws KafkaException, InterruptedException {
    Metadata now = fresh(known -> !known.nodes().isEmpty());
    Node controller = now.nodes().get(now.controller());
    Broker broker = controller == null ? any() : connection(controller, Use.ASKING);
    int version = broker.version(Api.CREATE_TOPICS);
    int copies = replicas > 0 || version >= 4 ? replicas : Math.min(REPLICAS_USUAL, now.nodes().size()); // v4 knows -1
    // v2..4: [topic partitions replicas [assignment] [setting]] timeout, only to validate | throttle, [topic code message?]
    broker.ask(Api.CREATE_TOPICS, version,
        out -> out.list(List.of(topic), (each, name) -> each.string(name).int32(partitions).int16(copies).int32(0)
            .list(settings.entrySet(), (to, setting) -> to.string(setting.getKey()).string(setting.getValue())))
            .int32(Math.toIntExact(target.timeout().toMillis())).bool(false), target.timeout().multipliedBy(2), in -> {
          in.int32();
          var answers = in.list(6, each -> {
            each.string();
            return Map.entry(ErrorCode.of(each.int16()), Objects.requireNonNullElse(each.nullableString(), ""));
          });
          if (answers.size() != 1) {
            throw in.wrong("list", in.at(), "has " + answers.size() + " topics, expected 1");
          }
          var answer = answers.getFirst();
          if (answer.getKey() != ErrorCode.NONE && answer.getKey() != ErrorCode.TOPIC_ALREADY_EXISTS) {
            stale();
            throw KafkaException.of(where(topic) + (answer.getValue().isEmpty() ? "" : ", of which the broker says '" + Broker.printable(answer.getValue()) + "'"),
                answer.getKey());
          }
          return answer.getKey();
        });
    stale();
  }

  // ---- connections -----------------------------------------------------------------------------------------------

  /// A broker for questions that any can answer: one that is connected, or the first that can be.
  Broker any() throws KafkaException, InterruptedException {
    var nodes = new ArrayList<>(metadata.nodes().values());
    Collections.shuffle(nodes);
    for (Node node : nodes) {
      Slot slot = slots.get(new Key(node, Use.ASKING));
      Broker there = slot == null ? null : slot.broker;
      if (there != null && there.usable()) {
        return there;
      }
    }
    nodes.addAll(target.bootstrap());
    KafkaException first = null;
    for (Node node : nodes) {
      try {
        return connection(node, Use.ASKING);
      } catch (KafkaException failed) {
        if (first == null || first.retriable() && !failed.retriable()) {
          first = failed;
        }
      }
    }
    throw first;
  }

  private Broker connection(Node node, Use use) throws KafkaException, InterruptedException {
    Slot slot = slots.computeIfAbsent(new Key(node, use), _ -> new Slot());
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
      slot.broker = attempt(slot, node);
      if (closed) {
        slot.broker.close();
      }
      return slot.broker;
    } finally {
      slot.connecting.unlock();
    }
  }

  private Broker attempt(Slot slot, Node node) throws KafkaException, InterruptedException {
    try {
      Broker made = Broker.connect(node, target);
      slot.failures = 0;
      return made;
    } catch (KafkaException failed) {
      long pause = Math.min(PAUSE_NANOS_MAX, PAUSE_NANOS_MIN << Math.min(slot.failures, DOUBLINGS_MAX));
      slot.failures++;
      slot.lastFailure = failed;
      slot.nextAttempt = nanos.getAsLong() + pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2);
      throw failed;
    }
  }

  /// Ends all use; whoever waits fails.
  @Override public void close() {
    closed = true;
    slots.values().forEach(slot -> {
      Broker broker = slot.broker;
      if (broker != null) {
        broker.close();
      }
    });
  }
}
