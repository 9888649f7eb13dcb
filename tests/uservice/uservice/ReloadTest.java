package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;
import testing.Program;

/// What a change of the configuration does to a program that runs.
@Timeout(120)
class ReloadTest {
  private static final String CONFIGURATION = """
      health: {port: 0}
      shutdown: {delay: 0s}
      """;
  @TempDir Path folder;

  @Test void goodFileIsTakenOverAtHup() throws Exception {
    Path file = Files.writeString(folder.resolve("uservice.yaml"), CONFIGURATION);
    try (var program = Program.run(folder, Map.of(), "start")) {
      int health = program.port("health_port");
      Files.writeString(file, CONFIGURATION + "log: {level: debug}\n");
      program.signal("HUP");
      program.awaitOut("configuration reloaded");
      assertEquals("1", metric(health, "uservice_config_last_reload_successful"));
      assertEquals("1", metric(health, "uservice_signals_total{signal=\"HUP\"}"));
    }
  }

  @Test void badFileChangesNothingAndTellsEveryProblem() throws Exception {
    Path file = Files.writeString(folder.resolve("uservice.yaml"), CONFIGURATION);
    try (var program = Program.run(folder, Map.of(), "start")) {
      int health = program.port("health_port");
      Files.writeString(file, "health: {prot: 0}\nlog: {level: loud}\n");
      program.signal("HUP");
      program.awaitOut("unknown key 'prot'");
      program.awaitOut("loud");
      assertEquals("0", metric(health, "uservice_config_last_reload_successful"));
      assertEquals(200, Http.get(health, "/health/ready").status());
      Files.writeString(file, CONFIGURATION);
      program.signal("HUP");
      program.awaitOut("configuration reloaded");
      assertEquals("1", metric(health, "uservice_config_last_reload_successful"));
    }
  }

  @Test void whatTakesARestartIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("uservice.yaml"), CONFIGURATION);
    try (var program = Program.run(folder, Map.of(), "start")) {
      program.port("health_port");
      Files.writeString(file, "health: {port: 18079}\nname: orders\nshutdown: {delay: 0s}\n");
      program.signal("HUP");
      program.awaitOut("takes effect at the next start: name, health.port");
    }
  }

  @Test void watchTakesOverTheSwapOfAConfigMap() throws Exception {
    for (String version : List.of("..1", "..2")) {
      Files.createDirectory(folder.resolve(version));
    }
    Files.writeString(folder.resolve("..1/app.yaml"), CONFIGURATION + "reload: watch\n");
    Files.writeString(folder.resolve("..2/app.yaml"), """
        health: {port: 0, checks: {disk: {file: /nonexistent}}}
        shutdown: {delay: 0s}
        reload: watch
        """);
    Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(folder.resolve("app.yaml"), Path.of("..data/app.yaml"));
    try (var program = Program.run(folder, Map.of(), "start", "-c", "app.yaml")) {
      int health = program.port("health_port");
      assertEquals(200, Http.get(health, "/health/ready").status());
      Path swapped = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2"));
      Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      program.awaitOut("configuration reloaded");
      assertTrue(Http.get(health, "/readyz?verbose").body().contains("[-]disk"), "the new check counts");
    }
  }

  private static String metric(int port, String series) throws IOException {
    return Http.get(port, "/metrics").body().lines().filter(line -> line.startsWith(series + " "))
        .map(line -> line.substring(series.length() + 1)).findFirst().orElse("absent");
  }
}
