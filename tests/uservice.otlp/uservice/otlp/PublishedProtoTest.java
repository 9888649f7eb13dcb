package uservice.otlp;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import uservice.json.Json;

/// Both encodings against the `.proto` files as OpenTelemetry publishes them: the binary one is decoded by `protoc`, and each
/// member of the JSON one is looked up there.
@Timeout(60)
class PublishedProtoTest {
  private static final Path PUBLISHED = Path.of("build/lib/opentelemetry-proto-1.9.0-alpha.jar");
  private static final String SERVICE = "opentelemetry/proto/collector/trace/v1/trace_service.proto";
  private static final Pattern MESSAGE = Pattern.compile("(?m)^( *)message (\\w+) \\{\\n(.*?)^\\1\\}", Pattern.DOTALL);
  private static final Pattern FIELD = Pattern.compile("(?m)^ *(repeated )?([\\w.]+) (\\w+) = \\d+( \\[.*\\])?;");

  /// @param type without its package
  private record Field(boolean many, String type) {}

  @TempDir Path folder;
  private final Map<String, Map<String, Field>> messages = new HashMap<>();

  @BeforeEach void unpack() throws Exception {
    try (var jar = FileSystems.newFileSystem(PUBLISHED); var files = Files.walk(jar.getPath("/opentelemetry/proto"))) {
      for (Path file : (Iterable<Path>) files.filter(path -> path.toString().endsWith(".proto"))::iterator) {
        Path to = folder.resolve(file.toString().substring(1));
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
        if (file.toString().matches(".*/(trace|common|resource|collector/trace)/v1/.*")) {
          messages(Files.readString(file).replaceAll("(?m)//.*$", ""));
        }
      }
    }
  }

  private void messages(String text) {
    for (var found = MESSAGE.matcher(text); found.find(); ) {
      String inside = found.group(3);
      messages(inside);
      var fields = new HashMap<String, Field>();
      for (var field = FIELD.matcher(MESSAGE.matcher(inside).replaceAll("")); field.find(); ) {
        fields.put(field.group(3), new Field(field.group(1) != null, field.group(2).substring(field.group(2).lastIndexOf('.') + 1)));
      }
      messages.put(found.group(2), fields);
    }
  }

  @Test void protocReadsWhatWasWritten() throws Exception {
    assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(path -> Files.isExecutable(Path.of(path, "protoc"))),
        "no protoc is installed: apt-get install protobuf-compiler");
    Path bytes = Files.write(folder.resolve("request"), new ProtobufSpans().encode(Spans.RESOURCE, "1.2", List.of(Spans.full())));
    Process protoc = new ProcessBuilder("protoc", "-I", folder.toString(), "--decode=opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest", SERVICE)
        .redirectInput(bytes.toFile()).redirectErrorStream(true).start();
    String read = new String(protoc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, protoc.waitFor(), read);
    assertEquals(Files.readString(Path.of("tests/data/otlp/full-span.txt")), read);
  }

  @Test void eachMemberOfTheJsonIsAField() {
    Json request = Json.parse(new JsonSpans().encode(Spans.RESOURCE, "1.2", List.of(Spans.full(), Spans.plain("plain"))));
    assertTrue(messages.get("Span").size() > 15, messages::toString);
    check(request, "ExportTraceServiceRequest");
  }

  private void check(Json message, String type) {
    message.asMap("").forEach((name, value) -> {
      Field field = messages.get(type).get(name.replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT));
      assertNotNull(field, () -> type + " has no " + name);
      assertEquals(field.many, value instanceof Json.Arr, name);
      for (Json each : field.many ? value.asList("") : List.of(value)) {
        switch (field.type) {
          case "bytes" -> assertTrue(each.asString().matches("[0-9a-f]{16}|[0-9a-f]{32}"), name); // hexadecimal in OTLP
          case "string" -> assertInstanceOf(Json.Str.class, each, name);
          case "fixed64", "int64" -> assertTrue(each.asString().matches("-?[0-9]+"), name); // text, as protobuf's JSON has it
          case "uint32", "fixed32", "SpanKind", "StatusCode", "double" -> assertInstanceOf(Json.Num.class, each, name);
          case "bool" -> assertInstanceOf(Json.Bool.class, each, name);
          default -> check(each, field.type);
        }
      }
    });
  }
}
