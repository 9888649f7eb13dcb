package uservice.control;

import module java.base;
import uservice.control.Sample.Change;
import uservice.json.Json;
import uservice.metrics.Type;

/// Numbers as JSON: an object for each change, or an array of them.
///
/// ```
/// {"name":"orders_total","labels":{"shelf":"7"},"add":2,"help":"Orders sold."}
/// {"name":"queue_depth","set":17}            {"name":"queue_depth","type":"gauge","add":-1}
/// {"name":"wait_seconds","observe":[0.2,0.31],"buckets":[0.1,0.5,1]}
/// ```
///
/// The type follows from what is done: `set` makes a gauge, `observe` a histogram, `add` a counter; or it is told, or known from before.
final class JsonSamples {
  private static final int OBSERVED_MAX = 10_000;
  private static final int BUCKETS_MAX = 100;

  private JsonSamples() {}

  /// `types` knows those that were posted before, and is null for others.
  static List<Sample> read(Json json, Function<String, Type> types) {
    List<Json> items = json instanceof Json.Arr(List<Json> all) ? all : List.of(json);
    var samples = new ArrayList<Sample>();
    for (int i = 0; i < items.size(); i++) {
      String where = items.size() == 1 ? "" : "/" + i;
      samples.add(sample(where.isEmpty() ? "" : where + ": ", Body.of(where, items.get(i)), types));
    }
    return samples;
  }

  private static Sample sample(String where, Body body, Function<String, Type> types) {
    String name = body.text("name").orElseThrow(() -> body.wrong("name is missing"));
    String help = body.text("help").orElse("");
    SortedMap<String, String> labels = labels(body);
    OptionalDouble add = body.number("add");
    OptionalDouble set = body.number("set");
    double[] observed = body.numbers("observe");
    double[] buckets = body.numbers("buckets");
    int done = (add.isPresent() ? 1 : 0) + (set.isPresent() ? 1 : 0) + (body.get("observe").isPresent() ? 1 : 0);
    Type type = type(body, types.apply(name), set.isPresent() ? Type.GAUGE : body.get("observe").isPresent() ? Type.HISTOGRAM : Type.COUNTER);
    body.end();
    if (done > 1 || done == 0 && type != Type.COUNTER) {
      throw body.wrong("metric '" + Name.shorten(name) + "' has " + (done > 1 ? "more than one" : "none") + " of add, set and observe: one of them");
    }
    if (observed.length > OBSERVED_MAX || buckets.length > BUCKETS_MAX) {
      throw body.wrong("there are " + observed.length + " observed and " + buckets.length + " buckets, at most " + OBSERVED_MAX + " and " + BUCKETS_MAX);
    }
    Change change = switch (type) {
      case COUNTER -> new Change.Add(grows(body, name, done == 0 ? 1 : add.orElse(Double.NaN)));
      case GAUGE -> add.isPresent() ? new Change.Add(add.getAsDouble()) : set.isPresent() ? new Change.Set(set.getAsDouble()) : misfit(body, name, type);
      case HISTOGRAM -> body.get("observe").isPresent() ? new Change.Observe(observed, buckets) : misfit(body, name, type);
      case INFO -> throw new IllegalStateException("BUG: no type is read as info");
    };
    return new Sample(where, name, type, help, labels, change);
  }

  private static double grows(Body body, String name, double amount) {
    if (!(amount >= 0)) {
      throw Double.isNaN(amount) ? body.wrong("metric '" + Name.shorten(name) + "' is a counter: add, not set or observe")
          : body.wrong("metric '" + Name.shorten(name) + "' is a counter, which only grows, got " + amount);
    }
    return amount;
  }

  private static Change misfit(Body body, String name, Type type) {
    throw body.wrong("metric '" + Name.shorten(name) + "' is a " + word(type) + ": " + (type == Type.GAUGE ? "set or add" : "observe"));
  }

  private static Type type(Body body, Type known, Type usual) {
    Optional<String> word = body.text("type");
    if (word.isEmpty()) {
      return known != null ? known : usual;
    }
    return Stream.of(Type.COUNTER, Type.GAUGE, Type.HISTOGRAM).filter(type -> word(type).equals(word.get())).findFirst()
        .orElseThrow(() -> body.wrong("type is '" + Name.shorten(word.get()) + "', must be counter, gauge or histogram"));
  }

  private static String word(Type type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  private static SortedMap<String, String> labels(Body body) {
    var labels = new TreeMap<String, String>();
    body.get("labels").ifPresent(json -> {
      if (!(json instanceof Json.Obj(Map<String, Json> members))) {
        throw body.wrong("labels must be an object of names and strings");
      }
      members.forEach((label, value) -> labels.put(label, value instanceof Json.Str(String text) ? text : value.text()));
    });
    return labels;
  }
}
