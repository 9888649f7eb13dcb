package uservice.kafka;

import module java.base;
import uservice.wire.Address;

/// What a queue's URI says beside where the brokers are. The chapter lists the parameters.
final class QueueSettings {
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final Duration SESSION_MAX = Duration.ofMinutes(5);
  private static final int PARTITIONS = 8;
  private static final int PARTITIONS_MAX = 1_000;
  private static final int REPLICAS_MAX = 10;

  final Target target;
  final ProducerSettings producer;
  final String topic;
  /// The topic of the dead.
  final String dead;
  final String group;
  /// The place of a static member; null for none.
  final String instance;
  final Duration session;
  /// With how many the topic is made, where it is not there.
  final int partitions;
  /// The same; -1 for as many as the cluster usually has.
  final int replicas;

  QueueSettings(URI uri) {
    var known = new HashSet<>(ProducerSettings.PARAMETERS);
    known.addAll(Set.of("group", "partitions", "replicas", "instance", "session_timeout"));
    target = Target.parse(uri, known);
    Address address = target.address();
    topic = address.path();
    if (!topic.matches("[a-zA-Z0-9._-]{1,244}") || topic.equals(".") || topic.equals("..")) { // and five for .dead
      throw new IllegalArgumentException("topic is '" + topic + "', must be behind the host, as in " + address.scheme()
          + "://host:9092/jobs: 1 to 244 of a-z, A-Z, 0-9, '.', '_' and '-'");
    }
    dead = topic + ".dead";
    group = address.word("group", "workers");
    instance = address.word("instance", null);
    session = address.duration("session_timeout", SESSION, SESSION_MAX);
    partitions = address.number("partitions", PARTITIONS, 1, PARTITIONS_MAX);
    replicas = address.number("replicas", -1, 1, REPLICAS_MAX);
    producer = ProducerSettings.of(address, target.timeout()); // a job waits no longer for its acknowledgement than others for their answers
  }
}
