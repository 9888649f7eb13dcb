package uservice.manifest;

import static uservice.manifest.Tree.list;
import static uservice.manifest.Tree.map;
import static uservice.manifest.Tree.with;

import module java.base;
import uservice.manifest.YamlText.Noted;
import uservice.manifest.YamlText.Raw;

/// The parts of a pod that every kind of file takes the same from here: containers with their probes, variables and volumes.
///
/// With another program beside it (`--sidecar`) the service starts first and ends last. The two share nothing but the pod's
/// loopback, over which the program tells its checks; so the probes of the program's container ask the service.
record PodParts(Facts facts, Wanted wanted, Slots slots) {
  static final int USER = 65532;
  static final String FOLDER = "/etc/uservice";
  static final String FILE = "uservice.yaml";
  static final String JAVA = "/opt/uservice/bin/java";
  private static final int START_SECONDS = 30;
  private static final String RESOURCE = "k8s.namespace.name=$(POD_NAMESPACE),k8s.pod.name=$(POD_NAME),k8s.pod.uid=$(POD_UID),"
      + "k8s.node.name=$(NODE_NAME),k8s.deployment.name=";
  private static final int PORT_PLAIN = 1024; // below it, a port takes a privilege

  /// Metadata of an object that belongs to the service.
  Map<String, Object> metadata() {
    return map("name", slots.name(), "namespace", slots.namespace(), "labels", labels());
  }

  Map<String, Object> labels() {
    return with(selector(), "app.kubernetes.io/version", label(facts.version()));
  }

  /// What does not change from version to version.
  Map<String, Object> selector() {
    return map("app.kubernetes.io/name", facts.name(), "app.kubernetes.io/instance", slots.instance());
  }

  private static String label(String version) {
    String label = version.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[^A-Za-z0-9]+", "");
    return label.substring(0, Math.min(63, label.length())).replaceAll("[^A-Za-z0-9]+$", "");
  }

  /// The pod's template, as a Deployment holds it.
  Map<String, Object> pod() {
    Map<String, Object> spec = map(
        "serviceAccountName", slots.name(),
        "automountServiceAccountToken", false,
        "enableServiceLinks", false,
        "terminationGracePeriodSeconds", new Noted(slots.grace(), "shutdown.grace, what is kept for flushing, and a second for the kubelet"),
        "securityContext", map(
            "runAsNonRoot", true, "runAsUser", USER, "runAsGroup", USER, "fsGroup", USER,
            "seccompProfile", map("type", "RuntimeDefault"),
            "sysctls", lowest() >= PORT_PLAIN ? null
                : list(map("name", "net.ipv4.ip_unprivileged_port_start", "value", String.valueOf(lowest())))),
        "topologySpreadConstraints", list(spread("kubernetes.io/hostname"), spread("topology.kubernetes.io/zone")));
    if (slots.scaling() != null) {
      spec.put("terminationGracePeriodSeconds", slots.grace());
    }
    if (wanted.sidecar().isEmpty()) {
      spec.put("containers", list(container(facts.name(), true)));
    } else {
      spec.put("initContainers", list(container("uservice", true)));
      spec.put("containers", list(program(true)));
    }
    spec.put("volumes", volumes());
    return spec;
  }

  private int lowest() {
    return Math.min(facts.health(), facts.web().orElse(facts.health()));
  }

  private Map<String, Object> spread(String key) {
    return map("maxSkew", 1, "topologyKey", key, "whenUnsatisfiable", "ScheduleAnyway",
        "labelSelector", map("matchLabels", selector()));
  }

  /// The service's container; as an init container that goes on, where another program is the pod's own.
  Map<String, Object> container(String name, boolean cluster) {
    boolean beside = wanted.sidecar().isPresent();
    Map<String, Object> container = map("name", name, "image", slots.image(), "imagePullPolicy", "IfNotPresent");
    if (beside && cluster) {
      container.put("restartPolicy", "Always");
    }
    container.put("ports", ports());
    container.put("env", variables(cluster));
    if (cluster) {
      // Beside another program its start waits for this one: what counts here is that it answers, not what the program says.
      container.put("startupProbe", probe(beside ? "alive" : "startup", 1, 2, starts()));
      container.put("readinessProbe", probe("ready", 5, 2, 2));
      container.put("livenessProbe", beside ? null : probe("alive", 10, 2, 3));
      container.values().removeIf(Objects::isNull);
    }
    container.put("resources", resources());
    container.put("securityContext", contained());
    container.put("terminationMessagePath", Carried.text(facts.value("shutdown", "termination_log")));
    container.put("terminationMessagePolicy", "FallbackToLogsOnError");
    container.put("volumeMounts", mounts());
    return container;
  }

