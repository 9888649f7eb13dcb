package uservice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import testing.LogLines;

class ConcurrencyTest {
  private static final int THREADS = 4;
  private static final int TIMES = 30_000;

  private final Metrics metrics = new Metrics();

  private final LogLines log = new LogLines("uservice.metrics.Metrics");

  @AfterEach void close() {
    log.close();
  }

  /// Runs the work in several threads while this one scrapes; the pages, the last one from after the end.
  private List<StrictPage> scrapeDuring(IntConsumer work) throws Exception {
    var pages = new ArrayList<StrictPage>();
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      var running = IntStream.range(0, THREADS).mapToObj(i -> threads.submit(() -> work.accept(i))).toList();
      while (!running.stream().allMatch(Future::isDone)) {
        pages.add(StrictPage.of(metrics, pages.size() % 2 == 0 ? Format.TEXT : Format.OPENMETRICS));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    pages.add(StrictPage.of(metrics, Format.TEXT));
    return pages;
  }

  private static void assertMonotone(List<StrictPage> pages, String series) {
    double before = 0;
    for (StrictPage page : pages) {
      double now = page.value(series).orElse(0);
      assertTrue(now >= before, series + " fell from " + before + " to " + now);
      before = now;
    }
  }

  @Test void countersAndHistogramsOnlyGrowAndLoseNothing() throws Exception {
    Counter counter = metrics.counter("x_total", "X.");
    Counter fractional = metrics.counter("y_total", "Y.");
    Gauge gauge = metrics.gauge("g", "G.");
    // So many buckets that somebody observes while they are read. That count is +Inf's on each page is the strict reader's to see.
    Histogram histogram = metrics.histogram("h", "H.", IntStream.rangeClosed(1, 200).asDoubleStream().toArray());
    List<StrictPage> pages = scrapeDuring(thread -> {
      for (int i = 0; i < 10 * TIMES; i++) {
        counter.increment();
        fractional.add(0.5);
        gauge.add(thread % 2 == 0 ? 1 : -1);
        histogram.observe(i % 5);
      }
    });
    for (String series : List.of("x_total", "y_total", "h_count", "h_sum", "h_bucket{le=\"1.0\"}", "h_bucket{le=\"+Inf\"}")) {
      assertMonotone(pages, series);
    }
    StrictPage last = pages.getLast();
    int all = THREADS * 10 * TIMES;
    assertEquals(all, last.value("x_total").orElseThrow());
    assertEquals(all / 2.0, last.value("y_total").orElseThrow());
    assertEquals(0, last.value("g").orElseThrow());
    assertEquals(all, last.value("h_count").orElseThrow());
    assertEquals(all * 2.0, last.value("h_sum").orElseThrow());
    assertEquals(all / 5 * 2, last.value("h_bucket{le=\"1.0\"}").orElseThrow());
  }

  @Test void threadsThatBindTheSameGetTheSame() throws Exception {
    Family<Counter> family = metrics.counter("x_total", "X.", "l");
    List<StrictPage> pages = scrapeDuring(_ -> {
      for (int i = 0; i < TIMES; i++) {
        family.with("" + i % 500).increment();
      }
    });
    StrictPage last = pages.getLast();
    assertEquals(500, last.series().size());
    for (int i = 0; i < 500; i++) {
      assertEquals(THREADS * TIMES / 500, last.value("x_total{l=\"" + i + "\"}").orElseThrow());
      assertSame(family.with("" + i), family.with(new String[] {"" + i}));
    }
  }

  @Test void theLimitHoldsWhoeverComesFirst() throws Exception {
    Family<Counter> family = metrics.counter("x_total", "X.", "l");
    List<StrictPage> pages = scrapeDuring(thread -> {
      for (int i = 0; i < 2_000; i++) {
        family.with(thread + "/" + i).increment();
      }
    });
    StrictPage last = pages.getLast();
    assertEquals(1001, last.families().get("x_total").samples().size());
    assertEquals(THREADS * 2_000, last.families().get("x_total").samples().stream().mapToDouble(StrictPage.Sample::value).sum());
    assertEquals(THREADS * 2_000 - 1000, last.value("uservice_metric_overflow_total{metric=\"x_total\"}").orElseThrow());
  }

  @Test void seriesAndFamiliesComeAndGoDuringScrapes() throws Exception {
    Family<Gauge> family = metrics.gauge("x", "X.", "a", "b");
    for (int i = 0; i < 50; i++) {
      family.with("stays", "" + i).set(i);
    }
    List<StrictPage> pages = scrapeDuring(thread -> {
      for (int i = 0; i < 2_000; i++) {
        family.with("goes" + thread, "" + i % 7).set(1);
        metrics.histogram("h" + thread, "H.").observe(1);
        family.remove("goes" + thread, "" + i % 7);
        metrics.remove("h" + thread);
      }
    });
    for (StrictPage page : pages) {
      for (int i = 0; i < 50; i++) {
        assertEquals(OptionalDouble.of(i), page.value("x{a=\"stays\",b=\"" + i + "\"}"));
      }
    }
    assertEquals(50, pages.getLast().series().size());
  }

  @Test void scrapesAtOnceDoNotMix() throws Exception {
    Metrics sample = ExpositionTest.sample();
    metrics.gauge("g", "G.", "n").with("1").set(1);
    metrics.collect("cb", Type.GAUGE, "CB.", List.of("n"), emitter -> IntStream.range(0, 50).forEach(i -> emitter.emit(i, "" + i)));
    byte[] expected = metrics.render("", "", List.of()).bytes();
    scrapeDuring(_ -> {
      for (int i = 0; i < 300; i++) {
        assertTrue(Arrays.equals(expected, metrics.render("", "", List.of()).bytes()));
        StrictPage.of(sample, Format.OPENMETRICS);
      }
    });
  }
}
