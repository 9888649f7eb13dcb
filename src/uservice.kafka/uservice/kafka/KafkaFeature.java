package uservice.kafka;

import module java.base;
import uservice.Feature;
import uservice.Service;
import uservice.cli.Failure;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;
import uservice.queue.Queue;
import uservice.queue.QueueBackend;
import uservice.queue.QueueOptions;

/// Section `kafka:`: which brokers, and how topics are consumed. What is done with it is up to other features, by [Kafka#of]. And the queues behind
/// Kafka's schemes, which need no section.
public final class KafkaFeature implements Feature<KafkaFeature.Config>, QueueBackend {
  static final String SECTION = "kafka";

  /// What stands under `kafka:` in the configuration.
  public record Config(
      @Doc("The brokers: kafka://host:9092,host:9092, or kafkas:// with TLS.") URI brokers,
      @Doc("Whether the service is not ready while the brokers cannot be reached.") @Default("false") boolean required,
      @Doc("The consumer group; the service's name where it is left out.") Optional<String> group,
      @Doc("The place of this process in its groups, which a restart keeps; none where it is left out.") Optional<String> instance,
      @Doc("Where a group begins that has no offset yet, or one of what is gone.") @Default("earliest") Begin begin,
      @Doc("How the group's leader shares out partitions.") @Default("range") Assignor assignor,
      @Doc("How often a message is tried before it goes to the dead-letter topic.") @Default("5") @Range(min = 1, max = 1_000) int maxAttempts,
      @Doc("How long a handler that failed rests before it is called again.") @Default("1s") @Range(min = 0, max = 3_600_000) Duration retryDelay,
      @Doc("What the dead-letter topic's name has behind the topic's; where it is empty, a message is tried until it succeeds.")
      @Default(".dead") String deadSuffix,
      @Doc("How often offsets are committed.") @Default("1s") @Range(min = 10, max = 60_000) Duration commitEvery,
      @Doc("How long a process may be silent before others get its partitions.") @Default("10s") @Range(min = 500, max = 1_800_000) Duration sessionTimeout,
      @Doc("How long messages in hand may take to end when the group is divided anew.") @Default("1m") @Range(min = 1_000, max = 1_800_000)
      Duration rebalanceTimeout) {

    public Config {
      try {
        ProducerSettings.of(Target.parse(brokers, ProducerSettings.PARAMETERS).address());
      } catch (IllegalArgumentException unfit) {
        throw new IllegalArgumentException("brokers: " + unfit.getMessage(), unfit);
      }
      if (!deadSuffix.matches("[a-zA-Z0-9._-]{0,100}")) {
        throw new IllegalArgumentException("dead_suffix: is '" + deadSuffix + "', must be at most 100 of a-z, A-Z, 0-9, '.', '_' and '-'");
      }
      if (group.equals(Optional.of(""))) {
        throw new IllegalArgumentException("group: must not be empty");
      }
    }
  }

  /// For `ServiceLoader`.
  public KafkaFeature() {}

  @Override public String section() { return SECTION; }

  @Override public Class<Config> config() { return Config.class; }

  @Override public boolean serves(Config config) { return false; }

  @Override public void start(Service service, Config config) throws Failure { Kafka.of(service); }

  @Override public Set<String> schemes() { return Target.SCHEMES; }

  @Override public Queue open(URI uri, QueueOptions options) { return new KafkaQueue(new QueueSettings(uri), options, System::nanoTime); }
}
