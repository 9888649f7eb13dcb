package uservice.page;

import module java.base;
import uservice.Service;
import uservice.health.Detail;
import uservice.http.Reply;
import uservice.http.Request;
import uservice.json.JsonWriter;
import uservice.log.Entry;
import uservice.log.Logging;
import uservice.metrics.Family;
import uservice.metrics.Histogram;
import uservice.page.Samples.Column;

/// What the page is told: `GET /page/data`, all that changes from one look to the next.
///
/// A client says what it has, `?instance=…&after=N`, and gets the samples behind that alone; one that talks to another
/// process by now gets everything.
final class Status {
  /// The most routes that are listed, those with the most requests.
  static final int ROUTES_MAX = 30;
  private static final long UNSEEN = -1;
  private static final int DIGITS_MAX = 18; // what a long surely holds
  private static final MathContext DIGITS = new MathContext(4);

  private final Service service;
  private final Sampler sampler;
  private final History history;
  private final Warnings warnings;
  private final Facts facts;
  private final InstantSource wall;
  private final String instance;

  /// @param instance tells this process from one before or after it
  Status(Service service, Sampler sampler, History history, Warnings warnings, Facts facts, InstantSource wall, String instance) {
    this.service = service;
    this.sampler = sampler;
    this.history = history;
    this.warnings = warnings;
    this.facts = facts;
    this.wall = wall;
    this.instance = instance;
  }

  Reply answer(Request request) {
    boolean known = request.query("instance").filter(instance::equals).isPresent();
    long after = known ? number(request.query("after").orElse("")) : UNSEEN;
    return Reply.bytes("application/json", json(after)).header("Cache-Control", "no-store").header("X-Content-Type-Options", "nosniff");
  }

  /// The number of a sample as a client sends it; what is none is as if it had not been sent.
  private static long number(String text) {
    boolean digits = !text.isEmpty() && text.length() <= DIGITS_MAX && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Long.parseLong(text) : UNSEEN;
  }

  byte[] json(long after) {
    History.View view = history.view();
    var json = new JsonWriter().object()
        .name("name").value(service.name())
        .name("version").value(service.version())
        .name("instance").value(instance)
        .name("facts").value(facts.revision())
        .name("time").value(wall.instant().toString());
    change(json.name("state"), view.state());
    array(json.name("probes"), view.verdicts(), Status::change);
    array(json.name("checks"), view.checks(), Status::check);
    array(json.name("changes"), view.changes(), Status::change);
    json.name("forgot").value(view.forgot());
    sampler.read((samples, readings) -> samples(json, samples, readings, after));
    json.name("routes").array();
    routes(json);
    log(json.end().name("log"));
    return json.end().toByteArray();
  }

  private static <T> void array(JsonWriter json, Collection<T> items, BiConsumer<JsonWriter, T> item) {
    json.array();
    items.forEach(each -> item.accept(json, each));
    json.end();
  }

  private static void change(JsonWriter json, Change change) {
    json.object().name("time").value(change.time().toString())
        .name("kind").value(History.word(change.kind()))
        .name("name").value(change.name())
        .name("valid").value(change.valid())
        .name("message").value(change.message()).end();
  }

  private static void check(JsonWriter json, Standing check) {
    Detail detail = check.detail();
    json.object().name("name").value(detail.name())
        .name("valid").value(detail.valid())
        .name("optional").value(detail.optional())
        .name("message").value(detail.message())
        .name("since").value(detail.since().toString())
        .name("age_ms").value(detail.age().toMillis());
    array(json.name("probes"), check.probes(), (out, probe) -> out.value(History.word(probe)));
    json.end();
  }

  private JsonWriter samples(JsonWriter json, Samples samples, Readings readings, long after) {
    double[] bounds = readings.bounds();
    long first = samples.first();
    long last = samples.end() - 1;
    json.name("step_s").value(Samples.STEP.toSeconds())
        .name("span_s").value(Samples.SPAN.toSeconds())
        .name("last").value(last)
        .name("web").value(bounds.length > 0)
        .name("latency_max");
    number(json, bounds.length == 0 ? Double.NaN : bounds[bounds.length - 1]);
    json.name("points").array();
    for (long at = Math.max(first + 1, after + 1); at <= last; at++) {
      point(json, samples, bounds, at);
    }
    json.end().name("traffic");
    if (last > first) {
      traffic(json.object(), samples, bounds, first, last);
      json.end();
    } else {
      json.nullValue();
    }
    process(json.name("process").object(), samples, last);
    return json.end();
  }

