package uservice.metrics;

import module java.base;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;
import uservice.json.Utf8Buffer;

/// The registry of a service's metrics, and the pages made of it.
///
/// ```java
/// Counter sold = metrics.counter("orders_sold_total", "Orders sold.");
/// Family<Histogram> waits = metrics.histogram("orders_wait_seconds", "Time in the queue.", "shelf");
/// Histogram shelf7 = waits.with("7");     // bind once, observe often
/// ```
///
/// Names are checked where they are registered: one that breaks a rule, or that is taken, is an `IllegalArgumentException` that
/// says what would be right. Asking again for the same name with the same type, labels and bounds gives the same object, with
/// the first help; a callback's name can be had once. Any thread may register, count and render.
public final class Metrics {
  /// What stands under `metrics:` in the configuration.
  public record Config(
      @Doc("How many sets of label values a metric may have; what is beyond is counted under the value other.")
      @Default("1000") @Range(min = 1, max = 1_000_000) int maxChildren) {}

  private static final int CHILDREN_MAX = 1000;
  private static final int ROOM = 16 * 1024;
  private static final int BYTES_KEPT_MAX = 4 << 20;

  private final int childrenMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Series> owners = new HashMap<>(); // by each name that a family or its lines may have
  private volatile Series[] series = {}; // replaced as a whole
  private volatile Runnable beforePage = () -> { };
  private final AtomicReference<Utf8Buffer> idle = new AtomicReference<>(); // what the last page was made in
  private final Histogram.Sources exemplars = new Histogram.Sources();
  private final Family<Counter> overflows;
  private final Family<Counter> failures;

  /// A registry with the default limits.
  public Metrics() {
    this(new Config(CHILDREN_MAX));
  }

  public Metrics(Config config) {
    this.childrenMax = config.maxChildren();
    overflows = own("uservice_metric_overflow_total",
        "Times that a set of label values was beyond its metric's limit and became other.");
    failures = own("uservice_metric_callback_errors_total",
        "Times that a metric was left out of a page because its callback failed.");
  }

  public Counter counter(String name, String help) {
    return counter(name, help, new String[0]).with(new String[0]);
  }

  /// Counters, one for each set of label values.
  public Family<Counter> counter(String name, String help, String... labels) {
    return family(new Description(Type.COUNTER, name, help, List.of(labels)), Counter::new);
  }

  /// A counter that is kept elsewhere: `value` is asked at each scrape, as in [#collect]. It must not fall.
  public void counter(String name, String help, DoubleSupplier value) {
    collect(name, Type.COUNTER, help, List.of(), emitter -> emitter.emit(value.getAsDouble()));
  }

  public Gauge gauge(String name, String help) {
    return gauge(name, help, new String[0]).with(new String[0]);
  }

  /// Gauges, one for each set of label values.
  public Family<Gauge> gauge(String name, String help, String... labels) {
    return family(new Description(Type.GAUGE, name, help, List.of(labels)), Gauge::new);
  }

  /// A gauge whose value is asked at each scrape, as in [#collect].
  public void gauge(String name, String help, DoubleSupplier value) {
    collect(name, Type.GAUGE, help, List.of(), emitter -> emitter.emit(value.getAsDouble()));
  }

  /// A histogram with the bounds that OpenTelemetry recommends for the seconds of an HTTP request, from 5 ms to 10 s.
  public Histogram histogram(String name, String help) {
    return histogram(name, help, Histogram.SECONDS);
  }

  /// A histogram with these upper bounds of its buckets, finite and ascending; `+Inf` comes by itself, and no bounds at all
  /// are those of [#histogram(String, String)]. Where the first is negative the page has neither `_sum` nor `_count`.
  public Histogram histogram(String name, String help, double... bounds) {
    return histogram(name, help, List.of(), bounds).with(new String[0]);
  }

