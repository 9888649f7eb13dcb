package uservice.kafka;

import module java.base;
import uservice.queue.DeadJob;
import uservice.queue.Job;

/// The topic of the dead: a message for each, by its id as the key, and one without a value where it is dead no more. The topic is compacted, so that
/// the one takes the other away in time, and nothing else does.
///
/// Who is dead is known by reading on from where it was read before.
final class Dead {
  static final String ATTEMPTS = "attempts";
  static final String REASON = "reason";
  static final String FROM = "from";
  static final int IDS_MAX = 200_000;
  private static final int REASON_CHARS_MAX = 2_000;

  private final QueueSettings settings;
  private final Cluster cluster;
  private final Producer producer;
  private final TopicPartition partition;
  private final ReentrantLock lock = new ReentrantLock();
  private final SequencedMap<String, Long> offsets = new LinkedHashMap<>(); // by ids, those dead for longest first
  private long position;

  Dead(QueueSettings settings, Cluster cluster, Producer producer) {
    this.settings = settings;
    this.cluster = cluster;
    this.producer = producer;
    this.partition = new TopicPartition(settings.dead(), 0);
  }

  /// Adds a message, with what is known of it in headers beside its own.
  void bury(Received message, int attempts, String reason) throws KafkaException, InterruptedException {
    String id = KafkaJob.id(message);
    var headers = new ArrayList<>(message.headers());
    headers.removeIf(header -> Set.of(KafkaJob.ID, ATTEMPTS, REASON, FROM).contains(header.name()));
    headers.add(Header.of(KafkaJob.ID, id));
    headers.add(Header.of(ATTEMPTS, Integer.toString(attempts)));
    headers.add(Header.of(REASON, reason.length() > REASON_CHARS_MAX ? reason.substring(0, REASON_CHARS_MAX) : reason));
    headers.add(Header.of(FROM, message.place()));
    byte[] value = message.value() == null ? new byte[0] : message.value();
    send(new Message(settings.dead(), 0, key(id), value, headers, Message.NOW));
  }

  private void send(Message message) throws KafkaException, InterruptedException { QueueTopics.await(producer.send(message)); }

  private static byte[] key(String id) { return id.getBytes(StandardCharsets.UTF_8); }

  /// How many are dead.
  long count() throws KafkaException, InterruptedException {
    lock.lockInterruptibly();
    try {
      readOn();
      return offsets.size();
    } finally {
      lock.unlock();
    }
  }

  private void readOn() throws KafkaException, InterruptedException {
    long end = end();
    if (end < position) {
      position = 0; // the topic was made anew
      offsets.clear();
    }
    if (position == 0) {
      position = Offsets.ask(cluster, List.of(partition), Offsets.EARLIEST, timeout()).get(partition);
    }
    position = Log.read(cluster, partition, position, end, timeout(), message -> {
      String id = message.key() == null ? KafkaJob.id(message) : new String(message.key(), StandardCharsets.UTF_8);
      offsets.remove(id);
      if (message.value() != null) {
        offsets.put(id, message.offset());
      }
    });
    if (offsets.size() > IDS_MAX) {
      throw KafkaException.refused(cluster.where(partition.topic()) + ": holds over " + IDS_MAX + " dead jobs, requeue or discard some", null);
    }
  }

  private long end() throws KafkaException, InterruptedException {
    return Offsets.ask(cluster, List.of(partition), Offsets.LATEST, timeout()).get(partition);
  }

  private Duration timeout() { return settings.target().timeout(); }

  List<DeadJob> list(int max) throws KafkaException, InterruptedException {
    lock.lockInterruptibly();
    try {
      readOn();
      return messages(offsets.entrySet().stream().limit(max).map(Map.Entry::getKey).toList()).entrySet().stream()
          .map(each -> dead(each.getKey(), each.getValue())).toList();
    } finally {
      lock.unlock();
    }
  }

  private static DeadJob dead(String id, Received message) {
    byte[] body = message.value().length <= Job.BODY_BYTES_MAX ? message.value() : new byte[0];
    String attempts = text(message, ATTEMPTS);
    boolean fit = !id.isEmpty() && id.length() <= Job.ID_CHARS_MAX;
    return new DeadJob(new Job(fit ? id : message.place(), body), attempts.matches("[0-9]{1,9}") ? Integer.parseInt(attempts) : 0, text(message, REASON));
  }

  private static String text(Received message, String header) {
    return message.header(header).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
  }

  /// The messages of those of these ids that are dead, in their order.
  private SequencedMap<String, Received> messages(Collection<String> ids) throws KafkaException, InterruptedException {
    var wanted = new HashMap<Long, String>();
    ids.forEach(id -> {
      if (offsets.containsKey(id)) {
        wanted.put(offsets.get(id), id);
      }
    });
    var found = new LinkedHashMap<String, Received>();
    if (!wanted.isEmpty()) {
      Log.read(cluster, partition, Collections.min(wanted.keySet()), Collections.max(wanted.keySet()) + 1, timeout(), message -> {
        if (message.value() != null && wanted.containsKey(message.offset())) {
          found.put(wanted.get(message.offset()), message);
        }
      });
    }
    return found;
  }

  int requeue(Collection<String> ids) throws KafkaException, InterruptedException {
    return end(ids, (id, message) -> {
      var headers = new ArrayList<>(message.headers());
      headers.removeIf(header -> Set.of(KafkaJob.AGAIN, ATTEMPTS, REASON, FROM).contains(header.name()));
      headers.add(Header.of(KafkaJob.AGAIN, Long.toString(message.offset())));
      send(new Message(settings.topic(), Message.ANY, key(id), message.value(), headers, Message.NOW));
    });
  }

  int discard(Collection<String> ids) throws KafkaException, InterruptedException { return end(ids, (_, _) -> {}); }

  private interface Before {
    void run(String id, Received message) throws KafkaException, InterruptedException;
  }

  private int end(Collection<String> ids, Before before) throws KafkaException, InterruptedException {
    lock.lockInterruptibly();
    try {
      readOn();
      SequencedMap<String, Received> found = messages(ids);
      for (var each : found.entrySet()) {
        before.run(each.getKey(), each.getValue());
        send(new Message(settings.dead(), 0, key(each.getKey()), null, List.of(), Message.NOW));
      }
      return found.size();
    } finally {
      lock.unlock();
    }
  }
}
