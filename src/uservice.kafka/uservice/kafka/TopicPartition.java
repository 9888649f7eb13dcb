package uservice.kafka;

import module java.base;

/// One log of a topic. In the order of topics' names, then of numbers.
record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {
  @Override public int compareTo(TopicPartition other) {
    int order = topic.compareTo(other.topic);
    return order == 0 ? Integer.compare(partition, other.partition) : order;
  }

  /// By topics, each with the numbers of its partitions.
  static SortedMap<String, List<Integer>> byTopic(Collection<TopicPartition> partitions) {
    var topics = new TreeMap<String, List<Integer>>();
    for (TopicPartition each : new TreeSet<>(partitions)) {
      topics.computeIfAbsent(each.topic, _ -> new ArrayList<>()).add(each.partition);
    }
    return topics;
  }

  @Override public String toString() { return topic + "-" + partition; }
}
