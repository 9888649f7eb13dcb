package uservice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import testing.LogLines;

class MetricsTest {
  private static final Consumer<Emitter> NOTHING = _ -> { };

  private final Metrics metrics = new Metrics(new Metrics.Config(3));

  private final LogLines log = new LogLines("uservice.metrics.Metrics");

  @AfterEach void close() {
    log.close();
  }

  private StrictPage page() {
    return StrictPage.of(metrics, Format.OPENMETRICS);
  }

  private double value(String series) {
    return page().value(series).orElseThrow(() -> new AssertionError(series + " is not among " + page().series()));
  }

  @Test void theSameAgainIsTheSameObject() {
    assertSame(metrics.counter("a_total", "A."), metrics.counter("a_total", "Other help."));
    assertSame(metrics.gauge("b", "B.", "x", "y"), metrics.gauge("b", "B.", "x", "y"));
    assertSame(metrics.histogram("c", "C."), metrics.histogram("c", "C.", Histogram.SECONDS));
    assertSame(metrics.histogram("d", "D.", List.of("l"), 1, 2), metrics.histogram("d", "D.", List.of("l"), 1, 2));
    assertSame(metrics.histogram("e", "E.", "l"), metrics.histogram("e", "E.", List.of("l")));
    Family<Gauge> family = metrics.gauge("b", "B.", "x", "y");
    assertSame(family.with("1", "2"), family.with(new String[] {"1", "2"}));
    assertNotSame(family.with("1", "2"), family.with("2", "1"));
  }

  private record Refusal(String message, Consumer<Metrics> registration) {}

