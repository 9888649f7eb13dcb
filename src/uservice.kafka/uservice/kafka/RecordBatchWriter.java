package uservice.kafka;

import module java.base;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;

/// Puts records together to a batch of format 2. Of one thread.
///
/// The producer's id, epoch and sequence are given at the end, and may be given again: a batch that has to go out once more under another
/// epoch keeps its records.
final class RecordBatchWriter {
  /// A record takes at most this much beside its key, value and headers.
  static final int RECORD_BYTES = 36;

  private final boolean gzip;
  private final BytesWriter records = new BytesWriter(1024);
  private int count;
  private long firstTimestamp;
  private long maxTimestamp;

  RecordBatchWriter(boolean gzip) { this.gzip = gzip; }

  /// Records in it.
  int count() { return count; }

  /// What it takes with its head, before it is compressed.
  int bytes() { return RecordBatch.HEAD_BYTES + records.size(); }

  /// What a record takes at most.
  static long bytes(byte[] key, byte[] value, List<Header> headers) {
    long bytes = RECORD_BYTES + length(key) + length(value);
    for (Header header : headers) {
      bytes += 10L + header.name().length() * 3L + length(header.value());
    }
    return bytes;
  }

  /// Adds a record. Key and value may be null.
  void add(long timestamp, byte[] key, byte[] value, List<Header> headers) {
    if (count == 0) {
      firstTimestamp = timestamp;
      maxTimestamp = timestamp;
    }
    maxTimestamp = Math.max(maxTimestamp, timestamp);
    var names = new byte[headers.size()][];
    int length = 1 + varlong(timestamp - firstTimestamp) + varint(count) + sized(key) + sized(value) + varint(names.length);
    for (int i = 0; i < names.length; i++) {
      names[i] = headers.get(i).name().getBytes(StandardCharsets.UTF_8);
      length += sized(names[i]) + sized(headers.get(i).value());
    }
    records.varint(length).int8(0).varlong(timestamp - firstTimestamp).varint(count);
    put(key);
    put(value);
    records.varint(names.length);
    for (int i = 0; i < names.length; i++) {
      put(names[i]);
      put(headers.get(i).value());
    }
    count++;
  }

  private void put(byte[] bytes) {
    if (bytes == null) {
      records.varint(-1);
    } else {
      records.varint(bytes.length).put(bytes);
    }
  }

  /// The batch, with -1 for each of the producer's three where it has none.
  byte[] finish(long producerId, int producerEpoch, int sequence) {
    byte[] packed = gzip ? packed() : null;
    int length = packed == null ? records.size() : packed.length;
    var batch = new BytesWriter(RecordBatch.HEAD_BYTES + length);
    batch.int64(0).int32(RecordBatch.HEAD_BYTES - RecordBatch.LENGTH_END + length).int32(-1).int8(RecordBatch.MAGIC).int32(0);
    batch.int16((gzip ? RecordBatch.Codec.GZIP : RecordBatch.Codec.NONE).ordinal()).int32(count - 1).int64(firstTimestamp).int64(maxTimestamp);
    batch.int64(producerId).int16(producerEpoch).int32(sequence).int32(count);
    batch.put(packed == null ? records.array() : packed, 0, length);
    var crc = new CRC32C();
    crc.update(batch.array(), RecordBatch.CRC_END, batch.size() - RecordBatch.CRC_END);
    batch.setInt32(RecordBatch.CRC_END - Integer.BYTES, (int) crc.getValue());
    return batch.array().length == batch.size() ? batch.array() : batch.toByteArray();
  }

  private byte[] packed() {
    var packed = new ByteArrayOutputStream(Math.max(64, records.size() / 4));
    try (var out = new GZIPOutputStream(packed)) {
      records.writeTo(out);
    } catch (IOException none) {
      throw new IllegalStateException("BUG: memory does not fail", none);
    }
    return packed.toByteArray();
  }

  private static int length(byte[] bytes) { return bytes == null ? 0 : bytes.length; }

  private static int sized(byte[] bytes) { return bytes == null ? 1 : varint(bytes.length) + bytes.length; }

  private static int varint(int value) { return varlong(value); }

  /// Bytes that a zig-zag number takes.
  private static int varlong(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value << 1 ^ value >> 63) + 6) / 7);
  }
}
