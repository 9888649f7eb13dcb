package uservice.http;

import module java.base;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import testing.Certificates;

/// All that holds for the end of a server holds for one that speaks TLS.
class StopTlsTest extends StopTest {
  @TempDir static Path folder;
  private static Web.Tls files;

  @BeforeAll static void certify() throws Exception {
    Certificates own = Certificates.make(folder, "localhost");
    files = new Web.Tls(own.certificate(), own.key(), Optional.empty());
  }

  @Override Server server(Web web) throws Exception {
    return Fixture.secured(web, files);
  }
}
