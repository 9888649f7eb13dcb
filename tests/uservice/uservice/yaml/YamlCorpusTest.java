package uservice.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Files and what they mean, or how they are refused.
class YamlCorpusTest {
  private static final Path CORPUS = Path.of("tests/data/yaml");

  @TestFactory Stream<DynamicTest> means() throws IOException {
    return files("ok-").map(file -> DynamicTest.dynamicTest(file.toString(), () ->
        assertEquals(beside(file, ".json"), Rendered.json(Yaml.parse(Files.readAllBytes(file)), false) + "\n")));
  }

  @TestFactory Stream<DynamicTest> refuses() throws IOException {
    return files("bad-").map(file -> DynamicTest.dynamicTest(file.toString(), () -> {
      byte[] text = Files.readAllBytes(file);
      var fault = assertThrows(YamlException.class, () -> Yaml.parse(text));
      assertEquals(beside(file, ".txt"), Rendered.fault(fault) + "\n");
    }));
  }

  @Test void isThere() throws IOException {
    assertTrue(files("ok-").count() >= 20);
    assertTrue(files("bad-").count() >= 90);
  }

  private static Stream<Path> files(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(CORPUS)) {
      return files.filter(file -> file.getFileName().toString().matches(prefix + ".*\\.yaml")).sorted().toList().stream();
    }
  }

  private static String beside(Path file, String suffix) throws IOException {
    return Files.readString(file.resolveSibling(file.getFileName().toString().replaceFirst("\\.yaml$", suffix)));
  }
}
