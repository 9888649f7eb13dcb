package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import testing.Http;
import testing.Program;

/// Every port and path and series that is written, asked of the service that runs with the file which was written with them.
@Timeout(300)
class DriftTest {
  /// Where a file sends somebody: a port, and a path where it names one.
  record Sent(String file, int port, String path) {}

  private static final Pattern SERIES = Pattern.compile("([a-z_][a-z0-9_]*)\\{");

  @TempDir Path folder;
  private int health;
  private int web;

  @ParameterizedTest
  @ValueSource(strings = {
      "",
      "name: plain\nhello: {}\n",
      "name: Named_By.Hams\nhealth: {prefix: /hams}\nhello: {greeting: 'a $$ b'}\nshutdown: {delay: 0s, drain: 1s, grace: 4s}\n",
      "name: on-web\nhealth: {prefix: '', on_web: true}\nhwaas: {workers: 2, queue: 'memory:'}\n",
      "name: worker\nhwaas: {}\n",
      "name: both\nhwaas: {}\nhello: {}\nhealth: {prefix: /a/b}\ntrace: {endpoint: 'http://127.0.0.1:1', headers: {x: hush}}\n",
      "name: beside\ncontrol: {port: 0}\nchild: {}\nhealth: {checks: {root: {file: /}}}\n",
      "name: images\nimages: {trigger: usr1, socket: 'unix:///nowhere', every: 1m}\n",
  })
  void whatIsWrittenIsThere(String configuration) throws Exception {
    health = PodmanTest.freePort();
    web = PodmanTest.freePort();
    if (!configuration.isEmpty()) {
      Files.writeString(folder.resolve("uservice.yaml"), configuration);
    }
    var ports = Map.of("USERVICE_HEALTH_PORT", String.valueOf(health), "USERVICE_WEB_PORT", String.valueOf(web));
    var sent = new ArrayList<Sent>();
    var series = new TreeSet<String>();
    String file = null;
    for (Kind kind : Kind.values()) {
      for (Map.Entry<String, String> written : Manifests.files(folder, ports, kind.word(), "--service-monitor").entrySet()) {
        String name = kind.word() + "/" + written.getKey();
        if (name.endsWith("grafana.json") || name.endsWith("rules.yml")) {
          SERIES.matcher(written.getValue()).results().map(found -> found.group(1)).filter(found -> !found.equals("up")).forEach(series::add);
        } else if (written.getKey().equals("uservice.yaml")) {
          assertEquals(file, written.getValue(), "one file, whatever the kind");
        } else if (kind != Kind.HELM) { // HelmTest renders the chart, and compares it with the objects
          List<Object> documents = Trees.documents(written.getValue());
          sent.addAll(sent(name, documents));
          for (Object document : documents) {
            if (document instanceof Map<?, ?> map && "ConfigMap".equals(map.get("kind"))) {
              String text = (String) Trees.at(document, "data", "uservice.yaml");
              assertTrue(file == null || file.equals(text), "one file, whatever the kind");
              file = text;
            }
          }
        }
      }
    }
    Path place = Files.createDirectory(folder.resolve("run"));
    Files.writeString(place.resolve("uservice.yaml"), file);
    try (var program = Program.run(place, Map.of("SECRET_TRACE_HEADERS_X", "hush"), "start", "--set", "health.host=127.0.0.1", "--set", "web.host=127.0.0.1")) {
      while (program.alive() && !ready()) {
        Thread.sleep(10);
      }
      assertTrue(program.alive(), () -> program.out() + program.err());
      check(sent, series, program);
    }
  }

