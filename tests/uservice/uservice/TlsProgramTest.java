package uservice;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import testing.Certificates;
import testing.Http;
import testing.Program;
import uservice.tls.Pem;

/// The whole program with an encrypted data port.
@Timeout(120)
class TlsProgramTest {
  private static final int PATIENCE_MILLIS = 30_000;

  @TempDir Path folder;

  private Program start(Certificates own, String... settings) throws Exception {
    var words = new ArrayList<>(List.of("start", "--set", "hello.limit=5", "--set", "health.port=0", "--set", "web.port=0", "--set", "shutdown.delay=0s",
        "--set", "web.tls.certificate=" + own.certificate(), "--set", "web.tls.key=" + own.key()));
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    return Program.run(folder, Map.of(), words.toArray(String[]::new));
  }

  @Test void servesProbesInTheClearAndDataByTls() throws Exception {
    Certificates own = Certificates.make(folder, "localhost");
    try (var program = start(own)) {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, Pem.trust(own.certificate()), null);
      try (var socket = context.getSocketFactory().createSocket("localhost", program.port("web_port"))) {
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(answer.startsWith("HTTP/1.1 200 OK") && answer.endsWith("{\"hello\":\"world\",\"request_num\":1}"), answer);
      }
      assertEquals(200, Http.get(program.port("health_port"), "/health/ready").status());
      String metrics = Http.get(program.port("health_port"), "/metrics").body();
      double expires = Pem.certificates(own.certificate()).getFirst().getNotAfter().getTime() / 1000.0;
      String line = metrics.lines().filter(each -> each.startsWith("uservice_tls_certificate_expiry_timestamp_seconds ")).findFirst().orElseThrow();
      assertEquals(expires, Double.parseDouble(line.substring(line.indexOf(' '))));
      program.signal("TERM");
      assertEquals(0, program.exit(), program.err());
    }
  }

  @Test void closesOnClientsThatStallInTheHandshake() throws Exception {
    try (var program = start(Certificates.make(folder, "localhost"), "web.request_time=1s")) {
      for (byte[] begin : List.of(new byte[0], new byte[] {0x16}, HexFormat.of().parseHex("160301020001"))) { // the first bytes of a ClientHello
        try (var socket = new Socket("localhost", program.port("web_port"))) {
          socket.setSoTimeout(PATIENCE_MILLIS);
          socket.getOutputStream().write(begin);
          socket.getInputStream().readAllBytes(); // an alert, perhaps, and the end
        } catch (SocketTimeoutException open) {
          fail("not closed after " + begin.length + " bytes", open);
        } catch (SocketException reset) {
          // Closed as well.
        }
      }
    }
  }

  @Test void doesNotStartWithFilesThatDoNotServe() throws Exception {
    Certificates own = Certificates.make(folder, "localhost");
    try (var program = start(own, "web.tls.key=/nowhere/tls.key")) {
      assertEquals(1, program.exit());
      assertTrue(program.err().contains("web: tls: /nowhere/tls.key: no such file"), program.err());
    }
  }
}
