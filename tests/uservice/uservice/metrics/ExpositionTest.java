package uservice.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import testing.LogLines;
import uservice.json.Utf8Buffer;

class ExpositionTest {
  private static final Path DATA = Path.of("tests/data/metrics");
  private static final String OPENMETRICS = "application/openmetrics-text; version=1.0.0";
  private static final String NASTY = "a\\b\"c\nd{e}f,g=h #i\u0000j\tk\r l é ü \u2028 😀 ";

  private final LogLines log = new LogLines("uservice.metrics.Metrics");

  @AfterEach void close() {
    log.close();
  }

  private enum Mood { CALM, BUSY }

  /// One of everything.
  static Metrics sample() {
    var metrics = new Metrics(new Metrics.Config(2));
    metrics.counter("jobs_total", "Jobs \"done\", with a \\ and\na second line.").add(12345678901L);
    metrics.counter("busy_seconds_total", "Time spent.").add(0.25);
    metrics.gauge("temperature_celsius", "How warm it is.", "room").with("kit\"chen\\\n").set(-21.5);
    metrics.gauge("odd", "What is no number.", "kind").with("nan").set(Double.NaN);
    metrics.gauge("odd", "What is no number.", "kind").with("inf").set(Double.POSITIVE_INFINITY);
    metrics.gauge("large_bytes", "A large whole number.").set(1e18);
    var waits = metrics.histogram("wait_seconds", "Time in the queue.", List.of("shelf"), 0.00005, 0.5, 1, 2.5, 1e6);
    for (double wait : new double[] {0.5, 0.75, 1, 100, 1e7}) {
      waits.with("7").observe(wait);
    }
    metrics.histogram("size_bytes", "Sizes.", 64, 1024).observe(65);
    metrics.info("app_build_info", "What this is.", "version", "1.2.3", "java", "25");
    metrics.states("mood", "How it is.", "mood", Mood.class, () -> Mood.BUSY);
    metrics.counter("asked_total", "Kept elsewhere.", () -> 41.5);
    metrics.collect("check_valid", Type.GAUGE, "Checks.", List.of("check", "probe"), emitter -> {
      emitter.emit(1, "db", "ready");
      emitter.emit(0, "disk", "alive");
    });
    metrics.gauge("broken", "Fails.", () -> {
      throw new IllegalStateException("on purpose");
    });
    metrics.counter("empty_total", "Has no series.", "label");
    var routes = metrics.counter("routes_total", "Overflows.", "route");
    for (String route : List.of("/a", "/b", "/c", "/d", "/a")) {
      routes.with(route).increment();
    }
    return metrics;
  }

  private static String text(Metrics metrics, String accept) {
    return new String(metrics.render(accept, "", List.of()).bytes(), StandardCharsets.UTF_8);
  }

  @Test void writesTextAsTheGoldenPage() throws IOException {
    assertEquals(Files.readString(DATA.resolve("page.txt")), text(sample(), ""));
  }

  @Test void writesOpenMetricsAsTheGoldenPage() throws IOException {
    assertEquals(Files.readString(DATA.resolve("page.openmetrics.txt")), text(sample(), OPENMETRICS));
  }

  @Test void hasTheSameSeriesInBothFormats() {
    assertEquals(StrictPage.of(sample(), Format.TEXT).series(), StrictPage.of(sample(), Format.OPENMETRICS).series());
  }

  @ParameterizedTest @CsvSource({"0, 0.0", "-0.0, 0.0", "1, 1.0", "-1, -1.0", "0.005, 0.005", "0.075, 0.075", "2.5, 2.5", "10, 10.0", "100000, 100000.0",
      "123456, 123456.0", "1000000, 1e+06", "1234567, 1.234567e+06", "-2500000, -2.5e+06", "1e10, 1e+10", "1e100, 1e+100", "0.001, 0.001", "0.0005, 0.0005",
      "0.0001, 0.0001", "0.00012, 0.00012", "0.00001, 1e-05", "0.000025, 2.5e-05", "1e-10, 1e-10", "0.1, 0.1", "999999.5, 999999.5",
      "1e-300, 1e-300", "0.00099, 0.00099", "1.7976931348623157E308, 1.7976931348623157e+308"})
  void writesBoundsCanonically(double bound, String text) {
    assertEquals(text, Exposition.canonical(bound));
  }

