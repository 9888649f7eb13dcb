package uservice.manifest;

import static uservice.manifest.Tree.list;
import static uservice.manifest.Tree.map;

import module java.base;

/// A dashboard of the series that the service has, so configured: traffic, errors, latency, saturation, checks, queue, JVM.
final class Grafana {
  private static final int WIDTH = 24;
  private static final int HEIGHT = 8;
  private static final String REQUESTS = "http_server_request_duration_seconds";
  private static final String INTERVAL = "[$__rate_interval]";
  private static final Map<String, Object> SOURCE = map("type", "prometheus", "uid", "${datasource}");

  private final Facts facts;
  private final List<Object> panels = new ArrayList<>();
  private int x;
  private int y;

  private Grafana(Facts facts) {
    this.facts = facts;
  }

  static List<Written> write(Facts facts, Wanted wanted) {
    return List.of(new Written("grafana.json", JsonText.of(new Grafana(facts).dashboard())));
  }

  private Map<String, Object> dashboard() {
    row("State");
    panel("stat", 6, "Ready", "short",
        line("count(" + series("uservice_state", "state=\"ready\"") + " == 1) or vector(0)", "instances"));
    panel("stat", 6, "Up for", "s", line("time() - " + series("process_start_time_seconds"), "{{instance}}"));
    panel("state-timeline", 12, "Checks", "short", line("min by (check) (" + series("uservice_check_valid") + ")", "{{check}}"));
    if (facts.web().isPresent()) {
      traffic();
    }
    if (facts.has("hwaas")) {
      queue();
    }
    if (facts.has("images")) {
      row("Images");
      panel("timeseries", 12, "Images", "short", line(series("images"), "{{instance}}"));
      panel("timeseries", 12, "Refreshes", "ops", line("sum by (result) (" + rate("images_refresh_total") + ")", "{{result}}"));
    }
    process();
    return map("uid", facts.name(), "title", facts.service(), "tags", list("uservice"), "schemaVersion", 39, "editable", true,
        "refresh", "30s",
        "time", map("from", "now-1h", "to", "now"),
        "templating", map("list", list(
            map("name", "datasource", "type", "datasource", "query", "prometheus", "label", "Source"),
            map("name", "instance", "type", "query", "label", "Instance", "datasource", SOURCE,
                "query", "label_values(up{job=\"" + facts.name() + "\"}, instance)",
                "refresh", 2, "includeAll", true, "multi", true, "allValue", ".*"))),
        "panels", panels);
  }

  private void traffic() {
    row("Traffic");
    panel("timeseries", 8, "Requests", "reqps", line("sum by (route) (" + rate(REQUESTS + "_count") + ")", "{{route}}"));
    panel("timeseries", 8, "Errors", "percentunit", line(share("5xx"), "5xx"), line(share("4xx"), "4xx"));
    panel("timeseries", 8, "In flight", "short", line(series("http_server_active_requests"), "{{instance}}"));
    Map<String, Object> heat = line("sum by (le) (increase(" + series(REQUESTS + "_bucket") + INTERVAL + "))", "{{le}}");
    heat.put("format", "heatmap");
    panel("heatmap", 12, "Latency", "s", heat);
    panel("timeseries", 12, "Latency by percentile", "s",
        line(quantile("0.5"), "p50"), line(quantile("0.95"), "p95"), line(quantile("0.99"), "p99"));
  }

  private String quantile(String quantile) {
    return "histogram_quantile(" + quantile + ", sum by (le) (" + rate(REQUESTS + "_bucket") + "))";
  }

  private void queue() {
    row("Queue");
    panel("timeseries", 8, "Jobs", "short",
        line("max(" + series("queue_depth") + ")", "waiting"),
        line("max(" + series("queue_pending") + ")", "claimed"),
        line("max(" + series("queue_dead") + ")", "dead"));
    panel("timeseries", 8, "Age of the oldest", "s", line("max(" + series("queue_oldest_age_seconds") + ")", "oldest"));
    panel("timeseries", 8, "Hellos", "ops",
        line("sum(" + rate("hwaas_submitted_total") + ")", "submitted"),
        line("sum(" + rate("hwaas_printed_total") + ")", "printed"),
        line("sum(" + rate("queue_redelivered_total") + ")", "redelivered"));
  }

  private void process() {
    row("Process");
    panel("timeseries", 8, "Processors", "short", line(rate("process_cpu_seconds_total"), "{{instance}}"));
    panel("timeseries", 8, "Memory", "bytes", line(series("process_resident_memory_bytes"), "resident {{instance}}"),
        line(series("jvm_memory_used_bytes", "area=\"heap\""), "heap {{instance}}"),
        line(series("jvm_memory_max_bytes", "area=\"heap\""), "heap at most {{instance}}"));
    panel("timeseries", 8, "Threads and files", "short", line(series("process_threads"), "threads {{instance}}"),
        line(series("process_open_fds"), "files {{instance}}"));
    var lost = new ArrayList<>(List.of(line("increase(" + series("uservice_log_dropped_total") + INTERVAL + ")", "log lines {{instance}}")));
    if (facts.traces()) {
      lost.add(line("increase(" + series("uservice_trace_dropped_total") + INTERVAL + ")", "spans dropped {{instance}}"));
      lost.add(line("increase(" + series("uservice_trace_failed_total") + INTERVAL + ")", "spans failed {{instance}}"));
    }
    panel("timeseries", 12, "Lost", "short", lost.toArray(Map<?, ?>[]::new));
    panel("timeseries", 12, "Configuration taken over", "short", line(series("uservice_config_last_reload_successful"), "{{instance}}"));
  }

  private String series(String name, String... matchers) {
    return name + Stream.concat(Stream.of("job=\"" + facts.name() + "\"", "instance=~\"$instance\""), Stream.of(matchers))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private String rate(String name, String... matchers) {
    return "rate(" + series(name, matchers) + INTERVAL + ")";
  }

  private String share(String status) {
    return "sum(" + rate(REQUESTS + "_count", "status=\"" + status + "\"") + ") / sum(" + rate(REQUESTS + "_count") + ")";
  }

  private static Map<String, Object> line(String expression, String legend) {
    return map("expr", expression, "legendFormat", legend);
  }

  private void row(String title) {
    y += x == 0 ? 0 : HEIGHT;
    x = 0;
    panels.add(map("id", panels.size() + 1, "type", "row", "title", title, "collapsed", false, "panels", List.of(),
        "gridPos", map("x", 0, "y", y, "w", WIDTH, "h", 1)));
    y++;
  }

  private void panel(String type, int width, String title, String unit, Map<?, ?>... lines) {
    if (x + width > WIDTH) {
      x = 0;
      y += HEIGHT;
    }
    var targets = new ArrayList<Object>();
    for (Map<?, ?> line : lines) {
      var target = new LinkedHashMap<String, Object>(map("refId", String.valueOf((char) ('A' + targets.size())), "datasource", SOURCE));
      line.forEach((name, value) -> target.put((String) name, value));
      targets.add(target);
    }
    panels.add(map("id", panels.size() + 1, "type", type, "title", title, "datasource", SOURCE,
        "gridPos", map("x", x, "y", y, "w", width, "h", HEIGHT),
        "fieldConfig", map("defaults", map("unit", unit, "min", 0), "overrides", List.of()), "targets", targets));
    x += width;
  }
}
