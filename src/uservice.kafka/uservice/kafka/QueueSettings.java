package uservice.kafka;

import module java.base;
import uservice.wire.Address;

/// What a queue's URI says beside where the brokers are. The chapter lists the parameters.
///
/// @param partitions with how many the topic is made, where it is not there
/// @param replicas the same; -1 for as many as the cluster usually has
/// @param instance the place of a static member; null for none
record QueueSettings(Target target, String topic, String group, int partitions, int replicas, String instance, Duration session,
    ProducerSettings producer) {
  static final Set<String> PARAMETERS = Set.of("group", "partitions", "replicas", "instance", "session_timeout");
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,244}"); // and five for .dead
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final Duration SESSION_MAX = Duration.ofMinutes(5);
  private static final int PARTITIONS = 8;
  private static final int PARTITIONS_MAX = 1_000;
  private static final int REPLICAS_MAX = 10;

  static QueueSettings of(URI uri) {
    Target target = Target.parse(uri, Stream.of(PARAMETERS, ProducerSettings.PARAMETERS).flatMap(Set::stream).collect(Collectors.toSet()));
    Address address = target.address();
    String topic = address.path();
    if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      throw new IllegalArgumentException("topic is '" + topic + "', must be behind the host, as in " + address.scheme()
          + "://host:9092/jobs: 1 to 244 of a-z, A-Z, 0-9, '.', '_' and '-'");
    }
    int replicas = address.number("replicas", 0, 1, REPLICAS_MAX);
    return new QueueSettings(target, topic, address.word("group", "workers"), address.number("partitions", PARTITIONS, 1, PARTITIONS_MAX),
        replicas == 0 ? -1 : replicas, address.word("instance", null), address.duration("session_timeout", SESSION, SESSION_MAX),
        ProducerSettings.of(address, target.timeout())); // a job waits no longer for its acknowledgement than other requests do for their answers
  }

  /// The topic of the dead.
  String dead() { return topic + ".dead"; }
}
