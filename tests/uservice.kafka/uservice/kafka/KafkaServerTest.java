package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import module java.base;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import testing.KafkaServer;

/// The broker of the tests is a real one.
final class KafkaServerTest {
  @TempDir Path folder;

  @ParameterizedTest @ValueSource(strings = {KafkaServer.NEWEST, KafkaServer.BEFORE})
  void keepsWhatItsOwnToolsWroteWhenItIsKilled(String version) throws Exception {
    try (KafkaServer server = KafkaServer.start(folder, version)) {
      server.topic("jobs", 1);
      server.produce("jobs", "one\ntwo\n");
      server.kill();
      server.start();
      assertEquals(List.of("one", "two"), server.consume("jobs", 2));
    }
  }
}
