package uservice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import testing.LogLines;

class ProcessMetricsTest {
  @TempDir Path proc;

  private final Metrics metrics = new Metrics();

  private final LogLines log = new LogLines("uservice.metrics.Metrics");

  @AfterEach void close() {
    log.close();
  }

  /// A process named `a) R (b`, with utime 150, stime 75 and start 12345 ticks after the boot.
  private void write() throws IOException {
    Files.createDirectories(proc.resolve("self/fd"));
    Files.writeString(proc.resolve("self/stat"),
        "42 (a) R (b) S 1 42 42 0 -1 4194560 100 0 0 0 150 75 0 0 20 0 13 0 12345 999 888 18446744073709551615 1 1 0\n");
    Files.writeString(proc.resolve("self/status"), "Name:\ta) R (b\nVmSize:\t  2048 kB\nVmRSS:\t    1024 kB\nThreads:\t13\n");
    Files.writeString(proc.resolve("self/limits"), "Limit                     Soft Limit           Hard Limit           Units     \n"
        + "Max cpu time              unlimited            unlimited            seconds   \nMax open files            1024                 4096                 files     \n");
    Files.writeString(proc.resolve("stat"), "cpu  1 2 3\nbtime 1700000000\nprocesses 5\n");
    for (int i = 0; i < 5; i++) {
      Files.createFile(proc.resolve("self/fd/" + i));
    }
  }

  private StrictPage page() {
    return StrictPage.of(metrics, Format.OPENMETRICS);
  }

  private double value(String series) {
    return page().value(series).orElseThrow();
  }

  @Test void readsWhatTheKernelTells() throws IOException {
    write();
    ProcessMetrics.register(metrics, proc);
    assertEquals(2.25, value("process_cpu_seconds_total"));
    assertEquals(1 << 20, value("process_resident_memory_bytes"));
    assertEquals(2 << 20, value("process_virtual_memory_bytes"));
    assertEquals(13, value("process_threads"));
    assertEquals(4, value("process_open_fds"), "without the one that lists them");
    assertEquals(1024, value("process_max_fds"));
    assertEquals(1700000123.45, value("process_start_time_seconds"));
    Files.writeString(proc.resolve("self/status"), "VmRSS: 5 kB\n");
    Files.writeString(proc.resolve("stat"), "btime 1700000001\n");
    assertEquals(5 * 1024, value("process_resident_memory_bytes"));
    assertEquals(1700000123.45, value("process_start_time_seconds"), "it does not move with the clock");
  }

  @Test void noLimitIsInfinite() throws IOException {
    write();
    Files.writeString(proc.resolve("self/limits"), "Max open files            unlimited            unlimited            files     \n");
    ProcessMetrics.register(metrics, proc);
    assertEquals(Double.POSITIVE_INFINITY, value("process_max_fds"));
  }

  @Test void whatCannotBeReadIsAbsentAndCounted() throws IOException {
    write();
    ProcessMetrics.register(metrics, proc);
    Files.delete(proc.resolve("self/status"));
    var page = page();
    assertTrue(page.value("process_open_fds").isPresent());
    assertTrue(page.value("process_resident_memory_bytes").isEmpty());
    assertTrue(page.value("process_cpu_seconds_total").isEmpty());
    assertEquals(1, page.value("uservice_metric_callback_errors_total{metric=\"process_cpu_seconds_total\"}").orElseThrow());
  }

  @Test void whereThereIsNoProcOnlyTheHeapIsThere() {
    ProcessMetrics.register(metrics, proc);
    assertTrue(page().series().stream().allMatch(series -> series.startsWith("jvm_")), () -> page().series().toString());
    double max = value("jvm_memory_max_bytes{area=\"heap\"}");
    double committed = value("jvm_memory_committed_bytes{area=\"heap\"}");
    assertEquals(Runtime.getRuntime().maxMemory(), max);
    assertTrue(committed <= max && value("jvm_memory_used_bytes{area=\"heap\"}") <= max);
    assertEquals("info", page().families().get("jvm_runtime").type());
  }

  @Test @EnabledOnOs(OS.LINUX) void tellsOfThisProcess() {
    ProcessMetrics.register(metrics);
    var start = ProcessHandle.current().info().startInstant().orElseThrow();
    assertEquals(start.toEpochMilli() / 1e3, value("process_start_time_seconds"), 1.5);
    double cpu = value("process_cpu_seconds_total");
    assertTrue(cpu > 0 && cpu <= ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3 + 0.02);
    assertTrue(value("process_resident_memory_bytes") > 10 << 20);
    assertTrue(value("process_resident_memory_bytes") < value("process_virtual_memory_bytes"));
    assertTrue(value("process_threads") > 3);
    assertTrue(value("process_open_fds") > 2 && value("process_open_fds") < value("process_max_fds"));
    assertTrue(page().series().stream().noneMatch(series -> series.startsWith("uservice_metric_callback_errors")));
  }
}
