package uservice.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import module java.base;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every kind of two configurations, byte for byte. Where a change is meant, the files in `tests/data/manifest` are those that
/// `uservice manifest KIND -c NAME.yaml --image registry.example.com/NAME:2.1.0 --service-monitor --out NAME/KIND` writes.
@Timeout(300)
class GoldenTest {
  private static final Path DATA = Path.of("tests/data/manifest");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"web", "queue"})
  void writesTheFilesThatAreKept(String name) throws Exception {
    Path configuration = DATA.resolve(name + ".yaml").toAbsolutePath();
    var written = new TreeMap<String, String>();
    for (Kind kind : Kind.values()) {
      Manifests.files(folder, Map.of(), kind.word(), "-c", configuration.toString(), "--image", "registry.example.com/" + name + ":2.1.0", "--service-monitor")
          .forEach((path, text) -> written.put(kind.word() + "/" + path, text));
    }
    var kept = new TreeMap<String, String>();
    try (Stream<Path> paths = Files.walk(DATA.resolve(name))) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        kept.put(DATA.resolve(name).relativize(path).toString(), Files.readString(path));
      }
    }
    assertEquals(kept.keySet(), written.keySet());
    kept.forEach((path, text) -> assertEquals(text, written.get(path), path));
  }
}
