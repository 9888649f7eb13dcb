package uservice.manifest;

import static uservice.manifest.Tree.list;
import static uservice.manifest.Tree.map;

import module java.base;

/// Services for `docker compose up`. Hello world as a service runs as two, so that either side can be scaled; any other
/// configuration as one. Redis stands beside them where it is used, and is waited for.
record Compose(Facts facts, Wanted wanted) {
  private static final String DATABASE = "/1";
  private static final int PROBES_PER_MINUTE = 6;

  static List<Written> write(Facts facts, Wanted wanted) {
    var compose = new Compose(facts, wanted);
    return List.of(new Written("compose.yaml", compose.heading() + YamlText.of(compose.document())),
        new Written(PodParts.FILE, facts.carried().text()));
  }

  private String heading() {
    var text = new StringBuilder("# Written by 'uservice manifest compose' from the configuration in force, which is " + PodParts.FILE + " beside it.\n");
    for (Carried.Variable secret : facts.carried().secrets()) {
      text.append("# Needs in the environment, or in .env: %s, for %s\n".formatted(secret.name(), Kubernetes.comment(secret.key())));
    }
    for (Carried.Lies file : facts.carried().files()) {
      text.append("# Needs ./%s: the file %s\n".formatted(file.name(), Kubernetes.comment(file.from().toString())));
    }
    return text.toString();
  }

  Map<String, Object> document() {
    var services = new LinkedHashMap<String, Object>();
    if (sides()) {
      services.put("hw-worker", service(list("hwaas", "worker", count("workers")), false));
      services.put("hw-client", service(list("hwaas", "client", count("clients")), false));
    } else {
      services.put(own(), service(null, wanted.replicas() == 1));
    }
    wanted.sidecar().ifPresent(image -> services.put("program", program(image)));
    Map<String, Object> volumes = map();
    for (Peer peer : redis()) {
      services.put(peer.host(), redis(peer));
      volumes.put(peer.host(), Map.of());
    }
    return map("services", services, "volumes", volumes.isEmpty() ? null : volumes);
  }

  /// What the one service is called, which may not be the name of its Redis.
  private String own() {
    return redis().stream().anyMatch(peer -> peer.host().equals(facts.name())) ? facts.name() + "-service" : facts.name();
  }

  /// Whether it runs as workers and clients apart.
  private boolean sides() {
    return facts.has("hwaas") && facts.web().isEmpty() && wanted.sidecar().isEmpty();
  }

  private String count(String key) {
    long count = ((Number) facts.value("hwaas", key)).longValue();
    return String.valueOf(Math.max(1, count));
  }

  /// Each Redis of the configuration, or the one that hwaas needs where it names none: a queue in memory is one process alone.
  private List<Peer> redis() {
    boolean memory = facts.value("hwaas", "queue") instanceof URI queue && "memory".equalsIgnoreCase(queue.getScheme());
    if (memory && sides()) {
      return List.of(new Peer("", "redis", "redis", 6379, true, ""));
    }
    var hosts = new LinkedHashMap<String, Peer>();
    facts.redis().stream().filter(Peer::neighbour).filter(peer -> !peer.here()).forEach(peer -> hosts.putIfAbsent(peer.host(), peer));
    return List.copyOf(hosts.values());
  }

  private Map<String, Object> service(List<Object> command, boolean published) {
    Map<String, Object> environment = map("USERVICE_CONFIG", PodParts.FOLDER + "/" + PodParts.FILE);
    redis().stream().filter(peer -> peer.key().isEmpty())
        .forEach(peer -> environment.put("REDIS_URL", "redis://" + peer.host() + ":" + peer.port() + DATABASE));
    facts.carried().secrets().forEach(secret -> environment.put(secret.name(), "${" + secret.name() + ":?must be set}"));
    Map<String, Object> waits = map();
    redis().forEach(peer -> waits.put(peer.host(), map("condition", "service_healthy")));
    var volumes = new ArrayList<>(list("./" + PodParts.FILE + ":" + PodParts.FOLDER + "/" + PodParts.FILE + ":ro"));
    facts.carried().files().forEach(file -> volumes.add("./" + file.name() + ":" + Carried.FILES + "/" + file.name() + ":ro"));
    facts.carried().sockets().forEach(socket -> volumes.add(dollars(socket + ":" + socket)));
    var ports = new ArrayList<>(list(facts.health()));
    facts.web().ifPresent(ports::add);
    wanted.port().ifPresent(ports::add);
    return map("image", wanted.image(), "command", command, "environment", environment, "volumes", volumes,
        "ports", published ? ports.stream().map(port -> port + ":" + port).toList() : null,
        "expose", published ? null : ports.stream().map(String::valueOf).toList(),
        "deploy", wanted.replicas() == 1 ? null : map("replicas", wanted.replicas()),
        "depends_on", waits.isEmpty() ? null : waits,
        "healthcheck", check(list("CMD", PodParts.JAVA, "-XX:TieredStopAtLevel=1", "-m", "uservice", "probe", "ready")),
        "user", PodParts.USER + ":" + PodParts.USER, "read_only", true,
        "cap_drop", list("ALL"), "security_opt", list("no-new-privileges:true"),
        "mem_limit", wanted.memoryOfCompose(),
        "stop_grace_period", facts.graceSeconds() + "s", "restart", "unless-stopped");
  }

  private static Map<String, Object> check(List<Object> test) {
    return map("test", test, "interval", 60 / PROBES_PER_MINUTE + "s", "timeout", "5s", "retries", 3, "start_period", "30s");
  }

  /// What the service runs beside, in its network, so that each finds the other at loopback.
  private Map<String, Object> program(String image) {
    Map<String, Object> environment = map("USERVICE_CONTROL", new PodParts(facts, wanted, Slots.of(facts, wanted)).control());
    facts.carried().secrets().stream().filter(secret -> secret.key().equals("control.token"))
        .forEach(secret -> environment.put("USERVICE_CONTROL_TOKEN", "${" + secret.name() + ":?must be set}"));
    return map("image", image,
        "network_mode", "service:" + own(),
        "environment", environment,
        "depends_on", map(own(), map("condition", "service_started")),
        "cap_drop", list("ALL"),
        "security_opt", list("no-new-privileges:true"),
        "restart", "unless-stopped");
  }

  /// Keeps what it acknowledged; no port of it leaves the network of these services.
  private Map<String, Object> redis(Peer peer) {
    String port = String.valueOf(peer.port());
    return map("image", wanted.redisImage(),
        "command", list("redis-server", "--port", port, "--appendonly", "yes"),
        "volumes", list(peer.host() + ":/data"),
        "healthcheck", check(list("CMD", "redis-cli", "-p", port, "ping")),
        "restart", "unless-stopped");
  }

  /// A text in which a dollar sign is one.
  private static String dollars(String text) {
    return text.replace("$", "$$");
  }
}
