package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Program;

/// The files as Prometheus' own tool takes them, and each alert with series that raise it and series that do not.
@Timeout(300)
class PrometheusTest {
  private static final String EVERYTHING = """
      name: all
      health: {checks: {db: {tcp: "db:5432"}, mail: {tcp: "mail:25", optional: true}, 'a b.c-d"e\\f': {dns: x, optional: true}}}
      trace: {endpoint: "http://collector:4318"}
      web: {tls: {certificate: /tls.crt, key: /tls.key}}
      hello: {}
      hwaas: {}
      images: {every: 1m}
      """;

  @TempDir Path folder;
  private Map<String, String> files;

  @BeforeEach void write() throws Exception {
    Tools.needs("promtool", "prometheus");
    Files.writeString(folder.resolve("uservice.yaml"), EVERYTHING);
    files = Manifests.files(folder, Map.of(), "prometheus");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }

  private Tools.Ran promtool(String... words) throws Exception {
    return Tools.run(Stream.concat(Stream.of("promtool"), Stream.of(words)).toArray(String[]::new));
  }

  @Test void configurationAndRulesAreAccepted() throws Exception {
    assertEquals(Set.of("prometheus.yml", "rules.yml"), files.keySet());
    String said = promtool("check", "config", folder.resolve("prometheus.yml").toString()).must();
    assertTrue(said.contains("rules.yml") && said.contains("SUCCESS"), said);
    promtool("check", "rules", "--lint=all", "--lint-fatal", folder.resolve("rules.yml").toString()).must();
  }

  /// Debian's build cannot ask clusters, and says so; all else of the file it checks.
  @Test void aClusterIsAskedForItsPods() throws Exception {
    String cluster = Manifests.print(folder, "prometheus", "--namespace", "shop", "--only", "prometheus.yml");
    Object job = Trees.at(Trees.parse(cluster), "scrape_configs", 0);
    assertEquals(List.of(Map.of("role", "pod", "namespaces", Map.of("names", List.of("shop")))), Trees.at(job, "kubernetes_sd_configs"));
    assertEquals("all", Trees.at(job, "relabel_configs", 0, "regex"));
    String asked = cluster.replaceFirst("(?s)    kubernetes_sd_configs:.*?    relabel_configs:", "    static_configs: [{targets: [localhost:1]}]\n    relabel_configs:");
    promtool("check", "config", Files.writeString(folder.resolve("cluster.yml"), asked).toString()).must();
  }

