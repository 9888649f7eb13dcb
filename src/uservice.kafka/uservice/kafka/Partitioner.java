package uservice.kafka;

import module java.base;

/// Which partition a message goes to: that of its key's hash, as the standard client has it, so that whoever produces to a topic agrees; without a
/// key one partition until its batch is full, then another.
final class Partitioner {
  private static final int SEED = 0x9747b28c;
  private static final int MIX = 0x5bd1e995;
  private static final int ROTATE = 24;

  private final Map<String, Integer> sticky = new HashMap<>();

  /// The partition of a key.
  static int of(byte[] key, int partitions) { return (murmur2(key) & Integer.MAX_VALUE) % partitions; }

  /// Where messages without a key go at the moment.
  int sticky(String topic, int partitions) {
    Integer now = sticky.get(topic);
    return now != null && now < partitions ? now : turn(topic, partitions);
  }

  /// Another partition from now on, where there is one.
  int turn(String topic, int partitions) {
    Integer before = sticky.get(topic);
    int next = ThreadLocalRandom.current().nextInt(partitions);
    if (before != null && next == before) {
      next = (next + 1) % partitions;
    }
    sticky.put(topic, next);
    return next;
  }

  /// MurmurHash2 of 32 bits, with the seed that Kafka's clients share.
  static int murmur2(byte[] data) {
    int hash = SEED ^ data.length;
    int at = 0;
    for (; at + Integer.BYTES <= data.length; at += Integer.BYTES) {
      int word = data[at] & 0xff | (data[at + 1] & 0xff) << 8 | (data[at + 2] & 0xff) << 16 | data[at + 3] << 24;
      word *= MIX;
      word ^= word >>> ROTATE;
      hash = hash * MIX ^ word * MIX;
    }
    int left = 0;
    for (int i = data.length - 1; i >= at; i--) {
      left = left << 8 | data[i] & 0xff;
    }
    if (at < data.length) {
      hash = (hash ^ left) * MIX;
    }
    hash ^= hash >>> 13;
    hash *= MIX;
    return hash ^ hash >>> 15;
  }
}
