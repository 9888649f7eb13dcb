package uservice.control;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import uservice.json.Json;

/// The description is of what is there.
@Timeout(120)
class OpenApiTest {
  @TempDir Path folder;

  @Test void describesExactlyTheRoutesThatAreThere() throws Exception {
    try (var service = Running.with(folder)) {
      Json described = Json.parse(service.ok(200, "GET", "/", ""));
      assertEquals("3.1.0", described.asString("/openapi"));
      var routes = new TreeSet<String>();
      for (var path : described.asMap("/paths").entrySet()) {
        path.getValue().asMap().keySet().stream().filter(key -> !key.equals("parameters"))
            .forEach(method -> routes.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
        Http.Answer options = service.ask("OPTIONS", path.getKey().replaceAll("[{}]", ""), "");
        var allowed = new TreeSet<>(List.of(options.header("Allow").split(", ")));
        allowed.removeAll(List.of("HEAD", "OPTIONS"));
        var there = new TreeSet<String>();
        path.getValue().asMap().keySet().stream().filter(key -> !key.equals("parameters")).map(key -> key.toUpperCase(Locale.ROOT)).forEach(there::add);
        assertEquals(there, allowed, path.getKey());
      }
      assertEquals(registered(), routes);
    }
  }

  /// As `Listener` registers them, which nothing else can see.
  private static Set<String> registered() throws IOException {
    var routes = new TreeSet<String>();
    var matcher = Pattern.compile("add\\(\"([A-Z]+)\", \"([^\"]+)\"").matcher(Files.readString(Path.of("src/uservice.control/uservice/control/Listener.java")));
    while (matcher.find()) {
      routes.add(matcher.group(1) + " " + matcher.group(2));
    }
    assertEquals(16, routes.size());
    return routes;
  }

  @Test void everyReferenceLeadsSomewhereAndEveryOperationHasItsOwnName() {
    Json described = Json.parse(OpenApi.TEXT);
    var references = Pattern.compile("\"\\$ref\": ?\"#([^\"]+)\"").matcher(OpenApi.TEXT).results().map(result -> result.group(1)).toList();
    assertFalse(references.isEmpty());
    references.forEach(described::at);
    var names = Pattern.compile("\"operationId\": \"([^\"]+)\"").matcher(OpenApi.TEXT).results().map(result -> result.group(1)).toList();
    assertEquals(names.size(), Set.copyOf(names).size());
  }

  @Test void answersAreAsDescribed() throws Exception {
    try (var service = Running.with(folder)) {
      Json schemas = Json.parse(OpenApi.TEXT).at("/components/schemas");
      Json check = Json.parse(service.ok(201, "PUT", "/checks/a", "{\"ttl\":\"1m\"}"));
      assertEquals(schemas.asMap("/Check/properties").keySet(), check.asMap().keySet());
      assertEquals(schemas.asMap("/Shutdown/properties").keySet(), Json.parse(service.ok(200, "GET", "/shutdown", "")).asMap().keySet());
      assertEquals(schemas.asMap("/Problem/properties").keySet(), Json.parse(service.ask("GET", "/checks/none", "").body()).asMap().keySet());
    }
  }
}