  /// One point of the charts: what came in the step before this sample, and how things stood at it.
  private static void point(JsonWriter json, Samples samples, double[] bounds, long at) {
    json.object().name("n").value(at).name("t").value(samples.get(at, Column.TIME));
    traffic(json, samples, bounds, at - 1, at);
    known(json.name("rss"), samples.get(at, Column.RESIDENT_BYTES));
    known(json.name("heap"), samples.get(at, Column.HEAP_USED_BYTES));
    known(json.name("threads"), samples.get(at, Column.THREADS));
    number(json.name("cpu"), samples.get(at, Column.CPU_MILLIS) == Samples.UNKNOWN ? Double.NaN
        : samples.grown(at - 1, at, Column.CPU_MILLIS) / 1e3 / samples.seconds(at - 1, at));
    json.end();
  }

  /// What came between two samples: requests a second, those that failed, and quantiles in seconds.
  private static void traffic(JsonWriter json, Samples samples, double[] bounds, long from, long to) {
    double seconds = samples.seconds(from, to);
    long requests = samples.grown(from, to, Column.REQUESTS);
    number(json.name("seconds"), seconds);
    json.name("requests").value(requests);
    number(json.name("rate"), requests / seconds);
    json.name("client_errors").value(samples.grown(from, to, Column.CLIENT_ERRORS));
    json.name("errors").value(samples.grown(from, to, Column.SERVER_ERRORS));
    json.name("aborted").value(samples.grown(from, to, Column.ABORTED));
    quantiles(json, bounds, samples.fallen(from, to));
  }

  private static void quantiles(JsonWriter json, double[] bounds, long[] counts) {
    boolean shown = bounds.length < counts.length;
    number(json.name("p50"), shown ? Quantiles.of(0.5, bounds, counts) : Double.NaN);
    number(json.name("p90"), shown ? Quantiles.of(0.9, bounds, counts) : Double.NaN);
    number(json.name("p99"), shown ? Quantiles.of(0.99, bounds, counts) : Double.NaN);
  }

  /// How the process stood at the last sample, and what it may have at most.
  private static void process(JsonWriter json, Samples samples, long last) {
    Runtime runtime = Runtime.getRuntime();
    json.name("heap_max").value(runtime.maxMemory()).name("processors").value(runtime.availableProcessors());
    json.name("pid").value(ProcessHandle.current().pid());
    for (Column column : List.of(Column.ACTIVE, Column.RESIDENT_BYTES, Column.HEAP_USED_BYTES, Column.HEAP_COMMITTED_BYTES,
        Column.THREADS, Column.FILES, Column.CPU_MILLIS)) {
      known(json.name(History.word(column)), last < 0 ? Samples.UNKNOWN : samples.get(last, column));
    }
  }

  private record RouteLine(String method, String route, long[] byClass, long[] buckets, double[] bounds) {
    long requests() {
      return LongStream.of(byClass).sum();
    }
  }

  /// The routes since the start of the process.
  private void routes(JsonWriter json) {
    Optional<Family<Histogram>> family = sampler.read((_, readings) -> readings.requests());
    if (family.isEmpty() || !family.get().labels().equals(List.of("method", "route", "status"))) {
      return;
    }
    var lines = new TreeMap<String, RouteLine>();
    family.get().forEach((values, histogram) -> {
      double[] bounds = histogram.bounds();
      RouteLine line = lines.computeIfAbsent(values.get(1) + ' ' + values.get(0),
          _ -> new RouteLine(values.get(0), values.get(1), new long[3], new long[bounds.length + 1], bounds));
      histogram.addTo(line.buckets());
      line.byClass()[values.get(2).equals("5xx") ? 2 : values.get(2).equals("4xx") ? 1 : 0] += histogram.count();
    });
    lines.values().stream().filter(line -> line.requests() > 0)
        .sorted(Comparator.comparingLong(RouteLine::requests).reversed()).limit(ROUTES_MAX).forEach(line -> {
          json.object().name("method").value(line.method()).name("route").value(line.route())
              .name("requests").value(line.requests())
              .name("client_errors").value(line.byClass()[1])
              .name("errors").value(line.byClass()[2]);
          quantiles(json, line.bounds(), Arrays.copyOf(line.buckets(), Math.max(line.buckets().length, line.bounds().length + 1)));
          json.end();
        });
  }

  private void log(JsonWriter json) {
    json.object().name("told").value(!Logging.foreign()).name("count").value(warnings.count());
    array(json.name("lines"), warnings.last(), Status::line);
    json.end();
  }

  private static void line(JsonWriter json, Entry entry) {
    json.object().name("time").value(entry.time().toString())
        .name("level").value(History.word(entry.level()))
        .name("logger").value(entry.logger())
        .name("message").value(entry.message())
        .name("error").value(entry.error()).end();
  }

  private static void known(JsonWriter json, long value) {
    if (value == Samples.UNKNOWN) {
      json.nullValue();
    } else {
      json.value(value);
    }
  }

  /// A number in four digits; null where it is none.
  private static void number(JsonWriter json, double value) {
    if (Double.isFinite(value)) {
      json.value(new BigDecimal(value).round(DIGITS).doubleValue());
    } else {
      json.nullValue();
    }
  }
}
