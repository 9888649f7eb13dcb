package uservice.manifest;

import static uservice.manifest.Tree.list;
import static uservice.manifest.Tree.map;

import module java.base;

/// What Prometheus needs: whom to ask, and what to wake somebody for. Only series that the service has are in a rule.
record Prometheus(Facts facts, Wanted wanted) {
  static final String PATH = "/metrics";
  static final String EVERY = "15s";
  static final String RULES = "rules.yml";
  private static final double ERRORS_MOST = 0.05;
  private static final double SECONDS_MOST = 1;
  private static final int QUEUED_SECONDS_MOST = 300;
  private static final int RESTARTS_MOST = 2;
  private static final double LOST_MOST = 0.01;
  private static final Duration CERTIFICATE_LEFT = Duration.ofDays(7);
  private static final double FILES_MOST = 0.8;
  private static final double HEAP_MOST = 0.95;

  static List<Written> write(Facts facts, Wanted wanted) {
    var prometheus = new Prometheus(facts, wanted);
    return List.of(new Written("prometheus.yml", YamlText.of(prometheus.configuration())), new Written(RULES, YamlText.of(prometheus.rules())));
  }

  /// In a cluster, where a namespace is named, by the pods' labels; elsewhere the targets that were given.
  Map<String, Object> configuration() {
    Map<String, Object> job = map("job_name", facts.name(), "metrics_path", PATH);
    if (wanted.namespace().isPresent() && wanted.targets().isEmpty()) {
      job.put("kubernetes_sd_configs", list(map("role", "pod", "namespaces", map("names", list(wanted.namespace().get())))));
      job.put("relabel_configs", list(
          keep("__meta_kubernetes_pod_label_app_kubernetes_io_name", facts.name()),
          keep("__meta_kubernetes_pod_container_port_name", "health"),
          copy("__meta_kubernetes_namespace", "namespace"),
          copy("__meta_kubernetes_pod_name", "pod"),
          copy("__meta_kubernetes_pod_node_name", "node")));
    } else {
      job.put("static_configs", list(map("targets", wanted.targets().isEmpty() ? list("localhost:" + facts.health()) : wanted.targets())));
    }
    return map("global", map("scrape_interval", EVERY, "evaluation_interval", EVERY), "rule_files", list(RULES), "scrape_configs", list(job));
  }

  private static Map<String, Object> keep(String label, String value) {
    return map("source_labels", list(label), "action", "keep", "regex", value);
  }

  private static Map<String, Object> copy(String label, String to) {
    return map("source_labels", list(label), "target_label", to);
  }

  Map<String, Object> rules() {
    var rules = new ArrayList<Object>();
    running(rules);
    if (facts.web().isPresent()) {
      traffic(rules);
    }
    if (facts.has("hwaas")) {
      queue(rules);
    }
    upkeep(rules);
    return map("groups", list(map("name", facts.name(), "rules", rules)));
  }

  /// The series of this service: `up{job="orders"}`.
  String series(String name, String... matchers) {
    return name + Stream.concat(Stream.of("job=\"" + facts.name() + "\""), Stream.of(matchers)).collect(Collectors.joining(",", "{", "}"));
  }

  private void running(List<Object> rules) {
    String optional = String.join("|", optional());
    rules.add(rule("Absent", "critical", "5m", "absent(" + series("up") + ")", "nothing of " + facts.name() + " is asked for metrics"));
    rules.add(rule("Down", "critical", "2m", series("up") + " == 0", "{{ $labels.instance }} does not answer"));
    String needed = optional.isEmpty() ? series("uservice_check_valid", "probe=\"ready\"")
        : series("uservice_check_valid", "probe=\"ready\"", "check!~\"" + optional + "\"");
    rules.add(rule("NotReady", "critical", "2m", needed + " == 0",
        "{{ $labels.instance }} is not ready: check {{ $labels.check }} fails"));
    if (!optional.isEmpty()) {
      rules.add(rule("OptionalCheckFails", "warning", "10m", series("uservice_check_valid", "check=~\"" + optional + "\"") + " == 0",
          "{{ $labels.instance }}: check {{ $labels.check }} fails, which readiness bears"));
    }
    rules.add(rule("Restarts", "critical", "0m", "changes(" + series("process_start_time_seconds") + "[15m]) > " + RESTARTS_MOST,
        "{{ $labels.instance }} was started {{ $value }} times in 15 minutes"));
  }

  /// The checks whose failure does not change the verdict.
  private List<String> optional() {
    var names = new ArrayList<String>();
    if (facts.value("health", "checks") instanceof Map<?, ?> checks) {
      checks.forEach((name, check) -> {
        if (Boolean.TRUE.equals(((Map<?, ?>) check).get("optional"))) {
          names.add(quoted((String) name));
        }
      });
    }
    if (Boolean.FALSE.equals(facts.value("images", "required"))) {
      names.add("images");
    }
    return names;
  }

