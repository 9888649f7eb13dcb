package uservice.kafka;

import module java.base;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;

/// A batch of records of format 2, as a fetch brings it: its head, and where its records stand.
///
/// ```
/// base offset i64 | length i32 | leader epoch i32 | magic i8 = 2 | CRC-32C u32 | attributes i16 | last offset delta i32 | first timestamp i64 |
/// max timestamp i64 | producer id i64 | producer epoch i16 | base sequence i32 | count i32 | records …
///
/// record: length varint | attributes i8 | timestamp delta varlong | offset delta varint | key | value | headers: count varint, (name | value)…
/// key, value, name: length varint, -1 for null, and the bytes
/// ```
///
/// The length counts what follows it, the checksum is of all that follows itself. Attributes: bits 0 to 2 the codec, bit 3 the clock of the
/// timestamps (0 the sender's, 1 the broker's), bit 4 of a transaction, bit 5 a control batch, which holds marks instead of messages.
final class RecordBatch {
  static final int HEAD_BYTES = 61;
  static final int LENGTH_END = 12;
  static final int CRC_END = 21;
  static final byte MAGIC = 2;
  static final int GZIP = 1;
  /// The most that the records of a compressed batch may come to.
  static final int INFLATED_BYTES_MAX = 16 << 20;
  private static final int MAGIC_AT = 16;
  private static final int RECORD_BYTES_MIN = 7;
  private static final int HEADER_BYTES_MIN = 2;
  private static final int CONTROL = 1 << 5;
  private static final int BROKERS_CLOCK = 1 << 3;
  private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd"); // by their numbers

  final int count;
  private final long baseOffset;
  private final int attributes;
  private final int lastOffsetDelta;
  private final long firstTimestamp;
  private final long maxTimestamp;
  private final BytesReader records;

  /// Reads on behind the length; the batch begins at byte `start`.
  private RecordBatch(BytesReader in, int start, long baseOffset) throws ProtocolException {
    this.baseOffset = baseOffset;
    in.part(Integer.BYTES); // the leader's epoch
    int magic = in.int8();
    if (magic != MAGIC) {
      throw in.wrong("batch", start, "is of message format " + magic + ", expected 2: Kafka 0.11 or later wrote no other by itself");
    }
    int crc = in.int32();
    var sum = new CRC32C();
    sum.update(in.array(), in.at(), in.remaining());
    if (crc != (int) sum.getValue()) {
      throw in.wrong("batch", start, "at offset " + baseOffset + " has checksum %08x, but says %08x: it was damaged".formatted((int) sum.getValue(), crc));
    }
    attributes = in.int16();
    lastOffsetDelta = in.int32();
    firstTimestamp = in.int64();
    maxTimestamp = in.int64();
    in.part(Long.BYTES + Short.BYTES + Integer.BYTES); // who sent it, and as which in its row
    count = in.int32();
    records = in;
    if (codec() >= CODECS.size()) {
      throw in.wrong("batch", start, "is compressed by codec " + codec() + ", which nobody knows");
    }
    if (baseOffset < 0 || lastOffsetDelta < 0 || count < 0 || nextOffset() <= baseOffset) {
      throw in.wrong("batch", start, "has offset " + baseOffset + ", last offset delta " + lastOffsetDelta + " and " + count
          + " records, which cannot be");
    }
  }

  private int codec() { return attributes & 7; }

  BytesReader records() { return records; }

  long maxTimestamp() { return maxTimestamp; }

  /// The offset behind the last record, those that compaction took away included.
  long nextOffset() { return baseOffset + lastOffsetDelta + 1L; }

  /// The next batch of what a fetch brought; null where the rest is none or the beginning of one, since brokers cut the last where the bytes are up.
  static RecordBatch read(BytesReader in) throws ProtocolException {
    if (in.remaining() < LENGTH_END) {
      in.rest();
      return null;
    }
    int start = in.at();
    long baseOffset = in.int64();
    int length = in.int32();
    if (length < MAGIC_AT + 1 - LENGTH_END || length > BytesWriter.BYTES_MAX) {
      throw in.wrong("batch", start, "has length " + length + ", expected " + (HEAD_BYTES - LENGTH_END) + " to " + BytesWriter.BYTES_MAX);
    }
    if (length > in.remaining()) {
      in.rest();
      return null;
    }
    return new RecordBatch(in.part(length), start, baseOffset);
  }

