package uservice.manifest;

import module java.base;
import uservice.Feature;
import uservice.cli.Failure;
import uservice.config.Configuration;
import uservice.lifecycle.Shutdown;

/// What the configuration in force says that a deployment has to know.
///
/// @param name the service's name as Kubernetes takes names: a label of DNS that begins with a letter
/// @param service the service's name as it tells it
/// @param version the version that it tells
/// @param health the port of probes and metrics
/// @param prefix what the probes' paths start with
/// @param web the data port, where anything is served there
/// @param grace how long an orderly end takes at most, with what is kept for flushing
/// @param preflight how long the start may wait for others
/// @param values everything in force
/// @param carried the file
/// @param peers the servers that it names
record Facts(String name, String service, String version, int health, String prefix, OptionalInt web, Duration grace, Duration preflight,
    Map<String, Object> values, Carried carried, List<Peer> peers) {
  private static final int NAME_MAX = 50; // with what is appended, below the 63 of DNS
  private static final Set<String> LOOPBACK = Set.of("localhost", "::1", "[::1]");
  private static final String CONTROL = "control";

  /// Reads a configuration.
  ///
  /// @param sidecar whether it runs beside another program, and so with the section `control`
  /// @throws Failure if files could be written, and would be wrong
  static Facts of(Configuration read, boolean sidecar) throws Exception {
    Configuration configuration = sidecar ? controlled(read) : read;
    Map<String, Object> values = configuration.values();
    var web = new AtomicBoolean(flag(values, "health", "on_web"));
    features(values).forEach((section, feature) -> web.set(web.get() || feature.map(each -> serves(each, configuration)).orElse(true)));
    String service = text(values, "name");
    var facts = new Facts(dns(service), service, values.containsKey("version") ? text(values, "version") : moduleVersion(),
        number(values, "health", "port"), text(values, "health", "prefix"),
        web.get() ? OptionalInt.of(number(values, "web", "port")) : OptionalInt.empty(),
        time(values, "shutdown", "grace").plus(Shutdown.RESERVE), preflight(values), values,
        Carried.of(named(configuration.departures(), service), values), Peer.of(values));
    facts.check(sidecar);
    return facts;
  }

  /// The file says the name even where it is the default: it is what all files are called by.
  private static Map<String, Object> named(Map<String, Object> departures, String service) {
    var named = new LinkedHashMap<String, Object>();
    named.put("name", service);
    named.putAll(departures);
    return named;
  }

  private static Configuration controlled(Configuration configuration) throws Exception {
    try {
      return configuration.with(CONTROL);
    } catch (IllegalArgumentException absent) {
      throw new Failure("--sidecar needs module uservice.control, which is not in this image", absent);
    }
  }

  /// The sections that are present beside the chassis' own, each with its feature where a module provides it.
  private static Map<String, Optional<Feature<?>>> features(Map<String, Object> values) {
    var features = new LinkedHashMap<String, Optional<Feature<?>>>();
    for (String key : values.keySet()) {
      if (!CHASSIS.contains(key) && values.get(key) instanceof Map) {
        features.put(key, Optional.empty());
      }
    }
    for (Feature<?> feature : ServiceLoader.load(Feature.class)) {
      features.computeIfPresent(feature.section(), (_, _) -> Optional.of(feature));
    }
    return features;
  }

  private static final Set<String> CHASSIS = Set.of("health", "web", "log", "metrics", "trace", "shutdown");

  private static <C extends Record> boolean serves(Feature<C> feature, Configuration configuration) {
    return feature.serves(feature.config().cast(configuration.section(feature.section()).orElseThrow()));
  }

  private static String moduleVersion() {
    return Feature.class.getModule().getDescriptor().rawVersion().orElse("0");
  }

  /// Everything that would point at a dead port, at once.
  private void check(boolean sidecar) throws Failure {
    var faults = new ArrayList<String>();
    reachable("health", health, faults);
    web.ifPresent(port -> reachable("web", port, faults));
    if (web.isPresent() && web.getAsInt() == health && health != 0) {
      faults.add("health.port and web.port are both " + health + ", must differ");
    }
    if (sidecar && number(values, CONTROL, "port") == 0) {
      faults.add("control.port is 0, another one at each start: name the port that the program should find");
    }
    if (!faults.isEmpty()) {
      throw new Failure(String.join("; ", faults));
    }
  }

  private void reachable(String section, int port, List<String> faults) {
    String host = text(values, section, "host");
    if (port == 0) {
      faults.add(section + ".port is 0, another one at each start: name the port that the files should point at");
    }
    if (LOOPBACK.contains(host) || host.startsWith("127.")) {
      faults.add(section + ".host is '" + host + "', which nobody outside of the container reaches: 0.0.0.0 or ::");
    }
  }

  private static Duration preflight(Map<String, Object> values) {
    Duration sum = Duration.ZERO;
    for (Object task : ((Map<?, ?>) at(values, "health", "preflight")).values()) {
      Map<?, ?> each = (Map<?, ?>) task;
      int tries = ((Number) each.get("retries")).intValue() + 1;
      sum = sum.plus(((Duration) each.get("every")).plus((Duration) each.get("timeout")).multipliedBy(tries));
    }
    return sum;
  }

  /// A service's name as a label of DNS: `Orders_API` is `orders-api`, `3d` is `s-3d`.
  static String dns(String name) {
    String label = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    label = Character.isDigit(label.charAt(0)) ? "s-" + label : label;
    return label.substring(0, Math.min(NAME_MAX, label.length())).replaceAll("-+$", "");
  }

  /// The seconds that a pod's end may take, the kubelet's own work included.
  long graceSeconds() {
    return grace.plusMillis(999).toSeconds() + 1;
  }

  boolean has(String section) {
    return values.containsKey(section);
  }

  /// Whether spans are exported.
  boolean traces() {
    return at(values, "trace", "endpoint") != null;
  }

  /// The value under these keys, or null.
  Object value(String... keys) {
    return at(values, keys);
  }

  /// Each Redis that can be started beside it: without a password, without TLS, and under a name of one word, as neighbours have. A
  /// name with dots is that of somebody's server.
  List<Peer> redis() {
    var places = new LinkedHashMap<String, Peer>();
    peers.stream().filter(peer -> peer.scheme().equals("redis") && peer.open() && !peer.text().contains("password_file=")
            && (peer.here() || peer.neighbour()))
        .forEach(peer -> places.putIfAbsent(peer.host() + ":" + peer.port(), peer));
    return List.copyOf(places.values());
  }

  private static Object at(Map<String, Object> values, String... keys) {
    Object value = values;
    for (String key : keys) {
      value = value instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return value;
  }

  private static String text(Map<String, Object> values, String... keys) {
    return Carried.text(shown(values, keys));
  }

  private static int number(Map<String, Object> values, String... keys) {
    return ((Number) shown(values, keys)).intValue();
  }

  private static boolean flag(Map<String, Object> values, String... keys) {
    return (Boolean) shown(values, keys);
  }

  private static Duration time(Map<String, Object> values, String... keys) {
    return (Duration) shown(values, keys);
  }

  /// A value that the files have to show.
  private static Object shown(Map<String, Object> values, String... keys) {
    Object value = at(values, keys);
    if (value instanceof uservice.config.Secret) {
      throw new Hidden(String.join(".", keys));
    }
    return value;
  }

  /// A value that the files would have to show was put in from a file.
  static final class Hidden extends RuntimeException {
    private final String key;

    Hidden(String key) {
      super(key + " is put in from a file and is not shown, but the files for a deployment have to name it: write it out", null, false, false);
      this.key = key;
    }

    /// The value's key.
    String key() {
      return key;
    }
  }
}
