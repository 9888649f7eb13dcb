package uservice.kafka;

import module java.base;

/// `Produce` v7 and `InitProducerId` v0 and v1: what they say, and what brokers answer.
final class ProduceMessages {
  private static final int ALL = -1;

  /// What a broker says of one partition's batch.
  record Outcome(ErrorCode code, long offset) {}

  /// A producer's numbers.
  record Identity(long id, short epoch) {}

  private ProduceMessages() {}

  // transaction?, who must have it, how long that may take, [topic [partition, records]]
  static Consumer<BytesWriter> request(Map<TopicPartition, byte[]> batches, Duration time) {
    return out -> out.string(null).int16(ALL).int32(Math.toIntExact(time.toMillis()))
        .partitions(batches.keySet(), (to, partition) -> to.bytes(batches.get(partition)));
  }

  // [topic [partition, code, offset of the first, time, the log's first offset]], throttle
  static Map<TopicPartition, Outcome> read(BytesReader in) throws ProtocolException {
    var outcomes = new HashMap<TopicPartition, Outcome>();
    in.partitions(30, (where, each) -> {
      outcomes.put(where, new Outcome(each.error(), each.int64()));
      each.skip(2 * Long.BYTES);
      return where;
    });
    in.int32();
    return outcomes;
  }

  // transaction?, its time
  static void identityRequest(BytesWriter out) { out.string(null).int32(Integer.MAX_VALUE); }

  // throttle, code, id, epoch
  static Map.Entry<ErrorCode, Identity> identity(BytesReader in) throws ProtocolException {
    in.int32();
    ErrorCode code = in.error();
    int at = in.at();
    var identity = new Identity(in.int64(), in.int16());
    if (code == ErrorCode.NONE && (identity.id() < 0 || identity.epoch() < 0)) {
      throw in.wrong("producer id", at, "is " + identity.id() + " in epoch " + identity.epoch());
    }
    return Map.entry(code, identity);
  }
}
