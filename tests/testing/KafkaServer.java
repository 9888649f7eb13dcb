package testing;

import module java.base;

/// A real Kafka broker, alone in its cluster (KRaft), as a process of its own on free ports of loopback, with its data in a folder: it can be
/// killed and come back on the same ports. Kafka's own tools run from the same jars, which Maven fetches once into `build/kafka-VERSION`
/// by the list `tests/kafka-VERSION`.
public final class KafkaServer implements AutoCloseable {
  /// The newest, and the last of those before it.
  public static final String NEWEST = "4";
  public static final String BEFORE = "3";
  /// Whom the SASL listeners know, by every mechanism, and `admin` with [#SECRET] too, who may everything where there are ACLs.
  public static final String USER = "alice";
  public static final String SECRET = "s3cr3t-of-alice";

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk";
  private static final String STORE_PASSWORD = "geheim"; // what Certificates takes

  private final Path folder;
  private final String version;
  private final int plain;
  private final int sasl;
  private final int tls;
  private final int saslTls;
  private final int controller;
  private final Certificates certificates;
  private final Map<String, String> properties = new LinkedHashMap<>();
  private Process process;

  private KafkaServer(Path folder, String version) throws Exception {
    this.folder = Files.createDirectories(folder);
    this.version = version;
    this.certificates = Certificates.make(folder, "localhost");
    int[] free = freePorts(5);
    plain = free[0];
    sasl = free[1];
    tls = free[2];
    saslTls = free[3];
    controller = free[4];
    defaults();
  }

  private static int[] freePorts(int count) throws IOException {
    var open = new ArrayList<ServerSocket>();
    try {
      for (int i = 0; i < count; i++) {
        open.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return open.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    } finally {
      for (ServerSocket each : open) {
        each.close();
      }
    }
  }

  /// Formats and starts a broker of `version`, with these lines (`name=value`) in its properties beside, or instead of, the usual ones. The test
  /// is skipped where Maven cannot fetch it.
  public static KafkaServer start(Path folder, String version, String... properties) throws Exception {
    KafkaServer server = prepare(folder, version);
    for (String line : properties) {
      server.set(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
    server.start();
    return server;
  }

  /// A broker that has its ports, and is not started yet.
  public static KafkaServer prepare(Path folder, String version) throws Exception {
    Jars.of("kafka-" + version);
    return new KafkaServer(folder, version);
  }

  private void defaults() {
    set("process.roles", "broker,controller");
    set("node.id", "1");
    set("controller.quorum.voters", "1@127.0.0.1:" + controller);
    set("listeners", "PLAIN://127.0.0.1:" + plain + ",SASL://127.0.0.1:" + sasl + ",TLS://localhost:" + tls + ",SASLTLS://localhost:" + saslTls
        + ",CONTROLLER://127.0.0.1:" + controller);
    set("listener.security.protocol.map", "PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,SASLTLS:SASL_SSL,CONTROLLER:PLAINTEXT");
    set("inter.broker.listener.name", "PLAIN");
    set("controller.listener.names", "CONTROLLER");
    set("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512");
    for (String listener : List.of("sasl", "sasltls")) {
      set("listener.name." + listener + ".plain.sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required user_" + USER + "=\"" + SECRET
          + "\" user_admin=\"" + SECRET + "\";");
      for (String mechanism : List.of("256", "512")) {
        set("listener.name." + listener + ".scram-sha-" + mechanism + ".sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required;");
      }
    }
    set("ssl.keystore.location", folder.resolve("localhost.p12").toString());
    set("ssl.keystore.type", "PKCS12");
    set("ssl.keystore.password", STORE_PASSWORD);
    set("ssl.key.password", STORE_PASSWORD);
    set("log.dirs", folder.resolve("data").toString());
    set("num.partitions", "1");
    set("auto.create.topics.enable", "false");
    set("offsets.topic.num.partitions", "4");
    set("offsets.topic.replication.factor", "1");
    set("transaction.state.log.replication.factor", "1");
    set("transaction.state.log.min.isr", "1");
    set("share.coordinator.state.topic.replication.factor", "1");
    set("share.coordinator.state.topic.min.isr", "1");
    set("group.initial.rebalance.delay.ms", "0");
    set("group.min.session.timeout.ms", "500");
    set("log.cleaner.enable", "false");
    set("log.cleaner.dedupe.buffer.size", "2097152");
  }

  /// Sets a property, for the next start.
  public void set(String name, String value) { properties.put(name, value); }

  public int port() { return plain; }

  public int saslPort() { return sasl; }

  public int tlsPort() { return tls; }

  public int saslTlsPort() { return saslTls; }

  /// The certificate that the TLS listeners show, which vouches for itself, as PEM.
  public Path certificate() { return certificates.certificate(); }

  /// `127.0.0.1:PORT` of the listener without SASL and TLS, as Kafka's tools want it.
  public String bootstrap() { return "127.0.0.1:" + plain; }

  /// `kafka://127.0.0.1:PORT` and what follows.
  public URI uri(String rest) { return URI.create("kafka://" + bootstrap() + rest); }

  /// `kafka://USER:SECRET@127.0.0.1:PORT` of the SASL listener and what follows.
  public URI saslUri(String rest) { return URI.create("kafka://" + USER + ":" + SECRET + "@127.0.0.1:" + sasl + rest); }

  /// Starts, or starts again, and waits until it takes requests.
  public void start() throws Exception {
    Path file = folder.resolve("server.properties");
    Files.write(file, properties.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList());
    if (!Files.exists(folder.resolve("data"))) {
      var words = new ArrayList<>(List.of("format", "-t", CLUSTER, "-c", file.toString()));
      for (String mechanism : List.of("SCRAM-SHA-256", "SCRAM-SHA-512")) {
        for (String user : List.of(USER, "admin")) {
          words.addAll(List.of("--add-scram", mechanism + "=[name=" + user + ",password=" + SECRET + "]"));
        }
      }
      run("kafka.tools.StorageTool", "", words.toArray(String[]::new));
    }
    Path log = folder.resolve("log");
    long before = Files.exists(log) ? Files.size(log) : 0;
    process = new ProcessBuilder(java("512m", "kafka.Kafka", file.toString())).directory(folder.toFile()).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!said(log, before, "Kafka Server started")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new AssertionError("the broker did not start: " + log());
      }
      Thread.sleep(20);
    }
  }

  private static boolean said(Path log, long from, String words) throws IOException {
    try (var in = Files.newInputStream(log)) {
      in.skipNBytes(from);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).contains(words);
    }
  }

