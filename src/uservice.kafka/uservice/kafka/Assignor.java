package uservice.kafka;

import module java.base;

/// How the leader of a group shares out partitions: by the names and the rules that the standard client has, so that its members and these can be in
/// one group, whoever leads it.
public enum Assignor {
  /// Topic by topic, each member a stretch of neighbours, the first ones one more.
  RANGE("range") {
    @Override void assign(SortedMap<String, Integer> counts, List<Member> members, Map<String, List<TopicPartition>> to) {
      counts.forEach((topic, count) -> {
        List<Member> wanting = members.stream().filter(member -> member.topics().contains(topic)).toList();
        int next = 0;
        for (int i = 0; i < wanting.size(); i++) {
          int share = count / wanting.size() + (i < count % wanting.size() ? 1 : 0);
          for (int end = next + share; next < end; next++) {
            to.get(wanting.get(i).id()).add(new TopicPartition(topic, next));
          }
        }
      });
    }
  },
  /// All partitions of all topics in one row, dealt out one by one.
  ROUND_ROBIN("roundrobin") {
    @Override void assign(SortedMap<String, Integer> counts, List<Member> members, Map<String, List<TopicPartition>> to) {
      int next = 0;
      for (var topic : counts.entrySet()) {
        if (members.stream().noneMatch(member -> member.topics().contains(topic.getKey()))) {
          continue;
        }
        for (int i = 0; i < topic.getValue(); i++) {
          while (!members.get(next).topics().contains(topic.getKey())) {
            next = (next + 1) % members.size();
          }
          to.get(members.get(next).id()).add(new TopicPartition(topic.getKey(), i));
          next = (next + 1) % members.size();
        }
      }
    }
  };

  /// A member of the group. Those with an instance come first, in the order of their instances, then the others in the order of their ids.
  ///
  /// @param instance of a static member; null for others
  record Member(String id, String instance, Set<String> topics) implements Comparable<Member> {
    private static final Comparator<Member> ORDER =
        Comparator.comparing(Member::instance, Comparator.nullsLast(Comparator.naturalOrder())).thenComparing(Member::id);

    @Override public int compareTo(Member other) { return ORDER.compare(this, other); }
  }

  private final String protocol;

  Assignor(String protocol) { this.protocol = protocol; }

  /// The name in the protocol.
  String protocol() { return protocol; }

  static Optional<Assignor> of(String protocol) { return Stream.of(values()).filter(each -> each.protocol.equals(protocol)).findFirst(); }

  /// Who gets what, by the members' ids; `counts` says how many partitions the topics have, those that there are.
  Map<String, List<TopicPartition>> assign(Map<String, Integer> counts, Collection<Member> members) {
    var to = new TreeMap<String, List<TopicPartition>>();
    members.forEach(member -> to.put(member.id(), new ArrayList<>()));
    assign(new TreeMap<>(counts), members.stream().sorted().toList(), to);
    return to;
  }

  abstract void assign(SortedMap<String, Integer> counts, List<Member> members, Map<String, List<TopicPartition>> to);
}