  @ParameterizedTest @CsvSource({"0, 0", "-0.0, 0", "7, 7", "-7, -7", "1e15, 1000000000000000", "9007199254740993, 9007199254740992", "1e18, 1000000000000000000",
      "-9223372036854775808, -9.223372036854775808E18", "1e19, 1.0E19", "0.1, 0.1", "1e-7, 1.0E-7", "Infinity, +Inf", "-Infinity, -Inf", "NaN, NaN", "4.9E-324, 4.9E-324"})
  void writesValuesAsGoReadsThem(double value, String text) {
    var out = new Utf8Buffer(8);
    Exposition.number(value, out);
    assertEquals(value == Long.MIN_VALUE ? "-9.223372036854776E18" : text, out.toString());
  }

  @ParameterizedTest @EnumSource(Format.class)
  void everythingThatIsRegisteredIsReadBack(Format format) {
    var random = new Random(42);
    for (int round = 0; round < 300; round++) {
      var metrics = new Metrics();
      var expected = new TreeMap<String, Double>();
      var helps = new HashMap<String, String>();
      for (int family = random.nextInt(5); family >= 0; family--) {
        String name = "f" + family + name(random);
        String help = value(random) + "x";
        var labels = new ArrayList<String>();
        for (int i = random.nextInt(5); i > 0; i--) {
          labels.add(name(random) + i);
        }
        boolean counter = random.nextBoolean();
        var gauges = counter ? null : metrics.gauge(name, help, labels.toArray(String[]::new));
        var counters = counter ? metrics.counter(name + "_total", help, labels.toArray(String[]::new)) : null;
        helps.put(counter && format == Format.TEXT ? name + "_total" : name, help);
        for (int child = random.nextInt(4); child >= 0; child--) {
          String[] values = labels.stream().map(_ -> value(random)).toArray(String[]::new);
          double value = number(random, counter);
          if (counter) {
            counters.with(values).add(value);
          } else {
            gauges.with(values).set(value);
          }
          var sorted = new TreeMap<String, String>();
          for (int i = 0; i < values.length; i++) {
            sorted.put(labels.get(i), values[i]);
          }
          String key = (counter ? name + "_total" : name) + (values.length == 0 ? "" : sorted.entrySet().stream()
              .map(label -> label.getKey() + "=\"" + label.getValue() + "\"").collect(Collectors.joining(",", "{", "}")));
          expected.merge(key, value, (before, now) -> counter ? before + now : now);
        }
      }
      var page = StrictPage.of(metrics, format);
      assertEquals(expected.keySet(), new TreeSet<>(page.series()));
      expected.forEach((key, value) -> assertEquals(value, page.value(key).orElseThrow(), key));
      assertEquals(helps, page.families().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().help())));
    }
  }

  private static String name(Random random) {
    String letters = "abcxyzABCXYZ_0189";
    return random.ints(1 + random.nextInt(6), 0, letters.length()).mapToObj(i -> "" + letters.charAt(i)).collect(Collectors.joining("", "n", "n"));
  }

  private static String value(Random random) {
    int[] points = NASTY.codePoints().toArray();
    return random.ints(random.nextInt(8), 0, points.length).mapToObj(i -> Character.toString(points[i])).collect(Collectors.joining());
  }

  private static double number(Random random, boolean counter) {
    double number = switch (random.nextInt(4)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextLong();
      case 2 -> random.nextGaussian();
      default -> Double.longBitsToDouble(random.nextLong());
    };
    return !counter ? number == 0 ? 0 : number : Double.isFinite(number) ? Math.abs(number) : 1;
  }

  @Test void loneSurrogatesAreOneSeriesAndValidUtf8() throws CharacterCodingException {
    var metrics = new Metrics();
    var family = metrics.counter("x_total", "X \ud800.", "l");
    assertEquals(family.with("\ud800"), family.with("\udfff"));
    family.with("\ud800").increment();
    byte[] bytes = metrics.render("", "", List.of()).bytes();
    String page = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    assertEquals(OptionalDouble.of(1), StrictPage.parse(page, Format.TEXT).value("x_total{l=\"?\"}"));
    assertTrue(family.remove("\udbff"));
  }

  @Test void packsWhereAsked() throws IOException {
    Metrics metrics = sample();
    for (int i = 0; i < 3; i++) {
      Page plain = metrics.render("", "", List.of("jobs_total", "wait_seconds"));
      Page packed = metrics.render("", "gzip", List.of("jobs_total", "wait_seconds"));
      assertNull(plain.contentEncoding());
      assertEquals("gzip", packed.contentEncoding());
      assertArrayEquals(plain.bytes(), new GZIPInputStream(new ByteArrayInputStream(packed.bytes())).readAllBytes());
    }
  }

  @Test void aLargePageIsPackedWhole() throws IOException {
    var metrics = new Metrics(new Metrics.Config(100_000));
    var family = metrics.gauge("x", "X.", "l");
    for (int i = 0; i < 100_000; i++) {
      family.with("a rather long value " + i).set(i / 3.0);
    }
    byte[] plain = metrics.render("", "", List.of()).bytes();
    assertTrue(plain.length > 4 << 20, "more than is kept");
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(plain, new GZIPInputStream(new ByteArrayInputStream(metrics.render("", "gzip", List.of()).bytes())).readAllBytes());
    }
  }

  @ParameterizedTest @CsvSource({"jobs_total", "jobs", "wait_seconds", "wait_seconds_bucket", "wait_seconds_sum", "wait_seconds_count", "app_build_info", "app_build"})
  void namesOfFamiliesAndOfLinesSelect(String name) {
    var page = new String(sample().render("", "", List.of("nix", name)).bytes(), StandardCharsets.UTF_8);
    var families = StrictPage.parse(page, Format.TEXT).families().keySet();
    assertEquals(1, families.size());
    assertTrue(families.iterator().next().startsWith(name.substring(0, 4)));
  }

  @Test void aSelectionWithoutFamiliesIsAnEmptyPage() {
    assertEquals("", new String(sample().render("", "", List.of("nix")).bytes(), StandardCharsets.UTF_8));
    assertEquals("# EOF\n", new String(sample().render(OPENMETRICS, "", List.of("nix")).bytes(), StandardCharsets.UTF_8));
  }

  @Test void theStrictReaderOfTheseTestsRefuses() {
    for (String bad : List.of("x 1", "# TYPE x gauge\nx 1\n", "# HELP x X.\n# TYPE x gauge\n", "# HELP x X.\n# TYPE x gauge\nx{} 1\n",
        "# HELP x X.\n# TYPE x gauge\nx 1\nx 1\n", "# HELP x X.\n# TYPE x gauge\nx Infinity\n", "# HELP x X.\n# TYPE x gauge\ny 1\n",
        "# HELP x X.\n# TYPE x gauge\nx{a=\"\"\"} 1\n", "# HELP x X.\n# TYPE x gauge\nx{a=\"1\",} 1\n", "# HELP x \\t\n# TYPE x gauge\nx 1\n", "# HELP x X.\n# TYPE x gauge\n\nx 1\n",
        "# HELP x X.\n# TYPE x histogram\nx_bucket{le=\"1.0\"} 2\nx_bucket{le=\"+Inf\"} 1\nx_count 1\nx_sum 1\n")) {
      assertThrows(AssertionError.class, () -> StrictPage.parse(bad, Format.TEXT), bad);
    }
    assertThrows(AssertionError.class, () -> StrictPage.parse("", Format.OPENMETRICS));
    assertThrows(AssertionError.class, () -> StrictPage.parse("# TYPE x counter\n# HELP x X.\nx 1\n# EOF\n", Format.OPENMETRICS));
  }
}
