package process;

import module java.base;
import process.Chart.Bar;

/// How fast our producer and our consumer are against Kafka's own performance tools, on one broker: `KafkaFigures MODULES JVM JAR KAFKA OUTPUT SECONDS`, with
/// our modules, the options of their JVM, the jar with this package, the folder of Kafka's jars, and how long it may take: a further round begins if it
/// ends within that, should it take as long as the last.
///
/// A round, for each size of records: both producers send so many to one new topic, then both consumers read what the two have sent, each as a new
/// group. Whoever went first in one round is second in the next.
public final class KafkaFigures {
  private static final Map<Integer, Integer> RECORDS = new TreeMap<>(Map.of(100, 1_000_000, 1_000, 250_000)); // bytes, how many
  private static final int ROUNDS = 5;
  private static final int PARTITIONS = 4;
  private static final int BATCH_BYTES = 64 << 10;
  private static final int LINGER_MILLIS = 5;
  private static final int BUFFER_BYTES = 8 << 20;
  private static final int HEAP_MEGABYTES = 64;
  private static final int PAYLOADS = 1_000;
  private static final double REACH = 0.5;
  private static final String KAFKAS = "Kafka's tool";
  private static final String OURS = "uservice";

  private final String modules;
  private final String jvm;
  private final String jar;
  private final Path kafka;
  private final Path folder;
  private final Report report;
  private final Duration most;
  /// What was done (`produce 100 B`), by whom, a figure for each round.
  private final Map<String, Map<String, List<KafkaTool>>> series = new LinkedHashMap<>();
  private KafkaBroker broker;

  private KafkaFigures(String[] arguments) throws IOException {
    this.modules = arguments[0];
    this.jvm = arguments[1];
    this.jar = arguments[2];
    this.kafka = Path.of(arguments[3]);
    this.folder = Files.createDirectories(Path.of(arguments[4]));
    this.report = new Report(folder, "kafka.md");
    this.most = Duration.ofSeconds(Long.parseLong(arguments[5]));
  }

  public static void main(String[] arguments) throws Exception {
    new KafkaFigures(arguments).run();
  }

  private void run() throws Exception {
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    long begun = System.nanoTime();
    int rounds = 0;
    try (var started = KafkaBroker.start(kafka, PARTITIONS)) {
      broker = started;
      long last = timed(true);
      series.clear(); // the broker is warm; each client is a new process
      while (rounds < ROUNDS && (rounds == 0 || System.nanoTime() - begun + last < most.toNanos())) {
        last = timed(rounds % 2 == 0);
        rounds++;
      }
    }
    tell(rounds, load);
  }

  private long timed(boolean oursFirst) throws Exception {
    long begun = System.nanoTime();
    round(oursFirst);
    return System.nanoTime() - begun;
  }

  private void round(boolean oursFirst) throws Exception {
    for (var each : RECORDS.entrySet()) {
      int bytes = each.getKey();
      int count = each.getValue();
      String topic = "bench-" + UUID.randomUUID();
      Path payloads = payloads(bytes);
      broker.create(topic);
      inTurns("produce " + bytes + " B", count, oursFirst, () -> produce(topic, count, payloads), () -> kafkaProduces(topic, count, payloads));
      inTurns("consume " + bytes + " B", 2 * count, oursFirst, () -> consume(topic, 2 * count, bytes), () -> kafkaConsumes(topic, 2 * count));
      Files.delete(payloads);
    }
    broker.delete("bench-.*");
  }

  private void inTurns(String what, int count, boolean oursFirst, Callable<KafkaTool> ours, Callable<KafkaTool> kafkas) throws Exception {
    var both = List.of(Map.entry(OURS, ours), Map.entry(KAFKAS, kafkas));
    for (var each : oursFirst ? both : both.reversed()) {
      KafkaTool measured = each.getValue().call();
      if (measured.records() != count) {
        throw new IllegalStateException(what + ": " + each.getKey() + " had " + measured.records() + " records of " + count);
      }
      series.computeIfAbsent(what, _ -> new LinkedHashMap<>()).computeIfAbsent(each.getKey(), _ -> new ArrayList<>()).add(measured);
      System.out.println(what + ", " + each.getKey() + ": " + Report.number(measured.perSecond()) + " 1/s");
    }
  }

  /// Values of one size, so that neither side's time goes into making them up.
  private Path payloads(int bytes) throws IOException {
    var random = new SplittableRandom(bytes);
    var lines = Stream.generate(() -> random.ints(bytes, 'A', 'Z' + 1).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString());
    return Files.write(Files.createTempFile(folder, "payloads", ".txt"), lines.limit(PAYLOADS).toList());
  }

  private KafkaTool produce(String topic, int count, Path payloads) throws Exception {
    return ours("process.KafkaProducing", "?batch_bytes=" + BATCH_BYTES + "&linger=" + LINGER_MILLIS + "ms&buffer_bytes=" + BUFFER_BYTES,
        "producing.topic=" + topic, "producing.count=" + count, "producing.payloads=" + payloads);
  }

