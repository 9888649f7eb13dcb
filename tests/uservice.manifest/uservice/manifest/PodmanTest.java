package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Engine;
import testing.Http;
import testing.Linked;
import testing.Linked.Ended;
import uservice.json.Json;

/// The pod as Podman runs it, with the image as it is built here.
@Timeout(900)
class PodmanTest {
  @TempDir Path folder;
  private Engine engine;

  private Ended podman(String... words) throws Exception {
    return engine.podman(List.of(words));
  }

  private void must(Ended ended) {
    assertEquals(0, ended.exit(), ended.text());
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private interface Part {
    void run() throws Exception;
  }

  /// Plays what is written. The one change: pods here have the machine's network, since a test sets up none.
  private void played(String text, int health, Part part) throws Exception {
    Path file = Files.writeString(folder.resolve("podman.yaml"), text.replace("\nspec:\n", "\nspec:\n  hostNetwork: true\n"));
    Ended played = podman("play", "kube", file.toString());
    must(played);
    try {
      long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
      while (!ready(health)) {
        assertTrue(System.nanoTime() < deadline, () -> "never ready: " + played.text());
        Thread.sleep(50);
      }
      part.run();
    } finally {
      must(podman("kube", "down", file.toString()));
    }
  }

  private static boolean ready(int health) {
    try {
      return Http.get(health, "/orders/ready").status() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private Json inspected(String container) throws Exception {
    Ended ended = podman("inspect", container);
    must(ended);
    return Json.parse(ended.text()).at("/0");
  }

  @Test void playsAsItIsAndTurnsGreen() throws Exception {
    engine = Engine.withImage();
    Assumptions.assumeTrue(Linked.has("catatonit"), "a pod needs catatonit, which is not installed: apt-get install catatonit");
    int health = freePort();
    int web = freePort();
    String name = "uservice-test-" + ProcessHandle.current().pid();
    Files.writeString(folder.resolve("uservice.yaml"), """
        name: %s
        health: {port: %d, prefix: /orders}
        web: {port: %d}
        shutdown: {delay: 0s}
        hello: {greeting: "${GREETING}"}
        """.formatted(name, health, web));
    String text = Manifests.print(folder, Map.of("GREETING", "cost $5: \"50 %\""), "podman", "--image", Engine.IMAGE);
    played(text, health, () -> {
      assertEquals("{\"hello\":\"cost $5: \\\"50 %\\\"\"}", Http.get(web, "/hello").body());
      assertTrue(Http.get(health, "/metrics").body().contains("uservice_state{state=\"ready\"} 1"));
      must(podman("healthcheck", "run", name + "-it"));
      Json container = inspected(name + "-it");
      assertEquals("healthy", container.asString("/State/Health/Status"));
      assertEquals("65532:65532", container.asString("/Config/User"));
      assertEquals(new Json.Bool(true), container.at("/HostConfig/ReadonlyRootfs"));
      assertEquals(128L << 20, container.asLong("/HostConfig/Memory"));
      String heap = Http.get(health, "/metrics").body().lines().filter(line -> line.startsWith("jvm_memory_max_bytes{area=\"heap\"}")).findFirst().orElseThrow();
      double said = Double.parseDouble(text.replaceAll("(?s).*the heap may take ([0-9]+) MiB.*", "$1"));
      assertEquals(said, Double.parseDouble(heap.substring(heap.indexOf("} ") + 2)) / (1 << 20), 3, "the heap is what the file says of it");
    });
  }
}
