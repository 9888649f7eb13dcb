package process;

import module java.base;
import process.Chart.Bar;

/// hwaas and the counter of `GET /`, in memory and on the real servers that are installed.
final class Shared {
  private static final int WARMUPS = 2;
  private static final int ROUNDS = 5;
  private static final Duration ROUND = Duration.ofSeconds(3);
  private static final int HWAAS_ROUNDS = 3;
  private static final Map<String, Integer> JOBS = Map.of("memory", 20_000_000, "Redis", 800_000, "PostgreSQL", 100_000);
  private static final Map<String, Double> REACH = Map.of("memory", 1_000_000.0, "Redis", 50_000.0, "PostgreSQL", 5_000.0);

  private final Path folder;
  private final List<String> program;
  private final Report report;

  /// Measures the program that begins with `program`, to which the command is added.
  Shared(Path folder, List<String> program, Report report) {
    this.folder = folder;
    this.program = program;
    this.report = report;
  }

  void measure() throws Exception {
    try (var servers = Servers.start()) {
      var uris = new LinkedHashMap<String, String>();
      uris.put("memory", "memory:");
      uris.putAll(servers.uris());
      hwaas(uris);
      counter(uris);
      report.line("\nServers on the same machine: " + (servers.versions().isEmpty() ? "none is installed" : servers.versions()) + ".");
    }
  }

  /// Jobs a second of one process with ten workers and a hundred clients, from exec to exit, its output read through a pipe.
  private void hwaas(Map<String, String> uris) throws Exception {
    var bars = new ArrayList<Bar>();
    for (var each : uris.entrySet()) {
      var rates = new ArrayList<Double>();
      for (int round = 0; round < HWAAS_ROUNDS; round++) {
        rates.add(jobsPerSecond(each.getValue(), JOBS.get(each.getKey())));
      }
      rates.sort(null);
      double median = rates.get(HWAAS_ROUNDS / 2);
      bars.add(new Bar(each.getKey(), median));
      report.figure("hwaas with 10 workers, " + each.getKey(), median, "1/s", true, REACH.get(each.getKey()));
    }
    report.chart("hwaas", "Hellos a second, from exec to exit, median of " + HWAAS_ROUNDS, "1/s", bars);
  }

  private double jobsPerSecond(String queue, int jobs) throws Exception {
    var command = new ArrayList<>(program);
    command.addAll(List.of("hwaas", "10", "100", "--rate", "max", "--count", "" + jobs, "--queue", queue));
    Path errors = Files.createTempFile(folder, "errors", ".log");
    long begun = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    long lines = 0;
    var bytes = new byte[64 * 1024];
    try (var out = process.getInputStream()) {
      for (int count = out.read(bytes); count >= 0; count = out.read(bytes)) {
        for (int i = 0; i < count; i++) {
          lines += bytes[i] == '\n' ? 1 : 0;
        }
      }
    }
    int exit = process.waitFor();
    double seconds = (System.nanoTime() - begun) / 1e9;
    if (exit != 0 || lines != jobs) {
      throw new IllegalStateException("hwaas ended with " + exit + " and " + lines + " lines of " + jobs + ": " + Files.readString(errors));
    }
    Files.delete(errors);
    return jobs / seconds;
  }

  /// Requests a second of `GET /`, in turns, each logged twice: the number, and the request.
  private void counter(Map<String, String> uris) throws Exception {
    var running = new LinkedHashMap<String, Running>();
    try {
      for (var each : uris.entrySet()) {
        var command = new ArrayList<>(program);
        command.addAll(List.of("start", "--set", "shutdown.delay=0s", "--set", "hello.limit=9000000000", "--set", "health.host=127.0.0.1",
            "--set", "web.host=127.0.0.1", "--set", "health.port=0", "--set", "web.port=PORT", "--set", "hello.counter=" + each.getValue()));
        running.put(each.getKey(), Running.start(command, "/hello", Files.createTempFile(folder, "output", ".log")));
      }
      var ratios = new LinkedHashMap<String, List<Double>>();
      var rates = new LinkedHashMap<String, List<Double>>();
      for (int round = -WARMUPS; round < ROUNDS; round++) {
        double memory = 0;
        for (var each : running.entrySet()) {
          double rate = Load.requestsPerSecond(each.getValue().port, "/", ROUND);
          memory = each.getKey().equals("memory") ? rate : memory;
          if (round >= 0) {
            rates.computeIfAbsent(each.getKey(), _ -> new ArrayList<>()).add(rate);
            ratios.computeIfAbsent(each.getKey(), _ -> new ArrayList<>()).add(rate / memory);
          }
        }
      }
      report.chart("counter", "GET / with its counter, logged, requests a second, median of " + ROUNDS + " rounds in turns", "1/s",
          rates.entrySet().stream().map(each -> new Bar(each.getKey(), median(each.getValue()))).toList());
      if (ratios.containsKey("Redis")) {
        report.figure("GET / over Redis, against the counter in memory", median(ratios.get("Redis")), "", true, 0.5);
      }
      if (ratios.containsKey("PostgreSQL")) {
        report.line("\nOver PostgreSQL it is " + Report.number(median(ratios.get("PostgreSQL"))) + " of the rate in memory.");
      }
    } finally {
      for (Running each : running.values()) {
        each.close();
      }
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
