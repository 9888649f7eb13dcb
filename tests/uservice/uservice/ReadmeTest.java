package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Modules;
import testing.Program;

/// What the README shows is what there is.
@Timeout(120)
class ReadmeTest {
  @TempDir Path folder;

  @Test void usageIsWhatHelpPrints() throws Exception {
    assertEquals("```\n" + printed("--help") + "```\n", between("usage"));
  }

  @Test void configurationTableIsWhatSchemaPrints() throws Exception {
    assertEquals(printed("schema", "--markdown"), between("schema"));
  }

  @Test void featureOfOnesOwnCompilesIsFoundAndServes() throws Exception {
    List<String> blocks = javaBlocks();
    List<String> command = Modules.compile(folder, blocks.get(1), "orders/Orders.java", blocks.get(0));
    try (var program = Program.launch(folder, Map.of(), command, "start", "--set", "orders.packer=Grace",
        "--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s")) {
      try (var http = Http.connect(program.port("web_port"))) {
        Http.Answer answer = http.ask("POST", "/orders/7", "", "");
        assertEquals(200, answer.status(), answer.body());
        assertTrue(answer.body().contains("\"packer\":\"Grace\"") && answer.body().contains("\"id\":\"7\""), answer.body());
      }
      assertEquals(200, Http.get(program.port("health_port"), "/readyz/ledger").status());
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out());
      assertTrue(program.out().contains("\"message\":\"closed\""), program.out());
    }
  }

  private String printed(String... words) throws Exception {
    try (var program = Program.run(folder, Map.of(), words)) {
      assertEquals(0, program.exit(), program.err());
      return program.out();
    }
  }

  private static String between(String name) throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String begin = "<!-- " + name + " -->\n";
    return readme.substring(readme.indexOf(begin) + begin.length(), readme.indexOf("<!-- /" + name + " -->"));
  }

  private static List<String> javaBlocks() throws IOException {
    var blocks = new ArrayList<String>();
    String[] parts = Files.readString(Path.of("README.md")).split("```java\n");
    for (int i = 1; i < parts.length; i++) {
      blocks.add(parts[i].substring(0, parts[i].indexOf("```")));
    }
    return blocks;
  }
}