  /// Histograms with the bounds of [#histogram(String, String)], one for each set of label values.
  public Family<Histogram> histogram(String name, String help, String... labels) {
    return histogram(name, help, List.of(labels), Histogram.SECONDS);
  }

  /// Histograms with bounds of their own, one for each set of label values.
  public Family<Histogram> histogram(String name, String help, List<String> labels, double... bounds) {
    double[] own = bounds.length == 0 ? Histogram.SECONDS : bounds.clone();
    return family(new Description(Type.HISTOGRAM, name, help, labels, own), () -> new Histogram(own, exemplars));
  }

  /// From now on every histogram keeps the trace of the last value in each bucket. `current` gives that of the calling thread,
  /// null where there is none; it is asked at each observation.
  public void exemplars(Supplier<Exemplar> current) {
    exemplars.current = current;
  }

  /// Facts that do not change while the program runs, as labels of a series with the value 1:
  /// `info("app_build_info", "What this is built of.", "version", "1.2", "java", "25")`.
  public void info(String name, String help, String... labelsAndValues) {
    if (labelsAndValues.length % 2 != 0) {
      throw Names.refused(name, "has labels and values " + Arrays.toString(labelsAndValues) + ": a value for each label");
    }
    var labels = new String[labelsAndValues.length / 2];
    var values = new String[labels.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = labelsAndValues[2 * i];
      values[i] = labelsAndValues[2 * i + 1];
    }
    family(new Description(Type.INFO, name, help, List.of(labels)), Gauge::new).with(values).set(1);
  }

  /// Which of several states something is in: a gauge for each, named in lower case by `label`, of which the current one is 1
  /// and the others are 0. `current` is asked once at each scrape.
  public <E extends Enum<E>> void states(String name, String help, String label, Class<E> states, Supplier<E> current) {
    E[] all = states.getEnumConstants();
    var words = Arrays.stream(all).map(state -> state.name().toLowerCase(Locale.ROOT)).toArray(String[]::new);
    collect(name, Type.GAUGE, help, List.of(label), emitter -> {
      E now = current.get();
      for (E state : all) {
        emitter.emit(state == now ? 1 : 0, words[state.ordinal()]);
      }
    });
  }

  /// Samples that are asked for together at each scrape, of any type but histogram. The series are those that `source` emits.
  ///
  /// A callback that throws loses its own family for that page, and is counted and logged. It must not block: the scrape waits for
  /// it. One that never returns costs later scrapes a second each, and its family.
  public void collect(String name, Type type, String help, List<String> labels, Consumer<Emitter> source) {
    if (type == Type.HISTOGRAM) {
      throw Names.refused(name, "cannot be a histogram that is asked for: a counter, gauge or info");
    }
    var description = new Description(type, name, help, labels);
    register(new Callback(description, source, childrenMax, () -> overflows.with(name).increment()));
  }

  /// Whether a family, or a line of one, has this name.
  public boolean has(String name) {
    lock.lock();
    try {
      return owners.containsKey(name);
    } finally {
      lock.unlock();
    }
  }