  /// Hands over the records from offset `from` on, in their order; none of a control batch. Each has its own copy of its bytes.
  ///
  /// @throws ProtocolException if the batch is compressed in a way that the JDK does not know, if it would come to too much, or is not what its head says
  void forEach(String topic, int partition, long from, Consumer<Received> each) throws ProtocolException {
    if ((attributes & CONTROL) != 0 || nextOffset() <= from) {
      return;
    }
    if (codec() > GZIP) {
      throw new ProtocolException("batch at offset " + baseOffset + " of " + topic + "-" + partition + " is compressed by " + CODECS.get(codec())
          + ", which is not in the JDK: none and gzip can be read (compression.type of the producer or of the topic)");
    }
    BytesReader in = codec() == GZIP ? inflated()
        : new BytesReader("records at offset " + baseOffset, 0, records.array(), records.at(), records.at() + records.remaining());
    if (count > in.remaining() / RECORD_BYTES_MIN) {
      throw in.wrong("batch", in.at(), "of " + in.remaining() + " bytes cannot hold " + count + " records");
    }
    for (int i = 0; i < count; i++) {
      record(in.part(in.varint()), topic, partition, from, each);
    }
    in.end();
  }

  private void record(BytesReader in, String topic, int partition, long from, Consumer<Received> each) throws ProtocolException {
    int start = in.at();
    in.int8(); // attributes, of which none is in use
    long delta = in.varlong();
    long timestamp = (attributes & BROKERS_CLOCK) == 0 ? firstTimestamp + delta : maxTimestamp;
    int offsetDelta = in.varint();
    if (offsetDelta < 0 || offsetDelta > lastOffsetDelta) {
      throw in.wrong("record", start, "has offset delta " + offsetDelta + ", expected 0 to " + lastOffsetDelta);
    }
    if (baseOffset + offsetDelta < from) {
      return;
    }
    byte[] key = bytes(in);
    byte[] value = bytes(in);
    each.accept(new Received(topic, partition, baseOffset + offsetDelta, timestamp, key, value, headers(in)));
    in.end();
  }

  private static List<Header> headers(BytesReader in) throws ProtocolException {
    int start = in.at();
    int count = in.varint();
    if (count < 0 || count > in.remaining() / HEADER_BYTES_MIN) {
      throw in.wrong("headers", start, "are " + count + ", expected 0 to " + in.remaining() / HEADER_BYTES_MIN);
    }
    if (count == 0) {
      return List.of();
    }
    var headers = new ArrayList<Header>(count);
    for (int i = 0; i < count; i++) {
      int at = in.at();
      byte[] name = bytes(in);
      if (name == null) {
        throw in.wrong("header", at, "has no name");
      }
      headers.add(new Header(new String(name, StandardCharsets.UTF_8), bytes(in)));
    }
    return Collections.unmodifiableList(headers);
  }

  private static byte[] bytes(BytesReader in) throws ProtocolException {
    int length = in.varint();
    return length == -1 ? null : in.part(length).rest();
  }

  private BytesReader inflated() throws ProtocolException {
    var packed = new ByteArrayInputStream(records.array(), records.at(), records.remaining());
    try (var unpacked = new GZIPInputStream(packed)) {
      byte[] bytes = unpacked.readNBytes(INFLATED_BYTES_MAX + 1);
      if (bytes.length > INFLATED_BYTES_MAX) {
        throw records.wrong("batch", records.at(), "at offset " + baseOffset + " inflates to over " + INFLATED_BYTES_MAX + " bytes");
      }
      return new BytesReader("records at offset " + baseOffset, bytes);
    } catch (IOException damaged) {
      throw records.wrong("batch", records.at(), "at offset " + baseOffset + " is no gzip: " + damaged.getMessage());
    }
  }
}