  private KafkaTool consume(String topic, int count, int bytes) throws Exception {
    return ours("process.KafkaConsuming", "", "consuming.topic=" + topic, "consuming.count=" + count, "consuming.bytes=" + (long) count * bytes,
        "kafka.group=" + UUID.randomUUID());
  }

  private KafkaTool ours(String main, String parameters, String... settings) throws Exception {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + jvm, "-XX:CompileThresholdScaling=1",
        "-Xmx" + HEAP_MEGABYTES + "m", "-p", modules, "--add-modules", "uservice.kafka", "-cp", jar, main, "start", "--set", "shutdown.delay=0s",
        "--set", "health.host=127.0.0.1", "--set", "health.port=0", "--set", "log.level=warn", "--set", "kafka.brokers=kafka://" + broker.address() + parameters));
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    return KafkaTool.ours(command, (long) HEAP_MEGABYTES << 20);
  }

  private KafkaTool kafkaProduces(String topic, int count, Path payloads) throws Exception {
    return KafkaTool.producer(broker.tool("org.apache.kafka.tools.ProducerPerformance", "--bootstrap-server", broker.address(), "--topic", topic,
        "--num-records", "" + count, "--throughput", "-1", "--payload-file", payloads.toString(), "--command-property", "acks=all", "enable.idempotence=true",
        "batch.size=" + BATCH_BYTES, "linger.ms=" + LINGER_MILLIS, "buffer.memory=" + BUFFER_BYTES, "compression.type=none"));
  }

  private KafkaTool kafkaConsumes(String topic, int count) throws Exception {
    return KafkaTool.consumer(broker.tool("org.apache.kafka.tools.ConsumerPerformance", "--bootstrap-server", broker.address(), "--topic", topic,
        "--num-records", "" + count, "--group", UUID.randomUUID().toString(), "--hide-header"));
  }

  // ---- the page ----

  private void tell(int rounds, String load) throws Exception {
    report.line("# Kafka: figures of one run\n");
    report.line("Java " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("os.name") + " "
        + System.getProperty("os.arch") + ", load average " + load + " before; the broker and the tools of " + version() + " with the heaps of their scripts "
        + "(1 GiB, 512 MiB), ours with " + HEAP_MEGABYTES + " MiB. Medians, in turns; rounds that count: " + rounds + ". Ratios hold; absolute figures are this machine's.\n\nFIGURES");
    for (var each : series.entrySet()) {
      List<Double> ratios = ratios(each.getValue(), KafkaTool::perSecond);
      report.figure(each.getKey() + ", against Kafka's tool", median(ratios), "", true, REACH);
    }
    for (var each : series.entrySet()) {
      var bars = Stream.of(KAFKAS, OURS).map(who -> new Bar(who, median(rates(each.getValue(), who, KafkaTool::perSecond)))).toList();
      String name = each.getKey().replaceAll(" B$", "").replace(' ', '-');
      report.chart("kafka-" + name, Character.toUpperCase(each.getKey().charAt(0)) + each.getKey().substring(1) + ", records a second", "1/s", bars);
    }
    report.line("\n## Spread\n\nLeast, median and most of the rounds; a ratio is of one round's two.\n\n| | Kafka's tool, 1/s | uservice, 1/s | ratio |\n|---|---|---|---|");
    series.forEach((what, both) -> row(what, both, KafkaTool::perSecond));
    series.forEach((what, both) -> {
      if (what.startsWith("consume")) {
        row(what + ", from when the group was there", both, KafkaTool::fetchedPerSecond);
      }
    });
    report.write();
  }

  private void row(String what, Map<String, List<KafkaTool>> both, ToDoubleFunction<KafkaTool> rate) {
    report.line("| " + what + " | " + spread(rates(both, KAFKAS, rate)) + " | " + spread(rates(both, OURS, rate)) + " | " + spread(ratios(both, rate)) + " |");
  }

  private static List<Double> rates(Map<String, List<KafkaTool>> both, String who, ToDoubleFunction<KafkaTool> rate) {
    return both.get(who).stream().map(rate::applyAsDouble).toList();
  }

  private static List<Double> ratios(Map<String, List<KafkaTool>> both, ToDoubleFunction<KafkaTool> rate) {
    List<Double> ours = rates(both, OURS, rate);
    List<Double> kafkas = rates(both, KAFKAS, rate);
    return IntStream.range(0, ours.size()).mapToObj(i -> ours.get(i) / kafkas.get(i)).toList();
  }

  private static String spread(List<Double> values) {
    return Report.number(Collections.min(values)) + ", " + Report.number(median(values)) + ", " + Report.number(Collections.max(values));
  }

  /// `Kafka 4.3.1`, by the name of its jar.
  private String version() throws IOException {
    try (var files = Files.list(kafka)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("kafka-clients-"))
          .map(name -> "Kafka " + name.substring(14, name.length() - 4)).findFirst().orElseThrow();
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
  }
}
