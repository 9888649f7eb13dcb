package uservice.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import testing.LogLines;
import testing.ManualClock;
import uservice.metrics.Metrics;
import uservice.metrics.ProcessMetrics;
import uservice.metrics.Type;
import uservice.page.Samples.Column;

class ReadingsTest {
  private final ManualClock clock = new ManualClock();
  private final Metrics metrics = new Metrics();
  private final Readings readings = new Readings(metrics, clock, clock::nanos);

  private static long of(long[] sample, Column column) {
    return sample[column.ordinal()];
  }

  @Test void addsUpTheRequestsByTheirStatus() {
    var durations = metrics.histogram(Readings.REQUESTS, "D.", "method", "route", "status");
    durations.with("GET", "/a", "2xx").observe(0.004);
    durations.with("GET", "/a", "4xx").observe(0.03);
    durations.with("PUT", "/b", "4xx").observe(0.03);
    durations.with("GET", "/b", "5xx").observe(100);
    durations.with("GET", "/b", "aborted").observe(0.004);
    long[] sample = readings.take();
    assertEquals(List.of(5L, 2L, 1L, 1L), Stream.of(Column.REQUESTS, Column.CLIENT_ERRORS, Column.SERVER_ERRORS, Column.ABORTED).map(column -> of(sample, column)).toList());
    long[] buckets = Arrays.copyOfRange(sample, Samples.buckets(), Samples.COLUMNS);
    assertEquals(14, readings.bounds().length);
    assertEquals(2, buckets[0]);
    assertEquals(2, buckets[3]);
    assertEquals(1, buckets[14], "above every bound");
    assertEquals(5, LongStream.of(buckets).sum());
    long[] again = readings.take();
    assertEquals(5, of(again, Column.REQUESTS), "taken anew, not added up");
    assertEquals(5, LongStream.of(Arrays.copyOfRange(again, Samples.buckets(), Samples.COLUMNS)).sum());
  }

  @Test void knowsBothClocks() {
    long[] sample = readings.take();
    assertEquals(clock.millis(), of(sample, Column.TIME));
    assertEquals(clock.nanos(), of(sample, Column.NANOS));
    assertEquals(0, of(sample, Column.REQUESTS), "no data port yet");
    assertEquals(0, readings.bounds().length);
  }

  @Test void readsTheProcessFromWhatAScraperIsTold() {
    metrics.counter("process_cpu_seconds_total", "C.", () -> 1.25);
    metrics.gauge("process_resident_memory_bytes", "R.").set(50_000_000);
    metrics.gauge("process_threads", "T.", () -> 33);
    metrics.collect("jvm_memory_used_bytes", Type.GAUGE, "H.", List.of("area"), emitter -> emitter.emit(7_000_000, "heap"));
    metrics.gauge("http_server_active_requests", "A.").set(2);
    long[] sample = readings.take();
    assertEquals(1_250, of(sample, Column.CPU_MILLIS));
    assertEquals(50_000_000, of(sample, Column.RESIDENT_BYTES));
    assertEquals(33, of(sample, Column.THREADS));
    assertEquals(7_000_000, of(sample, Column.HEAP_USED_BYTES));
    assertEquals(2, of(sample, Column.ACTIVE));
    assertEquals(Samples.UNKNOWN, of(sample, Column.FILES));
    assertEquals(Samples.UNKNOWN, of(sample, Column.HEAP_COMMITTED_BYTES));
  }

  @Test void theMetricsOfAProcessAreWhatItLooksFor() {
    ProcessMetrics.register(metrics);
    long[] sample = readings.take();
    for (Column column : List.of(Column.HEAP_USED_BYTES, Column.HEAP_COMMITTED_BYTES)) {
      assertTrue(of(sample, column) > 0, column.name());
    }
    for (Column column : List.of(Column.CPU_MILLIS, Column.RESIDENT_BYTES, Column.THREADS, Column.FILES)) {
      assertEquals(Files.exists(Path.of("/proc/self/stat")), of(sample, column) > 0, column.name());
    }
  }

  @Test void aCallbackThatFailsIsUnknown() {
    metrics.gauge("process_threads", "T.", () -> { throw new IllegalStateException("no /proc"); });
    try (var log = new LogLines(Metrics.class.getName())) {
      assertEquals(Samples.UNKNOWN, of(readings.take(), Column.THREADS));
      assertEquals(1, log.lines().size());
    }
  }

  @Test void aHistogramWithTooManyBucketsHasNone() {
    double[] many = IntStream.rangeClosed(1, Samples.BUCKETS_MAX).mapToDouble(i -> i).toArray();
    metrics.histogram(Readings.REQUESTS, "D.", List.of("method", "route", "status"), many).with("GET", "/", "5xx").observe(3);
    long[] sample = readings.take();
    assertEquals(1, of(sample, Column.SERVER_ERRORS));
    assertArrayEquals(new long[Samples.BUCKETS_MAX], Arrays.copyOfRange(sample, Samples.buckets(), Samples.COLUMNS));
  }

  @Test void aFamilyWithOtherLabelsIsCountedAllTheSame() {
    metrics.histogram(Readings.REQUESTS, "D.", "verb").with("GET").observe(3);
    assertEquals(1, of(readings.take(), Column.REQUESTS));
  }
}
