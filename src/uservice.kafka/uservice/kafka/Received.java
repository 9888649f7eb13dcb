package uservice.kafka;

import module java.base;

/// A message as a topic has it: where it stands, when it came, and what it says. Key and value may be null; nothing is copied.
///
/// @param timestamp milliseconds since 1970, by the clock of whoever sent it, or of the broker, as the topic is set up
public record Received(String topic, int partition, long offset, long timestamp, byte[] key, byte[] value, List<Header> headers) {
  /// The value of the last header of this name.
  public Optional<byte[]> header(String name) {
    for (Header header : headers.reversed()) {
      if (header.name().equals(name) && header.value() != null) {
        return Optional.of(header.value());
      }
    }
    return Optional.empty();
  }

  /// The bytes that it takes, about.
  int bytes() { return 64 + (key == null ? 0 : key.length) + (value == null ? 0 : value.length); }

  /// By its place alone: `topic-partition@offset`.
  @Override public String toString() { return topic + "-" + partition + "@" + offset; }
}
