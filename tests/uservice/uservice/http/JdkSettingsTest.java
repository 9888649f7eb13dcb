package uservice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The limits that the JDK's server reads once per process, and what it does at them: from outside of a process that has
/// small ones.
class JdkSettingsTest {
  private static Process process;
  private static int port;

  @BeforeAll static void start() throws IOException {
    process = LimitsProcess.start("-Dsun.net.httpserver.clockTick=500");
    port = port(process);
  }

  @AfterAll static void stop() {
    process.destroyForcibly();
  }

  private static int port(Process process) throws IOException {
    return Integer.parseInt(new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII)).readLine());
  }

  private static Wire.Answer get(int port, String path) throws IOException {
    try (Wire wire = new Wire(port)) {
      return wire.send("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").answer();
    }
  }

  private static void eventuallyIdle() throws InterruptedException {
    Fixture.eventually("none in handlers", () -> {
      try {
        return get(port, "/active").text().equals("0");
      } catch (IOException full) {
        return false;
      }
    });
  }

  private static final Map<String, String> SET = Map.of(
      "sun.net.httpserver.nodelay", "true",
      "sun.net.httpserver.idleInterval", "62", // in seconds, rounded up
      "sun.net.httpserver.maxReqTime", "1", // in seconds
      "sun.net.httpserver.maxIdleConnections", "20",
      "jdk.httpserver.maxConnections", "20",
      "sun.net.httpserver.maxReqHeaders", "400",
      "sun.net.httpserver.maxReqHeaderSize", "81920");

  @Test void setsWhatTheJdkReads() throws IOException {
    for (var property : SET.entrySet()) {
      assertEquals(property.getValue(), get(port, "/property/" + property.getKey()).text(), property.getKey());
    }
  }

  @Test void leavesWhatTheCommandLineSays() throws IOException {
    Process given = LimitsProcess.start(SET.keySet().stream().map(name -> "-D" + name + "=77777").toArray(String[]::new));
    try {
      int port = port(given);
      for (String name : SET.keySet()) {
        assertEquals("77777", get(port, "/property/" + name).text(), name);
      }
    } finally {
      given.destroyForcibly();
    }
  }

  @Test void closesConnectionsWhoseRequestDoesNotArrive() throws Exception {
    for (String part : List.of("GET /act", "GET /active HTTP/1.1\r\nHost: a\r\n", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab")) {
      try (Wire wire = new Wire(port)) {
        assertEquals("", wire.send(part).untilClosed(), part);
      }
    }
    try (Wire silent = new Wire(port)) {
      assertEquals("", silent.untilClosed());
    }
    eventuallyIdle();
  }

  @Test void doesNotCloseWhileAHandlerWorks() throws Exception {
    try (Wire wire = new Wire(port)) {
      assertEquals("abc", wire.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").answer().text());
    }
  }

  @Test void closesConnectionsBeyondTheMost() throws Exception {
    var wires = new ArrayList<Wire>();
    try {
      for (int i = 0; i < LimitsProcess.CONNECTIONS_MAX + 5; i++) {
        wires.add(new Wire(port));
      }
      int served = 0;
      for (Wire wire : wires) {
        try {
          served += wire.send("GET /active HTTP/1.1\r\nHost: a\r\n\r\n").answer().status() == 200 ? 1 : 0;
        } catch (IOException closed) {
          // Beyond the most.
        }
      }
      assertTrue(served > 0 && served <= LimitsProcess.CONNECTIONS_MAX, "served " + served);
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
    eventuallyIdle();
  }

  /// Where a connection ends with an exception that the JDK's server does not see, it stays in its books for ever, and counts.
  @Test void forgetsConnectionsThatBroke() throws Exception {
    List<String> breaking = List.of(
        "GET /broken HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
        "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
        "GET /nix HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
        "HEAD /nix HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
        "HEAD /nix HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /unread HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nab",
        "GET foo:bar HTTP/1.1\r\n\r\n",
        "GET / HT");
    for (int i = 0; i < 2 * LimitsProcess.CONNECTIONS_MAX; i++) {
      for (String request : breaking) {
        breakOff(request, i % 2 == 0);
      }
    }
    eventuallyIdle();
    Fixture.eventually("room for all", () -> {
      var wires = new ArrayList<Wire>();
      try {
        for (int i = 0; i < LimitsProcess.CONNECTIONS_MAX - 1; i++) {
          wires.add(new Wire(port));
          wires.getLast().send("GET /active HTTP/1.1\r\nHost: a\r\n\r\n").answer();
        }
        return true;
      } catch (IOException full) {
        return false;
      } finally {
        wires.forEach(wire -> assertEquals(null, closed(wire)));
      }
    });
  }

  private static void breakOff(String request, boolean reset) throws InterruptedException {
    Fixture.eventually("a connection", () -> {
      try (Wire wire = new Wire(port)) {
        wire.send(request);
        if (reset) {
          wire.reset();
        } else {
          wire.endOfOutput().untilClosed();
        }
        return true;
      } catch (IOException full) {
        return false;
      }
    });
  }

  private static IOException closed(Wire wire) {
    try {
      wire.close();
      return null;
    } catch (IOException failed) {
      return failed;
    }
  }

}
