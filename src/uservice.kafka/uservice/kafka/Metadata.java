package uservice.kafka;

import module java.base;

/// What a broker says of the cluster: who is in it, and who leads which partition of the topics asked for.
///
/// @param controller the broker that makes topics; -1 where there is none at the moment
record Metadata(Map<Integer, Node> nodes, int controller, Map<String, Topic> topics) {
  static final Metadata NONE = new Metadata(Map.of(), -1, Map.of());

  /// @param partitions in the order of their numbers
  record Topic(ErrorCode code, String name, List<Partition> partitions) {}

  /// @param leader -1 where there is none at the moment
  record Partition(ErrorCode code, int number, int leader) {}

  // v4: [topic] or null for all, whether missing ones are made
  static Consumer<BytesWriter> request(Collection<String> topics) {
    return out -> out.list(topics, BytesWriter::string).bool(false);
  }

  // v4: throttle, [node host port rack?], cluster?, controller, [code topic internal [code partition leader [replica] [in sync]]]
  static Metadata read(BytesReader in) throws ProtocolException {
    in.int32();
    var nodes = new HashMap<Integer, Node>();
    in.list(12, each -> {
      var node = new Node(each.int32(), each.string(), each.int32());
      each.nullableString();
      if (node.port() < 1 || node.port() > 65_535 || node.host().isEmpty()) {
        throw each.wrong("node", each.at(), "is at '" + Broker.printable(node.toString()) + "'");
      }
      return nodes.put(node.id(), node);
    });
    in.nullableString();
    int controller = in.int32();
    var topics = new HashMap<String, Topic>();
    in.list(9, each -> {
      ErrorCode code = ErrorCode.of(each.int16());
      String name = each.string();
      each.bool();
      var partitions = each.list(18, Metadata::partition);
      partitions.sort(Comparator.comparingInt(Partition::number));
      for (int i = 0; i < partitions.size(); i++) {
        if (partitions.get(i).number() != i) {
          throw each.wrong("topic", each.at(), "has partition " + partitions.get(i).number() + " in place of " + i);
        }
      }
      return topics.put(name, new Topic(code, name, List.copyOf(partitions)));
    });
    return new Metadata(Map.copyOf(nodes), controller, Map.copyOf(topics));
  }

  private static Partition partition(BytesReader in) throws ProtocolException {
    ErrorCode code = ErrorCode.of(in.int16());
    int number = in.int32();
    int leader = in.int32();
    in.list(4, BytesReader::int32);
    in.list(4, BytesReader::int32);
    return new Partition(code, number, leader);
  }
}
