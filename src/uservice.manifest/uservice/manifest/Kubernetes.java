package uservice.manifest;

import static uservice.manifest.Tree.list;
import static uservice.manifest.Tree.map;

import module java.base;
import uservice.manifest.YamlText.Unless;

/// The objects of a cluster.
record Kubernetes(Facts facts, Wanted wanted, Slots slots, PodParts parts) {
  Kubernetes(Facts facts, Wanted wanted, Slots slots) {
    this(facts, wanted, slots, new PodParts(facts, wanted, slots));
  }

  private static final int CPU_PERCENT = 80;

  static List<Written> write(Facts facts, Wanted wanted) {
    var kubernetes = new Kubernetes(facts, wanted, Slots.of(facts, wanted));
    return List.of(new Written("kubernetes.yaml", kubernetes.heading() + YamlText.of(List.copyOf(kubernetes.objects().values()))));
  }

  /// All objects, in the order in which they are made, by their kinds in lower case.
  Map<String, Object> objects() {
    var objects = new LinkedHashMap<String, Object>();
    objects.put("serviceaccount", map("apiVersion", "v1", "kind", "ServiceAccount", "metadata", parts.metadata(),
        "automountServiceAccountToken", false));
    objects.put("configmap", map("apiVersion", "v1", "kind", "ConfigMap", "metadata", parts.metadata(),
        "data", map(PodParts.FILE, slots.file())));
    objects.put("service", service());
    objects.put("deployment", deployment());
    objects.put("poddisruptionbudget", map("apiVersion", "policy/v1", "kind", "PodDisruptionBudget", "metadata", parts.metadata(),
        "spec", map("maxUnavailable", 1, "unhealthyPodEvictionPolicy", "AlwaysAllow", "selector", selected())));
    if (slots.scaled()) {
      objects.put("horizontalpodautoscaler", autoscaler());
    }
    objects.put("networkpolicy", policy());
    if (wanted.monitor() || slots.scaling() != null) {
      objects.put("servicemonitor", monitor());
    }
    return objects;
  }

  /// What somebody has to make first: the secrets, whose values are nowhere in these files.
  String heading() {
    var text = new StringBuilder("# Written by 'uservice manifest kubernetes' from the configuration in force.\n");
    String to = wanted.namespace().map(name -> " -n " + name).orElse("");
    Carried carried = facts.carried();
    if (!carried.secrets().isEmpty()) {
      text.append("# Needs a Secret with the values that are not shown:\n")
          .append("#   kubectl create secret generic ").append(facts.name()).append("-secrets").append(to);
      carried.secrets().forEach(secret -> text.append(" --from-literal=").append(secret.name()).append("=…"));
      carried.secrets().forEach(secret -> text.append("\n#   ").append(secret.name()).append(": ").append(comment(secret.key())));
      text.append('\n');
    }
    if (!carried.files().isEmpty()) {
      text.append("# Needs a Secret with the files that are named:\n")
          .append("#   kubectl create secret generic ").append(facts.name()).append("-files").append(to);
      carried.files().forEach(file -> text.append(" --from-file=").append(file.name()).append('=').append(comment(file.from().toString())));
      text.append('\n');
    }
    return text.toString();
  }

  static String comment(String text) {
    return text.codePoints().mapToObj(point -> Character.isISOControl(point) || point == 0x2028 || point == 0x2029 ? "?" : Character.toString(point))
        .collect(Collectors.joining());
  }

  private Map<String, Object> selected() {
    return map("matchLabels", parts.selector());
  }

  private Map<String, Object> service() {
    return map("apiVersion", "v1", "kind", "Service", "metadata", parts.metadata(), "spec", map(
        "selector", parts.selector(),
        "ports", list(
            slots.web() == null ? null : map("name", "web", "port", slots.web(), "targetPort", "web", "protocol", "TCP", "appProtocol", facts.value("web", "tls") == null ? "http" : "https"),
            wanted.port().isEmpty() ? null : map("name", "http", "port", wanted.port().getAsInt(), "targetPort", "http", "protocol", "TCP"),
            map("name", "health", "port", slots.health(), "targetPort", "health", "protocol", "TCP", "appProtocol", "http"))));
  }

  private Map<String, Object> deployment() {
    Object fixed = slots.scaling() != null ? new Unless(slots.scaling(), slots.replicas()) : slots.scaled() ? null : slots.replicas();
    return map("apiVersion", "apps/v1", "kind", "Deployment", "metadata", parts.metadata(), "spec", map(
        "replicas", fixed,
        "revisionHistoryLimit", 3,
        "selector", selected(),
        "strategy", map("type", "RollingUpdate", "rollingUpdate", map("maxSurge", 1, "maxUnavailable", 0)),
        "template", map(
            "metadata", map("labels", parts.labels(), "annotations", map(
                "checksum/config", slots.sum(),
                "prometheus.io/scrape", "true",
                "prometheus.io/port", slots.health() instanceof YamlText.Raw ? slots.own().get("USERVICE_HEALTH_PORT") : String.valueOf(slots.health()),
                "prometheus.io/path", Prometheus.PATH)),
            "spec", parts.pod())));
  }

  private Map<String, Object> autoscaler() {
    return map("apiVersion", "autoscaling/v2", "kind", "HorizontalPodAutoscaler", "metadata", parts.metadata(), "spec", map(
        "scaleTargetRef", map("apiVersion", "apps/v1", "kind", "Deployment", "name", slots.name()),
        "minReplicas", slots.replicas(),
        "maxReplicas", slots.replicasMax(),
        "metrics", list(map("type", "Resource",
            "resource", map("name", "cpu", "target", map("type", "Utilization", "averageUtilization", CPU_PERCENT))))));
  }

  /// In: the data port from anywhere, probes and metrics from the cluster; a node's own kubelet is let in by every network. Out:
  /// names, and the ports of the servers that the configuration names. What another program needs is not known here.
  private Map<String, Object> policy() {
    var in = new ArrayList<Object>();
    if (slots.web() != null) {
      in.add(map("ports", list(port(slots.web(), "TCP"))));
    }
    wanted.port().ifPresent(port -> in.add(map("ports", list(port(port, "TCP")))));
    in.add(map("from", list(map("namespaceSelector", Map.of())), "ports", list(port(slots.health(), "TCP"))));
    boolean known = wanted.sidecar().isEmpty();
    var out = new ArrayList<Object>(List.of(map("ports", list(port(53, "UDP"), port(53, "TCP")))));
    var ports = facts.peers().stream().filter(peer -> !peer.here()).map(Peer::port).collect(Collectors.toCollection(TreeSet::new));
    if (!ports.isEmpty()) {
      out.add(map("ports", ports.stream().map(port -> port(port, "TCP")).toList()));
    }
    return map("apiVersion", "networking.k8s.io/v1", "kind", "NetworkPolicy", "metadata", parts.metadata(), "spec", map(
        "podSelector", selected(),
        "policyTypes", known ? list("Ingress", "Egress") : list("Ingress"),
        "ingress", in,
        "egress", known ? out : null));
  }

  private static Map<String, Object> port(Object port, String protocol) {
    return map("port", port, "protocol", protocol);
  }

  private Map<String, Object> monitor() {
    return map("apiVersion", "monitoring.coreos.com/v1", "kind", "ServiceMonitor", "metadata", parts.metadata(), "spec", map(
        "selector", selected(),
        "endpoints", list(map("port", "health", "path", Prometheus.PATH, "interval", Prometheus.EVERY))));
  }
}
