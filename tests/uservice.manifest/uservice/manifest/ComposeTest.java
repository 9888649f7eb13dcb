package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Program;
import testing.RedisServer;

/// Services for compose: what is in the file, and that compose's own reader takes it.
@Timeout(300)
class ComposeTest {
  @TempDir Path folder;

  private Object written(String configuration, String... words) throws Exception {
    Files.writeString(folder.resolve("uservice.yaml"), configuration);
    Map<String, String> files = Manifests.files(folder, Map.of(), "compose", words);
    assertEquals(Set.of("compose.yaml", "uservice.yaml"), files.keySet());
    files.forEach((name, text) -> {
      try {
        Files.writeString(Files.createDirectories(folder.resolve("out")).resolve(name), text);
      } catch (IOException unwritten) {
        throw new UncheckedIOException(unwritten);
      }
    });
    return Trees.parse(files.get("compose.yaml"));
  }

  @Test void helloWorldIsTwoServicesAndRedis() throws Exception {
    Object document = written("name: hello-world\nhwaas: {workers: 10, clients: 3}\n");
    assertEquals(Set.of("hw-worker", "hw-client", "redis"), ((Map<?, ?>) Trees.at(document, "services")).keySet());
    for (String side : List.of("hw-worker", "hw-client")) {
      Object service = Trees.at(document, "services", side);
      assertEquals("redis://redis:6379/1", Trees.at(service, "environment", "REDIS_URL"));
      assertEquals(List.of("CMD", "/opt/uservice/bin/java", "-XX:TieredStopAtLevel=1", "-m", "uservice", "probe", "ready"), Trees.at(service, "healthcheck", "test"));
      assertEquals(Map.of("redis", Map.of("condition", "service_healthy")), Trees.at(service, "depends_on"));
      assertEquals("33s", Trees.at(service, "stop_grace_period"));
      assertEquals(true, Trees.at(service, "read_only"));
      assertNull(Trees.at(service, "ports"), "a published port could be one container's only: up --scale hw-client=4");
      assertNull(Trees.at(service, "container_name"));
    }
    assertEquals(List.of("hwaas", "worker", "10"), Trees.at(document, "services", "hw-worker", "command"));
    assertEquals(List.of("hwaas", "client", "3"), Trees.at(document, "services", "hw-client", "command"));
    assertEquals(List.of("CMD", "redis-cli", "-p", "6379", "ping"), Trees.at(document, "services", "redis", "healthcheck", "test"));
    assertNull(Trees.at(document, "services", "redis", "ports"), "nobody outside reaches it");
  }

  @Test void anyOtherServiceIsOne() throws Exception {
    Object document = written("name: orders\nhello: {counter: 'redis://cache:6380/2'}\nhealth: {port: 9079}\n", "--memory", "1Gi");
    assertEquals(Set.of("orders", "cache"), ((Map<?, ?>) Trees.at(document, "services")).keySet());
    assertEquals(List.of("9079:9079", "8080:8080"), Trees.at(document, "services", "orders", "ports"));
    assertNull(Trees.at(document, "services", "orders", "command"));
    assertNull(Trees.at(document, "services", "orders", "environment", "REDIS_URL"), "the configuration names it");
    assertEquals("1g", Trees.at(document, "services", "orders", "mem_limit"));
    assertEquals(List.of("redis-server", "--port", "6380", "--appendonly", "yes"), Trees.at(document, "services", "cache", "command"));
    Object several = written("name: orders\nhello: {}\n", "--replicas", "3");
    assertEquals(3L, Trees.at(several, "services", "orders", "deploy", "replicas"));
    assertEquals(List.of("8079", "8080"), Trees.at(several, "services", "orders", "expose"));
    assertNull(Trees.at(several, "volumes"));
  }