  @TestFactory Stream<DynamicTest> refusesWhereItIsMadeAndSaysWhatWouldBeRight() {
    String twice = ": the same again, another name, or remove it first";
    return Stream.of(
        new Refusal("metric '' must have letters, digits and underscores only, no digit first", m -> m.gauge("", "X.")),
        new Refusal("metric 'a-b c' must have letters, digits and underscores only, no digit first: 'a_b_c'", m -> m.gauge("a-b c", "X.")),
        new Refusal("metric 'job:x' must have letters, digits and underscores only, no digit first: 'job_x'", m -> m.gauge("job:x", "X.")),
        new Refusal("metric '9x' must have letters, digits and underscores only, no digit first: 'n9x'", m -> m.gauge("9x", "X.")),
        new Refusal("metric 'größe' must have letters, digits and underscores only, no digit first: 'gr__e'", m -> m.gauge("größe", "X.")),
        new Refusal("metric '__x' must have no '__' in front, which is kept for Prometheus itself", m -> m.gauge("__x", "X.")),
        new Refusal("metric 'x' must end in '_total' after a name of its own, being of type counter: 'x_total'", m -> m.counter("x", "X.")),
        new Refusal("metric '_total' must end in '_total' after a name of its own, being of type counter: 'things_total'", m -> m.counter("_total", "X.")),
        new Refusal("metric 'x' must end in '_info' after a name of its own, being of type info: 'x_info'", m -> m.info("x", "X.", "a", "b")),
        new Refusal("metric 'x_total' must not end in '_total', being a gauge: 'x'", m -> m.gauge("x_total", "X.")),
        new Refusal("metric 'x_bucket' must not end in '_bucket', being a gauge: 'x'", m -> m.gauge("x_bucket", "X.")),
        new Refusal("metric 'x_count' must not end in '_count', being a histogram: 'x'", m -> m.histogram("x_count", "X.")),
        new Refusal("metric 'x_sum' must not end in '_sum', being a gauge: 'x'", m -> m.gauge("x_sum", "X.", () -> 1)),
        new Refusal("metric 'x_created' must not end in '_created', being a gauge: 'x'", m -> m.collect("x_created", Type.GAUGE, "X.", List.of(), NOTHING)),
        new Refusal("metric 'x' needs a help text: a sentence that says what it measures", m -> m.gauge("x", " ")),
        new Refusal("metric 'x' has the label 'a-b', which must have letters, digits and underscores only, no digit first: 'a_b'", m -> m.gauge("x", "X.", "a-b")),
        new Refusal("metric 'x' has the label '', which must have letters, digits and underscores only, no digit first", m -> m.gauge("x", "X.", "")),
        new Refusal("metric 'x' has the label '__a', which must have no '__' in front, which is kept for Prometheus itself", m -> m.gauge("x", "X.", "__a")),
        new Refusal("metric 'x' has the label 'le', which the format itself sets: another name", m -> m.histogram("x", "X.", "le")),
        new Refusal("metric 'x' has the label 'quantile', which the format itself sets: another name", m -> m.gauge("x", "X.", "quantile")),
        new Refusal("metric 'x' has a label twice in [a, b, a]: each name once", m -> m.gauge("x", "X.", "a", "b", "a")),
        new Refusal("metric 'x_info' has labels and values [a]: a value for each label", m -> m.info("x_info", "X.", "a")),
        new Refusal("metric 'x' has the bounds [1.0, 1.0], which must be finite and each above the one before; '+Inf' comes by itself", m -> m.histogram("x", "X.", 1, 1)),
        new Refusal("metric 'x' has the bounds [2.0, 1.0], which must be finite and each above the one before; '+Inf' comes by itself", m -> m.histogram("x", "X.", 2, 1)),
        new Refusal("metric 'x' has the bounds [1.0, Infinity], which must be finite and each above the one before; '+Inf' comes by itself",
            m -> m.histogram("x", "X.", 1, Double.POSITIVE_INFINITY)),
        new Refusal("metric 'x' has the bounds [NaN], which must be finite and each above the one before; '+Inf' comes by itself", m -> m.histogram("x", "X.", Double.NaN)),
        new Refusal("metric 'x' cannot be a histogram that is asked for: a counter, gauge or info", m -> m.collect("x", Type.HISTOGRAM, "X.", List.of(), NOTHING)),
        new Refusal("metric 'g' is there already, as a gauge without labels; asked for was a histogram without labels and the bounds [1.0]" + twice, m -> m.histogram("g", "X.", 1)),
        new Refusal("metric 'g' is there already, as a gauge without labels; asked for was a gauge with the labels [a]" + twice, m -> m.gauge("g", "X.", "a")),
        new Refusal("metric 'g' is there already, as a gauge without labels; asked for was a gauge without labels" + twice, m -> m.gauge("g", "X.", () -> 1)),
        new Refusal("metric 'asked' is there already, as a gauge without labels, from a callback; asked for was a gauge without labels" + twice, m -> m.gauge("asked", "X.")),
        new Refusal("metric 'asked' is there already, as a gauge without labels, from a callback; asked for was a gauge without labels" + twice, m -> m.gauge("asked", "X.", () -> 2)),
        new Refusal("metric 'h' is there already, as a histogram with the labels [l] and the bounds [1.0, 2.0]; asked for was a histogram with the labels [l] and the bounds [1.0, 3.0]" + twice,
            m -> m.histogram("h", "X.", List.of("l"), 1, 3)),
        new Refusal("metric 'h_count_total' clashes with 'h', a histogram with the labels [l] and the bounds [1.0, 2.0], over the name 'h_count': another name", m -> m.counter("h_count_total", "X.")),
        new Refusal("metric 'c' clashes with 'c_total', a counter with the labels [l], over the name 'c': another name", m -> m.gauge("c", "X.")),
        new Refusal("metric 'c' clashes with 'c_total', a counter with the labels [l], over the name 'c': another name", m -> m.histogram("c", "X.")),
        new Refusal("metric 'c_info' clashes with 'c_total', a counter with the labels [l], over the name 'c': another name", m -> m.info("c_info", "X.")),
        new Refusal("metric 'g_total' clashes with 'g', a gauge without labels, over the name 'g': another name", m -> m.counter("g_total", "X.")),
        new Refusal("metric 'uservice_metric_overflow' clashes with 'uservice_metric_overflow_total', a counter with the labels [metric], over the name 'uservice_metric_overflow': another name",
            m -> m.gauge("uservice_metric_overflow", "X."))
    ).map(refusal -> DynamicTest.dynamicTest(refusal.message(), () -> {
      var registry = new Metrics();
      registry.gauge("g", "G.");
      registry.gauge("asked", "Asked.", () -> 1);
      registry.histogram("h", "H.", List.of("l"), 1, 2);
      registry.counter("c_total", "C.", "l");
      String before = StrictPage.of(registry, Format.TEXT).series().toString();
      var refused = assertThrows(IllegalArgumentException.class, () -> refusal.registration().accept(registry));
      assertEquals(refusal.message(), refused.getMessage());
      assertEquals(before, StrictPage.of(registry, Format.TEXT).series().toString());
    }));
  }

