package uservice.manifest;

import static uservice.manifest.Tree.list;
import static uservice.manifest.Tree.map;

import module java.base;

/// A pod for `podman play kube`, as it is.
///
/// Podman asks over HTTP by a shell and `curl`, which the image does not have, and forgets the image's own health check in a pod; so
/// the probe is a command, `probe alive`, which asks where the configuration says. Before 4.4 Podman gave that to a shell too: for it
/// the pod has no probe, whose failure would have it restarted for ever.
record Podman(Facts facts, Wanted wanted, PodParts parts) {
  static List<Written> write(Facts facts, Wanted wanted) {
    var podman = new Podman(facts, wanted, new PodParts(facts, wanted, Slots.of(facts, wanted)));
    return List.of(new Written("podman.yaml", podman.heading() + YamlText.of(podman.objects())));
  }

  private String heading() {
    var text = new StringBuilder("# Written by 'uservice manifest podman' from the configuration in force.\n"
        + "# podman play kube podman.yaml; podman kube down podman.yaml\n");
    Carried carried = facts.carried();
    secret(text, "-secrets", carried.secrets().stream().map(Carried.Variable::name).toList());
    secret(text, "-files", carried.files().stream().map(Carried.Lies::name).toList());
    return text.toString();
  }

  private void secret(StringBuilder text, String more, List<String> keys) {
    if (!keys.isEmpty()) {
      text.append("# Needs a Secret, played before it:\n#   {apiVersion: v1, kind: Secret, metadata: {name: ").append(facts.name()).append(more)
          .append("}, stringData: {").append(keys.stream().map(key -> key + ": …").collect(Collectors.joining(", "))).append("}}\n");
    }
  }

  List<Object> objects() {
    Map<String, Object> file = map("apiVersion", "v1", "kind", "ConfigMap", "metadata", map("name", facts.name()),
        "data", map(PodParts.FILE, facts.carried().text()));
    Map<String, Object> service = probed(published(parts.container(wanted.sidecar().isPresent() ? "uservice" : "it", false)));
    var containers = new ArrayList<Object>(List.of(service));
    if (wanted.sidecar().isPresent()) {
      containers.add(published(parts.program(false)));
    }
    var volumes = new ArrayList<>(parts.volumes());
    var ports = new LinkedHashSet<Integer>();
    var variables = new ArrayList<Object>((List<?>) service.get("env"));
    for (Peer peer : facts.redis()) {
      if (!peer.here()) {
        variables.add(map("name", "USERVICE_" + peer.key().toUpperCase(Locale.ROOT).replace('.', '_'),
            "value", peer.text().replaceFirst("://" + Pattern.quote(peer.host()), "://127.0.0.1")));
      }
      if (ports.add(peer.port())) {
        String name = ports.size() == 1 ? "redis" : "redis-" + peer.port();
        containers.add(redis(name, peer.port()));
        volumes.add(map("name", name, "persistentVolumeClaim", map("claimName", facts.name() + "-" + name)));
      }
    }
    service.put("env", variables);
    Map<String, Object> pod = map("apiVersion", "v1", "kind", "Pod", "metadata", map("name", facts.name(), "labels", parts.labels()),
        "spec", map(
            "restartPolicy", "Always",
            "terminationGracePeriodSeconds", facts.graceSeconds(),
            "containers", containers,
            "volumes", volumes));
    return List.of(file, pod);
  }

  /// The container with a probe, whose failure has Podman restart it.
  private Map<String, Object> probed(Map<String, Object> container) {
    List<Object> command = list(PodParts.JAVA, "-XX:TieredStopAtLevel=1", "-m", "uservice", "probe", "alive");
    if (!wanted.podmanOld()) {
      container.put("livenessProbe", map("exec", map("command", command), "periodSeconds", 10, "timeoutSeconds", 5, "failureThreshold", 3));
    }
    return container;
  }

  /// The container with its ports on the machine.
  private static Map<String, Object> published(Map<String, Object> container) {
    if (container.get("ports") instanceof List<?> ports) {
      container.put("ports", ports.stream().map(port -> {
        Map<String, Object> published = new LinkedHashMap<>();
        ((Map<?, ?>) port).forEach((name, value) -> published.put((String) name, value));
        published.put("hostPort", published.get("containerPort"));
        return published;
      }).toList());
    }
    return container;
  }

  /// Redis beside the service, at the port where the configuration looks for it, keeping what it acknowledged. It is at the pod's
  /// loopback, which a variable tells the service, above the file; not every Podman gives a pod other names for it.
  private Map<String, Object> redis(String name, int port) {
    return map("name", name, "image", wanted.redisImage(), "imagePullPolicy", "IfNotPresent",
        "args", list("redis-server", "--port", String.valueOf(port), "--bind", "127.0.0.1", "--appendonly", "yes", "--dir", "/data"),
        "securityContext", map("allowPrivilegeEscalation", false, "readOnlyRootFilesystem", true),
        "volumeMounts", list(map("name", name, "mountPath", "/data")));
  }
}