  /// A name in a regular expression in a string of PromQL.
  private static String quoted(String name) {
    return name.replaceAll("[^A-Za-z0-9_ -]", "\\\\$0").replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private void traffic(List<Object> rules) {
    String count = "http_server_request_duration_seconds_count";
    rules.add(rule("Errors", "critical", "5m",
        "sum(rate(" + series(count, "status=\"5xx\"") + "[5m])) / sum(rate(" + series(count) + "[5m])) > " + ERRORS_MOST,
        "{{ $value | humanizePercentage }} of the requests fail"));
    rules.add(rule("Slow", "warning", "10m",
        "histogram_quantile(0.99, sum by (le) (rate(" + series("http_server_request_duration_seconds_bucket") + "[5m]))) > " + number(SECONDS_MOST),
        "one request in a hundred takes {{ $value | humanizeDuration }} or more"));
    Object most = facts.value("web", "max_in_flight");
    rules.add(rule("Saturated", "warning", "5m", series("http_server_active_requests") + " > " + number(((Number) most).doubleValue() * FILES_MOST),
        "{{ $labels.instance }} answers {{ $value }} requests at once, and refuses more than " + most));
  }

  private void queue(List<Object> rules) {
    rules.add(rule("QueueOld", "warning", "5m", "max(" + series("queue_oldest_age_seconds") + ") > " + QUEUED_SECONDS_MOST,
        "the oldest job has waited for {{ $value | humanizeDuration }}"));
    rules.add(rule("DeadLetters", "warning", "1m", "max(" + series("queue_dead") + ") > 0", "{{ $value }} jobs were given up and wait for somebody"));
    String submitted = "sum(increase(" + series("hwaas_submitted_total") + "[1h]))";
    rules.add(rule("JobsLost", "critical", "15m",
        submitted + " - sum(increase(" + series("hwaas_printed_total") + "[1h]))"
            + Stream.of("queue_depth", "queue_pending", "queue_dead").map(kept -> " - max(delta(" + series(kept) + "[1h]))").collect(Collectors.joining())
            + " > 10 + " + LOST_MOST + " * " + submitted,
        "{{ $value }} jobs of the last hour are neither printed nor in the queue"));
  }

  private void upkeep(List<Object> rules) {
    rules.add(rule("ReloadFailed", "warning", "5m", series("uservice_config_last_reload_successful") + " == 0",
        "{{ $labels.instance }} runs on an older configuration: the last one was refused, the log says why"));
    rules.add(rule("LogLinesDropped", "warning", "0m", "increase(" + series("uservice_log_dropped_total") + "[15m]) > 0",
        "{{ $labels.instance }} has dropped {{ $value }} log lines: nobody reads its output fast enough"));
    if (facts.traces()) {
      rules.add(rule("TracesDropped", "warning", "15m",
          "increase(" + series("uservice_trace_dropped_total") + "[15m]) + increase(" + series("uservice_trace_failed_total") + "[15m]) > 0",
          "{{ $labels.instance }} loses spans: the collector is away, slow, or refuses"));
    }
    if (facts.value("images", "every") instanceof Duration every) {
      rules.add(rule("ImagesStale", "warning", "5m",
          "time() - " + series("images_last_success_timestamp_seconds") + " > " + (3 * every.toSeconds() + 60),
          "{{ $labels.instance }} has not listed the images for {{ $value | humanizeDuration }}"));
    }
    if (facts.value("web", "tls") != null) {
      rules.add(rule("CertificateEnds", "warning", "1h",
          series("uservice_tls_certificate_expiry_timestamp_seconds") + " - time() < " + CERTIFICATE_LEFT.toSeconds(),
          "{{ $labels.instance }} shows a certificate that ends in {{ $value | humanizeDuration }}"));
    }
    rules.add(rule("FilesRunOut", "warning", "5m", series("process_open_fds") + " / " + series("process_max_fds") + " > " + FILES_MOST,
        "{{ $labels.instance }} has {{ $value | humanizePercentage }} of its files open"));
    rules.add(rule("HeapFull", "warning", "15m",
        "min_over_time(" + series("jvm_memory_used_bytes", "area=\"heap\"") + "[15m]) / "
            + series("jvm_memory_max_bytes", "area=\"heap\"") + " > " + HEAP_MOST,
        "{{ $labels.instance }} never has less than {{ $value | humanizePercentage }} of its heap in use"));
  }

  private static String number(double number) {
    return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
  }

  private Map<String, Object> rule(String name, String severity, String lasting, String expression, String says) {
    return map("alert", "Uservice" + name, "expr", expression, "for", lasting,
        "labels", map("severity", severity, "service", facts.name()), "annotations", map("summary", facts.name() + ": " + says));
  }
}
