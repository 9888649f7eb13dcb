package uservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Modules;
import testing.Program;

@Timeout(180) // a hang is a failure
class AdminPageTest {
  private static final String MODULE = """
      module sample {
        requires uservice;
        provides uservice.AdminPage with sample.Sample;
      }
      """;
  private static final String PAGE = """
      package sample;

      import uservice.AdminPage;
      import uservice.Service;
      import uservice.http.Reply;

      public final class Sample implements AdminPage {
        public Sample() {}

        @Override public String name() { return "sample"; }

        @Override public String path() { return "/sample"; }

        @Override public void open(Service service) {
          var states = new StringBuffer(service.state().name());
          service.onState(state -> states.append(' ').append(state.name()));
          service.admin().get(path(), _ -> Reply.text(service.name() + " " + service.version() + " " + states));
        }
      }
      """;

  @TempDir private Path folder;

  private Program start(String... words) throws IOException {
    List<String> command = Modules.compile(folder, MODULE, "sample/Sample.java", PAGE);
    var all = new ArrayList<>(List.of("start", "--set", "health.port=0", "--set", "web.port=0", "--set", "version=1.2.3", "--set", "shutdown.delay=0s"));
    all.addAll(List.of(words));
    return Program.launch(folder, Map.of(), command, all.toArray(String[]::new));
  }

  @Test void aModuleAddsAPageThatIsToldOfStates() throws Exception {
    try (Program program = start()) {
      Http.Answer answer = Http.get(program.port("health_port"), "/sample");
      assertEquals(200, answer.status());
      assertEquals("uservice 1.2.3 STARTING READY", answer.body());
      program.signal("TERM");
      assertEquals(0, program.exit(), program.out());
    }
  }

  @Test void theConfigurationTurnsItOff() throws Exception {
    try (Program program = start("--set", "health.page=false")) {
      int port = program.port("health_port");
      assertEquals(404, Http.get(port, "/sample").status());
      assertEquals(200, Http.get(port, "/health/ready").status());
    }
  }

  @Test void thereAreNoneWhereNoModuleHasOne() throws Exception {
    try (Program program = Program.launch(folder, Map.of(), Modules.alone(folder.resolve("modules"), "uservice"), "start", "--set", "health.port=0")) {
      int port = program.port("health_port");
      assertEquals(404, Http.get(port, "/").status());
      assertTrue(program.alive());
      assertFalse(program.out().contains("WARN"), program.out());
    }
  }
}
