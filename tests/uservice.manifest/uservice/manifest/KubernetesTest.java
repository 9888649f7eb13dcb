package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import uservice.json.Json;

/// The objects of a cluster: what is in them, and that they are what a cluster takes.
@Timeout(300)
class KubernetesTest {
  private static final String EVERYTHING = """
      name: Orders_API
      version: 1.2+build
      health: {port: 9079, prefix: /hams, checks: {db: {tcp: "db:5432"}}, preflight: {mesh: {http: "http://localhost:15000/ready", retries: 9}}}
      web: {port: 80}
      shutdown: {delay: 3s, drain: 30s, grace: 42500ms}
      trace: {endpoint: "http://collector:4318"}
      hello: {counter: "redis://cache:6380/2"}
      images: {socket: "unix:///run/containerd/containerd.sock"}
      """;
  private static final List<String> WORDS = List.of("--namespace", "shop", "--service-monitor", "--image", "registry.example.com/orders@sha256:" + "a".repeat(64),
      "--replicas", "3", "--max-replicas", "9", "--memory", "1Gi", "--cpu", "0.5");

  @TempDir Path folder;

  private String written(String configuration, List<String> words) throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), configuration);
    return Manifests.print(folder, Stream.concat(Stream.of("kubernetes"), words.stream()).toArray(String[]::new));
  }

  private List<Object> documents(String configuration, List<String> words) throws Exception {
    return Trees.documents(written(configuration, words));
  }

  private static Object container(List<Object> documents) {
    return Trees.at(Trees.kind(documents, "Deployment"), "spec", "template", "spec", "containers", 0);
  }

  @Test void holdsWhatTheConfigurationSays() throws Exception {
    List<Object> documents = documents(EVERYTHING, WORDS);
    for (Object document : documents) {
      assertEquals("orders-api", Trees.at(document, "metadata", "name"));
      assertEquals("shop", Trees.at(document, "metadata", "namespace"));
      assertEquals("1.2_build", Trees.at(document, "metadata", "labels", "app.kubernetes.io/version"));
    }
    Object pod = Trees.at(Trees.kind(documents, "Deployment"), "spec", "template", "spec");
    assertEquals(46L, Trees.at(pod, "terminationGracePeriodSeconds"), "42.5 s, 2 s for flushing, rounded up, and one");
    assertEquals(List.of(Map.of("name", "net.ipv4.ip_unprivileged_port_start", "value", "80")), Trees.at(pod, "securityContext", "sysctls"), "for port 80");
    assertEquals(65532L, Trees.at(pod, "securityContext", "runAsUser"));
    assertEquals("RuntimeDefault", Trees.at(pod, "securityContext", "seccompProfile", "type"));
    Object container = container(documents);
    assertEquals("/hams/startup", Trees.at(container, "startupProbe", "httpGet", "path"));
    assertEquals("/hams/ready", Trees.at(container, "readinessProbe", "httpGet", "path"));
    assertEquals("/hams/alive", Trees.at(container, "livenessProbe", "httpGet", "path"));
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      assertEquals(9079L, Trees.at(container, probe, "httpGet", "port"));
    }
    assertEquals(90L, Trees.at(container, "startupProbe", "failureThreshold"), "30 s, and ten tries of 5 s with a second between");
    assertEquals(List.of("ALL"), Trees.at(container, "securityContext", "capabilities", "drop"));
    assertEquals(true, Trees.at(container, "securityContext", "readOnlyRootFilesystem"));
    assertEquals(Map.of("requests", Map.of("cpu", "0.5", "memory", "1Gi"), "limits", Map.of("memory", "1Gi")), plain(Trees.at(container, "resources")));
    assertEquals(Map.of("path", "/run/containerd/containerd.sock", "type", "Socket"), Trees.at(pod, "volumes", 1, "hostPath"));
    assertEquals(3L, Trees.at(Trees.kind(documents, "HorizontalPodAutoscaler"), "spec", "minReplicas"));
    assertEquals(9L, Trees.at(Trees.kind(documents, "HorizontalPodAutoscaler"), "spec", "maxReplicas"));
    assertNull(Trees.at(Trees.kind(documents, "Deployment"), "spec", "replicas"), "the autoscaler's own");
    assertEquals(List.of(4318L, 5432L, 6380L), ((List<?>) Trees.at(Trees.kind(documents, "NetworkPolicy"), "spec", "egress", 1, "ports")).stream()
        .map(port -> Trees.at(port, "port")).toList(), "the servers that are named, and not the one in the pod");
    assertEquals("health", Trees.at(Trees.kind(documents, "ServiceMonitor"), "spec", "endpoints", 0, "port"));
    assertEquals(false, Trees.at(Trees.kind(documents, "ServiceAccount"), "automountServiceAccountToken"));
  }

  private static Object plain(Object value) {
    return value instanceof Map<?, ?> map ? map.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> plain(entry.getValue()))) : String.valueOf(value);
  }

  @Test void theSumFollowsTheFile() throws Exception {
    var sums = new HashSet<Object>();
    for (String configuration : List.of("hello: {limit: 1}\n", "hello: {limit: 2}\n", "# a comment\nhello:\n  limit: 2\n")) {
      List<Object> documents = documents(configuration, List.of());
      String file = (String) Trees.at(Trees.kind(documents, "ConfigMap"), "data", "uservice.yaml");
      Object sum = Trees.at(Trees.kind(documents, "Deployment"), "spec", "template", "metadata", "annotations", "checksum/config");
      assertEquals(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file.getBytes(StandardCharsets.UTF_8))), sum);
      sums.add(sum);
    }
    assertEquals(2, sums.size(), "what is in force counts, not how it is written");
  }

  @Test void aFixedNumberOfPodsIsNotScaled() throws Exception {
    List<Object> documents = documents("hello: {}\n", List.of("--replicas", "3", "--max-replicas", "3"));
    assertEquals(3L, Trees.at(Trees.kind(documents, "Deployment"), "spec", "replicas"));
    assertTrue(documents.stream().noneMatch(document -> Trees.at(document, "kind").equals("HorizontalPodAutoscaler")));
  }

  @Test void aServiceWithoutRoutesNamesNoDataPort() throws Exception {
    String hwaas = written("hwaas: {}\n", List.of());
    assertFalse(hwaas.contains("8080") || hwaas.contains("web"), hwaas);
    assertTrue(written("hwaas: {}\nhealth: {on_web: true}\n", List.of()).contains("containerPort: 8080"));
    assertTrue(written("hwaas: {}\nhello: {}\n", List.of()).contains("containerPort: 8080"));
  }

  @Test void aDataPortWithTlsIsNamedAsOne() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "hello: {}\nweb: {tls: {certificate: /run/tls/tls.crt, key: /run/tls/tls.key}}\n");
    String files = Manifests.print(folder, "kubernetes");
    assertTrue(files.contains("--from-file=web.tls.key=/run/tls/tls.key"), files);
    assertEquals(List.of("https", "http"), files.lines().filter(line -> line.contains("appProtocol: ")).map(line -> line.substring(line.indexOf(": ") + 2)).toList());
  }

  @Test void namesAreWhatDnsTakes() {
    assertEquals("orders-api", Facts.dns("Orders_API"));
    assertEquals("s-3d", Facts.dns("3d"));
    assertEquals("a-b", Facts.dns("a.b-"));
    assertEquals(50, Facts.dns("x".repeat(63)).length());
  }

  /// Every document by Kubernetes' own schemas: what must be there, and of which type each value is.
  private static void valid(String text) throws Exception {
    Json faults = Tools.node("kubernetes-models@5.1.0", """
        const {readFileSync, readdirSync} = require('fs');
        (async () => {
          const faults = [];
          for (const document of JSON.parse(readFileSync(0, 'utf8'))) {
            if (document.apiVersion.startsWith('monitoring')) continue;
            const [group, version] = document.apiVersion.includes('/') ? document.apiVersion.split('/') : ['', document.apiVersion];
            const folder = [group, group + '.k8s.io', ''].find(name => { try { readdirSync(__dirname + '/node_modules/kubernetes-models/' + name + '/' + version); return name !== '' || group === ''; } catch { return false; } });
            if (folder === undefined) throw new Error('no ' + document.apiVersion);
            const models = await import(`${__dirname}/node_modules/kubernetes-models/${folder ? folder + '/' : ''}${version}/${document.kind}.js`);
            try { new models[document.kind](document).validate(); } catch (fault) { faults.push(document.kind + ': ' + fault.message); }
          }
          console.log(JSON.stringify(faults));
        })();
        """, json(Trees.documents(text)));
    assertEquals(List.of(), faults.asList("").stream().map(Json::asString).toList());
  }

  /// Every document by the fields that Kubernetes' client knows: none may be of another name.
  private static void known(String text) throws Exception {
    Json faults = Tools.node("@kubernetes/client-node@1.3.0", """
        const faults = [];
        (async () => {
          const models = await import(__dirname + '/node_modules/@kubernetes/client-node/dist/gen/models/all.js');
          const walk = (value, type, path) => {
            const list = /^Array<(.*)>$/.exec(type), map = /^\\{ \\[key: string\\]: (.*); \\}$/.exec(type);
            if (list) { if (!Array.isArray(value)) faults.push(path + ' is no list'); else value.forEach((each, i) => walk(each, list[1], path + '[' + i + ']')); }
            else if (map) Object.entries(value).forEach(([key, each]) => walk(each, map[1], path + '.' + key));
            else if (type === 'IntOrString') { if (!['number', 'string'].includes(typeof value)) faults.push(path + ' is ' + typeof value); }
            else if (['string', 'number', 'boolean'].includes(type)) { if (typeof value !== type) faults.push(path + ' is ' + typeof value + ', not ' + type); }
            else if (models[type]) {
              const fields = Object.fromEntries(models[type].attributeTypeMap.map(field => [field.baseName, field.type]));
              for (const [key, each] of Object.entries(value)) if (fields[key]) walk(each, fields[key], path + '.' + key); else faults.push(path + '.' + key + ' is unknown');
            } else faults.push(path + ' has the unknown type ' + type);
          };
          for (const document of JSON.parse(require('fs').readFileSync(0, 'utf8'))) {
            const [group, version] = document.apiVersion.includes('/') ? document.apiVersion.split('/') : ['', document.apiVersion];
            if (group.startsWith('monitoring')) continue;
            walk(document, version[0].toUpperCase() + version.slice(1) + document.kind, document.kind);
          }
          console.log(JSON.stringify(faults));
        })();
        """, json(Trees.documents(text)));
    assertEquals(List.of(), faults.asList("").stream().map(Json::asString).toList());
  }

  static String json(Object tree) {
    return JsonText.of(tree);
  }

  @Test void everyObjectFitsTheSchemas() throws Exception {
    valid(written(EVERYTHING, WORDS));
    valid(written("hello: {}\n", List.of()));
  }

  @Test void everyFieldIsKnown() throws Exception {
    known(written(EVERYTHING, WORDS));
    Path password = Files.writeString(folder.resolve("password"), "secret\n");
    known(written("hello: {counter: 'redis://db/?password_file=" + password + "'}\ntrace: {endpoint: 'http://x', headers: {a: secret}}\n",
        List.of("--replicas", "1", "--max-replicas", "1")));
  }

  /// `kubectl` reads a Deployment into its own types and prints these: nothing may be lost or another on the way.
  private void kept(String text) throws Exception {
    Tools.needs("kubectl", "kubernetes-client");
    Object deployment = Trees.kind(Trees.documents(text), "Deployment");
    Path file = Files.writeString(folder.resolve("deployment.yaml"), YamlText.of(deployment));
    String printed = Tools.run("kubectl", "set", "image", "--local", "-f", file.toString(), "*=other:1", "-o", "json").must();
    List<String> lost = lost(deployment, Trees.parse(printed), "");
    lost.removeIf(path -> path.endsWith("/image"));
    assertEquals(List.of(), lost);
  }

  private static List<String> lost(Object written, Object read, String path) {
    var lost = new ArrayList<String>();
    switch (written) {
      case Map<?, ?> map when read instanceof Map<?, ?> other -> map.forEach((key, value) -> lost.addAll(lost(value, other.get(key), path + "/" + key)));
      case List<?> list when read instanceof List<?> other && list.size() == other.size() ->
          IntStream.range(0, list.size()).forEach(i -> lost.addAll(lost(list.get(i), other.get(i), path + "/" + i)));
      case Object value when value.equals(read) || read != null && String.valueOf(value).equals("0.5") && read.equals("500m") -> { }
      default -> lost.add(path);
    }
    return lost;
  }

  @Test void kubectlKeepsEveryField() throws Exception {
    kept(written(EVERYTHING, WORDS));
  }

  @Test void kubectlReadsEveryDocument() throws Exception {
    Tools.needs("kubectl", "kubernetes-client");
    String text = written(EVERYTHING, WORDS);
    Files.writeString(folder.resolve("all.yaml"), text);
    Files.writeString(folder.resolve("kustomization.yaml"), "resources: [all.yaml]\nnamePrefix: x-\n");
    List<Object> built = Trees.documents(Tools.run("kubectl", "kustomize", folder.toString()).must());
    assertEquals(Trees.documents(text).size(), built.size());
    assertEquals("x-orders-api", Trees.at(Trees.kind(built, "Deployment"), "spec", "template", "spec", "volumes", 0, "configMap", "name"), "it has found the reference");
    assertEquals("x-orders-api", Trees.at(Trees.kind(built, "HorizontalPodAutoscaler"), "spec", "scaleTargetRef", "name"));
  }

  private String beside(String... words) throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), EVERYTHING);
    return Manifests.print(folder, words);
  }

  @Test void runsBesideAProgram() throws Exception {
    String text = beside("kubernetes", "--sidecar", "registry.example.com/shop:7", "--port", "5000", "--set", "control.port=8077", "--set", "control.token=0123456789abcdef");
    List<Object> documents = Trees.documents(text);
    Object pod = Trees.at(Trees.kind(documents, "Deployment"), "spec", "template", "spec");
    Object service = Trees.at(pod, "initContainers", 0);
    assertEquals("Always", Trees.at(service, "restartPolicy"), "a sidecar: it starts first and ends last");
    assertEquals("/hams/alive", Trees.at(service, "startupProbe", "httpGet", "path"), "the program starts after this, so nothing that it tells may count");
    assertEquals("/hams/ready", Trees.at(service, "readinessProbe", "httpGet", "path"));
    assertNull(Trees.at(service, "livenessProbe"), "what the program tells of itself restarts the program");
    Object program = container(documents);
    assertEquals("registry.example.com/shop:7", Trees.at(program, "image"));
    assertEquals("http://127.0.0.1:8077", Trees.at(program, "env", 0, "value"));
    assertEquals("USERVICE_CONTROL_TOKEN", Trees.at(program, "env", 1, "name"));
    assertEquals("SECRET_CONTROL_TOKEN", Trees.at(program, "env", 1, "valueFrom", "secretKeyRef", "key"));
    assertFalse(text.contains("0123456789abcdef"));
    assertEquals("/hams/startup", Trees.at(program, "startupProbe", "httpGet", "path"));
    assertEquals("/hams/alive", Trees.at(program, "livenessProbe", "httpGet", "path"));
    assertEquals(9079L, Trees.at(program, "livenessProbe", "httpGet", "port"));
    assertEquals(List.of("Ingress"), Trees.at(Trees.kind(documents, "NetworkPolicy"), "spec", "policyTypes"), "whom the program calls is not known");
    assertTrue(((String) Trees.at(Trees.kind(documents, "ConfigMap"), "data", "uservice.yaml")).contains("control:\n  port: 8077\n  token: \"${SECRET_CONTROL_TOKEN}\"\n"));
    known(text);
    if (sidecarsAreKnown()) {
      kept(text);
    }
    assertTrue(((String) Trees.at(Trees.kind(Trees.documents(beside("kubernetes", "--sidecar", "x")), "ConfigMap"), "data", "uservice.yaml")).contains("control: {}"),
        "the section is there though nobody wrote it");
    List<?> containers = (List<?>) Trees.at(Trees.kind(Trees.documents(beside("podman", "--sidecar", "x")), "Pod"), "spec", "containers");
    assertEquals(List.of("uservice", "program", "redis"), containers.stream().map(container -> Trees.at(container, "name")).toList());
  }

  private static boolean sidecarsAreKnown() throws Exception {
    Assumptions.assumeTrue(testing.Linked.has("kubectl"), "kubectl is not installed: apt-get install kubernetes-client");
    String version = Tools.run("kubectl", "version", "--client", "-o", "json").must();
    return Integer.parseInt(Json.parse(version).asString("/clientVersion/minor").replaceAll("[^0-9].*", "")) >= 29;
  }
}
