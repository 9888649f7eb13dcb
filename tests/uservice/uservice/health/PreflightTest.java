package uservice.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import testing.LogLines;
import testing.ScriptedPeer;

class PreflightTest {
  private final LogLines log = new LogLines("uservice.health");

  @AfterEach void close() {
    log.close();
  }

  private static TaskConfig http(int port, HttpCall.Method method, int retries, Duration every, Duration timeout) {
    return new TaskConfig(Optional.empty(), Optional.of(URI.create("http://127.0.0.1:" + port + "/")), Optional.empty(), Optional.empty(),
        method, List.of(200), retries, every, timeout);
  }

  private static TaskConfig get(int port, int retries, Duration every) {
    return http(port, HttpCall.Method.GET, retries, every, ofSeconds(5));
  }

  private static ScriptedPeer failingFirst(int failures) throws IOException {
    var asked = new AtomicInteger();
    return ScriptedPeer.playing(connection -> {
      connection.readUntil("\r\n\r\n");
      connection.send("HTTP/1.1 " + (asked.incrementAndGet() > failures ? 200 : 503) + " x\r\nContent-Length: 0\r\n\r\n");
    });
  }

  @Test void passesWithoutTasks() throws Exception {
    Preflight.run(Map.of());
  }

  @Test void retriesUntilAllHaveSucceeded() throws Exception {
    try (var slow = failingFirst(3); var quick = failingFirst(0)) {
      Preflight.run(Map.of("slow", get(slow.port(), 3, ofMillis(1)), "quick", get(quick.port(), 0, ofMillis(1))));
      assertEquals(4, slow.accepted());
      assertEquals(1, quick.accepted());
      assertEquals("INFO preflight slow: status 503, expected [200] (try 1 of 4)", log.lines().getFirst());
    }
  }

  @Test void tellsEverythingThatFailed() throws Exception {
    try (var peer = failingFirst(9); var fine = failingFirst(0)) {
      var tasks = new LinkedHashMap<String, TaskConfig>();
      tasks.put("mesh", get(peer.port(), 1, ofMillis(1)));
      tasks.put("fine", get(fine.port(), 0, ofMillis(1)));
      tasks.put("once", get(peer.port(), 0, ofMillis(1)));
      var failed = assertThrows(Preflight.Failed.class, () -> Preflight.run(tasks));
      assertEquals("preflight failed: mesh: status 503, expected [200] (2 tries); once: status 503, expected [200] (1 try)", failed.getMessage());
    }
  }

  @Test void boundsEachTry() throws Exception {
    try (var silent = ScriptedPeer.playing(ScriptedPeer.Connection::stall)) {
      var failed = assertThrows(Preflight.Failed.class, () -> Preflight.run(
          Map.of("mesh", http(silent.port(), HttpCall.Method.GET, 1, ofMillis(1), ofMillis(50)))));
      assertTrue(failed.getMessage().endsWith(" 50ms (2 tries)"), failed.getMessage());
    }
  }

  @Test void runsSideBySide() throws Exception {
    var together = new CyclicBarrier(3);
    try (var peer = ScriptedPeer.playing(connection -> {
      connection.readUntil("\r\n\r\n");
      together.await(20, TimeUnit.SECONDS);
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    })) {
      TaskConfig task = http(peer.port(), HttpCall.Method.GET, 0, ofMillis(1), ofSeconds(30));
      Preflight.run(Map.of("a", task, "b", task, "c", task));
    }
  }

  @Test void isInterruptible() throws Exception {
    try (var peer = failingFirst(Integer.MAX_VALUE)) {
      var outcome = new CompletableFuture<Class<?>>();
      Thread runner = Thread.ofPlatform().daemon().start(() -> {
        try {
          Preflight.run(Map.of("mesh", get(peer.port(), 1000, ofSeconds(3600))));
        } catch (Exception thrown) {
          outcome.complete(thrown.getClass());
        }
      });
      Eventually.is("asked", () -> peer.accepted() == 1);
      runner.interrupt();
      assertEquals(InterruptedException.class, outcome.orTimeout(20, TimeUnit.SECONDS).join());
    }
  }

  @Test void shutdownTellsASidecarToQuitAndLogsWhatFailed() throws Exception {
    var seen = new CompletableFuture<String>();
    try (var sidecar = ScriptedPeer.playing(connection -> {
      seen.complete(connection.readUntil("\r\n\r\n"));
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    })) {
      assertEquals(List.of(), Preflight.atEnd(Map.of("mesh", http(sidecar.port(), HttpCall.Method.POST, 0, ofMillis(1), ofSeconds(5))), ofSeconds(20)));
      assertTrue(seen.join().startsWith("POST / HTTP/1.1\r\n"));
    }
    try (var silent = ScriptedPeer.playing(ScriptedPeer.Connection::stall)) {
      assertEquals(List.of("mesh: cut off after 50ms"), Preflight.atEnd(Map.of("mesh", get(silent.port(), 9, ofSeconds(1))), ofMillis(50)));
      assertEquals("WARNING shutdown check failed: mesh: cut off after 50ms", log.lines().getLast());
    }
  }
}
