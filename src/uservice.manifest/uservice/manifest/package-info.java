/// Deployment files, written from the configuration in force, so that no port, path or time in them is another than the service's.
///
/// ```
///   file, variables, --set ──▶ Configuration ─┬─ all that is in force ──▶ Facts ──┐
///                                             └─ what is not as by default        ├─▶ Kubernetes, Podman, Compose,
///                                                 └──▶ Carried: the file's text ──┤   Prometheus, Grafana ──▶ YamlText, JsonText
///   --image, --replicas, … ───────────────────────▶ Wanted ───────────────────────┘
///                                                   Slots ── values, or expressions ──▶ Helm: the same objects as templates
/// ```
///
/// Reading order: `ManifestCommand` and `Kind` (what can be asked for), `Facts` (what the configuration says: ports, prefix, times,
/// servers), `Carried` (the file as it travels), `Wanted` (the words), `PodParts` (what every pod has), then a type for each kind.
///
/// | kind | files |
/// |---|---|
/// | `kubernetes` | ServiceAccount, ConfigMap, Service, Deployment, PodDisruptionBudget, HorizontalPodAutoscaler, NetworkPolicy; with `--service-monitor` that too |
/// | `podman` | ConfigMap and Pod, with a container for each Redis that has a name of one word in the configuration and no password |
/// | `compose` | `compose.yaml`, and the configuration beside it |
/// | `helm` | a chart of the objects of `kubernetes` |
/// | `prometheus` | `prometheus.yml` and `rules.yml` |
/// | `grafana` | a dashboard |
///
/// **Secrets** are references. A [Secret][uservice.config.Secret], a value with the content of a file in it, and an address with a
/// user, a password or a token are `${SECRET_HELLO_COUNTER}` in the file; the container has that variable from a Secret of the cluster,
/// whose making the first lines of the file show. Files that the configuration names, passwords and certificates, lie in `/run/uservice`,
/// mounted from a second Secret, and the file names them there.
///
/// **Times.** `terminationGracePeriodSeconds` is `shutdown.grace`, what the service keeps for flushing, and a second for the kubelet:
/// whatever is cut off, the service says it before it is killed. The startup probe bears 30 s and all tries of `health.preflight`.
///
/// **Beside another program** (`--sidecar IMAGE`) the service is a native sidecar: it starts before the program, which finds it at
/// `USERVICE_CONTROL`, and ends after it. The program's container is started, ready and restarted by what it tells of itself, since
/// its probes ask the service.
///
/// **What would be wrong is refused**: a configuration with problems, with these; a port that is another one at each start, an address
/// that nobody reaches, two servers at one port.
///
/// ## Why
///
/// - **Values, not the text that somebody wrote.** What a variable or a `--set` changed is in the files, a comment is not; the sum in
///   the pod's annotation changes when the configuration does, and not when a line is moved.
/// - **Only what is not as by default.** A file of thirty defaults hides the three lines that matter, and would hold on to defaults that
///   a later version betters.
/// - **A feature says whether it serves** ([Feature#serves][uservice.Feature#serves]). To know for certain one would have to start it, and
///   so to connect to its databases.
/// - **No limit of processors.** It would make the JVM see one processor and stall every burst; what is set aside is enough for the
///   scheduler. Memory that is asked for and memory that is allowed are the same, since a JVM gives none back when asked to.
/// - **Egress is what the configuration names**, by ports, as NetworkPolicy knows no names. A feature that calls an address which stands
///   in no configuration needs a policy of its own.
/// - **A chart whose ports are variables of the container.** Values that people change reach service and probes by the same key. Its
///   templates need Go's own functions and `sha256sum` alone, so that any engine of Go's templates renders them.
/// - **No replicas beside an autoscaler.** The next `kubectl apply` would take back what it had scaled.
/// - **A YAML writer of its own.** What configurations are read with has no writer, and this one has one promise: readers of YAML 1.1 and
///   of 1.2 take every text for that text.
package uservice.manifest;
