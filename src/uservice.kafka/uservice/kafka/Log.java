package uservice.kafka;

import module java.base;
import uservice.kafka.ConsumerMessages.Found;

/// What brokers know of partitions: where these begin and end and what stands there, which their leaders say, and how far a group is.
final class Log {
  private Log() {}

  /// The offset at which each begins, or behind which it ends.
  static Map<TopicPartition, Long> offsets(Cluster cluster, Collection<TopicPartition> partitions, Begin begin) throws KafkaException, InterruptedException {
    var byLeader = new HashMap<Broker, List<TopicPartition>>();
    for (TopicPartition each : partitions) {
      byLeader.computeIfAbsent(cluster.leader(each.topic(), each.partition()), _ -> new ArrayList<>()).add(each);
    }
    var offsets = new HashMap<TopicPartition, Long>();
    for (var leader : byLeader.entrySet()) {
      for (Found each : leader.getKey().ask(Api.LIST_OFFSETS, out -> ConsumerMessages.offsets(out, leader.getValue(), begin), cluster.target().timeout(), ConsumerMessages::offsets)) {
        each.check("offsets of", cluster::stale);
        offsets.put(each.partition(), each.offset());
      }
    }
    for (TopicPartition each : partitions) {
      if (!offsets.containsKey(each)) {
        throw KafkaException.unanswered("offsets of " + each + ": the answer does not hold them", null);
      }
    }
    return offsets;
  }

  static long offset(Cluster cluster, TopicPartition partition, Begin begin) throws KafkaException, InterruptedException {
    return offsets(cluster, List.of(partition), begin).get(partition);
  }

  /// What a group has committed.
  static List<Found> marks(Cluster cluster, String group, Collection<TopicPartition> partitions) throws KafkaException, InterruptedException {
    List<Found> marks = cluster.ask(group, Api.OFFSET_FETCH, out -> ConsumerMessages.marks(out, group, partitions), cluster.target().timeout(), ConsumerMessages::marks);
    for (Found each : marks) {
      each.check("the group's offset of", () -> cluster.forgetCoordinator(group));
    }
    return marks;
  }

  /// Sees the messages from `from` on to `end`, in their order, and returns the offset behind the last.
  static long read(Cluster cluster, TopicPartition partition, long from, long end, Consumer<Received> each) throws KafkaException, InterruptedException {
    long at = from;
    for (long begin = -1; at < end && at != begin; ) { // where nothing more is there, the end was that of a mark that is hidden
      begin = at;
      for (RecordBatch batch : fetch(cluster, partition, begin, 1 << 20)) {
        try {
          batch.forEach(partition.topic(), partition.partition(), begin, each);
        } catch (ProtocolException unfit) {
          throw KafkaException.refused(unfit.getMessage(), unfit);
        }
        at = Math.max(at, batch.nextOffset());
      }
    }
    return at;
  }

  /// The time of the batch that stands at an offset; now where there is none.
  static long timeAt(Cluster cluster, TopicPartition partition, long offset) throws KafkaException, InterruptedException {
    List<RecordBatch> batches = fetch(cluster, partition, offset, RecordBatch.HEAD_BYTES);
    return batches.isEmpty() ? System.currentTimeMillis() : batches.getFirst().maxTimestamp();
  }

  private static List<RecordBatch> fetch(Cluster cluster, TopicPartition partition, long offset, int most) throws KafkaException, InterruptedException {
    var batches = new ArrayList<RecordBatch>();
    for (Found each : fetch(cluster, Map.of(partition, offset), Duration.ZERO, most)) {
      batches.addAll(batches(cluster, each, offset));
    }
    return batches;
  }

  /// What stands at these offsets, of partitions that one broker leads.
  static List<Found> fetch(Cluster cluster, Map<TopicPartition, Long> offsets, Duration patience, int most) throws KafkaException, InterruptedException {
    TopicPartition any = offsets.keySet().iterator().next();
    return cluster.leader(any.topic(), any.partition()).ask(Api.FETCH, out -> ConsumerMessages.fetch(out, patience, most, offsets),
        patience.plus(cluster.target().timeout()), ConsumerMessages::fetched);
  }

  /// The batches of what was fetched, from one that holds `offset` on.
  static List<RecordBatch> batches(Cluster cluster, Found fetched, long offset) throws KafkaException {
    fetched.check("fetch from", cluster::stale);
    var batches = new ArrayList<RecordBatch>();
    try {
      BytesReader in = fetched.records();
      for (RecordBatch batch = in == null ? null : RecordBatch.read(in); batch != null; batch = RecordBatch.read(in)) {
        if (batch.nextOffset() > offset) {
          batches.add(batch);
        }
      }
    } catch (ProtocolException damaged) {
      throw KafkaException.unanswered("fetch from " + fetched.partition() + ": " + damaged.getMessage(), damaged);
    }
    return batches;
  }
}
