package uservice.kafka;

import module java.base;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;

/// Messages that go to one partition together, and whoever waits for them. Guarded by the lock of its [Producer].
///
/// The producer's id, epoch and sequence are its place in what the producer sends to the partition. They may be given again: a batch that has
/// to go out once more under another epoch keeps its messages.
final class Batch {
  /// A record takes at most this much beside its key, value and headers.
  private static final int RECORD_BYTES = 36;
  static final int WAITER_BYTES = 96;
  private static final int OUTCOME_BYTES = 30;
  private static final int ALL = -1;

  final Lane lane;
  final long created; // as System.nanoTime
  final List<CompletableFuture<Sent>> waiting = new ArrayList<>(); // in the order of the messages
  int charge; // of the producer's room
  int bytes = RecordBatch.HEAD_BYTES; // on the wire, before they are compressed
  boolean closed; // takes no more
  boolean sent; // on its way
  boolean unknown; // it may have been written by an attempt that was not answered
  boolean gap; // the broker's last word was that one before it is missing
  ErrorCode code; // a broker's answer, and where the first of it stands then
  long offset = Sent.UNKNOWN;
  KafkaException failure; // it was given up
  long producerId;
  int epoch;
  int sequence;
  private final boolean gzip;
  private final List<Message> messages = new ArrayList<>();

  Batch(Lane lane, boolean gzip, long created) {
    this.lane = lane;
    this.gzip = gzip;
    this.created = created;
    place(-1, -1, -1);
  }

  /// What a message takes of the producer's room, at most, with whoever waits for it.
  static long charge(Message message) {
    long bytes = WAITER_BYTES + RECORD_BYTES + length(message.key()) + length(message.value());
    for (Header header : message.headers()) {
      bytes += 10L + header.name().length() * 3L + length(header.value());
    }
    return bytes;
  }

  int count() { return messages.size(); }

  /// Adds a message, whose time is known.
  void add(Message message, CompletableFuture<Sent> who) {
    messages.add(message);
    waiting.add(who);
    int length = length(message, count() - 1);
    bytes += varint(length) + length;
    charge += Math.toIntExact(charge(message));
  }

  /// Gives it its place; -1 for each where it has none.
  void place(long producerId, int epoch, int sequence) {
    this.producerId = producerId;
    this.epoch = epoch;
    this.sequence = sequence;
  }

  /// Two batches of half the messages each, for one that is too large for its topic.
  List<Batch> halves() {
    var halves = List.of(new Batch(lane, gzip, created), new Batch(lane, gzip, created));
    for (int i = 0; i < count(); i++) {
      halves.get(2 * i / count()).add(messages.get(i), waiting.get(i));
    }
    return halves;
  }

  // ---- there and back --------------------------------------------------------------------------------------------

  // Produce v7: transaction?, who must have it, how long that may take, [topic [partition, records]]
  static Consumer<BytesWriter> request(Map<TopicPartition, Batch> batches, Duration time) {
    return out -> out.string(null).int16(ALL).int32(Math.toIntExact(time.toMillis()))
        .partitions(batches.keySet(), (to, partition) -> batches.get(partition).write(to));
  }

  // what came of each: [topic [partition, code, offset of the first, time, the log's first offset]], throttle
  static Map<TopicPartition, Batch> answer(BytesReader in, Map<TopicPartition, Batch> batches) throws ProtocolException {
    var left = new HashMap<>(batches);
    int at = in.at();
    in.partitions(OUTCOME_BYTES, (partition, each) -> {
      Batch batch = left.remove(partition);
      ErrorCode code = each.error();
      long offset = each.int64();
      each.part(2 * Long.BYTES);
      if (batch != null) {
        batch.code = code;
        batch.offset = code == ErrorCode.NONE ? offset : Sent.UNKNOWN;
      }
      return partition;
    });
    in.int32();
    for (TopicPartition none : left.keySet()) {
      throw in.wrong("list", at, "lacks partition " + none.partition() + " of topic '" + none.topic() + "'");
    }
    return batches;
  }

  // ---- as a RecordBatch has it -----------------------------------------------------------------------------------

  /// Puts it into a request, behind its length.
  void write(BytesWriter out) {
    int before = out.size();
    long latest = first();
    for (Message message : messages) {
      latest = Math.max(latest, message.timestamp());
    }
    out.int32(0).int64(0).int32(0).int32(-1).int8(RecordBatch.MAGIC).int32(0).int16(gzip ? RecordBatch.GZIP : 0).int32(count() - 1);
    out.int64(first()).int64(latest).int64(producerId).int16(epoch).int32(sequence).int32(count());
    if (gzip) {
      out.put(packed());
    } else {
      records(out);
    }
    int start = before + Integer.BYTES;
    out.setInt32(before, out.size() - start).setInt32(start + Long.BYTES, out.size() - start - RecordBatch.LENGTH_END);
    var crc = new CRC32C();
    crc.update(out.array(), start + RecordBatch.CRC_END, out.size() - start - RecordBatch.CRC_END);
    out.setInt32(start + RecordBatch.CRC_END - Integer.BYTES, (int) crc.getValue());
  }

  private byte[] packed() {
    var packed = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed)) {
      var records = new BytesWriter(bytes);
      records(records);
      records.writeTo(out);
    } catch (IOException none) {
      throw new IllegalStateException("BUG: memory does not fail", none);
    }
    return packed.toByteArray();
  }

  private void records(BytesWriter out) {
    for (int i = 0; i < count(); i++) {
      Message message = messages.get(i);
      out.varint(length(message, i)).int8(0).varlong(message.timestamp() - first()).varint(i);
      put(out, message.key());
      put(out, message.value());
      out.varint(message.headers().size());
      for (Header header : message.headers()) {
        put(out, name(header));
        put(out, header.value());
      }
    }
  }

  private long first() { return messages.getFirst().timestamp(); }

  private static byte[] name(Header header) { return header.name().getBytes(StandardCharsets.UTF_8); }

  private static void put(BytesWriter out, byte[] bytes) {
    if (bytes == null) {
      out.varint(-1);
    } else {
      out.varint(bytes.length).put(bytes);
    }
  }

  /// Bytes of the record of a message, behind its length.
  private int length(Message message, int number) {
    int length = 1 + varint(message.timestamp() - first()) + varint(number) + sized(message.key()) + sized(message.value()) + varint(message.headers().size());
    for (Header header : message.headers()) {
      length += sized(name(header)) + sized(header.value());
    }
    return length;
  }

  private static int sized(byte[] bytes) { return length(bytes) + varint(length(bytes)); } // the length -1 takes a byte, as 0 does

  private static int length(byte[] bytes) { return bytes == null ? 0 : bytes.length; }

  /// Bytes that a zig-zag number takes.
  private static int varint(long value) { return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value << 1 ^ value >> 63) + 6) / 7); }

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
