package process;

import module java.base;
import process.Chart.Bar;
import uservice.json.Json;

/// The figures of whole processes, each against a floor or a rival in the same run, and the page that shows them together
/// with JMH's: `WholeProcess MODULES JAR OUTPUT`, JAR with this package, where OUTPUT may already hold `jmh.json`.
public final class WholeProcess {
  private static final int STARTS = 15;
  private static final int WARMUPS = 3; // until no round is faster than the one before
  private static final int ROUNDS = 7;
  private static final Duration ROUND = Duration.ofSeconds(3);
  private static final Duration SATURATED = Duration.ofSeconds(20);
  private static final int RESULTS_BYTES_MAX = 16 << 20;
  private static final Map<String, Double> BOUNDS = Map.of("CounterBench.increment", 10.0, "HistogramBench.observe", 25.0,
      "ScrapeBench.tenThousandSeries", 3_000_000.0, "LogBench.line", 1_000.0);
  private static final String READY = "/health/ready";
  private static final String BARE = "bare HttpServer";
  private static final String QUIET = "uservice";
  private static final String TRACED = "uservice, traces of 1 % to a collector";
  private static final String LOGGED = "uservice, access log to a file";
  private static final int VISITS = 30; // of kubelet and Prometheus, before the memory of a server at rest is read

  private final Path runtime;
  private final String jar;
  private final Path folder;
  private final Report report;
  private List<String> bareCache;

  private WholeProcess(Path runtime, String jar, Path folder) {
    this.runtime = runtime;
    this.jar = jar;
    this.folder = folder;
    this.report = new Report(folder, "report.md");
  }

  public static void main(String[] arguments) throws Exception {
    new WholeProcess(Path.of(arguments[0]), arguments[1], Files.createDirectories(Path.of(arguments[2]))).run();
  }

  private void run() throws Exception {
    report.line("# Figures of one run\n");
    report.line("Java " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
        + System.getProperty("os.name") + " " + System.getProperty("os.arch") + "; load by " + (Load.wrk() ? "wrk" : "threads of the benchmark")
        + ", " + Load.CONNECTIONS + " connections. Ratios hold; absolute figures are this machine's.\n\nFIGURES");
    new Sizes(runtime, report).measure();
    starts();
    memory();
    throughput();
    probes();
    new Shared(folder, java("-m", "uservice"), report).measure();
    micro();
    report.write();
  }

  private List<String> java(String... more) {
    var command = new ArrayList<>(List.of(runtime.resolve("bin/java").toString(), "-Xmx64m"));
    command.addAll(List.of(more));
    return command;
  }

  private List<String> service(String... settings) {
    var command = java("-m", "uservice", "start", "--set", "shutdown.delay=0s", "--set", "hello.limit=9000000000",
        "--set", "health.host=127.0.0.1", "--set", "web.host=127.0.0.1");
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    return command;
  }

  /// Exec to the first 200 on ready, with the archive that the runtime holds, in turns with the floor and the bare server,
  /// each with an AOT cache of its own.
  private void starts() throws Exception {
    List<String> helloCache = trained("hello", hello());
    bareCache = trained("bare", bare());
    var floor = new ArrayList<Double>();
    var bare = new ArrayList<Double>();
    var ours = new ArrayList<Double>();
    for (int i = 0; i <= STARTS; i++) {
      if (i == 1) { // the first round has warmed the disk
        List.of(floor, bare, ours).forEach(List::clear);
      }
      floor.add(untilEnd(with(helloCache, hello())));
      bare.add(untilReady(with(bareCache, bare()), "/"));
      ours.add(untilReady(service("health.port=PORT", "web.port=0"), READY));
    }
    report.chart("start", "Exec to ready, AOT cache, median of " + STARTS, "ms", List.of(new Bar("hello world, to its end", median(floor)),
        new Bar(BARE, median(bare)), new Bar("uservice", median(ours))));
    report.line("\nOf hello world, a bare `HttpServer` takes " + Report.number(median(bare) / median(floor)) + " times the time.");
    report.figure("exec to ready with an AOT cache, against hello world", median(ours) / median(floor), "", false, 2.2);
  }

  /// The options to start with a cache, once `command` has run to make it.
  private List<String> trained(String name, List<String> command) throws Exception {
    String cache = folder.resolve(name + ".aot").toString();
    var training = new ArrayList<>(command);
    training.add(1, "-XX:AOTCacheOutput=" + cache);
    if (name.equals("hello")) {
      untilEnd(training);
    } else {
      Running.start(training, "/", output()).close();
    }
    return List.of("-XX:AOTCache=" + cache);
  }

