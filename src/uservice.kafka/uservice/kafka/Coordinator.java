package uservice.kafka;

import module java.base;

/// The broker that keeps a group, whichever that is at the moment, over a connection that nothing else waits on.
final class Coordinator {
  /// Writes a request of a version.
  interface Body {
    void write(BytesWriter out, int version);
  }

  /// Reads an answer of a version.
  interface Reading<T> {
    T read(BytesReader in, int version) throws ProtocolException;
  }

  private final Cluster cluster;
  private final String group;

  Coordinator(Cluster cluster, String group) {
    this.cluster = cluster;
    this.group = group;
  }

  int version(Api api) throws KafkaException, InterruptedException { return cluster.coordinator(group).version(api); }

  <T> T ask(Api api, Body body, Reading<T> reading, Duration timeout) throws KafkaException, InterruptedException {
    try {
      Broker broker = cluster.coordinator(group);
      int version = broker.version(api);
      return broker.ask(api, version, out -> body.write(out, version), timeout, in -> reading.read(in, version));
    } catch (KafkaException failed) {
      if (failed.retriable()) {
        moved();
      }
      throw failed;
    }
  }

  /// It may be another one by now.
  void moved() { cluster.forgetCoordinator(group); }

  /// The topics may have other partitions by now.
  void look() { cluster.stale(); }

  /// How many partitions these topics have; without those that are not there.
  Map<String, Integer> counts(Collection<String> topics) throws KafkaException, InterruptedException {
    var counts = new TreeMap<String, Integer>();
    for (String topic : topics) {
      try {
        counts.put(topic, cluster.partitions(topic).size());
      } catch (KafkaException missing) {
        if (missing.code() != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
          throw missing;
        }
      }
    }
    return counts;
  }
}
