package uservice.kafka;

import module java.base;

/// A batch as a producer writes it, for a test that has none.
final class RecordBatchWriter {
  private final Batch batch;

  RecordBatchWriter(boolean gzip) { batch = new Batch(null, gzip, 0); }

  int count() { return batch.count(); }

  int bytes() { return batch.bytes; }

  void add(long timestamp, byte[] key, byte[] value, List<Header> headers) {
    batch.add(new Message("any", Message.ANY, key, value, headers, timestamp), new CompletableFuture<>());
  }

  /// The batch at this place of the producer's, -1 for each where it has none.
  byte[] finish(long producerId, int epoch, int sequence) {
    batch.place(producerId, epoch, sequence);
    var out = new BytesWriter();
    batch.write(out);
    return Arrays.copyOfRange(out.array(), Integer.BYTES, out.size());
  }
}
