package uservice.kafka;

import module java.base;
import uservice.kafka.GroupMessages.Marked;

/// Where partitions begin and end, asked of their leaders.
final class Offsets {
  static final long EARLIEST = -2;
  static final long LATEST = -1;

  private Offsets() {}

  /// The offset at which each begins, or behind which it ends.
  static Map<TopicPartition, Long> ask(Cluster cluster, Collection<TopicPartition> partitions, long time, Duration timeout)
      throws KafkaException, InterruptedException {
    var byLeader = new HashMap<Broker, List<TopicPartition>>();
    for (TopicPartition each : partitions) {
      byLeader.computeIfAbsent(cluster.leader(each.topic(), each.partition()), _ -> new ArrayList<>()).add(each);
    }
    var offsets = new HashMap<TopicPartition, Long>();
    for (var leader : byLeader.entrySet()) {
      for (Marked each : leader.getKey().ask(Api.LIST_OFFSETS, out -> GroupMessages.offsets(out, leader.getValue(), time), timeout, GroupMessages::offsets)) {
        if (each.error() != ErrorCode.NONE) {
          cluster.stale();
          throw KafkaException.of("offsets of " + each.partition(), each.error());
        }
        offsets.put(each.partition(), each.mark().offset());
      }
    }
    for (TopicPartition each : partitions) {
      if (!offsets.containsKey(each)) {
        throw KafkaException.unanswered("offsets of " + each + ": the answer does not hold them", null);
      }
    }
    return offsets;
  }
}