  @Test void bindsOnlyAsManyValuesAsLabels() {
    Family<Counter> family = metrics.counter("x_total", "X.", "a", "b");
    for (var bad : List.<Runnable>of(() -> family.with("1"), () -> family.with("1", "2", "3"), () -> family.with(), () -> family.with("1", "2", "3", "4"))) {
      assertThrows(IllegalArgumentException.class, bad::run);
    }
    assertEquals("metric 'x_total' has the labels [a, b], got the values [1]: one for each label",
        assertThrows(IllegalArgumentException.class, () -> family.with("1")).getMessage());
    assertThrows(NullPointerException.class, () -> family.with("1", null));
    assertEquals(Set.of(), page().series());
  }

  @Test void valuesOfTheSameHashAreNotTheSame() {
    assertEquals("Aa".hashCode(), "BB".hashCode());
    var metrics = new Metrics();
    for (int labels = 1; labels < 5; labels++) {
      Family<Gauge> family = metrics.gauge("x" + labels, "X.", IntStream.range(0, labels).mapToObj(i -> "l" + i).toArray(String[]::new));
      var handles = new HashSet<Gauge>();
      for (int bits = 0; bits < 1 << labels; bits++) {
        int which = bits;
        String[] values = IntStream.range(0, labels).mapToObj(i -> (which >> i & 1) == 0 ? "Aa" : "BB").toArray(String[]::new);
        Gauge bound = family.with(values);
        handles.add(bound);
        assertSame(bound, switch (labels) {
          case 1 -> family.with(values[0]);
          case 2 -> family.with(values[0], values[1]);
          case 3 -> family.with(values[0], values[1], values[2]);
          default -> family.with(values);
        });
      }
      assertEquals(1 << labels, handles.size());
    }
  }

