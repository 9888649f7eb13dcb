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
    var topics = TopicPartition.byTopic(batches.keySet());
    return out -> out.string(null).int16(ALL).int32(Math.toIntExact(time.toMillis())).list(topics.entrySet(), (to, topic) -> to.string(topic.getKey())
        .list(topic.getValue(), (each, partition) -> each.int32(partition).bytes(batches.get(new TopicPartition(topic.getKey(), partition)))));
  }

  // [topic [partition, code, offset of the first, time, the log's first offset]], throttle
  static Map<TopicPartition, Outcome> read(BytesReader in) throws ProtocolException {
    var outcomes = new HashMap<TopicPartition, Outcome>();
    in.list(6, topic -> {
      String name = topic.string();
      return topic.list(30, each -> {
        var where = new TopicPartition(name, each.int32());
        outcomes.put(where, new Outcome(ErrorCode.of(each.int16()), each.int64()));
        each.skip(2 * Long.BYTES);
        return where;
      });
    });
    in.int32();
    return outcomes;
  }

  // transaction?, its time
  static void identityRequest(BytesWriter out) { out.string(null).int32(Integer.MAX_VALUE); }

  // throttle, code, id, epoch
  static Map.Entry<ErrorCode, Identity> identity(BytesReader in) throws ProtocolException {
    in.int32();
    ErrorCode code = ErrorCode.of(in.int16());
    int at = in.at();
    var identity = new Identity(in.int64(), in.int16());
    if (code == ErrorCode.NONE && (identity.id() < 0 || identity.epoch() < 0)) {
      throw in.wrong("producer id", at, "is " + identity.id() + " in epoch " + identity.epoch());
    }
    return Map.entry(code, identity);
  }
}
