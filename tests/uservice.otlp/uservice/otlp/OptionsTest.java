package uservice.otlp;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import uservice.config.Secret;
import uservice.metrics.Metrics;
import uservice.trace.Sampler;
import uservice.trace.SpanExporter;
import uservice.trace.Tracer;

/// What configuration, environment and defaults come to.
class OptionsTest {
  private static final Tracer.Config NOTHING = config(Optional.empty(), Map.of());

  private Variables variables;

  private static Tracer.Config config(Optional<URI> endpoint, Map<String, Secret> headers) {
    return new Tracer.Config(Optional.empty(), true, List.of(), endpoint, Optional.empty(), headers, Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private Optional<Options> options(Tracer.Config config, String... environment) {
    var all = new HashMap<String, String>();
    for (int i = 0; i < environment.length; i += 2) {
      all.put(environment[i], environment[i + 1]);
    }
    variables = new Variables(all);
    return Options.of(new SpanExporter.Setup(config, all, "shop", "2.0", new Metrics()), variables);
  }

  /// With an exporter asked for.
  private Options exporting(String... environment) {
    var all = new ArrayList<>(List.of("OTEL_TRACES_EXPORTER", "otlp"));
    all.addAll(List.of(environment));
    return options(NOTHING, all.toArray(String[]::new)).orElseThrow();
  }

  @Test void doesNothingUnlessAsked() {
    assertEquals(Optional.empty(), options(NOTHING));
    assertEquals(Optional.empty(), options(NOTHING, "OTEL_EXPORTER_OTLP_ENDPOINT", " "));
    assertEquals(Optional.empty(), options(NOTHING, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "OTEL_TRACES_EXPORTER", "none"));
    assertEquals(Optional.empty(), options(config(Optional.of(URI.create("http://c:4318")), Map.of()), "OTEL_TRACES_EXPORTER", "none"));
    assertEquals(Optional.empty(), options(NOTHING, "OTEL_TRACES_EXPORTER", "console"));
    assertEquals(List.of("OTEL_TRACES_EXPORTER is ignored: 'console' must be otlp or none"), variables.warnings());
  }

  @Test void hasTheDefaultsOfTheSpecification() {
    var options = exporting();
    assertEquals(URI.create("http://localhost:4318/v1/traces"), options.endpoint());
    assertTrue(options.protobuf());
    assertFalse(options.gzip());
    assertEquals(Map.of(), options.headers());
    assertEquals(List.of(Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(30)), List.of(options.timeout(), options.every(), options.exportTime()));
    assertEquals(List.of(512, 2048), List.of(options.batch(), options.queue()));
    assertEquals(List.of(), variables.warnings());
    assertEquals(new Sampler(1, true), variables.sampler());
  }

  @ParameterizedTest @CsvSource({"http://c:4318,http://c:4318/v1/traces", "http://c:4318/,http://c:4318/v1/traces", "http://c:4318/x/,http://c:4318/x/v1/traces",
      "https://c/x,https://c/x/v1/traces", "HTTP://[::1]:4318,HTTP://[::1]:4318/v1/traces"})
  void appendsTheSignalsPathToABase(String base, String whole) {
    assertEquals(URI.create(whole), options(NOTHING, "OTEL_EXPORTER_OTLP_ENDPOINT", base).orElseThrow().endpoint());
    assertEquals(URI.create(whole), options(config(Optional.of(URI.create(base)), Map.of())).orElseThrow().endpoint());
  }

  @Test void takesTheEndpointForTracesAsItStands() {
    assertEquals(URI.create("http://t:9/in"),
        options(NOTHING, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t:9/in").orElseThrow().endpoint());
    assertEquals(URI.create("http://t:9"), options(NOTHING, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t:9").orElseThrow().endpoint());
  }

  @Test void configurationGoesBeforeTheEnvironment() {
    var config = new Tracer.Config(Optional.of(0.5), true, List.of(), Optional.of(URI.create("http://own:1")), Optional.of(Tracer.Protocol.JSON),
        Map.of("x", Secret.of("own")), Optional.of(Tracer.Compression.NONE), Optional.of(Path.of("own.pem")), Optional.of(Path.of("c.pem")), Optional.of(Path.of("k.pem")), Optional.of(Duration.ofSeconds(1)),
        Optional.of(Duration.ofSeconds(2)), Optional.of(3), Optional.of(4));
    var options = options(config, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "OTEL_EXPORTER_OTLP_HEADERS",
        "y=env", "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip", "OTEL_EXPORTER_OTLP_CERTIFICATE", "env.pem", "OTEL_EXPORTER_OTLP_TIMEOUT", "77",
        "OTEL_BSP_SCHEDULE_DELAY", "77", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "77", "OTEL_BSP_MAX_QUEUE_SIZE", "77").orElseThrow();
    assertEquals(new Options(URI.create("http://own:1/v1/traces"), false, false, Map.of("x", Secret.of("own")), Optional.of(Path.of("own.pem")), Optional.of(Path.of("c.pem")), Optional.of(Path.of("k.pem")), Duration.ofSeconds(1),
        Duration.ofSeconds(2), Duration.ofSeconds(30), 3, 4, options.resource(), options.version()), options);
  }

  @Test void heedsTheEnvironment() {
    var options = exporting("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x%3D7, tenant = a",
        "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip", "OTEL_EXPORTER_OTLP_CERTIFICATE", "/etc/ca.pem", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/c.pem", "OTEL_EXPORTER_OTLP_CLIENT_KEY", "/k.pem", "OTEL_EXPORTER_OTLP_TIMEOUT", "2500", "OTEL_BSP_SCHEDULE_DELAY", "100",
        "OTEL_BSP_EXPORT_TIMEOUT", "0", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "7", "OTEL_BSP_MAX_QUEUE_SIZE", "9");
    assertFalse(options.protobuf());
    assertTrue(options.gzip());
    assertEquals(Map.of("authorization", Secret.of("Bearer x=7"), "tenant", Secret.of("a")), options.headers());
    assertEquals(List.of(Optional.of(Path.of("/etc/ca.pem")), Optional.of(Path.of("/c.pem")), Optional.of(Path.of("/k.pem"))),
        List.of(options.authorities(), options.clientCertificate(), options.clientKey()));
    assertEquals(List.of(Duration.ofMillis(2500), Duration.ofMillis(100), Duration.ofHours(1)), List.of(options.timeout(), options.every(), options.exportTime()));
    assertEquals(List.of(7, 9), List.of(options.batch(), options.queue()));
    assertEquals(List.of(), variables.warnings());
  }

  @Test void variablesForTracesGoBeforeThoseForAll() {
    var options = exporting("OTEL_EXPORTER_OTLP_TIMEOUT", "1", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2", "OTEL_EXPORTER_OTLP_HEADERS", "a=1",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=2", "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "");
    assertEquals(Duration.ofMillis(2), options.timeout());
    assertEquals(Map.of("b", Secret.of("2")), options.headers());
    assertFalse(options.protobuf(), "an empty one is not set");
  }

  @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "OTEL_EXPORTER_OTLP_TIMEOUT|-1|'-1' must be a whole number from 0 to 600000", "OTEL_EXPORTER_OTLP_TIMEOUT|10s|'10s' must be",
      "OTEL_BSP_SCHEDULE_DELAY|0|'0' must be a whole number from 1", "OTEL_BSP_MAX_QUEUE_SIZE|0|must be a whole number from 1 to 1000000",
      "OTEL_BSP_MAX_EXPORT_BATCH_SIZE|many|must be", "OTEL_EXPORTER_OTLP_COMPRESSION|zstd|'zstd' must be one of gzip, none",
      "OTEL_EXPORTER_OTLP_PROTOCOL|grpc|'grpc' must be one of http/protobuf, http/json", "OTEL_RESOURCE_ATTRIBUTES|a=%zz|must be key=value,key=value",
      "OTEL_RESOURCE_ATTRIBUTES|a=%e9|must be key=value", "OTEL_RESOURCE_ATTRIBUTES|a|must be key=value", "OTEL_RESOURCE_ATTRIBUTES|=1|must be key=value",
      "OTEL_EXPORTER_OTLP_ENDPOINT|c:4318|must be http://host:4318", "OTEL_EXPORTER_OTLP_ENDPOINT|http://|must be http", "OTEL_EXPORTER_OTLP_ENDPOINT|http://a b|must be http"})
  void warnsOfWhatMakesNoSenseAndGoesOn(String name, String value, String told) {
    var usual = exporting();
    assertEquals(usual, exporting(name, value));
    assertEquals(1, variables.warnings().size(), variables.warnings()::toString);
    assertTrue(variables.warnings().getFirst().startsWith(name + " is ignored: "), variables.warnings()::toString);
    assertTrue(variables.warnings().getFirst().contains(told), variables.warnings()::toString);
  }

  @Test void neverShowsWhatMayBeSecret() {
    exporting("OTEL_EXPORTER_OTLP_HEADERS", "authorization=s3cret%", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:s3cret@c:4318");
    assertEquals(2, variables.warnings().size());
    exporting("OTEL_EXPORTER_OTLP_HEADERS", "host=s3cret,ok=1,bad name=s3cret,x=s3cret%0d%0aInjected: 1");
    assertEquals(Map.of("ok", Secret.of("1")), exporting("OTEL_EXPORTER_OTLP_HEADERS", "host=s3cret,ok=1,bad name=s3cret,x=s3cret%0d%0aInjected: 1").headers());
    assertEquals(List.of("'host' is a field that the exporter sets itself", "'bad name' is no name of a header field", "'x' has a value with characters other than visible ASCII"),
        variables.warnings().stream().map(warning -> warning.substring("OTEL_EXPORTER_OTLP_HEADERS is ignored: ".length())).toList());
    assertTrue(variables.warnings().stream().noneMatch(warning -> warning.contains("s3cret")), variables.warnings()::toString);
  }

  @Test void tellsPeopleTheEndpointWithoutItsQuery() {
    var options = options(NOTHING, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://c:4318/in?key=s3cret", "OTEL_EXPORTER_OTLP_HEADERS", "a=s3cret").orElseThrow();
    assertEquals("https://c:4318/in", options.where());
    assertFalse(options.headers().toString().contains("s3cret"));
  }

  @ParameterizedTest @ValueSource(strings = {"Host", "content-LENGTH", "transfer-encoding", "", "a b", "a:", "é"})
  void refusesHeadersOfTheConfigurationThatCannotBeSent(String name) {
    var refused = assertThrows(IllegalArgumentException.class, () -> options(config(Optional.of(URI.create("http://c")), Map.of(name, Secret.of("s3cret")))));
    assertTrue(refused.getMessage().startsWith("trace.headers: '" + name + "' is "), refused.getMessage());
    assertFalse(refused.getMessage().contains("s3cret"));
  }

  @Test void refusesHeaderValuesThatWouldSplitTheRequest() {
    assertThrows(IllegalArgumentException.class, () -> options(config(Optional.of(URI.create("http://c")), Map.of("x", Secret.of("a\r\nb: c")))));
  }

  @Test void aBatchIsNoLargerThanTheQueue() {
    var options = exporting("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "100", "OTEL_BSP_MAX_QUEUE_SIZE", "30");
    assertEquals(List.of(30, 30), List.of(options.batch(), options.queue()), "else it would never be full");
  }

  @Test void tellsWhoSends() {
    assertEquals("shop", exporting().resource().get("service.name"));
    assertEquals("2.0", exporting().resource().get("service.version"));
    var resource = exporting("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,deployment.environment=prod%20eu,k8s.pod.name=p-1").resource();
    assertEquals("a", resource.get("service.name"));
    assertEquals("prod eu", resource.get("deployment.environment"));
    assertEquals("b", exporting("OTEL_RESOURCE_ATTRIBUTES", "service.name=a", "OTEL_SERVICE_NAME", "b").resource().get("service.name"));
    assertEquals("uservice", exporting("OTEL_RESOURCE_ATTRIBUTES", "telemetry.sdk.name=other").resource().get("telemetry.sdk.name"));
  }

  @ParameterizedTest @CsvSource({"always_on,,1,false", "always_off,,0,false", "traceidratio,0.25,0.25,false", "traceidratio,,1,false", "parentbased_always_on,0.5,1,true",
      "parentbased_always_off,,0,true", "parentbased_traceidratio,0.01,0.01,true", "parentbased_traceidratio,2,1,true", "parentbased_traceidratio,x,1,true", "'',,1,true", "jaeger_remote,,1,true"})
  void samplesAsTheEnvironmentSays(String name, String argument, double ratio, boolean parentBased) {
    exporting("OTEL_TRACES_SAMPLER", name, "OTEL_TRACES_SAMPLER_ARG", argument == null ? "" : argument);
    assertEquals(new Sampler(ratio, parentBased), variables.sampler());
    assertEquals("2x".contains(argument == null ? "-" : argument) || name.equals("jaeger_remote") ? 1 : 0, variables.warnings().size(), variables.warnings()::toString);
  }
}
