package uservice.metrics;

import module java.base;

/// The series of every process, by the names that Prometheus' client libraries give them. `process_*` comes from Linux' `/proc`
/// (proc(5)) and is absent where there is none; `jvm_memory_*` is what [Runtime] tells, which is the heap.
///
/// The files are read once a page, whatever number of series comes from them.
public final class ProcessMetrics {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, which is 100 for every program on Linux
  private static final int KIB = 1024;

  // Fields of /proc/PID/stat, counted from the one behind the name in parentheses, which is field 3.
  private static final int UTIME = 14 - 3;
  private static final int STIME = 15 - 3;
  private static final int STARTTIME = 22 - 3;

  private final Path proc;
  private volatile String now = ""; // status and, behind it, stat; empty where they could not be read
  private volatile double started = Double.NaN;
  private volatile double filesMax = Double.NaN;

  private ProcessMetrics(Path proc) {
    this.proc = proc;
  }

  /// Registers them with `metrics`.
  public static void register(Metrics metrics) {
    register(metrics, Path.of("/proc"));
  }

  static void register(Metrics metrics, Path proc) {
    if (proc.resolve("self/stat").toFile().exists()) {
      new ProcessMetrics(proc).registerProcess(metrics);
    }
    Runtime runtime = Runtime.getRuntime();
    heap(metrics, "used", "Heap in use, with the garbage that is not collected yet.",
        () -> runtime.totalMemory() - runtime.freeMemory());
    heap(metrics, "committed", "Heap taken from the operating system.", runtime::totalMemory);
    heap(metrics, "max", "The most heap that may be taken.", runtime::maxMemory);
    metrics.info("jvm_runtime_info", "What runs this program.", "runtime", System.getProperty("java.runtime.name", ""),
        "vendor", System.getProperty("java.vm.vendor", ""), "version", System.getProperty("java.runtime.version", ""));
  }

  private static void heap(Metrics metrics, String what, String help, LongSupplier bytes) {
    metrics.collect("jvm_memory_" + what + "_bytes", Type.GAUGE, help, List.of("area"),
        emitter -> emitter.emit(bytes.getAsLong(), "heap"));
  }

  private void registerProcess(Metrics metrics) {
    metrics.beforePage(this::look);
    metrics.counter("process_cpu_seconds_total", "Processor time spent, of user and system.",
        () -> (stat(UTIME) + stat(STIME)) / TICKS_PER_SECOND);
    metrics.gauge("process_resident_memory_bytes", "Memory that is in RAM.", () -> after(now, "VmRSS:") * KIB);
    metrics.gauge("process_virtual_memory_bytes", "Address space in use.", () -> after(now, "VmSize:") * KIB);
    metrics.gauge("process_threads", "Threads of the operating system.", () -> after(now, "Threads:"));
    metrics.gauge("process_open_fds", "File descriptors in use.", this::filesOpen);
    metrics.gauge("process_max_fds", "The most file descriptors that may be in use.", this::filesMax);
    metrics.gauge("process_start_time_seconds", "When the process was started, in seconds since 1970.", this::started);
  }

  private void look() {
    try {
      now = read("self/status") + read("self/stat");
    } catch (UncheckedIOException unreadable) {
      now = "";
    }
  }

  /// A field of `stat`. The name in parentheses may hold spaces and parentheses, so the fields are counted from the last one.
  private double stat(int field) {
    String text = now;
    int from = text.lastIndexOf(')') + 2;
    for (int i = 0; i < field; i++) {
      from = text.indexOf(' ', from) + 1;
    }
    return number(text, from);
  }

  private double filesOpen() {
    String[] open = proc.resolve("self/fd").toFile().list();
    if (open == null) {
      throw new IllegalStateException(proc + "/self/fd cannot be read");
    }
    return open.length - 1; // the one that lists them is among them
  }

  /// The soft limit in `Max open files            1024                 4096                 files`, read once.
  private double filesMax() {
    if (Double.isNaN(filesMax)) {
      filesMax = after(read("self/limits"), "Max open files");
    }
    return filesMax;
  }

  /// The boot, in whole seconds, and the ticks from then to the start; read once, so that it never moves with the clock.
  private double started() {
    if (Double.isNaN(started)) {
      started = after(read("stat"), "btime") + stat(STARTTIME) / TICKS_PER_SECOND;
    }
    return started;
  }

  /// The number behind `name` at the start of a line.
  private static double after(String text, String name) {
    int from = ("\n" + text).indexOf("\n" + name) + name.length();
    if (from < name.length()) {
      throw new IllegalStateException("no line '" + name + "' was read");
    }
    while (text.charAt(from) == ' ' || text.charAt(from) == '\t') {
      from++;
    }
    return text.startsWith("unlimited", from) ? Double.POSITIVE_INFINITY : number(text, from);
  }

  private static double number(String text, int from) {
    int to = from;
    while (to < text.length() && text.charAt(to) >= '0' && text.charAt(to) <= '9') {
      to++;
    }
    return Long.parseLong(text, from, to, 10);
  }

  private String read(String file) {
    try (var in = new FileInputStream(proc.resolve(file).toFile())) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
