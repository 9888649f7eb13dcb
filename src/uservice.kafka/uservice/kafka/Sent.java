package uservice.kafka;

/// Where an acknowledged message stands.
///
/// @param offset [#UNKNOWN] where a broker said that it has the message from an earlier attempt, and no longer where
public record Sent(String topic, int partition, long offset) {
  /// It is there, but nobody says where.
  public static final long UNKNOWN = -1;
}
