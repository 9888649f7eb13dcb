package process;

import module java.base;
import uservice.Feature;
import uservice.Service;
import uservice.Uservice;
import uservice.kafka.Kafka;
import uservice.kafka.Message;
import uservice.kafka.Producer;

/// Our side of Kafka's `ProducerPerformance`: a service that sends so many messages to a topic from one thread, as fast as they are taken,
/// prints how long it took until the last was acknowledged, and ends.
public final class KafkaProducing implements Feature<KafkaProducing.Config> {
  /// @param payloads a file, each line of it a value to send
  public record Config(String topic, int count, Path payloads) {}

  public static void main(String[] arguments) {
    System.exit(Uservice.run(arguments, new KafkaProducing()));
  }

  @Override public String section() { return "producing"; }

  @Override public Class<Config> config() { return Config.class; }

  @Override public void start(Service service, Config config) throws Exception {
    Producer producer = Kafka.of(service).producer();
    List<byte[]> payloads = Files.readAllLines(config.payloads).stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
    Thread.ofVirtual().start(() -> {
      try {
        send(producer, config, payloads);
        service.stop("all is sent", 0);
      } catch (Exception failed) {
        failed.printStackTrace();
        service.stop("it failed", 1);
      }
    });
  }

  /// Each acknowledgement is counted, as Kafka's tool does; one that fails fails the run.
  private static void send(Producer producer, Config config, List<byte[]> payloads) throws Exception {
    var random = new SplittableRandom(0);
    var missing = new CountDownLatch(config.count);
    var failure = new AtomicReference<Throwable>();
    long begun = System.nanoTime();
    for (int i = 0; i < config.count; i++) {
      producer.send(Message.of(config.topic, payloads.get(random.nextInt(payloads.size())))).whenComplete((_, failed) -> {
        failure.compareAndSet(null, failed);
        missing.countDown();
      });
    }
    producer.flush();
    missing.await(); // what waits for a message may be called a moment after the flush ends
    long took = System.nanoTime() - begun;
    if (failure.get() != null) {
      throw new IllegalStateException("not all was acknowledged", failure.get());
    }
    KafkaTool.tell(config.count, took, took);
  }
}
