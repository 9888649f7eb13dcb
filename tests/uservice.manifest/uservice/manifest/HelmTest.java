package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Program;

/// The chart, rendered by the engine of Go's templates that `kubectl` has in it. Helm adds functions to that engine, of which the
/// chart uses one, `sha256sum`; here its argument takes its place.
@Timeout(300)
class HelmTest {
  private static final String EVERYTHING = """
      name: Orders_API
      version: "1.2"
      health: {port: 9079, prefix: /hams, checks: {"{{ fail }}": {dns: "{{ .x }}"}}}
      web: {port: 9080}
      shutdown: {termination_log: '/dev/{{ .x "y" }}'}
      trace: {endpoint: "http://collector:4318", headers: {"a{{b": hush}}
      hello: {counter: "redis://cache:6380/2", greeting: "{{ .Values.image }} \\"é\\" \\u0007"}
      """;

  @TempDir Path folder;
  private Map<String, String> chart;

  private void write(String configuration, String... words) throws Exception {
    Tools.needs("kubectl", "kubernetes-client");
    Files.writeString(folder.resolve("uservice.yaml"), configuration);
    chart = Manifests.files(folder, Map.of(), "helm", words);
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> values() throws Exception {
    return (Map<String, Object>) Trees.parse(chart.get("values.yaml"));
  }

  /// The template as Helm would render it for the release `rel` in namespace `ns`.
  private String rendered(String template, Map<String, Object> values) throws Exception {
    Path data = Files.writeString(folder.resolve("data.json"), JsonText.of(Tree.map("apiVersion", "v1", "kind", "Chart", "metadata", Map.of("name", "x"),
        "Values", values, "Release", Map.of("Name", "rel", "Namespace", "ns"))));
    Path file = Files.writeString(folder.resolve("template"), chart.get(template).replace("| sha256sum ", ""));
    return Tools.run("kubectl", "annotate", "--local", "-f", data.toString(), "a=b", "-o", "go-template-file=" + file).must();
  }

  private List<Object> rendered(Map<String, Object> values) throws Exception {
    var documents = new ArrayList<Object>();
    for (String name : chart.keySet()) {
      if (name.startsWith("templates/") && name.endsWith(".yaml")) {
        String text = rendered(name, values);
        if (!text.isBlank()) {
          documents.add(Trees.parse(text));
        }
      }
    }
    return documents;
  }

  @Test void rendersTheSameObjects() throws Exception {
    write(EVERYTHING, "--service-monitor", "--memory", "1Gi");
    var rendered = new TreeMap<String, Object>();
    rendered(values()).forEach(document -> rendered.put((String) Trees.at(document, "kind"), comparable(document)));
    var objects = new TreeMap<String, Object>();
    Trees.documents(Manifests.print(folder, "kubernetes", "--service-monitor", "--memory", "1Gi"))
        .forEach(document -> objects.put((String) Trees.at(document, "kind"), comparable(document)));
    assertEquals(objects, rendered);
  }

  /// Without what must differ: names are the release's, and what can be changed is said by variables too.
  private static Object comparable(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var same = new TreeMap<String, Object>();
        map.forEach((key, each) -> {
          if (!key.equals("checksum/config")) {
            same.put((String) key, comparable(each));
          }
        });
        yield same;
      }
      case List<?> list -> list.stream().filter(each -> !(each instanceof Map<?, ?> map && String.valueOf(map.get("name")).matches("USERVICE_(HEALTH|WEB|SHUTDOWN)_.*")))
          .map(HelmTest::comparable).toList();
      case String text when text.equals("rel") || text.startsWith("rel-") -> text.replaceFirst("rel", "orders-api");
      case String text when text.endsWith("k8s.deployment.name=rel") -> text.replaceFirst("rel$", "orders-api");
      default -> value;
    };
  }

  @Test void leavesOutWhatIsTurnedOff() throws Exception {
    write(EVERYTHING);
    Map<String, Object> values = values();
    assertTrue(rendered(values).stream().noneMatch(document -> Trees.at(document, "kind").equals("ServiceMonitor")), "not asked for");
    values.put("networkPolicy", false);
    values.put("serviceMonitor", true);
    values.put("replicas", Map.of("min", 4, "max", 9, "scaled", false));
    List<Object> documents = rendered(values);
    Set<Object> kinds = documents.stream().map(document -> Trees.at(document, "kind")).collect(Collectors.toSet());
    assertTrue(kinds.contains("ServiceMonitor") && !kinds.contains("NetworkPolicy") && !kinds.contains("HorizontalPodAutoscaler"), kinds.toString());
    assertEquals(4L, Trees.at(Trees.kind(documents, "Deployment"), "spec", "replicas"));
  }

  /// Values that somebody changed reach service and probes alike: the service runs with the file and the variables as rendered.
  @Test void aChangedPortIsChangedEverywhere() throws Exception {
    write("name: orders\nhello: {}\n");
    Map<String, Object> values = values();
    int health = PodmanTest.freePort();
    int web = PodmanTest.freePort();
    values.put("ports", Map.of("health", health, "web", web));
    values.put("prefix", "/other");
    values.put("terminationGracePeriodSeconds", 77);
    List<Object> documents = rendered(values);
    Object container = Trees.at(Trees.kind(documents, "Deployment"), "spec", "template", "spec", "containers", 0);
    var environment = new HashMap<String, String>();
    for (Object variable : (List<?>) Trees.at(container, "env")) {
      if (Trees.at(variable, "value") instanceof String value && !Trees.at(variable, "name").equals("USERVICE_CONFIG")) {
        environment.put((String) Trees.at(variable, "name"), value);
      }
    }
    Path place = Files.createDirectory(folder.resolve("place"));
    Files.writeString(place.resolve("uservice.yaml"), (String) Trees.at(Trees.kind(documents, "ConfigMap"), "data", "uservice.yaml"));
    try (var parsed = Program.run(place, environment, "parse")) {
      assertEquals(0, parsed.exit(), parsed.err());
      assertTrue(parsed.out().contains("grace: 77s") || parsed.out().contains("grace: 1m17s"), parsed.out());
    }
    List<DriftTest.Sent> sent = DriftTest.sent("chart", documents);
    try (var program = Program.run(place, environment, "start", "--set", "health.host=127.0.0.1", "--set", "web.host=127.0.0.1")) {
      program.awaitOut("\"message\":\"ready is valid\"");
      for (DriftTest.Sent each : sent) {
        assertEquals(each.path().isEmpty() ? 404 : 200, Http.get(each.port(), each.path().isEmpty() ? "/nothing" : each.path()).status(), each.toString());
      }
      assertEquals(Set.of(health, web), sent.stream().map(DriftTest.Sent::port).collect(Collectors.toSet()));
      assertTrue(sent.stream().anyMatch(each -> each.path().equals("/other/ready")), sent.toString());
    }
  }

  @Test void saysWhatItIs() throws Exception {
    write(EVERYTHING);
    Object about = Trees.parse(chart.get("Chart.yaml"));
    assertEquals("v2", Trees.at(about, "apiVersion"));
    assertEquals("orders-api", Trees.at(about, "name"));
    assertEquals("0.1.0", Trees.at(about, "version"), "a chart's version is of three numbers");
    assertEquals("1.2", Trees.at(about, "appVersion"));
    String notes = rendered("templates/NOTES.txt", values());
    assertTrue(notes.contains("deployment/rel -n ns") && notes.contains("create secret generic rel-secrets --from-literal=SECRET_TRACE_HEADERS_A__B=…"), notes);
    assertFalse(chart.values().stream().anyMatch(text -> text.contains("hush")));
    assertEquals("1.2.3-rc.1+x", Helm.semantic("1.2.3-rc.1+x"));
    assertEquals("0.1.0", Helm.semantic("v1"));
  }
}
