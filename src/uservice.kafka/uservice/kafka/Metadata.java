package uservice.kafka;

import module java.base;
import uservice.wire.Address.Host;

/// What a broker says of the cluster: who is in it, and who leads which partition of the topics asked for.
///
/// @param controller the broker that makes topics; -1 where there is none at the moment
/// @param leaders of the partitions of each topic, in their order; -1 for one that has none at the moment
/// @param errors of the topics that cannot be used
record Metadata(Map<Integer, Host> nodes, int controller, Map<String, List<Integer>> leaders, Map<String, ErrorCode> errors) {
  static final Metadata NONE = new Metadata(Map.of(), -1, Map.of(), Map.of());

  // v4: [topic] or null for all, whether missing ones are made
  static Consumer<BytesWriter> request(Collection<String> topics) {
    return out -> out.list(topics, BytesWriter::string).bool(false);
  }

  // v4: throttle, [node host port rack?], cluster?, controller, [code topic internal [code partition leader [replica] [in sync]]]
  static Metadata read(BytesReader in) throws ProtocolException {
    in.int32();
    var nodes = new HashMap<Integer, Host>();
    in.list(12, each -> {
      int id = each.int32();
      var node = new Host(each.string(), each.int32());
      each.nullableString();
      if (node.port() < 1 || node.port() > 65_535 || node.name().isEmpty()) {
        throw each.wrong("node", each.at(), "is at '" + Broker.printable(node.toString()) + "'");
      }
      return nodes.put(id, node);
    });
    in.nullableString();
    int controller = in.int32();
    var topics = new HashMap<String, List<Integer>>();
    var errors = new HashMap<String, ErrorCode>();
    in.list(9, each -> {
      ErrorCode code = each.error();
      String name = each.string();
      each.bool();
      var leaders = new TreeMap<Integer, Integer>();
      each.list(18, partition -> {
        partition.error();
        leaders.put(partition.int32(), partition.int32());
        partition.list(4, BytesReader::int32);
        return partition.list(4, BytesReader::int32);
      });
      int next = 0;
      for (int number : leaders.keySet()) {
        if (number != next) {
          throw each.wrong("topic", each.at(), "has partition " + number + " in place of " + next);
        }
        next++;
      }
      return code == ErrorCode.NONE ? topics.put(name, List.copyOf(leaders.values())) : errors.put(name, code);
    });
    return new Metadata(nodes, controller, topics, errors);
  }
}
