package uservice.kafka;

import module java.base;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;

/// Messages that go to one partition together, as a [RecordBatch] has them, and whoever waits for them. Guarded by the lock of its [Sender].
///
/// The producer's id, epoch and sequence are its place in what the producer sends to the partition. They may be given again: a batch that has
/// to go out once more under another epoch keeps its records.
final class Batch {
  /// A record takes at most this much beside its key, value and headers.
  private static final int RECORD_BYTES = 36;
  private static final int WAITER_BYTES = 96;

  final Lane lane;
  final long created; // as System.nanoTime
  final List<CompletableFuture<Sent>> waiting = new ArrayList<>(); // in the order of the records
  int charge; // of the producer's room
  boolean closed; // takes no more
  boolean sent; // on its way
  boolean unknown; // it may have been written by an attempt that was not answered
  boolean gap; // the broker's last word was that one before it is missing
  boolean written; // one behind it was acknowledged, and so it was
  ErrorCode code; // a broker's answer, and where the first of it stands then
  long offset = Sent.UNKNOWN;
  KafkaException failure; // it was given up
  long producerId;
  int epoch;
  int sequence;
  private final boolean gzip;
  private final BytesWriter records = new BytesWriter(1024);
  private long firstTimestamp;
  private long maxTimestamp = Long.MIN_VALUE;

  Batch(Lane lane, boolean gzip, long created) {
    this.lane = lane;
    this.gzip = gzip;
    this.created = created;
    place(-1, -1, -1);
  }

  /// What a message takes of the producer's room, at most, with whoever waits for it.
  static long charge(byte[] key, byte[] value, List<Header> headers) {
    long bytes = WAITER_BYTES + RECORD_BYTES + length(key) + length(value);
    for (Header header : headers) {
      bytes += 10L + header.name().length() * 3L + length(header.value());
    }
    return bytes;
  }

  /// Whether a message of this charge goes into a batch of `most` bytes, too.
  boolean fits(long charge, int most) { return bytes() + charge - WAITER_BYTES <= most; }

  int count() { return waiting.size(); }

  /// What it takes with its head, before it is compressed.
  int bytes() { return RecordBatch.HEAD_BYTES + records.size(); }

  /// Adds a message. Key and value may be null.
  void add(long timestamp, byte[] key, byte[] value, List<Header> headers, CompletableFuture<Sent> who) {
    if (count() == 0) {
      firstTimestamp = timestamp;
    }
    maxTimestamp = Math.max(maxTimestamp, timestamp);
    var names = new byte[headers.size()][];
    int length = 1 + varint(timestamp - firstTimestamp) + varint(count()) + sized(key) + sized(value) + varint(names.length);
    for (int i = 0; i < names.length; i++) {
      names[i] = headers.get(i).name().getBytes(StandardCharsets.UTF_8);
      length += sized(names[i]) + sized(headers.get(i).value());
    }
    records.varint(length).int8(0).varlong(timestamp - firstTimestamp).varint(count());
    put(key);
    put(value);
    records.varint(names.length);
    for (int i = 0; i < names.length; i++) {
      put(names[i]);
      put(headers.get(i).value());
    }
    waiting.add(who);
    charge += Math.toIntExact(charge(key, value, headers));
  }

  private void put(byte[] bytes) {
    if (bytes == null) {
      records.varint(-1);
    } else {
      records.varint(bytes.length).put(bytes);
    }
  }

  private static int length(byte[] bytes) { return bytes == null ? 0 : bytes.length; }

  private static int sized(byte[] bytes) { return length(bytes) + varint(length(bytes)); } // -1 takes a byte, as 0 does

  /// Bytes that a zig-zag number takes.
  private static int varint(long value) { return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value << 1 ^ value >> 63) + 6) / 7); }

  /// Gives it its place; -1 for each where it has none.
  void place(long producerId, int epoch, int sequence) {
    this.producerId = producerId;
    this.epoch = epoch;
    this.sequence = sequence;
  }

  /// Puts it into a request, behind its length.
  void write(BytesWriter out) {
    byte[] packed = gzip ? packed() : records.array();
    int length = gzip ? packed.length : records.size();
    out.int32(RecordBatch.HEAD_BYTES + length);
    int start = out.size();
    out.int64(0).int32(RecordBatch.HEAD_BYTES - RecordBatch.LENGTH_END + length).int32(-1).int8(RecordBatch.MAGIC).int32(0);
    out.int16(gzip ? RecordBatch.GZIP : 0).int32(count() - 1).int64(firstTimestamp).int64(maxTimestamp);
    out.int64(producerId).int16(epoch).int32(sequence).int32(count()).put(packed, 0, length);
    var crc = new CRC32C();
    crc.update(out.array(), start + RecordBatch.CRC_END, out.size() - start - RecordBatch.CRC_END);
    out.setInt32(start + RecordBatch.CRC_END - Integer.BYTES, (int) crc.getValue());
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

  /// Whether it may be written though nobody said so.
  boolean unsure() { return unknown || sent; }

  /// Two batches of half the records each, for one that is too large for its topic.
  List<Batch> halves() {
    var halves = List.of(new Batch(lane, gzip, created), new Batch(lane, gzip, created));
    var out = new BytesWriter(bytes());
    write(out);
    try {
      RecordBatch.read(new BytesReader("batch", 0, out.array(), Integer.BYTES, out.size())).forEach("", 0, 0, each -> {
        int i = (int) each.offset();
        halves.get(i < count() / 2 ? 0 : 1).add(each.timestamp(), each.key(), each.value(), each.headers(), waiting.get(i));
      });
    } catch (ProtocolException unfit) {
      throw new IllegalStateException("BUG: " + unfit, unfit);
    }
    return halves;
  }

  /// Tells whoever waits what came of it. Not with the lock held: what they do then is theirs.
  void tell() {
    for (int i = 0; i < count(); i++) {
      if (failure == null) {
        waiting.get(i).complete(new Sent(lane.partition.topic(), lane.partition.partition(), offset < 0 ? Sent.UNKNOWN : offset + i));
      } else {
        waiting.get(i).completeExceptionally(failure);
      }
    }
  }
}
