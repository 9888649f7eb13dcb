package uservice.control;

import module java.base;
import uservice.control.Sample.Change;
import uservice.http.ProblemException;
import uservice.http.Reply;
import uservice.metrics.Counter;
import uservice.metrics.Family;
import uservice.metrics.Gauge;
import uservice.metrics.Histogram;
import uservice.metrics.Metrics;
import uservice.metrics.Type;

/// The numbers that other programs post, kept in the service's own registry, so that they stand in the same scrape.
///
/// JSON tells what changed (`add`, `set`, `observe`), text in Prometheus' format how things stand. A counter that stands lower than before
/// was started anew, and has grown by what it stands at. A request is taken as a whole or not at all.
final class PostedMetrics {
  private static final String HELP = "Posted by a program at the control port.";
  private static final double[] USUAL = {};

  /// A family of ours, and each of its series with where its program said it stands.
  private static final class Posted {
    final Type type;
    final List<String> labels;
    final double[] bounds;
    final Family<?> family;
    final Map<List<String>, Change> last = new HashMap<>();

    Posted(Type type, List<String> labels, double[] bounds, Family<?> family) {
      this.type = type;
      this.labels = labels;
      this.bounds = bounds;
      this.family = family;
    }
  }

  private final Metrics metrics;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Posted> families = new LinkedHashMap<>(); // guarded by the lock
  private int series; // of all families

  PostedMetrics(Metrics metrics, int most) {
    this.metrics = metrics;
    this.most = most;
  }

  Reply post(byte[] body) {
    int first = 0;
    while (first < body.length && Character.isWhitespace(body[first])) {
      first++;
    }
    boolean json = first < body.length && (body[first] == '{' || body[first] == '[');
    try {
      List<Sample> samples = json ? JsonSamples.read(Body.parse(body), this::type) : TextSamples.read(new String(body, StandardCharsets.UTF_8), this::type);
      take(samples);
      return Reply.noContent();
    } catch (IllegalArgumentException refused) {
      throw new ProblemException(400, refused.getMessage(), refused);
    }
  }

  /// The type of a metric that was posted before, null for another.
  private Type type(String name) {
    lock.lock();
    try {
      Posted posted = families.get(name);
      return posted == null ? null : posted.type;
    } finally {
      lock.unlock();
    }
  }

  private void take(List<Sample> samples) {
    lock.lock();
    var made = new ArrayList<String>();
    boolean whole = false;
    try {
      for (Sample sample : samples) {
        if (family(sample)) {
          made.add(sample.name());
        }
      }
      makeRoom(samples);
      whole = true;
      samples.forEach(this::apply);
    } finally {
      if (!whole) {
        made.forEach(this::forget);
      }
      lock.unlock();
    }
  }

  /// Sees to it that the sample's family is there, of its shape; returns whether it was made.
  private boolean family(Sample sample) {
    String name = sample.name();
    List<String> labels = List.copyOf(sample.labels().keySet());
    double[] bounds = bounds(sample.change());
    Posted posted = families.get(name);
    if (posted == null) {
      if (metrics.has(name)) {
        throw new ProblemException(409, sample.where() + "metric '" + name + "' is the service's own: another name");
      }
      families.put(name, new Posted(sample.type(), labels, bounds, made(sample, labels, bounds)));
      return true;
    }
    if (posted.type != sample.type() || !posted.labels.equals(labels) || sample.type() == Type.HISTOGRAM && !sameBounds(posted, bounds)) {
      throw new ProblemException(409, sample.where() + "metric '" + name + "' is " + shape(posted.type, posted.labels, posted.bounds) + ", posted was "
          + shape(sample.type(), labels, bounds) + ": the same again, another name, or DELETE /metrics/" + name + " first");
    }
    return false;
  }

  private static boolean sameBounds(Posted posted, double[] bounds) {
    return bounds.length == 0 && posted.bounds.length == 0 || Arrays.equals(posted.bounds, bounds);
  }

  private static double[] bounds(Change change) {
    return switch (change) {
      case Change.Observe(_, double[] bounds) -> bounds;
      case Change.Buckets(double[] bounds, _, _) -> bounds;
      case Change.Add _, Change.Set _, Change.StandsAt _ -> USUAL;
    };
  }

