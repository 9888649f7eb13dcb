package uservice.kafka;

import module java.base;

/// Puts a request together, in the encodings that [BytesReader] reads. Of one thread.
final class BytesWriter {
  static final int BYTES_MAX = 64 << 20;
  private static final int STRING_BYTES_MAX = Short.MAX_VALUE;

  /// Of the request that this is.
  final int version;
  private byte[] bytes;
  private int size;

  BytesWriter() { this(256); }

  BytesWriter(int room) { this(room, 0); }

  BytesWriter(int room, int version) {
    this.bytes = new byte[room];
    this.version = version;
  }

  int size() { return size; }

  /// The array below, which the next write may replace; [#size()] bytes of it count.
  byte[] array() { return bytes; }

  byte[] toByteArray() { return Arrays.copyOf(bytes, size); }

  void writeTo(OutputStream out) throws IOException { out.write(bytes, 0, size); }

  BytesWriter int8(int value) {
    int at = room(Byte.BYTES);
    bytes[at] = (byte) value;
    return this;
  }

  BytesWriter bool(boolean value) { return int8(value ? 1 : 0); }

  BytesWriter int16(int value) {
    int at = room(Short.BYTES);
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
    return this;
  }

  BytesWriter int32(int value) { return setInt32(room(Integer.BYTES), value); }

  /// Writes over what stands at `at`: a length or a checksum that is known afterwards.
  BytesWriter setInt32(int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
    return this;
  }

  BytesWriter int64(long value) { return int32((int) (value >> 32)).int32((int) value); }

  BytesWriter varint(int value) { return raw((value << 1 ^ value >> 31) & 0xffff_ffffL); }

  BytesWriter varlong(long value) { return raw(value << 1 ^ value >> 63); }

  private BytesWriter raw(long left) {
    while ((left & ~0x7fL) != 0) {
      int8((int) (left & 0x7f) | 0x80);
      left >>>= 7;
    }
    return int8((int) left);
  }

  /// Text behind a length of 16 bits; null is a length of -1.
  BytesWriter string(String text) {
    if (text == null) {
      return int16(-1);
    }
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    if (encoded.length > STRING_BYTES_MAX) {
      throw new IllegalArgumentException("text of " + encoded.length + " bytes, at most " + STRING_BYTES_MAX);
    }
    return int16(encoded.length).put(encoded);
  }

  /// Bytes behind a length of 32 bits; null is a length of -1.
  BytesWriter bytes(byte[] given) { return given == null ? int32(-1) : int32(given.length).put(given); }

  /// Bytes without a length.
  BytesWriter put(byte[] given) { return put(given, 0, given.length); }

  BytesWriter put(byte[] given, int from, int length) {
    int at = room(length);
    System.arraycopy(given, from, bytes, at, length);
    return this;
  }

  /// A list behind a count of 32 bits.
  <T> BytesWriter list(Collection<T> list, BiConsumer<BytesWriter, T> element) {
    int32(list.size());
    list.forEach(each -> element.accept(this, each));
    return this;
  }

  /// `[topic string | [partition i32 | …]]`, in their order; `each` adds what there is behind a partition's number.
  BytesWriter partitions(Collection<TopicPartition> partitions, BiConsumer<BytesWriter, TopicPartition> each) {
    return list(TopicPartition.byTopic(partitions).entrySet(), (to, topic) -> to.string(topic.getKey())
        .list(topic.getValue(), (one, number) -> each.accept(one.int32(number), new TopicPartition(topic.getKey(), number))));
  }

  /// Where the next bytes go; the array may be another afterwards.
  private int room(int count) {
    int at = size;
    if (count > BYTES_MAX - at) {
      throw new IllegalArgumentException("request of over " + BYTES_MAX + " bytes");
    }
    if (count > bytes.length - at) {
      bytes = Arrays.copyOf(bytes, Math.min(BYTES_MAX, Math.max(bytes.length * 2, at + count)));
    }
    size = at + count;
    return at;
  }
}