  private boolean ready() {
    try {
      return Http.get(health, "/startupz").status() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private void check(List<Sent> sent, Set<String> series, Program program) throws Exception {
    for (Sent each : sent) {
      if (each.path().isEmpty()) {
        assertTrue(each.port() == health || each.port() == web && serving(), each.toString());
      } else {
        assertEquals(200, status(each), each.toString());
      }
    }
    assertTrue(sent.stream().filter(each -> !each.path().isEmpty()).count() >= 5, "three probes, two scrapes: " + sent);
    assertEquals(serving(), sent.stream().anyMatch(each -> each.port() == web), "the data port is in the files where it is open");
    if (serving()) {
      Http.get(web, "/hello");
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    Set<String> absent = absent(series);
    while (!absent.isEmpty() && System.nanoTime() < deadline) { // some series come with the first job, or request
      Thread.sleep(50);
      absent = absent(series);
    }
    assertEquals(Set.of(), absent, "series that nobody has");
    assertFalse(series.isEmpty());
  }

  private Set<String> absent(Set<String> series) throws IOException {
    String page = Http.get(health, "/metrics").body();
    return series.stream().filter(name -> !page.contains("\n" + name + "{") && !page.contains("\n" + name + " ")).collect(Collectors.toCollection(TreeSet::new));
  }

  /// The probes' verdicts settle by themselves; a page that is not there stays so.
  private static int status(Sent sent) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    int status = Http.get(sent.port(), sent.path()).status();
    while (status == 503 && System.nanoTime() < deadline) {
      Thread.sleep(20);
      status = Http.get(sent.port(), sent.path()).status();
    }
    return status;
  }

  private boolean serving() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), web), 5_000);
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  /// Gathers every port and path of a file, by the words that stand for one in any of the kinds.
  static List<Sent> sent(String file, List<Object> documents) {
    var sent = new ArrayList<Sent>();
    var names = new HashMap<String, Integer>();
    documents.forEach(document -> names(document, names));
    documents.forEach(document -> walk(file, document, "", names, sent));
    return sent;
  }

  private static void names(Object value, Map<String, Integer> names) {
    if (value instanceof Map<?, ?> map) {
      if (map.get("containerPort") != null) {
        names.put((String) map.get("name"), ((Number) map.get("containerPort")).intValue());
      }
      map.values().forEach(each -> names(each, names));
    } else if (value instanceof List<?> list) {
      list.forEach(each -> names(each, names));
    }
  }

  private static void walk(String file, Object value, String key, Map<String, Integer> names, List<Sent> sent) {
    switch (value) {
      case Map<?, ?> map -> {
        if (map.get("path") instanceof String path && map.get("port") instanceof Object port) {
          sent.add(new Sent(file, port(port, names), path));
        } else if (map.get("prometheus.io/path") instanceof String path) {
          sent.add(new Sent(file, port(map.get("prometheus.io/port"), names), path));
        } else if (map.get("metrics_path") instanceof String path && map.get("static_configs") != null) {
          String target = (String) Trees.at(map, "static_configs", 0, "targets", 0);
          sent.add(new Sent(file, port(target.substring(target.lastIndexOf(':') + 1), names), path));
        } else if (!Set.of("data", "egress").contains(key)) {
          map.forEach((name, each) -> walk(file, each, (String) name, names, sent));
        }
      }
      case List<?> list -> {
        if (!key.equals("egress")) {
          list.forEach(each -> walk(file, each, key, names, sent));
        }
      }
      case Object port when Set.of("port", "containerPort", "hostPort", "targetPort").contains(key) -> sent.add(new Sent(file, port(port, names), ""));
      case Object ports when Set.of("ports", "expose").contains(key) ->
          Stream.of(ports.toString().split(":")).forEach(each -> sent.add(new Sent(file, port(each, names), "")));
      case null, default -> { }
    }
  }

  /// A port by its number, or by the name that a container gives it.
  private static int port(Object port, Map<String, Integer> names) {
    String text = port.toString();
    if (text.matches("[0-9]+")) {
      return Integer.parseInt(text);
    }
    assertTrue(names.containsKey(text), () -> "no container has a port '" + text + "'");
    return names.get(text);
  }
}
