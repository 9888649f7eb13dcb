package uservice.page;

import module java.base;
import uservice.metrics.Family;
import uservice.metrics.Histogram;
import uservice.metrics.Metrics;
import uservice.page.Samples.Column;

/// Takes samples from the metrics: what a scraper would be told of the process, and the buckets of the data port's requests.
/// For one thread at a time.
final class Readings {
  static final String REQUESTS = "http_server_request_duration_seconds";
  private static final String STATUS = "status";
  private static final Map<String, Column> PROCESS = Map.of(
      "http_server_active_requests", Column.ACTIVE,
      "process_cpu_seconds_total", Column.CPU_MILLIS,
      "process_resident_memory_bytes", Column.RESIDENT_BYTES,
      "jvm_memory_used_bytes", Column.HEAP_USED_BYTES,
      "jvm_memory_committed_bytes", Column.HEAP_COMMITTED_BYTES,
      "process_threads", Column.THREADS,
      "process_open_fds", Column.FILES);
  private static final List<String> NAMES = List.copyOf(PROCESS.keySet());

  private final Metrics metrics;
  private final InstantSource wall;
  private final LongSupplier nanos;
  private final long[] sample = new long[Samples.COLUMNS];
  private final long[] buckets = new long[Samples.BUCKETS_MAX];
  private double[] bounds = {};

  Readings(Metrics metrics, InstantSource wall, LongSupplier nanos) {
    this.metrics = metrics;
    this.wall = wall;
    this.nanos = nanos;
  }

  /// The bounds of the buckets in the samples; none before there is a data port.
  double[] bounds() {
    return bounds;
  }

  /// How things stand now, as [Samples#add] takes it; good until the next call.
  long[] take() {
    Arrays.fill(sample, 0);
    Arrays.fill(buckets, 0);
    process();
    requests().ifPresent(this::requests);
    System.arraycopy(buckets, 0, sample, Samples.buckets(), buckets.length);
    set(Column.NANOS, nanos.getAsLong());
    set(Column.TIME, wall.millis());
    return sample;
  }

  Optional<Family<Histogram>> requests() {
    return metrics.family(REQUESTS, Histogram.class);
  }

  private void requests(Family<Histogram> family) {
    int status = family.labels().indexOf(STATUS);
    family.forEach((values, histogram) -> {
      if (bounds.length == 0) {
        bounds = histogram.bounds();
      }
      if (bounds.length < Samples.BUCKETS_MAX) {
        histogram.addTo(buckets);
      }
      long count = histogram.count();
      add(Column.REQUESTS, count);
      switch (status < 0 ? "" : values.get(status)) {
        case "4xx" -> add(Column.CLIENT_ERRORS, count);
        case "5xx" -> add(Column.SERVER_ERRORS, count);
        case "aborted" -> add(Column.ABORTED, count);
        default -> { }
      }
    });
  }

  /// What is not on the page is not known: `process_*` outside of Linux, say.
  private void process() {
    PROCESS.values().forEach(column -> set(column, Samples.UNKNOWN));
    String page = new String(metrics.render("", "", NAMES).bytes(), StandardCharsets.UTF_8);
    page.lines().filter(line -> !line.startsWith("#")).forEach(this::line);
  }

  // process_resident_memory_bytes 53567488, or jvm_memory_used_bytes{area="heap"} 8123456
  private void line(String line) {
    int brace = line.indexOf('{');
    int blank = line.lastIndexOf(' ');
    Column column = PROCESS.get(line.substring(0, brace < 0 ? blank : brace));
    if (column != null) {
      double value = Double.parseDouble(line.substring(blank + 1));
      set(column, Math.round(column == Column.CPU_MILLIS ? value * 1e3 : value));
    }
  }

  private void set(Column column, long value) {
    sample[column.ordinal()] = value;
  }

  private void add(Column column, long value) {
    sample[column.ordinal()] += value;
  }
}
