package uservice.kafka;

import module java.base;

/// One log of a topic. In the order of topics' names, then of numbers.
record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {
  private static final Comparator<TopicPartition> ORDER = Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  @Override public int compareTo(TopicPartition other) { return ORDER.compare(this, other); }

  /// By topics, each with the numbers of its partitions.
  static SortedMap<String, List<Integer>> byTopic(Collection<TopicPartition> partitions) {
    var topics = new TreeMap<String, List<Integer>>();
    partitions.stream().sorted().forEach(each -> topics.computeIfAbsent(each.topic(), _ -> new ArrayList<>()).add(each.partition()));
    return topics;
  }

  @Override public String toString() { return topic + "-" + partition; }
}
