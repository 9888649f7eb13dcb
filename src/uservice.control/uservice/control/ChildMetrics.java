package uservice.control;

import module java.base;
import uservice.metrics.Metrics;

/// The series of a child, from Linux' `/proc` (proc(5)) where it has one.
final class ChildMetrics {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, which is 100 for every program on Linux
  // Fields of /proc/PID/stat, counted from the one behind the name in parentheses, which is field 3.
  private static final int UTIME = 14 - 3;
  private static final int CSTIME = 17 - 3; // utime, stime, and those of the children that it has waited for
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$"); // of /proc/PID/status
  private static final double KIB = 1024;

  private final LongSupplier pid;
  private final Path proc;
  private final ReentrantLock lock = new ReentrantLock(); // for what follows
  private long seen; // of which child the processor time was read
  private double before; // of the children before it
  private double last;

  ChildMetrics(LongSupplier pid, Path proc) {
    this.pid = pid;
    this.proc = proc;
  }

  static void register(Metrics metrics, Supervisor child) {
    var numbers = new ChildMetrics(child::pid, Path.of("/proc"));
    metrics.gauge("uservice_child_up", "Whether the child runs.", () -> child.up() ? 1 : 0);
    metrics.counter("uservice_child_restarts_total", "Times that the child was started again.", child::restarts);
    metrics.counter("uservice_child_cpu_seconds_total", "Processor time of the child and those of its own that it waited for, as of the last scrape that saw it.",
        numbers::seconds);
    metrics.gauge("uservice_child_resident_memory_bytes", "Memory of the child that is in RAM, without what it started.", numbers::resident);
  }

  /// Never falls: what earlier children took stays in it.
  double seconds() {
    long now = pid.getAsLong();
    String[] stat = stat(now);
    lock.lock();
    try {
      return seconds(now, stat);
    } finally {
      lock.unlock();
    }
  }

  private double seconds(long now, String[] stat) {
    if (stat.length > CSTIME) {
      if (now != seen) {
        before += last;
        last = 0;
        seen = now;
      }
      double ticks = 0;
      for (int field = UTIME; field <= CSTIME; field++) {
        ticks += Double.parseDouble(stat[field]);
      }
      last = Math.max(last, ticks / TICKS_PER_SECOND);
    }
    return before + last;
  }

  double resident() {
    Matcher resident = RESIDENT.matcher(read(pid.getAsLong(), "status"));
    return resident.find() ? Double.parseDouble(resident.group(1)) * KIB : 0;
  }

  /// The fields behind the name, which may hold spaces and parentheses; too few where the process is gone.
  private String[] stat(long pid) {
    String text = read(pid, "stat");
    return text.substring(text.lastIndexOf(')') + 1).strip().split(" ");
  }

  /// Empty where the process is gone.
  private String read(long pid, String file) {
    try {
      return pid == 0 ? "" : Files.readString(proc.resolve(pid + "/" + file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }
}