  /// The other program's container. The service answers its probes, at the same address since the pod has one.
  Map<String, Object> program(boolean cluster) {
    Map<String, Object> container = map(
        "name", "program", "image", wanted.sidecar().orElseThrow(), "imagePullPolicy", "IfNotPresent",
        "ports", wanted.port().isEmpty() ? null
            : list(map("name", "http", "containerPort", wanted.port().getAsInt(), "protocol", "TCP")),
        "env", list(map("name", "USERVICE_CONTROL", "value", control()), token()));
    if (cluster) {
      container.put("startupProbe", probe("startup", 1, 2, starts()));
      container.put("livenessProbe", probe("alive", 10, 2, 3));
    }
    container.put("securityContext", contained());
    container.put("volumeMounts", list(map("name", "tmp", "mountPath", "/tmp")));
    return container;
  }

  /// Where the program finds the service.
  String control() {
    return "http://127.0.0.1:" + facts.value("control", "port");
  }

  /// What the program must say there, where something must be said: the same secret that the service has.
  private Map<String, Object> token() {
    return facts.carried().secrets().stream().filter(secret -> secret.key().equals("control.token")).findFirst()
        .map(secret -> map("name", "USERVICE_CONTROL_TOKEN", "valueFrom", reference(secret))).orElse(null);
  }

  private Map<String, Object> reference(Carried.Variable secret) {
    return map("secretKeyRef", map("name", slots.named("-secrets"), "key", secret.name()));
  }

  private int starts() {
    return START_SECONDS + (int) Math.min(86_400, facts.preflight().toSeconds());
  }

  /// What the kubelet asks; a port by its number, since a program's container does not name the service's.
  private Map<String, Object> probe(String probe, int period, int timeout, int failures) {
    return map("httpGet", map("path", slots.probe().apply(probe), "port", slots.health()),
        "periodSeconds", period, "timeoutSeconds", timeout, "failureThreshold", failures);
  }

  private List<Object> ports() {
    return list(map("name", "health", "containerPort", slots.health(), "protocol", "TCP"),
        slots.web() == null ? null : map("name", "web", "containerPort", slots.web(), "protocol", "TCP"));
  }

  private List<Object> variables(boolean cluster) {
    var variables = new ArrayList<>(list(map("name", "USERVICE_CONFIG", "value", FOLDER + "/" + FILE)));
    slots.own().forEach((name, value) -> variables.add(map("name", name, "value", value)));
    if (cluster) {
      variables.add(field("POD_NAME", "metadata.name"));
      variables.add(field("POD_NAMESPACE", "metadata.namespace"));
      variables.add(field("POD_UID", "metadata.uid"));
      variables.add(field("NODE_NAME", "spec.nodeName"));
      variables.add(map("name", "OTEL_RESOURCE_ATTRIBUTES", "value",
          slots.name() instanceof String name ? RESOURCE + name : new Raw("\"" + RESOURCE + "{{ .Release.Name }}\"")));
    }
    for (Carried.Variable secret : facts.carried().secrets()) {
      variables.add(map("name", secret.name(), "valueFrom", reference(secret)));
    }
    return variables;
  }

  private static Map<String, Object> field(String name, String path) {
    return map("name", name, "valueFrom", map("fieldRef", map("fieldPath", path)));
  }

  /// Memory that is set aside is memory that there is: a JVM gives none back when it is asked to. A limit of processors would
  /// stall the start and every burst.
  private Map<String, Object> resources() {
    Object memory = slots.scaling() != null ? slots.memory() : new Noted(slots.memory(), "the heap may take " + wanted.heap());
    return map("requests", map("cpu", slots.cpu(), "memory", slots.memory()), "limits", map("memory", memory));
  }

  private static Map<String, Object> contained() {
    return map("allowPrivilegeEscalation", false, "readOnlyRootFilesystem", true, "capabilities", map("drop", list("ALL")));
  }

  private List<Object> mounts() {
    var mounts = new ArrayList<>(list(map("name", "config", "mountPath", FOLDER, "readOnly", true)));
    if (!facts.carried().files().isEmpty()) {
      mounts.add(map("name", "files", "mountPath", Carried.FILES, "readOnly", true));
    }
    int number = 0;
    for (Path socket : facts.carried().sockets()) {
      mounts.add(map("name", "socket-" + ++number, "mountPath", socket.toString()));
    }
    return mounts;
  }

  List<Object> volumes() {
    var volumes = new ArrayList<>(list(map("name", "config", "configMap", map("name", slots.name()))));
    if (!facts.carried().files().isEmpty()) {
      volumes.add(map("name", "files", "secret", map("secretName", slots.named("-files"))));
    }
    int number = 0;
    for (Path socket : facts.carried().sockets()) {
      volumes.add(map("name", "socket-" + ++number, "hostPath", map("path", socket.toString(), "type", "Socket")));
    }
    if (wanted.sidecar().isPresent()) {
      volumes.add(map("name", "tmp", "emptyDir", map("sizeLimit", "64Mi")));
    }
    return volumes;
  }
}
