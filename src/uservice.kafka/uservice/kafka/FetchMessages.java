package uservice.kafka;

import module java.base;

/// The request for records and its answer, in version 4 of Fetch.
///
/// ```
/// replica i32 = -1 | wait i32 | bytes at least i32 | bytes at most i32 | isolation i8 | [topic string | [partition i32 | offset i64 | bytes at most i32]]
/// throttle i32 | [topic string | [partition i32 | error i16 | end i64 | stable end i64 | aborted [producer i64 | offset i64] | records bytes]]
/// ```
final class FetchMessages {
  private static final int PARTITION_BYTES_MIN = 30;
  private static final int ABORTED_BYTES = 16;

  private FetchMessages() {}

  /// @param end the offset behind the last record that all replicas have
  /// @param records null where there is an error, or nothing
  record Fetched(TopicPartition partition, ErrorCode error, long end, BytesReader records) {}

  /// A broker waits for `least` bytes as long as its `patience`; it sends at most `most`, and `mostEach` of a partition, or a single batch that is larger.
  record Limits(Duration patience, int least, int most, int mostEach) {}

  static void fetch(BytesWriter out, Limits limits, Map<TopicPartition, Long> offsets) {
    out.int32(-1).int32((int) limits.patience().toMillis()).int32(limits.least()).int32(limits.most()).int8(0);
    out.partitions(offsets.keySet(), (to, partition) -> to.int64(offsets.get(partition)).int32(limits.mostEach()));
  }

  static List<Fetched> fetched(BytesReader in) throws ProtocolException {
    in.int32(); // throttle
    return in.partitions(PARTITION_BYTES_MIN, (partition, each) -> {
      ErrorCode error = each.error();
      long end = each.int64();
      each.int64(); // the stable end, which counts for those who wait for transactions
      each.list(ABORTED_BYTES, aborted -> aborted.int64() + aborted.int64());
      return new Fetched(partition, error, end, each.nullableBytes());
    });
  }
}
