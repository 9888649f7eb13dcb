package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Program;

/// No file of any kind holds what must not be seen, however it came into the configuration; and what stands in its place works.
@Timeout(300)
class SecretsTest {
  private static final String CANARY = "canary";

  @TempDir Path folder;

  private Map<String, String> all(Map<String, String> environment, String... words) throws Exception {
    var all = new TreeMap<String, String>();
    for (Kind kind : Kind.values()) {
      Manifests.files(folder, environment, kind.word(), words).forEach((name, text) -> all.put(kind.word() + "/" + name, text));
    }
    return all;
  }

  @Test void nothingSecretIsInAnyFile() throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), CANARY + "4\n");
    Path password = Files.writeString(folder.resolve("password"), CANARY + "5\n");
    Files.writeString(folder.resolve("uservice.yaml"), """
        name: hush
        trace: {endpoint: "http://collector:4318", headers: {authorization: "Bearer canary1", x-key: "${TOKEN}"}}
        hello: {counter: "redis://user:canary2@cache:6380/2", greeting: "${file:%s}"}
        hwaas: {queue: "redis://queue/1?password_file=%s"}
        health:
          checks:
            token: {http: "http://api/x?access_token=canary8&y=1"}
        """.formatted(file, password));
    Map<String, String> all = all(Map.of("TOKEN", CANARY + "3", "USERVICE_TRACE_HEADERS_MORE", CANARY + "9"), "--namespace", "shop", "--service-monitor",
        "--set", "health.checks.set={http: 'https://api/?password=canary10'}");
    all.forEach((name, text) -> assertFalse(text.contains(CANARY), () -> name + ":\n" + text));
    String kubernetes = all.get("kubernetes/kubernetes.yaml");
    List<Object> documents = Trees.documents(kubernetes);
    List<?> variables = (List<?>) Trees.at(Trees.kind(documents, "Deployment"), "spec", "template", "spec", "containers", 0, "env");
    var referred = variables.stream().filter(variable -> ((Map<?, ?>) variable).containsKey("valueFrom") && Trees.at(variable, "valueFrom", "secretKeyRef") != null)
        .map(variable -> (String) Trees.at(variable, "name")).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(Set.of("SECRET_TRACE_HEADERS_AUTHORIZATION", "SECRET_TRACE_HEADERS_X_KEY", "SECRET_TRACE_HEADERS_MORE", "SECRET_HELLO_COUNTER", "SECRET_HELLO_GREETING",
        "SECRET_HEALTH_CHECKS_TOKEN_HTTP", "SECRET_HEALTH_CHECKS_SET_HTTP")), referred);
    String config = (String) Trees.at(Trees.kind(documents, "ConfigMap"), "data", "uservice.yaml");
    assertTrue(config.contains("redis://queue/1?password_file=/run/uservice/hwaas.queue.password_file"), config);
    assertTrue(kubernetes.contains("secretName: hush-files") && kubernetes.contains("--from-file=hwaas.queue.password_file=" + password), kubernetes);
    for (String name : referred) {
      assertTrue(config.contains("\"${" + name + "}\""), name);
      assertTrue(all.get("compose/compose.yaml").contains(name + ": \"${" + name + ":?must be set}\""), name);
      assertTrue(all.get("podman/podman.yaml").contains(name) && all.get("helm/templates/deployment.yaml").contains(name), name);
    }
  }

  /// The file with its variables set gives the configuration that it was written from.
  @Test void theFileWithItsVariablesIsTheConfiguration() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), """
        name: hush
        reload: watch
        health: {checks: {"a b": {tcp: "[::1]:5432", codes: [200], probes: [alive, ready]}, 'yes': {file: '/x/$y', every: 1500ms}, "${": {dns: "${NAME}.local"}}}
        web: {max_body: 3MB, access_log: 0.25, idle: 1m30s}
        log: {levels: {"uservice.http": debug, uservice: off}, format: json}
        trace: {endpoint: "http://collector:4318", sample: 0.000001, headers: {authorization: "Bearer canary $x"}, propagators: [b3]}
        hello: {counter: "redis://user:p%40ss@cache:6380/2", greeting: "$${x} $$ 'a' \\"b\\" \\n #c: d", allow_reset: true}
        hwaas: {message: "50 % ${NAME}", queue: "memory:"}
        """);
    var environment = Map.of("NAME", "na$me");
    List<Object> documents = Trees.documents(Manifests.print(folder, environment, "kubernetes"));
    String before = parsed(folder, environment);
    Path place = Files.createDirectory(folder.resolve("place"));
    Files.writeString(place.resolve("uservice.yaml"), (String) Trees.at(Trees.kind(documents, "ConfigMap"), "data", "uservice.yaml"));
    assertEquals(before, parsed(place, Map.of("SECRET_TRACE_HEADERS_AUTHORIZATION", "Bearer canary $x", "SECRET_HELLO_COUNTER", "redis://user:p%40ss@cache:6380/2")));
    try (var program = Program.run(place, Map.of("SECRET_HELLO_COUNTER", "redis://cache"), "parse")) {
      assertEquals(3, program.exit(), "without its variables it is refused");
      assertTrue(program.err().contains("SECRET_TRACE_HEADERS_AUTHORIZATION"), program.err());
    }
  }

  /// What is in force, its mappings in the order of their names.
  private static String parsed(Path folder, Map<String, String> environment) throws Exception {
    try (var program = Program.run(folder, environment, "parse")) {
      assertEquals(0, program.exit(), program.err());
      return sorted(Trees.parse(program.out())).toString();
    }
  }

  private static Object sorted(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var sorted = new TreeMap<String, Object>();
        map.forEach((key, each) -> sorted.put((String) key, sorted(each)));
        yield sorted;
      }
      case List<?> list -> list.stream().map(SecretsTest::sorted).toList();
      case null -> "null";
      default -> value;
    };
  }

  @Test void aValueThatTheFilesMustShowCannotBeSecret() throws Exception {
    Path file = Files.writeString(folder.resolve("port"), "8079\n");
    Files.writeString(folder.resolve("uservice.yaml"), "health: {port: '${file:" + file + "}'}\nhello: {}\n");
    try (var program = Program.run(folder, Map.of(), "manifest", "kubernetes")) {
      assertEquals(1, program.exit());
      assertEquals("uservice manifest: health.port is put in from a file and is not shown, but the files for a deployment have to name it: write it out\n", program.err());
    }
  }
}
