package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.Service;
import uservice.cli.Failure;
import uservice.health.Checks;
import uservice.health.Polling;
import uservice.metrics.Counter;
import uservice.metrics.Family;
import uservice.metrics.Type;
import uservice.trace.Span;
import uservice.trace.Tracer;

/// The brokers of section `kafka:`, for the features of a service: what is sent there and what comes from there.
///
/// ```java
/// @Override public void start(Service service, Config config) throws Failure {
///   Kafka kafka = Kafka.of(service);
///   service.web().post("/orders", request -> {
///     kafka.producer().deliver(Message.of("orders", request.body()));
///     return Reply.of(202);
///   });
///   kafka.consume("orders", message -> print(message.value()));
/// }
/// ```
public final class Kafka {
  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final Duration CHECK = Duration.ofSeconds(5);
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final Duration FINISHING = Duration.ofSeconds(20);
  private static final Map<Service, Kafka> OF = new ConcurrentHashMap<>();

  private final Service service;
  private final KafkaFeature.Config config;
  private final Producer producer;
  private final Family<Counter> counted;
  private final List<Consumption> consumptions = new CopyOnWriteArrayList<>();

  private Kafka(Service service, KafkaFeature.Config config) {
    this.service = service;
    this.config = config;
    this.producer = Producer.open(config.brokers());
    this.counted = service.metrics().counter("kafka_consumed_total", "Messages handed to the handlers here, by what came of them.", "topic", "result");
    service.metrics().collect("kafka_consumer_lag", Type.GAUGE, "Messages that are there and not committed, of the partitions that are read here.",
        List.of("topic", "partition"), emitter -> consumptions.forEach(each -> each.lag().forEach(
            (partition, lag) -> emitter.emit(lag, partition.topic(), Integer.toString(partition.partition())))));
    service.metrics().gauge("kafka_producer_waiting_bytes", "Bytes sent and not acknowledged.", producer::waitingBytes);
    Target target = producer.cluster.target();
    Polling check = Checks.every(CHECK).timeout(target.connectTimeout().plus(target.timeout()));
    service.health().ready("kafka", config.required() ? check : check.optional(), this::check);
    service.onStop("close the connections to Kafka", CLOSING, this::close);
  }

  /// That of this service. Opens it, where nobody has asked before.
  ///
  /// @throws Failure if there is no section `kafka:`
  public static Kafka of(Service service) throws Failure {
    Object section = service.configuration().section(KafkaFeature.SECTION)
        .orElseThrow(() -> new Failure("section 'kafka' is missing, must hold at least brokers: kafka://host:9092"));
    return OF.computeIfAbsent(service, _ -> new Kafka(service, (KafkaFeature.Config) section));
  }

  private void check() throws KafkaException, InterruptedException {
    producer.cluster.refresh();
    for (Consumption each : consumptions) {
      Optional<String> trouble = each.trouble();
      if (trouble.isPresent()) {
        throw KafkaException.refused(trouble.get(), null);
      }
    }
  }

  /// Sends; all features share it.
  public Producer producer() { return producer; }

  /// Has `handler` handle what comes to these topics, from now until the service ends.
  public Consumption consume(Set<String> topics, Handler handler) {
    var sorted = new TreeSet<>(topics);
    String instance = config.instance().map(name -> name + "-" + String.join("-", sorted)).orElse(null);
    var terms = new Group.Terms(config.group().orElse(service.name()), instance, sorted, List.of(config.assignor()), config.sessionTimeout(), config.rebalanceTimeout());
    var shares = new Shares(producer.cluster.target(), terms, config.begin());
    var consumption = new Consumption(sorted, config, shares, producer, message -> handle(message, handler), (topic, result) -> counted.with(topic, result).increment());
    consumptions.add(consumption);
    service.onStop("finish what came from " + String.join(", ", sorted), FINISHING.plus(CLOSING), () -> end(consumption));
    consumption.start();
    return consumption;
  }

  /// The same for one topic.
  public Consumption consume(String topic, Handler handler) { return consume(Set.of(topic), handler); }

  /// Has it handled within a span, below the one that its headers carry.
  private void handle(Received message, Handler handler) throws Exception {
    Tracer tracer = service.tracer();
    Span above = message.headers().isEmpty() ? Span.NONE : tracer.incoming(name -> message.header(name).map(value -> List.of(new String(value, StandardCharsets.UTF_8))).orElse(List.of()));
    if (above == Span.NONE && !tracer.exporting()) {
      handler.handle(message);
      return;
    }
    above.call(() -> tracer.call("process " + message.topic(), Span.Kind.CONSUMER, span -> {
      describe(span, "process", message.topic()).attribute("messaging.destination.partition.id", Integer.toString(message.partition()))
          .attribute("messaging.kafka.offset", message.offset());
      handler.handle(message);
      return null;
    }));
  }

  // OpenTelemetry, Semantic Conventions for Kafka
  static Span describe(Span span, String operation, String topic) {
    return span.attribute("messaging.system", "kafka").attribute("messaging.operation.name", operation).attribute("messaging.operation.type", operation)
        .attribute("messaging.destination.name", topic);
  }

  private void end(Consumption consumption) throws InterruptedException {
    if (!consumption.finish(FINISHING)) {
      LOG.log(Level.WARNING, "messages of " + consumption.topics() + " are still in hand, they come again to others");
    }
    consumptions.remove(consumption);
    consumption.close();
  }

  private void close() {
    OF.remove(service);
    producer.close();
  }
}
