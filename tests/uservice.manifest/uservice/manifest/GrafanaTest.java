package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import uservice.json.Json;

/// The dashboard: every expression is one of PromQL, and every panel has a place of its own.
@Timeout(300)
class GrafanaTest {
  @TempDir Path folder;

  private Json written(String configuration) throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), configuration);
    return Json.parse(Manifests.print(folder, "grafana"));
  }

  private static List<Json> targets(Json dashboard) {
    return dashboard.asList("/panels").stream().filter(panel -> panel.get("targets").isPresent()).flatMap(panel -> panel.asList("/targets").stream()).toList();
  }

  @Test void everyExpressionIsPromQl() throws Exception {
    Tools.needs("promtool", "prometheus");
    Json dashboard = written("name: all\nhello: {}\nhwaas: {}\nimages: {}\ntrace: {endpoint: 'http://x'}\n");
    var rules = new ArrayList<Object>();
    for (Json target : targets(dashboard)) {
      rules.add(Tree.map("record", "x:" + rules.size(), "expr", target.asString("/expr").replace("$__rate_interval", "1m")));
    }
    assertTrue(rules.size() >= 25, "there are " + rules.size());
    Path file = Files.writeString(folder.resolve("rules.yml"), YamlText.of((Object) Tree.map("groups", List.of(Tree.map("name", "x", "rules", rules)))));
    Tools.run("promtool", "check", "rules", file.toString()).must();
  }

  @Test void panelsStandBesideAndBelowEachOther() throws Exception {
    Json dashboard = written("name: all\nhello: {}\nhwaas: {}\nimages: {}\ntrace: {endpoint: 'http://x'}\n");
    var taken = new HashSet<List<Long>>();
    var ids = new HashSet<Long>();
    for (Json panel : dashboard.asList("/panels")) {
      assertTrue(ids.add(panel.asLong("/id")), "an id of its own");
      assertTrue(panel.asLong("/gridPos/x") + panel.asLong("/gridPos/w") <= 24, panel.text());
      for (long x = 0; x < panel.asLong("/gridPos/w"); x++) {
        for (long y = 0; y < panel.asLong("/gridPos/h"); y++) {
          assertTrue(taken.add(List.of(panel.asLong("/gridPos/x") + x, panel.asLong("/gridPos/y") + y)), panel.text());
        }
      }
    }
    assertEquals("heatmap", dashboard.asList("/panels").stream().filter(panel -> panel.asString("/title").equals("Latency")).findFirst().orElseThrow().asString("/type"));
  }

  @Test void showsWhatThereIs() throws Exception {
    String worker = written("name: worker\nhwaas: {}\n").text();
    assertTrue(worker.contains("queue_depth{job=\\\"worker\\\"") && !worker.contains("http_server") && !worker.contains("images") && !worker.contains("trace_dropped"), worker);
    String web = written("name: web\nhello: {}\n").text();
    assertFalse(web.contains("queue_depth"), web);
    assertTrue(web.contains("http_server_active_requests"), web);
  }
}