  private List<String> hello() {
    return java("-cp", jar, "process.HelloWorld");
  }

  private List<String> bare() {
    return java("-cp", jar, "process.BareServer", "PORT");
  }

  private static List<String> with(List<String> options, List<String> command) {
    var more = new ArrayList<>(command);
    more.addAll(1, options);
    return more;
  }

  private static double untilEnd(List<String> command) throws Exception {
    long begun = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("failed: " + command);
    }
    return (System.nanoTime() - begun) / 1e6;
  }

  private double untilReady(List<String> command, String path) throws Exception {
    try (var running = Running.start(command, path, output())) {
      return running.start.toNanos() / 1e6;
    }
  }

  private void memory() throws Exception {
    int health;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      health = free.getLocalPort();
    }
    try (var bare = Running.start(with(bareCache, bare()), "/", output());
        var ours = Running.start(service("health.port=" + health, "web.port=PORT", "web.access_log=0"), "/hello", output())) {
      for (int visit = 0; visit < VISITS; visit++) {
        Running.answers(bare.port, "/");
        Running.answers(health, READY);
        Running.answers(health, "/metrics");
      }
      Thread.sleep(2000); // both rest
      var bars = new ArrayList<Bar>();
      bars.add(new Bar(BARE + ", idle", bare.residentMegabytes()));
      bars.add(new Bar(QUIET + ", idle", ours.residentMegabytes()));
      Load.requestsPerSecond(bare.port, "/", ROUND);
      Load.requestsPerSecond(ours.port, "/hello", ROUND);
      bars.add(new Bar(BARE + ", under load", bare.residentMegabytes()));
      bars.add(new Bar(QUIET + ", under load", ours.residentMegabytes()));
      report.chart("memory", "Resident set, 64 MiB heap, AOT cache", "MB", bars);
      report.figure("resident idle, 64 MiB heap", bars.get(1).value(), "MB", false, 45);
      report.figure("resident under load, 64 MiB heap", bars.get(3).value(), "MB", false, 110);
    }
  }

  /// Requests a second, and the processor time that the server spent on each: the second one also tells a difference where
  /// the load, not the server, is what is slow. In turns, so that a drift of the machine meets all alike.
  private void throughput() throws Exception {
    try (var bare = Running.start(bare(), "/", output());
        var quiet = Running.start(service("health.port=0", "web.port=PORT", "web.access_log=0", "log.level=warn"), "/hello", output());
        var collector = new Collector();
        var traced = Running.start(service("health.port=0", "web.port=PORT", "web.access_log=0", "log.level=warn", "trace.sample=0.01",
            "trace.endpoint=http://127.0.0.1:" + collector.port()), "/hello", output());
        var logged = Running.start(service("health.port=0", "web.port=PORT"), "/hello", output())) {
      var rates = new LinkedHashMap<String, List<Double>>();
      var costs = new LinkedHashMap<String, List<Double>>();
      for (int round = -WARMUPS; round < ROUNDS; round++) {
        if (round == 0) {
          rates.clear();
          costs.clear();
        }
        measure(rates, costs, BARE, bare, "/");
        measure(rates, costs, QUIET, quiet, "/hello");
        measure(rates, costs, TRACED, traced, "/hello");
        measure(rates, costs, LOGGED, logged, "/hello");
        measure(rates, costs, "uservice, memory counter", quiet, "/");
      }
      report.chart("throughput", "Requests a second, median of " + ROUNDS + " rounds in turns", "1/s", medians(rates));
      report.chart("cost", "Processor time a request, the same rounds", "µs", medians(costs));
      report.figure("data plane with metrics, against a bare HttpServer", ratio(rates, QUIET), "", true, 0.95);
      report.figure("the same with traces, 1 % of them recorded and sent", ratio(rates, TRACED), "", true, 0.95);
      report.figure("the same with the access log to a file, no traces", ratio(rates, LOGGED), "", true, 0.85);
      report.line("\nRatios to the bare server by processor time: " + Report.number(1 / ratio(costs, QUIET)) + ", with traces of 1 % " + Report.number(1 / ratio(costs, TRACED)) + ", with the access log "
          + Report.number(1 / ratio(costs, LOGGED)) + ".");
      report.line("The collector took %d requests with %.1f MB, for %d answers: 1 %% would be %d spans.".formatted(collector.requests(), collector.bytes() / 1e6,
          traced.requests(), traced.requests() / 100));
      long lines = logged.lines("\"uservice.access\"");
      report.line("The access log has " + lines + " lines; " + logged.requests() + " answers were counted by the load.");
    }
  }

  private static void measure(Map<String, List<Double>> rates, Map<String, List<Double>> costs, String name, Running server, String path)
      throws Exception {
    double before = server.processorSeconds();
    double rate = Load.requestsPerSecond(server.port, path, ROUND);
    double requests = rate * ROUND.toNanos() / 1e9;
    server.count(requests);
    rates.computeIfAbsent(name, _ -> new ArrayList<>()).add(rate);
    costs.computeIfAbsent(name, _ -> new ArrayList<>()).add((server.processorSeconds() - before) / requests * 1e6);
  }

  private static List<Bar> medians(Map<String, List<Double>> series) {
    return series.entrySet().stream().map(each -> new Bar(each.getKey(), median(each.getValue()))).toList();
  }

  /// The median of the rounds' own ratios, which are of neighbours in time.
  private static double ratio(Map<String, List<Double>> series, String name) {
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < ROUNDS; i++) {
      ratios.add(series.get(name).get(i) / series.get(BARE).get(i));
    }
    return median(ratios);
  }

  private void probes() throws Exception {
    int web;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      web = free.getLocalPort();
    }
    try (var running = Running.start(service("health.port=PORT", "web.port=" + web, "web.access_log=0"), READY, output())) {
      List<Duration> calm = Load.probe(running.port, READY, 500, Duration.ofMillis(2));
      var load = new FutureTask<>(() -> Load.requestsPerSecond(web, "/hello", SATURATED));
      Thread.ofPlatform().start(load);
      Thread.sleep(2000); // by then it is under way
      List<Duration> busy = Load.probe(running.port, READY, 1000, Duration.ofMillis(5));
      boolean whole = !load.isDone();
      report.chart("probes", "Time of a probe on a new connection", "ms", List.of(
          new Bar("calm, median", percentile(calm, 50)), new Bar("calm, p99", percentile(calm, 99)),
          new Bar("data plane saturated, median", percentile(busy, 50)), new Bar("data plane saturated, p99", percentile(busy, 99))));
      report.line("\n" + Report.number(load.get()) + " requests a second on the data port meanwhile"
          + (whole ? "." : "; **the load ended before the last probe**."));
      report.figure("probe p99 while the data plane is saturated", percentile(busy, 99), "ms", false, 20);
    }
  }

  /// JMH's results, where there are some.
  private void micro() throws Exception {
    Path results = folder.resolve("jmh.json");
    if (!Files.exists(results)) {
      return;
    }
    report.line("\n## Hot paths (JMH, average time)\n\n| benchmark | time | error | allocation | |\n|---|---|---|---|---|");
    for (Json result : Json.parse(Files.readAllBytes(results), RESULTS_BYTES_MAX, Json.DEPTH_MAX).asList()) {
      String[] names = result.asString("/benchmark").split("\\.");
      String name = names[names.length - 2] + "." + names[names.length - 1];
      double nanos = result.asDouble("/primaryMetric/score");
      Map<String, Json> beside = result.asMap("/secondaryMetrics");
      report.line("| %s | %s ns | ± %s | %s | %s |".formatted(name, Report.number(nanos),
          result.at("/primaryMetric/scoreError") instanceof Json.Num error ? Report.number(error.doubleValue()) : "?",
          of(beside, "gc.alloc.rate.norm").stream().mapToObj(bytes -> Report.number(Math.max(0, Math.rint(bytes))) + " B").findFirst().orElse(""),
          of(beside, "bytes").stream().mapToObj(each -> Report.number(1000 / each) + " MB/s").findFirst().orElse("")));
      if (BOUNDS.containsKey(name)) {
        report.figure(name, nanos, "ns", false, BOUNDS.get(name));
      }
      if (name.equals("QueueBench.tenWorkers")) {
        report.figure("jobs through the queue in memory, 10 workers", 1e9 / nanos, "1/s", true, 1_000_000);
      }
    }
  }

  private static OptionalDouble of(Map<String, Json> metrics, String name) {
    return metrics.containsKey(name) ? OptionalDouble.of(metrics.get(name).asDouble("/score")) : OptionalDouble.empty();
  }

  private Path output() throws IOException {
    return Files.createTempFile(folder, "output", ".log");
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static double percentile(List<Duration> ascending, int percent) {
    return ascending.get(Math.min(ascending.size() - 1, ascending.size() * percent / 100)).toNanos() / 1e6;
  }
}
