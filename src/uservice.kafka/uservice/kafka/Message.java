package uservice.kafka;

import module java.base;

/// What a producer sends. Key and value may be null; nothing is copied, so that they stay as they are until it is acknowledged.
///
/// @param partition [#ANY] for the partition of the key, or of all in turn where there is none
/// @param timestamp milliseconds since 1970; [#NOW] for the time of sending
public record Message(String topic, int partition, byte[] key, byte[] value, List<Header> headers, long timestamp) {
  /// No partition in particular.
  public static final int ANY = -1;
  /// The time of sending.
  public static final long NOW = -1;

  /// What makes no sense is an [IllegalArgumentException].
  public Message {
    headers = List.copyOf(headers);
    if (topic.isEmpty() || partition < ANY || timestamp < NOW) {
      throw new IllegalArgumentException("topic '" + topic + "', partition " + partition + ", timestamp " + timestamp
          + ": must name a topic, and be 0 or more, or -1 for whichever suits");
    }
  }

  /// A value without a key.
  public static Message of(String topic, byte[] value) { return of(topic, null, value); }

  /// A value with a key: those of one key keep their order.
  public static Message of(String topic, byte[] key, byte[] value) { return new Message(topic, ANY, key, value, List.of(), NOW); }

  /// Texts, in UTF-8. The key may be null.
  public static Message of(String topic, String key, String value) {
    return of(topic, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
  }

  /// The same with a further header.
  public Message with(Header header) {
    var more = new ArrayList<>(headers);
    more.add(header);
    return new Message(topic, partition, key, value, more, timestamp);
  }

  /// The same for this partition.
  public Message to(int chosen) { return new Message(topic, chosen, key, value, headers, timestamp); }

  /// The same of another time.
  public Message at(Instant time) { return new Message(topic, partition, key, value, headers, time.toEpochMilli()); }

  /// Not what it says.
  @Override public String toString() { return "message for topic '" + topic + "'"; }
}
