package uservice.control;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Http;

/// Requests that nobody thought about, from several clients at once, until 100,000 have been answered: the service stays up, its probes answer, and nothing in it fails.
/// The one request that is left out is `POST /shutdown`, which ends the service as it should.
@Timeout(600)
class RandomRequestsTest {
  private static final int REQUESTS = 100_000;
  private static final int CLIENTS = 4;
  private static final int AT_ONCE = 25; // on a connection
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
  private static final List<String> METHODS = List.of("GET", "GET", "PUT", "PUT", "POST", "POST", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS", "TRACE", "BREW");
  private static final List<String> PATHS = List.of("/", "/checks", "/checks/a", "/checks/b", "/checks/a/kick", "/checks/b/enable", "/checks/a/disable", "/checks/service",
      "/checks/a/b/c", "/shutdown?wait=1ms", "/shutdown", "/shutdown?wait=x", "/metrics", "/metrics", "/metrics/m_total", "/logs", "/logs", "/log", "/log/x",
      "/log/root", "/%00", "/checks/%ff", "/checks/%2e%2e", "//x", "/checks/" + "n".repeat(200));
  private static final List<String> ROUTES = List.of("GET /", "GET /checks", "GET /checks/a", "PUT /checks/a", "PUT /checks/b", "PUT /checks/a", "DELETE /checks/a", "POST /checks/a/kick",
      "POST /checks/b/enable", "POST /checks/a/disable", "GET /shutdown?wait=1ms", "POST /metrics", "POST /metrics", "POST /metrics", "DELETE /metrics/g", "DELETE /metrics/m_total",
      "DELETE /metrics/h", "POST /logs", "GET /log", "PUT /log/x", "DELETE /log/x");
  private static final List<String> BODIES = List.of("{}", "[]", "null", "{\"valid\":false}", "{\"ttl\":\"1ms\",\"for\":[\"alive\"],\"optional\":true}", "{\"ttl\":\"5s\"}",
      "{\"message\":\"\\u0000\\ud800\"}", "{\"name\":\"m_total\"}", "{\"name\":\"g\",\"set\":1e308}", "{\"name\":\"g\",\"add\":-1}",
      "{\"name\":\"h_seconds\",\"observe\":[1,2,3],\"buckets\":[1,2]}", "[{\"name\":\"g\",\"set\":3},{\"name\":\"m_total\",\"add\":0.5}]",
      "{\"name\":\"m_total\",\"labels\":{\"a\":\"\\n\\\"\"}}", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n", "m_total 7\ng NaN\n",
      "x{a=\"b\",a=\"c\"} 1\n", "{\"message\":\"hello {0} {1}\",\"level\":\"warn\"}", "{\"message\":\"m\",\"logger\":\"a.b.c\",\"error\":{\"deep\":[[[]]]}}", "{\"level\":\"info\"}",
      "[".repeat(300), "{\"a\":".repeat(100), "\u00e9\u4e2d\ud83d\ude00");
  private static final List<String> HEADERS = List.of("", "", "", "", "Origin: http://evil.example\r\n", "Content-Type: application/json\r\n", "Authorization: Bearer x\r\n",
      "X: " + "y".repeat(500) + "\r\n", "Expect: 100-continue\r\n", "Accept-Encoding: gzip\r\n");

  @TempDir Path folder;
  private final AtomicInteger answered = new AtomicInteger();
  private final Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();

  @Test void neitherEndNorBlockTheService() throws Exception {
    try (var service = Running.with(folder, "control.rate=1000000")) {
      int control = service.control();
      int health = service.health();
      var clients = new ArrayList<Future<?>>();
      try (var pool = Executors.newFixedThreadPool(CLIENTS)) {
        for (int i = 0; i < CLIENTS; i++) {
          var random = new Random(20260130 + i);
          clients.add(pool.submit(() -> {
            while (answered.get() < REQUESTS) {
              burst(control, random);
            }
            return null;
          }));
        }
        int probes = 0;
        while (clients.stream().anyMatch(client -> !client.isDone())) {
          assertEquals(200, Http.get(health, "/health/startup").status());
          Http.get(health, "/livez"); // whichever it is: checks of the clients count
          probes++;
          Thread.sleep(20);
        }
        for (Future<?> client : clients) {
          client.get();
        }
        assertTrue(probes > 10, "probes were asked meanwhile");
      }
      assertTrue(answered.get() >= REQUESTS);
      assertFalse(statuses.containsKey(500), statuses + service.out());
      for (int status : List.of(200, 201, 204, 400, 403, 404, 405, 409, 413, 501)) {
        assertTrue(statuses.containsKey(status), status + " is not among " + statuses);
      }
      assertFalse(service.out().contains("\"level\":\"ERROR\""), service.out());
      try (var http = Http.connect(control)) {
        assertEquals(200, http.get("/checks").status());
        assertEquals(202, http.ask("POST", "/shutdown", "", "").status());
      }
      assertEquals(0, service.exit(), service.program.err());
      assertEquals("", service.program.err());
    }
  }

  /// Some requests on one connection, the last of which may be anything at all.
  private void burst(int port, Random random) throws IOException {
    int count = 1 + random.nextInt(AT_ONCE);
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      bytes.write(random.nextInt(20) == 0 ? mangled(request(random), random) : request(random));
    }
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      bytes.write(noise);
    }
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(bytes.toByteArray());
      if (random.nextInt(50) != 0) { // else it hangs up without a word
        socket.shutdownOutput();
        Matcher matcher = STATUS.matcher(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
          statuses.computeIfAbsent(Integer.valueOf(matcher.group(1)), _ -> new LongAdder()).increment();
          answered.addAndGet(matcher.group(1).equals("100") ? 0 : 1);
        }
      }
    } catch (SocketException reset) {
      // The server had enough of what it got.
    }
  }

  private static byte[] request(Random random) {
    String[] route = any(ROUTES, random).split(" ");
    boolean right = random.nextInt(4) > 0;
    String method = right ? route[0] : any(METHODS, random);
    String path = right ? route[1] : any(PATHS, random);
    if (method.equals("POST") && path.startsWith("/shutdown")) {
      method = "PUT";
    }
    String body = method.equals("GET") || method.equals("DELETE") || random.nextInt(3) == 0 ? "" : any(BODIES, random);
    if (random.nextInt(2000) == 0) {
      body = "x".repeat(70_000);
    }
    String host = random.nextInt(30) == 0 ? "evil.example" : "localhost";
    byte[] text = body.getBytes(StandardCharsets.UTF_8);
    boolean chunked = random.nextInt(100) == 0;
    String head = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + any(HEADERS, random)
        + (chunked ? "Transfer-Encoding: chunked\r\n" : text.length > 0 ? "Content-Length: " + text.length + "\r\n" : "") + "\r\n" + (chunked ? "5\r\n{}   \r\n0\r\n\r\n" : body);
    return head.getBytes(StandardCharsets.UTF_8);
  }

  /// The same with a few bytes changed, left out or put in; never so that `POST /shutdown` comes of it.
  private static byte[] mangled(byte[] request, Random random) {
    byte[] changed = request.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
    }
    changed = Arrays.copyOf(changed, random.nextInt(3) == 0 ? random.nextInt(changed.length + 1) : changed.length);
    return new String(changed, StandardCharsets.ISO_8859_1).contains("POST /shutdown") ? new byte[0] : changed;
  }

  private static <T> T any(List<T> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }
}