  @Test void eachRedisIsAService() throws Exception {
    Object document = written("name: cache\nhello: {counter: 'redis://cache:6380/2'}\nhwaas: {queue: 'redis://queue'}\nhealth: {checks: {far: {tcp: 'far.example.com:6379'}}}\n");
    assertEquals(Set.of("cache-service", "cache", "queue"), ((Map<?, ?>) Trees.at(document, "services")).keySet(), "with the service, by another name than its server");
    assertEquals(Set.of("cache", "queue"), ((Map<?, ?>) Trees.at(document, "volumes")).keySet());
    assertEquals(Set.of("cache", "queue"), ((Map<?, ?>) Trees.at(document, "services", "cache-service", "depends_on")).keySet());
    Object far = written("name: orders\nhello: {counter: 'redis://cache.example.com'}\n");
    assertEquals(Set.of("orders"), ((Map<?, ?>) Trees.at(far, "services")).keySet(), "somebody's server");
  }

  @Test void aRedisBehindASecretIsSomebodyElses() throws Exception {
    Object document = written("name: orders\nhello: {counter: 'redis://:canary@cache:6380/2'}\n");
    assertEquals(Set.of("orders"), ((Map<?, ?>) Trees.at(document, "services")).keySet());
    assertEquals("${SECRET_HELLO_COUNTER:?must be set}", Trees.at(document, "services", "orders", "environment", "SECRET_HELLO_COUNTER"));
  }

  @Test void composeTakesIt() throws Exception {
    Tools.needs("docker-compose", "docker-compose");
    for (String configuration : List.of("hwaas: {}\n", "hello: {counter: 'redis://cache'}\n", "trace: {endpoint: 'http://x', headers: {a: b}}\nhello: {}\nimages: {}\n")) {
      Object document = written(configuration);
      var environment = Map.of("SECRET_TRACE_HEADERS_A", "x$y");
      String read = Tools.run("", environment, List.of("docker-compose", "-f", folder.resolve("out/compose.yaml").toString(), "config")).must();
      assertEquals(((Map<?, ?>) Trees.at(document, "services")).keySet(), ((Map<?, ?>) Trees.at(Trees.parse(read), "services")).keySet(), read);
    }
    assertFalse(Tools.run("docker-compose", "-f", folder.resolve("out/compose.yaml").toString(), "config").exit() == 0, "a secret that is not set is refused");
  }

  /// The two sides as the file runs them: its words, its variables, its configuration, and the health check's own command.
  @Test void bothSidesWorkTogether() throws Exception {
    Object document = written("name: hello-world\nhwaas: {rate: 50}\nshutdown: {delay: 0s}\n");
    Assumptions.assumeTrue(RedisServer.installed(), "redis-server is not installed: apt-get install redis-server");
    try (var redis = RedisServer.start(Files.createDirectory(folder.resolve("redis")))) {
      var programs = new ArrayList<Program>();
      try {
        var healths = new ArrayList<Integer>();
        for (String side : List.of("hw-worker", "hw-client")) {
          Object service = Trees.at(document, "services", side);
          int health = PodmanTest.freePort();
          healths.add(health);
          var environment = Map.of("USERVICE_HEALTH_PORT", String.valueOf(health), "USERVICE_CONFIG", folder.resolve("out/uservice.yaml").toString(),
              "REDIS_URL", ((String) Trees.at(service, "environment", "REDIS_URL")).replace("redis:6379", "127.0.0.1:" + redis.port()));
          programs.add(Program.run(folder, environment, ((List<?>) Trees.at(service, "command")).toArray(String[]::new)));
        }
        programs.getFirst().awaitOut("hello, world!\nhello, world!\n");
        for (int health : healths) {
          List<?> check = (List<?>) Trees.at(document, "services", "hw-worker", "healthcheck", "test");
          assertEquals(List.of("probe", "ready"), check.subList(check.indexOf("uservice") + 1, check.size()));
          long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
          while (!healthy(health)) {
            assertTrue(System.nanoTime() < deadline, "never healthy");
            Thread.sleep(50);
          }
        }
      } finally {
        programs.forEach(Program::close);
      }
    }
  }

  private boolean healthy(int health) throws Exception {
    try (var probe = Program.run(folder, Map.of("USERVICE_HEALTH_PORT", String.valueOf(health)), "probe", "ready")) {
      return probe.exit() == 0;
    }
  }
}
