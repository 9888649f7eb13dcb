package uservice.otlp;

import module java.base;
import uservice.config.Secret;
import uservice.trace.SpanExporter;
import uservice.trace.Tracer;

/// All that the exporter goes by, once configuration, environment and defaults have been put together, in that order.
///
/// @param endpoint where requests go, with its path
/// @param headers the fields of each request that were asked for
/// @param authorities who may have signed the collector's certificate, where not Java's own
/// @param timeout of a single request
/// @param every how long spans are gathered
/// @param exportTime how long a batch is tried for
/// @param batch the most spans of a request, no more than fit into the queue
/// @param resource what the service says of itself, by OpenTelemetry's names
/// @param version this module's version
record Options(URI endpoint, boolean protobuf, boolean gzip, Map<String, Secret> headers, Optional<Path> authorities,
    Optional<Path> clientCertificate, Optional<Path> clientKey, Duration timeout, Duration every, Duration exportTime, int batch,
    int queue, Map<String, String> resource, String version) {
  private static final URI LOCAL = URI.create("http://localhost:4318/v1/traces");
  private static final String PATH = "v1/traces";
  private static final long MILLIS_MAX = 600_000;
  private static final int BATCH_MAX = 100_000;
  private static final int QUEUE_MAX = 1_000_000;
  private static final Duration FOREVER = Duration.ofHours(1); // what OpenTelemetry's 0, no limit, becomes
  private static final String NAME_MARKS = "!#$%&'*+-.^_`|~";
  private static final Set<String> OURS =
      Set.of("host", "connection", "content-type", "content-length", "content-encoding", "transfer-encoding", "expect", "upgrade");

  /// Empty where nobody asks for an exporter.
  ///
  /// @throws IllegalArgumentException if the configuration makes no sense
  static Optional<Options> of(SpanExporter.Setup setup, Variables variables) {
    Tracer.Config config = setup.config();
    List<String> exporters = List.of(variables.text("OTEL_TRACES_EXPORTER").split("\\s*,\\s*"));
    for (String exporter : exporters) {
      if (!Set.of("", "otlp", "none").contains(exporter)) {
        variables.ignored("OTEL_TRACES_EXPORTER", "'" + exporter + "' must be otlp or none");
      }
    }
    Optional<URI> endpoint = config.endpoint().map(Options::traces).or(() -> endpoint(variables));
    if (exporters.contains("none") || endpoint.isEmpty() && !exporters.contains("otlp")) {
      return Optional.empty();
    }
    int queue = config.queue().orElseGet(() -> (int) variables.number("OTEL_BSP_MAX_QUEUE_SIZE", 1, QUEUE_MAX).orElse(2048));
    int batch = config.batch().orElseGet(() -> (int) variables.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1, BATCH_MAX).orElse(512));
    return Optional.of(new Options(endpoint.orElse(LOCAL), protobuf(config, variables),
        config.compression().map(kind -> kind == Tracer.Compression.GZIP)
            .orElseGet(() -> variables.word(variables.exporter("COMPRESSION"), "gzip", "none").equals("gzip")),
        headers(config, variables),
        config.authorities().or(() -> path(variables, "CERTIFICATE")),
        config.clientCertificate().or(() -> path(variables, "CLIENT_CERTIFICATE")),
        config.clientKey().or(() -> path(variables, "CLIENT_KEY")),
        config.timeout().orElseGet(() -> millis(variables, variables.exporter("TIMEOUT"), 0, 10_000)),
        config.every().orElseGet(() -> millis(variables, "OTEL_BSP_SCHEDULE_DELAY", 1, 5_000)),
        millis(variables, "OTEL_BSP_EXPORT_TIMEOUT", 0, 30_000),
        Math.min(queue, batch), queue, resource(setup, variables), moduleVersion()));
  }

  /// The base with the signal's path behind it: `http://c:4318/x` becomes `http://c:4318/x/v1/traces`.
  private static URI traces(URI base) {
    String text = base.toString();
    return URI.create(text.endsWith("/") ? text + PATH : text + "/" + PATH);
  }

  /// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` as it stands, else the base of all signals.
  private static Optional<URI> endpoint(Variables variables) {
    String name = variables.exporter("ENDPOINT");
    String text = variables.text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null && uri.getRawUserInfo() == null) {
        return Optional.of(name.contains("TRACES") ? uri : traces(uri));
      }
    } catch (URISyntaxException told) {
      // As for one of another kind. It is not shown, since there may be a password in it.
    }
    variables.ignored(name, "must be http://host:4318 or https://…, without user and password");
    return Optional.empty();
  }

  private static boolean protobuf(Tracer.Config config, Variables variables) {
    if (config.protocol().isPresent()) {
      return config.protocol().get() == Tracer.Protocol.PROTOBUF;
    }
    return !variables.word(variables.exporter("PROTOCOL"), "http/protobuf", "http/json").equals("http/json");
  }

  private static Map<String, Secret> headers(Tracer.Config config, Variables variables) {
    var headers = new TreeMap<String, Secret>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, Secret> given : config.headers().entrySet()) {
      String fault = fault(given.getKey(), given.getValue().reveal());
      if (fault != null) {
        throw new IllegalArgumentException("trace.headers: '" + given.getKey() + "' " + fault);
      }
      headers.put(given.getKey(), given.getValue());
    }
    String name = variables.exporter("HEADERS");
    for (Map.Entry<String, String> given : (headers.isEmpty() ? variables.pairs(name) : Map.<String, String>of()).entrySet()) {
      String fault = fault(given.getKey(), given.getValue());
      if (fault != null) {
        variables.ignored(name, "'" + given.getKey() + "' " + fault);
      } else {
        headers.put(given.getKey(), Secret.of(given.getValue()));
      }
    }
    return headers;
  }

  /// What is wrong with a header field, without its value, or null.
  private static String fault(String name, String value) {
    if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
      return "is a field that the exporter sets itself";
    }
    if (name.isEmpty() || !name.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || NAME_MARKS.indexOf(c) >= 0))) {
      return "is no name of a header field";
    }
    boolean sendable = value.chars().allMatch(c -> c == '\t' || c >= ' ' && c <= '~');
    return sendable ? null : "has a value with characters other than visible ASCII";
  }

  private static Optional<Path> path(Variables variables, String suffix) {
    return Optional.of(variables.text(variables.exporter(suffix))).filter(text -> !text.isEmpty()).map(Path::of);
  }

  private static Duration millis(Variables variables, String name, long min, long usual) {
    long millis = variables.number(name, min, MILLIS_MAX).orElse(usual);
    return millis == 0 ? FOREVER : Duration.ofMillis(millis);
  }

  private static Map<String, String> resource(SpanExporter.Setup setup, Variables variables) {
    var resource = new LinkedHashMap<String, String>();
    resource.put("service.name", setup.service());
    resource.put("service.version", setup.version());
    resource.putAll(variables.pairs("OTEL_RESOURCE_ATTRIBUTES"));
    String service = variables.text("OTEL_SERVICE_NAME");
    if (!service.isEmpty()) {
      resource.put("service.name", service);
    }
    resource.put("telemetry.sdk.name", "uservice");
    resource.put("telemetry.sdk.language", "java");
    resource.put("telemetry.sdk.version", moduleVersion());
    return resource;
  }

  /// The endpoint for people: without its query, where some have a key.
  String where() {
    return endpoint.getScheme() + "://" + endpoint.getRawAuthority() + endpoint.getRawPath();
  }

  private static String moduleVersion() {
    ModuleDescriptor module = Options.class.getModule().getDescriptor();
    return module == null ? "0" : module.rawVersion().orElse("0");
  }
}
