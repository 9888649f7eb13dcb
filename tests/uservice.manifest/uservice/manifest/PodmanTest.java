package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import testing.RedisServer;
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

  /// Plays what is written. The one change: pods here have the machine's network, since a test sets up none, and so publish no ports.
  private void played(String text, int health, Part part) throws Exception {
    Path file = Files.writeString(folder.resolve("podman.yaml"), text.replace("\nspec:\n", "\nspec:\n  hostNetwork: true\n").replaceAll("(?m)^      ports:\n(?:^        .*\n)+", ""));
    Ended played = podman("play", "kube", file.toString());
    must(played);
    try {
      long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
      while (!ready(health)) {
        assertTrue(System.nanoTime() < deadline, () -> "never ready: " + played.text() + logs(text));
        Thread.sleep(50);
      }
      part.run();
    } finally {
      must(podman("kube", "down", file.toString()));
    }
  }

  /// What the containers of a pod have printed.
  private String logs(String text) {
    var logs = new StringBuilder();
    try {
      Object pod = Trees.documents(text).getLast();
      for (Object container : (List<?>) Trees.at(pod, "spec", "containers")) {
        String name = Trees.at(pod, "metadata", "name") + "-" + Trees.at(container, "name");
        logs.append(name).append(":\n").append(podman("logs", "--tail", "20", name).text());
      }
    } catch (Exception lost) {
      logs.append(lost);
    }
    return logs.toString();
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

  @Test void hasAProbeThatNeedsNoShell() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "hello: {}\n");
    Object pod = Trees.documents(Manifests.print(folder, "podman")).getLast();
    assertEquals(List.of(PodParts.JAVA, "-XX:TieredStopAtLevel=1", "-m", "uservice", "probe", "alive"),
        Trees.at(pod, "spec", "containers", 0, "livenessProbe", "exec", "command"));
    for (String old : List.of("4.3.1", "3.0", "4.0")) {
      assertFalse(Manifests.print(folder, "podman", "--podman", old).contains("Probe"), old);
    }
    assertEquals(Manifests.print(folder, "podman"), Manifests.print(folder, "podman", "--podman", "4.4.0"));
  }

  @Test void startsTheRedisThatIsNamed() throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), "hello: {counter: 'redis://cache:6380/2'}\n");
    Object pod = Trees.documents(Manifests.print(folder, "podman", "--redis-image", "localhost/redis:1")).getLast();
    Object redis = Trees.at(pod, "spec", "containers", 1);
    assertEquals("localhost/redis:1", Trees.at(redis, "image"));
    assertEquals(List.of("redis-server", "--port", "6380"), ((List<?>) Trees.at(redis, "args")).subList(0, 3));
    assertEquals(Map.of("name", "USERVICE_HELLO_COUNTER", "value", "redis://127.0.0.1:6380/2"), ((List<?>) Trees.at(pod, "spec", "containers", 0, "env")).getLast(),
        "found at the pod's loopback");
    Files.writeString(folder.resolve("uservice.yaml"), "hello: {counter: 'redis://cache:6380/2'}\nhwaas: {queue: 'redis://queue:6380/1?name=jobs'}\n");
    pod = Trees.documents(Manifests.print(folder, "podman")).getLast();
    assertEquals(2, ((List<?>) Trees.at(pod, "spec", "containers")).size(), "one at each port");
    assertEquals("redis://127.0.0.1:6380/1?name=jobs", Trees.at(((List<?>) Trees.at(pod, "spec", "containers", 0, "env")).getLast(), "value"));
    Path password = Files.writeString(folder.resolve("password"), "hush\n");
    for (String theirs : List.of("redis://cache.example.com", "redis://10.0.0.7", "redis://cache?password_file=" + password)) {
      Files.writeString(folder.resolve("uservice.yaml"), "hello: {counter: '" + theirs + "'}\n");
      assertFalse(Manifests.print(folder, "podman").contains("redis-server"), theirs);
    }
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
    String version = podman("version", "--format", "{{.Client.Version}}").text().strip().replaceAll("[^0-9.].*", "");
    String text = Manifests.print(folder, Map.of("GREETING", "cost $5: \"50 %\""), "podman", "--image", Engine.IMAGE, "--podman", version);
    played(text, health, () -> {
      assertEquals("{\"hello\":\"cost $5: \\\"50 %\\\"\"}", Http.get(web, "/hello").body());
      assertTrue(Http.get(health, "/metrics").body().contains("uservice_state{state=\"ready\"} 1"));
      if (version.matches("[0-3]\\..*|4\\.[0-3]\\..*")) {
        for (String probe : List.of("alive", "ready", "startup")) { // which this Podman would give to a shell
          must(podman("exec", name + "-it", PodParts.JAVA, "-m", "uservice", "probe", probe));
        }
      } else {
        must(podman("healthcheck", "run", name + "-it"));
        assertEquals("healthy", inspected(name + "-it").asString("/State/Health/Status"));
      }
      Json container = inspected(name + "-it");
      assertEquals("65532:65532", container.asString("/Config/User"));
      assertEquals(new Json.Bool(true), container.at("/HostConfig/ReadonlyRootfs"));
      assertEquals(128L << 20, container.asLong("/HostConfig/Memory"));
      String heap = Http.get(health, "/metrics").body().lines().filter(line -> line.startsWith("jvm_memory_max_bytes{area=\"heap\"}")).findFirst().orElseThrow();
      double said = Double.parseDouble(text.replaceAll("(?s).*the heap may take ([0-9]+) MiB.*", "$1"));
      assertEquals(said, Double.parseDouble(heap.substring(heap.indexOf("} ") + 2)) / (1 << 20), 3, "the heap is what the file says of it");
    });
  }

  /// An image with this machine's Redis and the libraries that it needs, in place of the one from a registry.
  private String redisImage() throws Exception {
    Path context = Files.createDirectory(folder.resolve("redis"));
    String server = Linked.run(Map.of(), "sh", "-c", "readlink -f \"$(command -v redis-server)\"").text().strip();
    var lines = new StringBuilder("FROM localhost/uservice-test/base\nCOPY files /\nUSER 0:0\n");
    var copied = new LinkedHashMap<String, String>(Map.of(server, "/usr/bin/redis-server"));
    Pattern.compile("(/[^ ]+) \\(0x").matcher(Linked.run(Map.of(), "ldd", server).text()).results().forEach(found -> copied.put(found.group(1), found.group(1)));
    for (Map.Entry<String, String> file : copied.entrySet()) {
      Path to = context.resolve("files" + file.getValue());
      Files.createDirectories(to.getParent());
      Files.copy(Path.of(file.getKey()).toRealPath(), to);
    }
    Files.writeString(context.resolve("Containerfile"), lines);
    must(podman("build", "--isolation", "chroot", "--tag", "localhost/uservice-test/redis:1", context.toString()));
    return "localhost/uservice-test/redis:1";
  }

  /// In a network of its own; the questions are asked from inside.
  @Test void countsInTheRedisBesideIt() throws Exception {
    Assumptions.assumeTrue(RedisServer.installed(), "redis-server is not installed: apt-get install redis-server");
    engine = Engine.withImage();
    Assumptions.assumeTrue(Linked.has("catatonit"), "a pod needs catatonit, which is not installed: apt-get install catatonit");
    String name = "uservice-test-" + ProcessHandle.current().pid() + "-redis";
    Files.writeString(folder.resolve("uservice.yaml"), "name: " + name + "\nhello: {counter: 'redis://cache:6380/2'}\nshutdown: {delay: 0s}\n");
    String text = Manifests.print(folder, "podman", "--image", Engine.IMAGE, "--podman", "4.3", "--redis-image", redisImage());
    Path file = Files.writeString(folder.resolve("podman.yaml"), text.replaceAll("(?m)^      ports:\n(?:^        .*\n)+", ""));
    must(podman("play", "kube", "--network", "none", file.toString()));
    try {
      long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
      while (podman("exec", name + "-it", PodParts.JAVA, "-m", "uservice", "probe", "ready").exit() != 0) {
        assertTrue(System.nanoTime() < deadline, () -> "never ready: " + logs(text));
      }
      for (int number = 1; number <= 2; number++) {
        assertEquals("{\"hello\":\"world\",\"request_num\":" + number + "}",
            podman("exec", name + "-it", PodParts.JAVA, "-m", "uservice", "probe", "ready", "--url", "http://127.0.0.1:8080/").text().strip());
      }
    } finally {
      must(podman("kube", "down", file.toString()));
    }
  }
}