  @Test void countersOnlyGrow() {
    Counter counter = metrics.counter("x_total", "X.");
    counter.increment();
    counter.add(2);
    counter.add(0.5);
    assertEquals(3.5, counter.value());
    assertThrows(IllegalArgumentException.class, () -> counter.add(-1));
    for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> counter.add(bad));
    }
    assertEquals(3.5, value("x_total"));
  }

  @Test void countsWholeNumbersExactly() {
    metrics.counter("x_total", "X.").add(Long.MAX_VALUE);
    String page = new String(metrics.render("", "", List.of()).bytes(), StandardCharsets.UTF_8);
    assertTrue(page.endsWith("x_total 9223372036854775807\n"), page);
  }

  @Test void gaugesGoUpAndDown() {
    Gauge gauge = metrics.gauge("x", "X.");
    gauge.set(1.5);
    gauge.increment();
    gauge.add(-4);
    gauge.decrement();
    assertEquals(-2.5, gauge.value());
    assertEquals(-2.5, value("x"));
  }

  @Test void histogramsCountAtOrBelowTheBound() {
    Histogram histogram = metrics.histogram("x", "X.", -1, 0, 2);
    for (double value : new double[] {-2, -1, -0.5, 0, 2, Math.nextUp(2.0), Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN}) {
      histogram.observe(value);
    }
    assertEquals(3, value("x_bucket{le=\"-1.0\"}"));
    assertEquals(5, value("x_bucket{le=\"0.0\"}"));
    assertEquals(6, value("x_bucket{le=\"2.0\"}"));
    assertEquals(9, value("x_bucket{le=\"+Inf\"}"));
    assertEquals(9, histogram.count());
    assertTrue(page().value("x_sum").isEmpty() && page().value("x_count").isEmpty(), "a sum that may fall is no counter");
    assertEquals(0.5, histogram.sum(), 1e-9, "what is not finite is not in the sum");
  }

  @Test void aHistogramKeepsItsOwnBounds() {
    double[] bounds = {1, 2};
    Histogram histogram = metrics.histogram("x", "X.", bounds);
    bounds[0] = 100;
    histogram.observe(1.5);
    assertEquals(0, value("x_bucket{le=\"1.0\"}"));
  }

  @Test void infosAndStatesAreWhatTheySay() {
    var metrics = new Metrics();
    metrics.info("a_info", "A.", "version", "1", "java", "25");
    metrics.info("a_info", "A.", "version", "1", "java", "25");
    var thread = new AtomicReference<>(Thread.State.NEW);
    metrics.states("thread_state", "State.", "state", Thread.State.class, thread::get);
    thread.set(Thread.State.BLOCKED);
    var page = StrictPage.of(metrics, Format.OPENMETRICS);
    assertEquals(0, page.value("thread_state{state=\"new\"}").orElseThrow());
    assertEquals(1, page.value("thread_state{state=\"blocked\"}").orElseThrow());
    assertEquals(1, page.value("a_info{java=\"25\",version=\"1\"}").orElseThrow());
    assertEquals("info", page.families().get("a").type());
    assertEquals(Thread.State.values().length, page.families().get("thread_state").samples().size());
  }

  @Test void beyondTheLimitSamplesGoToOther() {
    Family<Counter> family = metrics.counter("x_total", "X.", "a", "b");
    for (int i = 0; i < 10; i++) {
      family.with("a", "" + i).increment();
    }
    assertEquals(4, page().families().get("x").samples().size());
    assertEquals(1, value("x_total{a=\"a\",b=\"2\"}"));
    assertEquals(7, value("x_total{a=\"other\",b=\"other\"}"));
    assertEquals(7, value("uservice_metric_overflow_total{metric=\"x_total\"}"));
    assertSame(family.with("a", "77"), family.with("other", "other"));
    assertTrue(family.remove("a", "1"));
    family.with("a", "9").add(5);
    assertEquals(5, value("x_total{a=\"a\",b=\"9\"}"), "what was taken away makes room");
    assertEquals(8, value("uservice_metric_overflow_total{metric=\"x_total\"}"));
  }

  @Test void aLabelSetCanBeCalledOther() {
    Family<Counter> family = metrics.counter("x_total", "X.", "a");
    family.with("other").add(10);
    for (int i = 0; i < 4; i++) {
      family.with("" + i).increment();
    }
    assertEquals(11, value("x_total{a=\"other\"}"));
    assertEquals(4, page().families().get("x").samples().size());
    Family<Counter> full = metrics.counter("y_total", "Y.", "a");
    IntStream.range(0, 3).forEach(i -> full.with("" + i));
    full.with("other").increment();
    assertTrue(page().value("uservice_metric_overflow_total{metric=\"y_total\"}").isEmpty(), "who asks for other gets it");
  }

  @Test void theOverflowsThemselvesOverflow() {
    for (int i = 0; i < 6; i++) {
      Family<Gauge> family = metrics.gauge("g" + i, "G.", "l");
      IntStream.range(0, 4).forEach(n -> family.with("" + n));
    }
    assertEquals(3, value("uservice_metric_overflow_total{metric=\"other\"}"));
  }

  @Test void removedFamiliesAreGoneAndTheirNamesFree() {
    Counter counter = metrics.counter("x_total", "X.", "l").with("1");
    metrics.gauge("y", "Y.", () -> 1);
    assertTrue(metrics.remove("x_total"));
    assertFalse(metrics.remove("x_total"));
    assertFalse(metrics.remove("x"));
    assertFalse(metrics.remove("uservice_metric_overflow_total"));
    counter.increment();
    assertEquals(Set.of("y"), page().series());
    metrics.gauge("x", "Now something else.").set(2);
    assertTrue(metrics.remove("y"));
    metrics.gauge("y", "Y again.", () -> {
      throw new IllegalStateException();
    });
    assertEquals(List.of("x", "uservice_metric_callback_errors_total{metric=\"y\"}"), List.copyOf(page().series()));
    metrics.remove("y");
    assertEquals(Set.of("x"), page().series());
  }

  @Test void removedSeriesAreGoneAndTheOthersKeepTheirOrder() {
    Family<Gauge> family = new Metrics().gauge("x", "X.", "l");
    var many = new Metrics();
    Family<Gauge> gauges = many.gauge("x", "X.", "l");
    for (int i = 0; i < 100; i++) {
      gauges.with("" + i).set(i);
    }
    for (int i = 0; i < 100; i += 3) {
      assertTrue(gauges.remove("" + i));
      assertFalse(gauges.remove("" + i));
    }
    assertFalse(family.remove("1"));
    gauges.with("0").set(7);
    var values = StrictPage.of(many, Format.TEXT).families().get("x").samples().stream().map(StrictPage.Sample::value).toList();
    assertEquals(Stream.concat(IntStream.range(0, 100).filter(i -> i % 3 != 0).mapToObj(i -> (double) i), Stream.of(7.0)).toList(), values);
    assertEquals(50, gauges.with("50").value());
  }

  @Test void familiesStandInTheOrderOfTheirRegistration() {
    List.of("c", "a", "b").forEach(name -> metrics.gauge(name, "X.").set(1));
    metrics.counter("a_b_total", "X.");
    assertEquals(List.of("c", "a", "b", "a_b_total"), List.copyOf(page().series()));
  }

  @Test void aCallbackThatThrowsLosesItsOwnFamilyAndIsCounted() {
    var broken = new AtomicReference<Throwable>();
    metrics.gauge("before", "B.").set(1);
    metrics.collect("x", Type.GAUGE, "X.", List.of("l"), emitter -> {
      emitter.emit(1, "a");
      sneak(broken.get());
      emitter.emit(2, "b");
    });
    metrics.gauge("after", "A.").set(1);
    assertEquals(List.of("before", "x{l=\"a\"}", "x{l=\"b\"}", "after"), List.copyOf(page().series()));
    int times = 0;
    for (var failure : List.of(new IllegalStateException(), new IOException(), new StackOverflowError(), new AssertionError())) {
      broken.set(failure);
      var page = page();
      assertEquals(List.of("before", "after", "uservice_metric_callback_errors_total{metric=\"x\"}"), List.copyOf(page.series()));
      assertEquals(++times, page.value("uservice_metric_callback_errors_total{metric=\"x\"}").orElseThrow());
    }
    String warning = "WARNING metric 'x' is left out of the page: its callback failed";
    assertEquals(List.of(warning), log.lines(), "once, until it works again");
    broken.set(null);
    assertEquals(2, value("x{l=\"b\"}"));
    broken.set(new IllegalStateException());
    page();
    assertEquals(List.of(warning, warning), log.lines());
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    if (failure != null) {
      throw (T) failure;
    }
  }

  @Test void aCallbackThatBreaksTheRulesOfItsTypeIsLeftOut() {
    var value = new AtomicReference<>(1.0);
    metrics.counter("c_total", "C.", value::get);
    metrics.collect("i_info", Type.INFO, "I.", List.of("l"), emitter -> emitter.emit(value.get(), "x"));
    metrics.collect("l", Type.GAUGE, "L.", List.of("a", "b"), emitter -> emitter.emit(1, value.get() == 1 ? new String[] {"x", "y"} : new String[] {"x"}));
    assertEquals(Set.of("c_total", "i_info{l=\"x\"}", "l{a=\"x\",b=\"y\"}"), page().series());
    for (double bad : new double[] {-1, Double.NaN}) {
      value.set(bad);
      assertEquals(Set.of(), page().series().stream().filter(series -> !series.startsWith("uservice_")).collect(Collectors.toSet()));
    }
    assertEquals(2, metrics.counter("uservice_metric_callback_errors_total", "X.", "metric").with("c_total").value());
  }

  @Test void seriesThatAreNotEmittedAnyMoreAreGone() {
    var names = new AtomicReference<>(List.of("a", "b", "c"));
    metrics.collect("x", Type.GAUGE, "X.", List.of("l"), emitter -> names.get().forEach(name -> emitter.emit(1, name)));
    assertEquals(List.of("x{l=\"a\"}", "x{l=\"b\"}", "x{l=\"c\"}"), List.copyOf(page().series()));
    names.set(List.of("c", "d", "a"));
    assertEquals(Set.of("x{l=\"a\"}", "x{l=\"c\"}", "x{l=\"d\"}"), page().series());
    names.set(List.of("e", "f", "g"));
    assertEquals(List.of("x{l=\"e\"}", "x{l=\"f\"}", "x{l=\"g\"}"), List.copyOf(page().series()));
    names.set(List.of());
    assertEquals(Set.of(), page().series(), "a family without series is not on the page");
  }

  @Test void emittedForTheSameLabelsAddUpAndOverflowToo() {
    metrics.collect("x", Type.GAUGE, "X.", List.of("l"), emitter -> {
      for (int i = 0; i < 6; i++) {
        emitter.emit(1, "" + i % 5);
      }
    });
    for (int scrape = 1; scrape < 4; scrape++) {
      var page = page();
      assertEquals(2, page.value("x{l=\"0\"}").orElseThrow());
      assertEquals(2, page.value("x{l=\"other\"}").orElseThrow());
      assertEquals(2 * scrape, page.value("uservice_metric_overflow_total{metric=\"x\"}").orElseThrow());
    }
  }

  @Test void anEmitterThatEscapesIsOfNoUse() {
    var kept = new AtomicReference<Emitter>();
    metrics.collect("x", Type.GAUGE, "X.", List.of(), emitter -> {
      kept.set(emitter);
      emitter.emit(1);
    });
    page();
    assertThrows(IllegalStateException.class, () -> kept.get().emit(2));
    assertEquals(1, value("x"));
  }

  @Test void callbacksMayRegisterAndCountAndEvenScrape() {
    Family<Counter> family = metrics.counter("x_total", "X.", "l");
    var calls = new AtomicInteger();
    metrics.gauge("y", "Y.", () -> {
      calls.incrementAndGet();
      family.with("late").increment();
      metrics.gauge("z", "Z.").set(1);
      return metrics.render("", "", List.of()).bytes().length;
    });
    assertTrue(value("y") > 0);
    assertEquals(1, calls.get(), "the scrape inside did not ask again");
    assertTrue(value("z") > 0);
    assertTrue(value("uservice_metric_callback_errors_total{metric=\"y\"}") > 0);
  }

  @Test void aCallbackThatHangsCostsLaterScrapesItsOwnFamilyOnly() throws Exception {
    var hanging = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    metrics.gauge("x", "X.", () -> {
      hanging.countDown();
      try {
        release.await();
      } catch (InterruptedException stopping) {
        return -1;
      }
      return 1;
    });
    metrics.gauge("y", "Y.").set(1);
    Thread first = Thread.ofVirtual().start(() -> page());
    hanging.await();
    assertEquals(Set.of("y", "uservice_metric_callback_errors_total{metric=\"x\"}"), page().series());
    release.countDown();
    first.join();
    assertEquals(1, value("x"));
  }

  @Test void theUnitIsThatOfTheName() {
    metrics.histogram("a_seconds", "A.").observe(1);
    metrics.counter("b_bytes_total", "B.");
    metrics.gauge("c_ratio", "C.");
    metrics.gauge("seconds", "D.");
    metrics.gauge("e_things", "E.");
    metrics.info("f_seconds_info", "F.");
    var units = page().families().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, family -> family.getValue().unit()));
    assertEquals(Map.of("a_seconds", "seconds", "b_bytes", "bytes", "c_ratio", "ratio", "seconds", "", "e_things", "", "f_seconds", ""), units);
  }

  @Test void aHistogramTakesWhatWasCountedElsewhere() {
    Histogram waits = metrics.histogram("waits_seconds", "Waits.", 1, 2);
    waits.observe(0.5);
    waits.add(new long[] {3, 0, 2}, 12.5);
    assertEquals(4, value("waits_seconds_bucket{le=\"1.0\"}"));
    assertEquals(4, value("waits_seconds_bucket{le=\"2.0\"}"));
    assertEquals(6, value("waits_seconds_count"));
    assertEquals(13, value("waits_seconds_sum"));
    assertThrows(IllegalArgumentException.class, () -> waits.add(new long[] {1, 1}, 1));
    assertThrows(IllegalArgumentException.class, () -> waits.add(new long[] {1, -1, 1}, 1));
    assertEquals(6, value("waits_seconds_count"), "what is refused is not half counted");
  }

  @Test void knowsWhichNamesAreTaken() {
    metrics.histogram("waits_seconds", "Waits.", 1, 2);
    assertTrue(metrics.has("waits_seconds") && metrics.has("waits_seconds_bucket") && metrics.has("uservice_metric_overflow_total"));
    assertFalse(metrics.has("waits"));
    metrics.remove("waits_seconds");
    assertFalse(metrics.has("waits_seconds_bucket"));
  }

  @Test void aFamilyIsThereForWhoeverReadsIt() {
    var waits = metrics.histogram("wait_seconds", "W.", List.of("shelf", "kind"), 1, 2);
    waits.with("7", "a").observe(0.5);
    waits.with("7", "a").observe(1);
    waits.with("8", "b").observe(5);
    Family<Histogram> read = metrics.family("wait_seconds", Histogram.class).orElseThrow();
    assertEquals(List.of("shelf", "kind"), read.labels());
    var told = new ArrayList<String>();
    var totals = new long[3];
    read.forEach((values, histogram) -> {
      told.add(values + " " + histogram.count() + " " + Arrays.toString(histogram.bounds()));
      histogram.addTo(totals);
    });
    assertEquals(List.of("[7, a] 2 [1.0, 2.0]", "[8, b] 1 [1.0, 2.0]"), told);
    assertEquals("[2, 0, 1]", Arrays.toString(totals));
    assertThrows(IndexOutOfBoundsException.class, () -> waits.with("7", "a").addTo(new long[2]));
  }

  @Test void readersCannotChangeWhatTheyRead() {
    Histogram waits = metrics.histogram("wait_seconds", "W.", 1, 2);
    waits.bounds()[0] = 100;
    assertEquals(1, waits.bounds()[0]);
    metrics.gauge("g", "G.", "l").with("a");
    metrics.family("g", Gauge.class).orElseThrow().forEach((values, _) -> assertThrows(UnsupportedOperationException.class, () -> values.set(0, "b")));
  }

  @Test void aFamilyOfAnotherKindIsNone() {
    metrics.counter("c_total", "C.").increment();
    metrics.info("i_info", "I.", "a", "b");
    metrics.gauge("asked", "A.", () -> 1);
    assertTrue(metrics.family("c_total", Counter.class).isPresent());
    assertTrue(metrics.family("i_info", Gauge.class).isPresent());
    assertTrue(metrics.family("c_total", Histogram.class).isEmpty());
    assertTrue(metrics.family("asked", Gauge.class).isEmpty());
    assertTrue(metrics.family("absent", Counter.class).isEmpty());
  }
}