  private static String shape(Type type, List<String> labels, double[] bounds) {
    return "a " + type.name().toLowerCase(Locale.ROOT) + (labels.isEmpty() ? " without labels" : " with the labels " + labels)
        + (bounds.length == 0 ? "" : " and the bounds " + Arrays.toString(bounds));
  }

  private Family<?> made(Sample sample, List<String> labels, double[] bounds) {
    String help = sample.help().isBlank() ? HELP : sample.help();
    String[] names = labels.toArray(String[]::new);
    return switch (sample.type()) {
      case COUNTER -> metrics.counter(sample.name(), help, names);
      case GAUGE -> metrics.gauge(sample.name(), help, names);
      case HISTOGRAM -> metrics.histogram(sample.name(), help, labels, bounds);
      case INFO -> throw new IllegalStateException("BUG: nobody reads an info");
    };
  }

  private void makeRoom(List<Sample> samples) {
    var fresh = new HashSet<List<Object>>();
    for (Sample sample : samples) {
      List<String> values = List.copyOf(sample.labels().values());
      if (!families.get(sample.name()).last.containsKey(values)) {
        fresh.add(List.of(sample.name(), values));
      }
    }
    if (series + fresh.size() > most) {
      throw new ProblemException(409, "there are " + series + " series, and " + fresh.size() + " more are beyond control.max_series, " + most
          + ": fewer label values, or DELETE /metrics/NAME");
    }
  }

  private void apply(Sample sample) {
    Posted posted = families.get(sample.name());
    List<String> values = List.copyOf(sample.labels().values());
    Object handle = posted.family.with(values.toArray(String[]::new));
    Change before = posted.last.containsKey(values) ? posted.last.get(values) : fresh();
    switch (sample.change()) {
      case Change.Add(double amount) when handle instanceof Counter counter -> add(counter, amount);
      case Change.Add(double amount) -> ((Gauge) handle).add(amount);
      case Change.Set(double value) -> ((Gauge) handle).set(value);
      case Change.StandsAt(double value) -> add((Counter) handle, before instanceof Change.StandsAt(double was) && was <= value ? value - was : value);
      case Change.Observe(double[] seen, _) -> Arrays.stream(seen).forEach(((Histogram) handle)::observe);
      case Change.Buckets now -> add((Histogram) handle, before instanceof Change.Buckets was ? grown(was, now) : now);
    }
    boolean standing = sample.change() instanceof Change.StandsAt || sample.change() instanceof Change.Buckets;
    posted.last.put(values, standing ? sample.change() : before);
  }

  private Change fresh() {
    series++;
    return null;
  }

  private static void add(Counter counter, double amount) {
    if (amount == Math.rint(amount) && amount <= 1L << 53) {
      counter.add((long) amount);
    } else {
      counter.add(amount);
    }
  }

  private static void add(Histogram histogram, Change.Buckets grown) {
    histogram.add(grown.counts(), grown.sum());
  }

  /// What came since `was`, which is all where any bucket has less than then.
  private static Change.Buckets grown(Change.Buckets was, Change.Buckets now) {
    long[] counts = now.counts().clone();
    for (int i = 0; i < counts.length; i++) {
      counts[i] -= was.counts()[i];
      if (counts[i] < 0) {
        return now;
      }
    }
    return new Change.Buckets(now.bounds(), counts, now.sum() - was.sum());
  }

  Reply remove(String name) {
    lock.lock();
    try {
      if (!families.containsKey(name)) {
        throw new ProblemException(404, "no metric '" + Name.shorten(name) + "' was posted");
      }
      forget(name);
      return Reply.noContent();
    } finally {
      lock.unlock();
    }
  }

  private void forget(String name) {
    series -= families.remove(name).last.size();
    metrics.remove(name);
  }

  /// When the program that posted them has ended: what its gauges showed is no more. Counters and histograms go on where it left off.
  void ended() {
    lock.lock();
    try {
      for (var each : List.copyOf(families.entrySet())) {
        if (each.getValue().type == Type.GAUGE) {
          forget(each.getKey());
        } else {
          each.getValue().last.replaceAll((_, _) -> null);
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
