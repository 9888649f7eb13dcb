package uservice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import testing.Http;
import testing.LogLines;
import uservice.json.Json;

/// The pages as the real readers take them: `promtool` and a `prometheus` that scrapes.
class PrometheusTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NASTY = "a\\b\"c\nd{e}f,g=h #i\u0000j\tk\r é 😀 ";

  @TempDir Path folder;

  private final LogLines log = new LogLines("uservice.metrics.Metrics");

  @AfterEach void close() {
    log.close();
  }

  private static void needs(String program) {
    assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(dir -> Files.isExecutable(Path.of(dir, program))),
        program + " is not installed: apt-get install prometheus");
  }

  /// What `promtool check metrics` says about a page, and with which code it ends.
  private String promtool(byte[] page) throws Exception {
    Path input = Files.write(folder.resolve("page"), page);
    Path output = folder.resolve("findings");
    Process promtool = new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true)
        .redirectInput(input.toFile()).redirectOutput(output.toFile()).start();
    int code = promtool.waitFor();
    return Files.readString(output) + code;
  }

  @Test void promtoolFindsNothingToSay() throws Exception {
    needs("promtool");
    Metrics metrics = ExpositionTest.sample();
    metrics.gauge("nasty", "Nasty: " + NASTY, "label").with(NASTY).set(1);
    ProcessMetrics.register(metrics);
    assertEquals("0", promtool(metrics.render("", "", List.of()).bytes()));
    assertTrue(promtool("x 1\n".getBytes(StandardCharsets.UTF_8)).contains("no help text"), "it does find what is wrong");
  }

  /// A server of one page, in the format that the scraper asks for or in text whatever it asks.
  private static HttpServer serve(Metrics metrics, Format only, Queue<String> accepts) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/metrics", exchange -> answer(exchange, metrics, only, accepts));
    server.start();
    return server;
  }

  private static void answer(HttpExchange exchange, Metrics metrics, Format only, Queue<String> accepts) throws IOException {
    try (exchange) {
      String accept = exchange.getRequestHeaders().getFirst("Accept");
      accepts.add(accept);
      Page page = metrics.render(only == Format.TEXT ? "text/plain" : accept, exchange.getRequestHeaders().getFirst("Accept-Encoding"), List.of());
      exchange.getResponseHeaders().set("Content-Type", page.contentType());
      if (page.contentEncoding() != null) {
        exchange.getResponseHeaders().set("Content-Encoding", page.contentEncoding());
      }
      exchange.sendResponseHeaders(200, page.bytes().length);
      exchange.getResponseBody().write(page.bytes());
    }
  }

  private Process prometheus(int port, int target) throws IOException {
    Path config = Files.writeString(folder.resolve("prometheus.yml"), """
        global: {scrape_interval: 1s, scrape_timeout: 1s}
        scrape_configs:
          - job_name: page
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """.formatted(target));
    return new ProcessBuilder("prometheus", "--config.file=" + config, "--storage.tsdb.path=" + folder.resolve("data"),
        "--web.listen-address=127.0.0.1:" + port, "--log.level=warn")
        .redirectErrorStream(true).redirectOutput(folder.resolve("prometheus.log").toFile()).start();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Every series that Prometheus has of the page by its own words, with its value, once the last one on the page is there.
  private Map<String, String> stored(int port, Process prometheus) throws Exception {
    String path = "/api/v1/query?query=" + URLEncoder.encode("{job=\"page\"}", StandardCharsets.UTF_8);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String last = "";
    while (System.nanoTime() < deadline && prometheus.isAlive()) {
      try {
        last = Http.get(port, path).body();
        if (last.contains("last_on_the_page")) {
          return series(Json.parse(last));
        }
      } catch (IOException starting) {
        last = starting.toString();
      }
      Thread.sleep(100);
    }
    throw new AssertionError(last + Files.readString(folder.resolve("prometheus.log")));
  }

  private static Map<String, String> series(Json answer) {
    var series = new TreeMap<String, String>();
    for (Json result : items(member(member(answer, "data"), "result"))) {
      var labels = new TreeMap<String, String>();
      ((Json.Obj) member(result, "metric")).members().forEach((name, value) -> labels.put(name, ((Json.Str) value).value()));
      labels.keySet().removeAll(Set.of("job", "instance"));
      String name = labels.remove("__name__");
      series.put(name + (labels.isEmpty() ? "" : labels.entrySet().stream()
          .map(label -> label.getKey() + "=\"" + label.getValue() + "\"").collect(Collectors.joining(",", "{", "}"))),
          ((Json.Str) items(member(result, "value")).get(1)).value());
    }
    return series;
  }

  private static Json member(Json object, String name) {
    return ((Json.Obj) object).members().get(name);
  }

  private static List<Json> items(Json array) {
    return ((Json.Arr) array).items();
  }

  @ParameterizedTest @EnumSource(Format.class)
  void prometheusHasEverySeriesOfThePage(Format format) throws Exception {
    needs("prometheus");
    Metrics metrics = ExpositionTest.sample();
    metrics.gauge("nasty", "Nasty: " + NASTY, "label").with(NASTY).set(1);
    metrics.gauge("last_on_the_page", "Last.").set(-0.125);
    var accepts = new ConcurrentLinkedQueue<String>();
    HttpServer server = serve(metrics, format, accepts);
    int port = freePort();
    Process prometheus = prometheus(port, server.getAddress().getPort());
    try {
      Map<String, String> stored = stored(port, prometheus);
      assertEquals(format, Negotiation.of(format == Format.TEXT ? "text/plain" : accepts.peek()).format());
      StrictPage page = StrictPage.of(metrics, format);
      assertEquals("1", stored.remove("up"));
      stored.keySet().removeIf(name -> name.startsWith("scrape_"));
      assertEquals(new TreeSet<>(page.series()), stored.keySet());
      stored.forEach((name, value) -> {
        if (!name.startsWith("uservice_")) { // these count the scrapes themselves
          assertEquals(page.value(name).orElseThrow(), Double.parseDouble(value.replace("Inf", "Infinity")), name);
        }
      });
    } finally {
      prometheus.destroy();
      if (!prometheus.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        prometheus.destroyForcibly();
      }
      server.stop(0);
    }
  }
}
