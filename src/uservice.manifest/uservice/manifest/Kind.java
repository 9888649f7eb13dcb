package uservice.manifest;

import module java.base;

/// What can be written.
enum Kind {
  KUBERNETES("Deployment, ConfigMap, Service and what belongs to them, for kubectl apply", false, Kubernetes::write),
  PODMAN("a pod for podman play kube, with Redis where it is used", true, Podman::write),
  COMPOSE("services for docker compose; hw-worker and hw-client for hwaas", true, Compose::write),
  HELM("a chart of the objects of kubernetes", false, Helm::write),
  PROMETHEUS("prometheus.yml and rules.yml: scraping, alerts", false, Prometheus::write),
  GRAFANA("a dashboard of the series that the service has", false, Grafana::write);

  /// Makes the files.
  @FunctionalInterface interface Writer {
    List<Written> write(Facts facts, Wanted wanted);
  }

  private final String summary;
  private final boolean alone;
  private final Writer writer;

  Kind(String summary, boolean alone, Writer writer) {
    this.summary = summary;
    this.alone = alone;
    this.writer = writer;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String summary() {
    return summary;
  }

  /// Whether it is for one machine.
  boolean alone() {
    return alone;
  }

  List<Written> write(Facts facts, Wanted wanted) {
    return writer.write(facts, wanted);
  }

  static List<String> words() {
    return Stream.of(values()).map(Kind::word).toList();
  }
}