  /// The family of that name, for whoever reads what others count: empty where there is none, where it is of another kind, or
  /// where its values come from a callback.
  public <M> Optional<Family<M>> family(String name, Class<M> kind) {
    for (Series one : series) {
      if (one.description.name.equals(name) && one instanceof Family<?> family && family.holds(kind)) {
        @SuppressWarnings("unchecked") // it holds what was asked for
        var found = (Family<M>) family;
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /// Forgets a family, its series and its names; false where there is none that a caller registered. Handles that are still
  /// held go on counting unseen.
  public boolean remove(String name) {
    lock.lock();
    try {
      Series gone = Arrays.stream(series).filter(one -> one.description.name.equals(name)).findAny().orElse(null);
      if (gone == null) {
        return false;
      }
      owners.values().removeIf(gone::equals);
      series = Arrays.stream(series).filter(one -> one != gone).toArray(Series[]::new);
    } finally {
      lock.unlock();
    }
    overflows.remove(name);
    failures.remove(name);
    return true;
  }

  private <M> Family<M> family(Description description, Supplier<M> maker) {
    String name = description.name;
    var children = new Children<>(description, maker, childrenMax, () -> overflows.with(name).increment());
    @SuppressWarnings("unchecked") // a family of this shape was made by the same maker
    var family = (Family<M>) register(new Family<>(description, children));
    return family;
  }

  /// A family that the registry keeps about itself, at the end of each page so that it tells of that very page.
  private Family<Counter> own(String name, String help) {
    var description = new Description(Type.COUNTER, name, help, List.of("metric"));
    var family = new Family<>(description, new Children<>(description, Counter::new, childrenMax, () -> { }));
    description.taken().forEach(taken -> owners.put(taken, family));
    return family;
  }

  /// Registers what is new, or returns what is there in the same shape.
  private Series register(Series wanted) {
    Description description = wanted.description;
    lock.lock();
    try {
      for (String name : description.taken()) {
        Series owner = owners.get(name);
        if (owner != null && owner instanceof Family && wanted instanceof Family && owner.description.hasShapeOf(description)) {
          return owner;
        }
        if (owner != null) {
          throw clash(description, owner, name);
        }
      }
      description.taken().forEach(name -> owners.put(name, wanted));
      Series[] more = Arrays.copyOf(series, series.length + 1);
      more[series.length] = wanted;
      series = more;
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  private static IllegalArgumentException clash(Description wanted, Series owner, String name) {
    String there = owner.description.shape() + (owner instanceof Callback ? ", from a callback" : "");
    return Names.refused(wanted.name, owner.description.name.equals(wanted.name)
        ? "is there already, as " + there + "; asked for was " + wanted.shape() + ": the same again, another name, or remove it first"
        : "clashes with '" + owner.description.name + "', " + there + ", over the name '" + name + "': another name");
  }

  /// Has `action` run before each page; it must not throw.
  void beforePage(Runnable action) {
    beforePage = action;
  }

  /// Makes the page that a scraper with these headers is answered: its format by `Accept`, gzip by `Accept-Encoding` (null or
  /// empty where the header was not sent), and of the families only those that have a name in `names` (`name[]=`: the
  /// family's, or a line's), where there are some.
  public Page render(String accept, String acceptEncoding, List<String> names) {
    var negotiated = Negotiation.of(accept);
    boolean gzip = Negotiation.gzip(acceptEncoding);
    Utf8Buffer kept = idle.getAndSet(null);
    Utf8Buffer out = kept == null ? new Utf8Buffer(ROOM) : kept.truncate(0);
    render(negotiated.format(), names, out);
    byte[] bytes = gzip ? Exposition.gzip(out) : out.toByteArray();
    if (out.size() <= BYTES_KEPT_MAX) {
      idle.set(out);
    }
    return new Page(negotiated.contentType(), gzip ? "gzip" : null, bytes);
  }

  /// Writes the page into `out`. What this allocates does not depend on the number of series, once `out` has grown.
  public void render(Format format, List<String> names, Utf8Buffer out) {
    beforePage.run();
    for (Series one : series) {
      write(one, format, names, out);
    }
    write(overflows, format, names, out);
    write(failures, format, names, out);
    if (format == Format.OPENMETRICS) {
      out.put("# EOF\n");
    }
  }

  private void write(Series one, Format format, List<String> names, Utf8Buffer out) {
    if (!names.isEmpty() && Collections.disjoint(one.description.taken(), names)) {
      return;
    }
    try {
      Exposition.write(one, format, out);
      one.failing = false;
    } catch (Throwable failed) { // whatever a callback throws, the others are still worth a page
      failures.with(one.description.name).increment();
      if (!one.failing) {
        one.failing = true;
        System.getLogger(Metrics.class.getName()).log(System.Logger.Level.WARNING,
            "metric '" + one.description.name + "' is left out of the page: its callback failed", failed);
      }
    }
  }
}
