package process;

import module java.base;
import uservice.Feature;
import uservice.Service;
import uservice.Uservice;
import uservice.kafka.Kafka;

/// Our side of Kafka's `ConsumerPerformance`: a service that consumes a topic with a handler that counts, prints how long it took until so many
/// messages were handled, from before it asked for them, and ends.
public final class KafkaConsuming implements Feature<KafkaConsuming.Config> {
  /// @param bytes how long the values of all of them are together
  public record Config(String topic, long count, long bytes) {}

  private final LongAdder bytes = new LongAdder();
  private final AtomicLong messages = new AtomicLong();
  private volatile long first;

  public static void main(String[] arguments) {
    System.exit(Uservice.run(arguments, new KafkaConsuming()));
  }

  @Override public String section() { return "consuming"; }

  @Override public Class<Config> config() { return Config.class; }

  @Override public void start(Service service, Config config) throws Exception {
    long begun = System.nanoTime();
    Kafka.of(service).consume(config.topic, message -> {
      bytes.add(message.value().length);
      long now = messages.incrementAndGet();
      if (now == 1) {
        first = System.nanoTime();
      } else if (now == config.count) {
        long ended = System.nanoTime();
        if (bytes.sum() != config.bytes) {
          System.err.println(now + " messages have " + bytes + " bytes, not " + config.bytes);
          service.stop("not all came as it was sent", 1);
          return;
        }
        KafkaTool.tell(now, ended - begun, ended - first);
        service.stop("all is handled", 0);
      }
    });
  }
}
