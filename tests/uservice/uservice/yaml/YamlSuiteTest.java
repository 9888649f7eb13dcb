package uservice.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The public YAML Test Suite, all of it; `tests/data/yaml/README.md` says what the verdicts mean.
class YamlSuiteTest {
  private static final Path SUITE = Path.of("tests/data/yaml/suite.tsv");

  private record Case(String id, String verdict, String text, String tree, String json) {
    static Case parse(String line) {
      String[] fields = line.split("\t", -1);
      return new Case(fields[0], fields[1], unescaped(fields[2]), unescaped(fields[3]), unescaped(fields[4]));
    }

    private static String unescaped(String field) {
      return Pattern.compile("\\\\(u[0-9a-f]{4}|.)").matcher(field).replaceAll(match -> {
        String escape = match.group(1);
        return Matcher.quoteReplacement(switch (escape.charAt(0)) {
          case 'n' -> "\n";
          case 't' -> "\t";
          case 'r' -> "\r";
          case 'b' -> "\b";
          case 'u' -> String.valueOf((char) HexFormat.fromHexDigits(escape, 1, 5));
          default -> escape;
        });
      });
    }
  }

  @TestFactory Stream<DynamicTest> agreesWith() throws IOException {
    return cases().map(test -> DynamicTest.dynamicTest(test.id(), () -> check(test)));
  }

  @Test void isComplete() throws IOException {
    var verdicts = cases().collect(Collectors.groupingBy(Case::verdict, TreeMap::new, Collectors.counting()));
    assertEquals("{anchor=24, complex-key=27, directive=19, document=13, duplicate-key=1, error=94, tag=26, value=198}",
        verdicts.toString());
    assertEquals(402, cases().map(Case::id).distinct().count());
  }

  private static Stream<Case> cases() throws IOException {
    return Files.readAllLines(SUITE).stream().map(Case::parse);
  }

  private static void check(Case test) throws YamlException {
    switch (test.verdict()) {
      case "value" -> checkValue(test);
      case "error" -> assertThrows(YamlException.class, () -> Yaml.parse(test.text()));
      case "duplicate-key" -> refused(test, "key '' is twice in this mapping");
      case "complex-key" -> refused(test, "complex key");
      case "document" -> refused(test, "second document");
      default -> refused(test, test.verdict());
    }
  }

  private static void refused(Case test, String message) {
    String found = assertThrows(YamlException.class, () -> Yaml.parse(test.text())).getMessage();
    assertTrue(found.startsWith(message) || message.equals("complex key") && found.contains(message), found);
  }

  private static void checkValue(Case test) throws YamlException {
    Node root = Yaml.parse(test.text());
    if (!test.tree().contains("+DOC")) { // no document at all
      assertEquals(List.of("=VAL :"), Rendered.events(root));
      return;
    }
    assertEquals(expectedEvents(test.tree()), Rendered.events(root));
    if (!test.json().isEmpty()) {
      assertEquals(test.json(), Rendered.json(root, true));
    }
  }

  /// Without the document, and without how collections are written, which [Node] does not keep.
  private static List<String> expectedEvents(String tree) {
    return tree.lines().filter(line -> !line.startsWith("+DOC") && !line.startsWith("-DOC"))
        .map(line -> line.startsWith("=VAL") ? Case.unescaped(line) : line.substring(0, 4)).toList();
  }
}
