package uservice.manifest;

import static uservice.manifest.Tree.map;

import module java.base;
import uservice.manifest.YamlText.Noted;
import uservice.manifest.YamlText.Raw;

/// A chart of the same objects. What people change is in `values.yaml`; ports, the probes' paths and the end's time are there too,
/// and reach the service as variables, so that service and probes change together. Its templates use the functions of Go's own
/// templates and `sha256sum`.
record Helm(Facts facts, Wanted wanted) {
  static List<Written> write(Facts facts, Wanted wanted) {
    return new Helm(facts, wanted).files();
  }

  private List<Written> files() {
    var files = new ArrayList<Written>();
    Map<String, Object> chart = map("apiVersion", "v2", "name", facts.name(), "description", "Deploys " + facts.name() + ".",
        "type", "application", "version", semantic(facts.version()), "appVersion", facts.version());
    files.add(new Written("Chart.yaml", YamlText.of(chart)));
    files.add(new Written("values.yaml", YamlText.of(values())));
    var kubernetes = new Kubernetes(facts, wanted, Slots.helm(facts));
    kubernetes.objects().forEach((kind, object) -> files.add(new Written("templates/" + kind + ".yaml", only(kind, YamlText.of(still(object))))));
    files.add(new Written("templates/NOTES.txt", notes(kubernetes.heading().replace("{{", "{ {"))));
    return files;
  }

  /// The same tree, with every text that would be taken for an expression as one that gives it.
  private static Object still(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var still = new LinkedHashMap<String, Object>();
        map.forEach((key, each) -> still.put((String) key, still(each)));
        yield still;
      }
      case List<?> list -> list.stream().map(Helm::still).toList();
      case String text when text.contains("{{") -> new Raw("{{ printf \"%q\" " + JsonText.of(text).strip() + " }}");
      default -> value;
    };
  }

  /// A version as charts must have one.
  static String semantic(String version) {
    return version.matches("(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?") ? version : "0.1.0";
  }

  private static String only(String kind, String text) {
    String wanted = switch (kind) {
      case "horizontalpodautoscaler" -> ".Values.replicas.scaled";
      case "networkpolicy" -> ".Values.networkPolicy";
      case "servicemonitor" -> ".Values.serviceMonitor";
      default -> "";
    };
    return wanted.isEmpty() ? text : "{{- if " + wanted + " }}\n" + text + "{{- end }}\n";
  }

  Map<String, Object> values() {
    return map(
        "image", new Noted(wanted.image(), "The service's image."),
        "replicas", new Noted(map("min", wanted.replicas(), "max", wanted.replicasMax(), "scaled", wanted.replicasMax() > wanted.replicas()),
            "How many pods there are, and whether there are more under load."),
        "resources", new Noted(map("memory", wanted.memory(), "cpu", wanted.cpu()),
            "Memory that a pod has, and processor time that is set aside; of " + wanted.memory() + " the heap may take " + wanted.heap() + "."),
        "ports", new Noted(map("health", facts.health(), "web", facts.web().isPresent() ? facts.web().getAsInt() : null),
            "Where the service listens; the probes follow."),
        "prefix", new Noted(facts.prefix(), "What the probes' paths start with."),
        "terminationGracePeriodSeconds", new Noted(facts.graceSeconds(), "How long the end may take; shutdown.grace of the service is the same."),
        "networkPolicy", new Noted(true, "Whether only what the configuration names can be reached."),
        "serviceMonitor", new Noted(wanted.monitor(), "Whether the Prometheus operator is told."),
        "config", new Noted(facts.carried().text(), "The configuration. Ports, prefix and shutdown.grace are those above, whatever it says."));
  }

  private String notes(String heading) {
    String needs = heading.lines().skip(1).map(line -> line.replaceFirst("^# ?", "")
        .replace(facts.name() + "-secrets", "{{ .Release.Name }}-secrets")
        .replace(facts.name() + "-files", "{{ .Release.Name }}-files") + "\n").collect(Collectors.joining());
    return "Ready when all pods are:\n  kubectl rollout status deployment/{{ .Release.Name }} -n {{ .Release.Namespace }}\n" + needs;
  }
}
