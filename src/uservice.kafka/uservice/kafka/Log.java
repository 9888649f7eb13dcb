package uservice.kafka;

import module java.base;
import uservice.kafka.FetchMessages.Fetched;
import uservice.kafka.FetchMessages.Limits;

/// Reads a partition without a group: what stands there, from an offset on.
final class Log {
  private static final Limits READING = new Limits(Duration.ZERO, 0, 1 << 20, 1 << 20);
  private static final Limits LOOKING = new Limits(Duration.ZERO, 0, RecordBatch.HEAD_BYTES, RecordBatch.HEAD_BYTES);

  private Log() {}

  /// Sees the messages from `from` on to `end`, in their order, and returns the offset behind the last.
  static long read(Cluster cluster, TopicPartition partition, long from, long end, Duration timeout, Consumer<Received> each)
      throws KafkaException, InterruptedException {
    long at = from;
    while (at < end) {
      long begin = at;
      for (RecordBatch batch : fetch(cluster, partition, at, READING, timeout)) {
        try {
          batch.forEach(partition.topic(), partition.partition(), begin, each);
        } catch (ProtocolException unfit) {
          throw KafkaException.refused(unfit.getMessage(), unfit);
        }
        at = Math.max(at, batch.nextOffset());
      }
      if (at == begin) {
        break; // nothing more is there: the end was that of a mark that is hidden
      }
    }
    return at;
  }

  /// The time of the batch that stands at an offset; now where there is none.
  static long timeAt(Cluster cluster, TopicPartition partition, long offset, Duration timeout) throws KafkaException, InterruptedException {
    List<RecordBatch> batches = fetch(cluster, partition, offset, LOOKING, timeout);
    return batches.isEmpty() ? System.currentTimeMillis() : batches.getFirst().maxTimestamp();
  }

  private static List<RecordBatch> fetch(Cluster cluster, TopicPartition partition, long offset, Limits limits, Duration timeout)
      throws KafkaException, InterruptedException {
    Broker leader = cluster.leader(partition.topic(), partition.partition());
    List<Fetched> answer = leader.ask(Api.FETCH, out -> FetchMessages.fetch(out, limits, Map.of(partition, offset)), timeout, FetchMessages::fetched);
    var batches = new ArrayList<RecordBatch>();
    for (Fetched each : answer) {
      if (each.error() != ErrorCode.NONE) {
        cluster.stale();
        throw KafkaException.of("fetch from " + each.partition(), each.error());
      }
      try {
        for (RecordBatch batch = each.records() == null ? null : RecordBatch.read(each.records()); batch != null; batch = RecordBatch.read(each.records())) {
          if (batch.nextOffset() > offset) {
            batches.add(batch);
          }
        }
      } catch (ProtocolException damaged) {
        throw KafkaException.unanswered("fetch from " + each.partition() + ": " + damaged.getMessage(), damaged);
      }
    }
    return batches;
  }
}
