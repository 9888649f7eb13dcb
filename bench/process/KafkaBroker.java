package process;

import module java.base;

/// A Kafka broker, alone in its cluster (KRaft), as a process of its own on free ports of loopback, with its data in a folder of its own; and what its
/// own tools do, from the same jars.
final class KafkaBroker implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk";

  private final Path jars;
  private final Path folder;
  private final String address;
  private Process process;

  /// @param jars the folder with the jars of Kafka
  private KafkaBroker(Path jars, String address) throws IOException {
    this.jars = jars;
    this.folder = Files.createTempDirectory("bench");
    this.address = address;
  }

  /// Formats and starts one, whose topics have so many partitions where nothing else is said.
  static KafkaBroker start(Path jars, int partitions) throws Exception {
    int controller = Servers.free();
    var broker = new KafkaBroker(jars, "127.0.0.1:" + Servers.free());
    try {
      broker.run(partitions, "127.0.0.1:" + controller);
      return broker;
    } catch (Exception failed) {
      broker.close();
      throw failed;
    }
  }

  private void run(int partitions, String controller) throws Exception {
    Path file = Files.write(folder.resolve("server.properties"), List.of("process.roles=broker,controller", "node.id=1",
        "controller.quorum.voters=1@" + controller, "listeners=PLAINTEXT://" + address + ",CONTROLLER://" + controller,
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT", "controller.listener.names=CONTROLLER",
        "log.dirs=" + folder.resolve("data"), "num.partitions=" + partitions, "auto.create.topics.enable=false",
        "offsets.topic.num.partitions=4", "offsets.topic.replication.factor=1", "group.initial.rebalance.delay.ms=0",
        "log.segment.delete.delay.ms=1000"));
    KafkaTool.run(tool("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", file.toString()));
    Path log = folder.resolve("log");
    process = new ProcessBuilder(java("1g", "info", "kafka.Kafka", file.toString())).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.readString(log).contains("Kafka Server started")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException("the broker did not start: " + Files.readString(log));
      }
      Thread.sleep(20);
    }
  }

  /// `HOST:PORT`.
  String address() { return address; }

  void create(String topic) throws Exception { topics("--create", "--topic", topic); }

  /// Deletes those whose whole names this regular expression matches.
  void delete(String topics) throws Exception { topics("--delete", "--topic", topics); }

  private void topics(String... words) throws Exception {
    KafkaTool.run(Stream.concat(tool("org.apache.kafka.tools.TopicCommand", "--bootstrap-server", address).stream(), Stream.of(words)).toList());
  }

  /// The command of one of Kafka's tools, with the heap and the collector that the scripts of its distribution give it.
  List<String> tool(String name, String... words) { return java("512m", "error", name, words); }

  private List<String> java(String heap, String level, String name, String... words) {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heap, "-XX:+UseG1GC",
        "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35", "-Duser.language=en", "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + level, "-cp", jars.resolve("*").toString(), name));
    command.addAll(List.of(words));
    return command;
  }

  @Override public void close() throws Exception {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(PATIENCE)) {
        process.destroyForcibly().waitFor();
      }
    }
    Servers.delete(folder);
  }
}
