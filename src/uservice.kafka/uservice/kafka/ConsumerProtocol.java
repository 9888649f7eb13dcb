package uservice.kafka;

import module java.base;

/// What the members of a group of consumers tell each other through the coordinator, which does not look into it: who wants which topics, and who
/// gets which partitions.
///
/// ```
/// subscription: version i16 = 0 | topics [string] | user data bytes        later versions add to the end, which is passed over
/// assignment:   version i16 = 0 | topics [string | partitions [i32]] | user data bytes
/// ```
final class ConsumerProtocol {
  /// The group's kind, by the name that all consumers use.
  static final String TYPE = "consumer";
  private static final int STRING_BYTES_MIN = 2;

  private ConsumerProtocol() {}

  static byte[] subscription(Collection<String> topics) {
    return new BytesWriter().int16(0).list(List.copyOf(new TreeSet<>(topics)), BytesWriter::string).bytes(null).toByteArray();
  }

  /// The topics of a subscription of any version.
  static Set<String> topics(BytesReader in) throws ProtocolException {
    version(in, "subscription");
    return new TreeSet<>(in.list(STRING_BYTES_MIN, BytesReader::string));
  }

  static byte[] assignment(Collection<TopicPartition> partitions) {
    return new BytesWriter().int16(0).partitions(partitions, (_, _) -> {}).bytes(null).toByteArray();
  }

  /// The partitions of an assignment of any version; none where it is empty, as the coordinator has it of a member that the leader forgot.
  static SortedSet<TopicPartition> partitions(BytesReader in) throws ProtocolException {
    if (in.remaining() == 0) {
      return new TreeSet<>();
    }
    version(in, "assignment");
    return new TreeSet<>(in.partitions(Integer.BYTES, (partition, _) -> partition));
  }

  private static void version(BytesReader in, String what) throws ProtocolException {
    int at = in.at();
    int version = in.int16();
    if (version < 0) {
      throw in.wrong(what, at, "is of version " + version + ", expected 0 or above");
    }
  }
}
