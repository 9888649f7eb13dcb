package uservice.kafka;

import module java.base;

/// How the leader of a group shares out partitions: by the names and the rules that the standard client has, so that its members and these can be in
/// one group, whoever leads it.
public enum Assignor {
  /// Topic by topic, each member a stretch of neighbours, the first ones one more.
  RANGE,
  /// All partitions of all topics in one row, dealt out one by one.
  ROUND_ROBIN;

  /// A member of the group. Those with an instance come first, in the order of their instances, then the others in the order of their ids.
  ///
  /// @param instance of a static member; null for others
  record Member(String id, String instance) implements Comparable<Member> {
    private static final Comparator<Member> ORDER =
        Comparator.comparing(Member::instance, Comparator.nullsLast(Comparator.naturalOrder())).thenComparing(Member::id);

    @Override public int compareTo(Member other) { return ORDER.compare(this, other); }
  }

  /// The name in the protocol.
  String protocol() { return this == RANGE ? "range" : "roundrobin"; }

  /// Who gets what, by the members' ids; `counts` says how many partitions the topics have, those that there are, `wants` which topics the members want.
  Map<String, List<TopicPartition>> assign(Map<String, Integer> counts, SortedMap<Member, Set<String>> wants) {
    var shares = new TreeMap<String, List<TopicPartition>>();
    for (Member member : wants.keySet()) {
      shares.put(member.id(), new ArrayList<>());
    }
    var row = new ArrayDeque<>(wants.keySet()); // whose turn it is
    for (String topic : new TreeSet<>(counts.keySet())) {
      int count = counts.get(topic);
      List<Member> wanting = new ArrayList<>(wants.keySet());
      wanting.removeIf(member -> !wants.get(member).contains(topic));
      for (int i = 0; i < count && !wanting.isEmpty(); i++) {
        Member gets = this == RANGE ? wanting.get(stretch(i, count, wanting.size())) : next(row, wanting);
        shares.get(gets.id()).add(new TopicPartition(topic, i));
      }
    }
    return shares;
  }

  /// The number of the member that gets partition `i`.
  private static int stretch(int i, int count, int members) {
    int least = count / members;
    int larger = count % members; // as many have one more
    return i < larger * (least + 1) ? i / (least + 1) : (i - larger) / least;
  }

  private static Member next(Queue<Member> row, List<Member> wanting) {
    Member next;
    do {
      next = row.remove();
      row.add(next);
    } while (!wanting.contains(next));
    return next;
  }
}