  /// All that it printed.
  public String log() throws IOException { return Files.readString(folder.resolve("log")); }

  public boolean alive() { return process != null && process.isAlive(); }

  /// Ends it as `kill -9` does.
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /// Stops it with SIGTERM, or as [#kill()] does where that takes too long.
  public void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
    }
  }

  /// Holds the whole process, sockets open, until it is called with false.
  public void freeze(boolean on) throws Exception {
    new ProcessBuilder("kill", on ? "-STOP" : "-CONT", Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  /// Makes a topic with so many partitions, and these settings of it (`max.message.bytes=100`).
  public void topic(String name, int partitions, String... settings) throws Exception {
    var words = new ArrayList<>(List.of("--bootstrap-server", bootstrap(), "--create", "--topic", name, "--partitions", Integer.toString(partitions),
        "--replication-factor", "1"));
    for (String setting : settings) {
      words.addAll(List.of("--config", setting));
    }
    run("org.apache.kafka.tools.TopicCommand", "", words.toArray(String[]::new));
  }

  /// Kafka's console producer, given these lines.
  public void produce(String topic, String lines, String... options) throws Exception {
    run(version.equals(BEFORE) ? "kafka.tools.ConsoleProducer" : "org.apache.kafka.tools.ConsoleProducer", lines,
        words(options, "--bootstrap-server", bootstrap(), "--topic", topic));
  }

  /// What Kafka's console consumer prints of the first `count` records of a topic.
  public List<String> consume(String topic, int count, String... options) throws Exception {
    return run(CONSUMER, "", words(options, "--bootstrap-server", bootstrap(), "--topic", topic, "--from-beginning", "--max-messages", Integer.toString(count),
        "--timeout-ms", Long.toString(PATIENCE.toMillis() / 2))).lines().filter(line -> !line.startsWith("Option --property is deprecated")).toList();
  }

  /// Where each partition of a topic ends: `topic:partition:offset`.
  public List<String> ends(String topic) throws Exception {
    return run("org.apache.kafka.tools.GetOffsetShell", "", "--bootstrap-server", bootstrap(), "--topic", topic).lines().sorted().toList();
  }

  public static final String CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer";
  public static final String GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";

  /// What Kafka's group tool prints.
  public String groups(String... options) throws Exception { return run(GROUPS, "", words(options, "--bootstrap-server", bootstrap())); }

  private static String[] words(String[] options, String... first) {
    return Stream.concat(Stream.of(first), Stream.of(options)).toArray(String[]::new);
  }

  /// Runs one of Kafka's programs to its end, and returns what it prints on standard output; that it fails is an [AssertionError].
  public String run(String program, String input, String... words) throws Exception {
    Path errors = Files.createTempFile(folder, "tool", ".err");
    Path printed = Files.createTempFile(folder, "tool", ".out");
    Path given = Files.writeString(Files.createTempFile(folder, "tool", ".in"), input);
    var tool = new ProcessBuilder(java("256m", program, words)).directory(folder.toFile()).redirectInput(given.toFile()).redirectError(errors.toFile())
        .redirectOutput(printed.toFile()).start();
    if (!tool.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) || tool.exitValue() != 0) {
      tool.destroyForcibly();
      throw new AssertionError(program + " " + String.join(" ", words) + " failed:\n" + Files.readString(printed) + Files.readString(errors));
    }
    return Files.readString(printed);
  }

  /// Begins one of Kafka's programs: who asks for it reads what it prints, and ends it. Its standard error goes to a file of the folder.
  public Process begin(String program, String... words) throws Exception {
    return new ProcessBuilder(java("256m", program, words)).directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("tools.err").toFile())).start();
  }

  private List<String> java(String heap, String program, String... words) throws Exception {
    var all = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heap, "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + (program.equals("kafka.Kafka") ? "info" : "error"),
        "-cp", Jars.of("kafka-" + version).resolve("*").toString(), program));
    all.addAll(List.of(words));
    return all;
  }

  // ---- the jars --------------------------------------------------------------------------------------------------

  @Override public void close() throws InterruptedException {
    if (process != null) {
      kill();
    }
  }
}