  /// The files as they are, but each second: the service is found, and every rule can be evaluated.
  @Test void prometheusAsksTheService() throws Exception {
    Tools.needs("prometheus", "prometheus");
    int health = PodmanTest.freePort();
    int port = PodmanTest.freePort();
    Files.writeString(folder.resolve("uservice.yaml"), "name: asked\nhealth: {host: 0.0.0.0, port: " + health + "}\nweb: {port: " + PodmanTest.freePort() + "}\nhello: {}\nhwaas: {}\n");
    for (Map.Entry<String, String> file : Manifests.files(folder, Map.of(), "prometheus", "--target", "127.0.0.1:" + health).entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue().replace("15s", "1s"));
    }
    Process prometheus = new ProcessBuilder("prometheus", "--config.file=" + folder.resolve("prometheus.yml"), "--storage.tsdb.path=" + folder.resolve("data"),
        "--web.listen-address=127.0.0.1:" + port, "--log.level=warn").redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
    try (var program = Program.run(folder, Map.of(), "start")) {
      awaited(port, "/api/v1/query?query=up%7Bjob%3D%22asked%22%7D", answer -> answer.contains("\"1\"]"));
      String rules = awaited(port, "/api/v1/rules", answer -> !answer.contains("\"health\":\"unknown\"") && answer.contains("UserviceDown"));
      assertFalse(rules.contains("\"health\":\"err\""), rules);
      assertFalse(rules.contains("\"state\":\"firing\""), rules);
      assertTrue(program.alive());
    } finally {
      prometheus.destroyForcibly().waitFor();
    }
  }

  private String awaited(int port, String path, Predicate<String> until) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    String answer = "";
    while (!until.test(answer)) {
      assertTrue(System.nanoTime() < deadline, answer + Files.readString(folder.resolve("log")));
      Thread.sleep(100);
      try {
        answer = Http.get(port, path).body();
      } catch (IOException notYet) {
        answer = notYet.toString();
      }
    }
    return answer;
  }

  /// Series over time, as `promtool test rules` notes them, and the alerts that must fire at the end of it.
  private record Story(String alert, List<String> loud, List<String> quiet, String at) {}

  private static final String JOB = "job=\"all\"";
  private static final List<Story> STORIES = List.of(
      new Story("UserviceAbsent", List.of("up{job=\"other\"} 1x60"), List.of("up{job=\"all\",instance=\"i\"} 1x60"), "10m"),
      new Story("UserviceDown", List.of("up{%s,instance=\"i\"} 0x60"), List.of("up{%s,instance=\"i\"} 0 1x60"), "10m"),
      new Story("UserviceNotReady", List.of("uservice_check_valid{%s,instance=\"i\",check=\"db\",probe=\"ready\"} 0x60"),
          List.of("uservice_check_valid{%s,instance=\"i\",check=\"db\",probe=\"ready\"} 1x60", "uservice_check_valid{%s,instance=\"i\",check=\"db\",probe=\"alive\"} 0x60",
              "uservice_check_valid{%s,instance=\"i\",check=\"mail\",probe=\"ready\"} 0x60", "uservice_check_valid{%s,instance=\"i\",check=\"images\",probe=\"ready\"} 0x60",
              "uservice_check_valid{%s,instance=\"i\",check='a b.c-d\"e\\\\f',probe=\"ready\"} 0x60"), "10m"),
      new Story("UserviceOptionalCheckFails", List.of("uservice_check_valid{%s,instance=\"i\",check=\"mail\",probe=\"ready\"} 0x60"),
          List.of("uservice_check_valid{%s,instance=\"i\",check=\"db\",probe=\"ready\"} 0x60", "uservice_check_valid{%s,instance=\"i\",check=\"mail\",probe=\"ready\"} 1x60"), "20m"),
      new Story("UserviceRestarts", List.of("process_start_time_seconds{%s,instance=\"i\"} 1 100 200 300 300x20"), List.of("process_start_time_seconds{%s,instance=\"i\"} 1x10 100x20"), "10m"),
      new Story("UserviceErrors", List.of("http_server_request_duration_seconds_count{%s,status=\"5xx\"} 0+6x60", "http_server_request_duration_seconds_count{%s,status=\"2xx\"} 0+94x60"),
          List.of("http_server_request_duration_seconds_count{%s,status=\"5xx\"} 0+4x60", "http_server_request_duration_seconds_count{%s,status=\"2xx\"} 0+96x60"), "30m"),
      new Story("UserviceSlow",
          List.of("http_server_request_duration_seconds_bucket{%s,le=\"1.0\"} 0+97x60", "http_server_request_duration_seconds_bucket{%s,le=\"2.5\"} 0+100x60",
              "http_server_request_duration_seconds_bucket{%s,le=\"+Inf\"} 0+100x60"),
          List.of("http_server_request_duration_seconds_bucket{%s,le=\"1.0\"} 0+100x60", "http_server_request_duration_seconds_bucket{%s,le=\"+Inf\"} 0+100x60"), "30m"),
      new Story("UserviceSaturated", List.of("http_server_active_requests{%s,instance=\"i\"} 801x60"), List.of("http_server_active_requests{%s,instance=\"i\"} 799x60"), "10m"),
      new Story("UserviceQueueOld", List.of("queue_oldest_age_seconds{%s} 1 301x60"), List.of("queue_oldest_age_seconds{%s} 299x60"), "10m"),
      new Story("UserviceDeadLetters", List.of("queue_dead{%s} 1x60"), List.of("queue_dead{%s} 0x60"), "10m"),
      new Story("UserviceJobsLost",
          List.of("hwaas_submitted_total{%s} 0+100x120", "hwaas_printed_total{%s} 0+90x120", "queue_depth{%s} 0x120", "queue_pending{%s} 0x120", "queue_dead{%s} 0x120"),
          List.of("hwaas_submitted_total{%s} 0+100x120", "hwaas_printed_total{%s} 0+90x120", "queue_depth{%s} 0+9x120", "queue_pending{%s} 5x120", "queue_dead{%s} 0+1x120"), "100m"),
      new Story("UserviceReloadFailed", List.of("uservice_config_last_reload_successful{%s,instance=\"i\"} 1 0x60"), List.of("uservice_config_last_reload_successful{%s,instance=\"i\"} 1x60"), "10m"),
      new Story("UserviceLogLinesDropped", List.of("uservice_log_dropped_total{%s,instance=\"i\"} 0x5 3x60"), List.of("uservice_log_dropped_total{%s,instance=\"i\"} 3x60"), "10m"),
      new Story("UserviceTracesDropped", List.of("uservice_trace_dropped_total{%s,instance=\"i\"} 0+1x60", "uservice_trace_failed_total{%s,instance=\"i\"} 0x60"),
          List.of("uservice_trace_dropped_total{%s,instance=\"i\"} 7x60", "uservice_trace_failed_total{%s,instance=\"i\"} 0x60"), "40m"),
      new Story("UserviceImagesStale", List.of("images_last_success_timestamp_seconds{%s,instance=\"i\"} 0x60"), List.of("images_last_success_timestamp_seconds{%s,instance=\"i\"} 0+60x60"), "20m"),
      new Story("UserviceCertificateEnds", List.of("uservice_tls_certificate_expiry_timestamp_seconds{%s,instance=\"i\"} 600000x120"),
          List.of("uservice_tls_certificate_expiry_timestamp_seconds{%s,instance=\"i\"} 700000x120"), "100m"),
      new Story("UserviceFilesRunOut", List.of("process_open_fds{%s,instance=\"i\"} 81x60", "process_max_fds{%s,instance=\"i\"} 100x60"),
          List.of("process_open_fds{%s,instance=\"i\"} 79x60", "process_max_fds{%s,instance=\"i\"} 100x60"), "10m"),
      new Story("UserviceHeapFull", List.of("jvm_memory_used_bytes{%s,instance=\"i\",area=\"heap\"} 97x60", "jvm_memory_max_bytes{%s,instance=\"i\",area=\"heap\"} 100x60"),
          List.of("jvm_memory_used_bytes{%s,instance=\"i\",area=\"heap\"} 97 20 97x60", "jvm_memory_max_bytes{%s,instance=\"i\",area=\"heap\"} 100x60"), "17m"));

  @Test void eachAlertFiresAndKeepsQuiet() throws Exception {
    Set<String> alerts = alerts();
    assertEquals(alerts, STORIES.stream().map(Story::alert).collect(Collectors.toCollection(TreeSet::new)), "a story for each");
    var tests = new ArrayList<Object>();
    for (Story story : STORIES) {
      tests.add(test(story, story.loud(), true));
      tests.add(test(story, story.quiet(), false));
    }
    tested(tests).must();
  }

  @Test void aStoryThatIsWrongIsNoticed() throws Exception {
    Story story = STORIES.get(1);
    assertEquals(1, tested(List.of(test(story, story.loud(), false))).exit(), "it fires, and none was expected");
    assertEquals(1, tested(List.of(test(story, story.quiet(), true))).exit(), "it does not fire, and one was expected");
  }

  private Set<String> alerts() throws Exception {
    var alerts = new TreeSet<String>();
    for (Object rule : (List<?>) Trees.at(Trees.parse(files.get("rules.yml")), "groups", 0, "rules")) {
      alerts.add((String) Trees.at(rule, "alert"));
    }
    return alerts;
  }

  /// As `promtool` wants it: by an expression over ALERTS, which leaves labels and texts aside.
  private static Map<String, Object> test(Story story, List<String> series, boolean fires) {
    var input = new ArrayList<Object>();
    for (String each : series) {
      String text = each.formatted(JOB);
      int space = text.indexOf("} ") + 1;
      input.add(Tree.map("series", text.substring(0, space), "values", text.substring(space + 1)));
    }
    String expression = "count(ALERTS{alertname=\"" + story.alert() + "\",alertstate=\"firing\",service=\"all\"}) or vector(0)";
    return Tree.map("interval", "1m", "name", story.alert() + (fires ? " fires" : " keeps quiet"), "input_series", input,
        "promql_expr_test", List.of(Tree.map("expr", expression, "eval_time", story.at(), "exp_samples", List.of(Tree.map("labels", "{}", "value", fires ? 1 : 0)))));
  }

  private Tools.Ran tested(List<Object> tests) throws Exception {
    Path file = Files.writeString(folder.resolve("tests.yml"),
        YamlText.of((Object) Tree.map("rule_files", List.of("rules.yml"), "evaluation_interval", "1m", "tests", tests)));
    return promtool("test", "rules", file.toString());
  }

  @Test void asksForNoSeriesThatTheServiceLacks() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "name: small\nhwaas: {}\n");
    String rules = Manifests.print(folder, "prometheus", "--only", "rules.yml");
    assertTrue(!rules.contains("http_server") && !rules.contains("trace") && !rules.contains("images") && rules.contains("queue_dead"), rules);
    Files.writeString(folder.resolve("uservice.yaml"), "name: small\nhello: {}\n");
    rules = Manifests.print(folder, "prometheus", "--only", "rules.yml");
    assertTrue(rules.contains("http_server") && !rules.contains("tls") && !rules.contains("queue") && !rules.contains("OptionalCheckFails"), rules);
  }
}
