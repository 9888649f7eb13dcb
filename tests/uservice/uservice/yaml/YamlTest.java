package uservice.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.yaml.Node.Entry;
import uservice.yaml.Node.Mapping;
import uservice.yaml.Node.Scalar;
import uservice.yaml.Node.Sequence;

/// The limits, and the marks of every kind of node.
class YamlTest {
  private static String fault(String text) {
    return Rendered.fault(assertThrows(YamlException.class, () -> Yaml.parse(text)));
  }

  private static String span(Node node) {
    return node.start().line() + ":" + node.start().column() + "-" + node.end().line() + ":" + node.end().column();
  }

  private static Node value(String text, String key) throws YamlException {
    return ((Mapping) Yaml.parse(text)).entries().stream().filter(entry -> entry.key().text().equals(key))
        .findFirst().orElseThrow().value();
  }

  @Test void readsNothingAsNull() throws YamlException {
    for (String text : List.of("", "\n", "# c", "---", "---\n...\n", "...\n", "\uFEFF", " \t\n")) {
      var scalar = (Scalar) Yaml.parse(text);
      assertEquals("", scalar.text(), text);
      assertEquals(Style.PLAIN, scalar.style());
      assertNull(scalar.value());
    }
    assertEquals("1:1-1:1", span(Yaml.parse("")));
    assertEquals("1:4-1:4", span(Yaml.parse("--- # c")));
  }

  @Test void allowsSixtyFourLevels() throws YamlException {
    for (String open : List.of("[", "{a: ", "- ", "a", "-\n")) {
      assertTrue(depth(Yaml.parse(nested(open, 64))) == 64, open);
      assertTrue(fault(nested(open, 65)).endsWith("nested deeper than 64"), open);
    }
  }

  /// Pairs in flow sequences are mappings, and are counted.
  @Test void countsPairsAsLevels() throws YamlException {
    assertEquals(64, depth(Yaml.parse("[a: ".repeat(32) + "]".repeat(32))));
    assertTrue(fault("[a: ".repeat(32) + "[]" + "]".repeat(32)).endsWith("nested deeper than 64"));
  }

  @Test void countsLevelsAndNotCollections() throws YamlException {
    assertEquals(2, depth(Yaml.parse("[" + "[],{},".repeat(1000) + "]")));
    assertEquals(2, depth(Yaml.parse("- - a\n".repeat(1000))));
  }

  private static String nested(String open, int levels) {
    return switch (open) {
      case "[" -> "[".repeat(levels) + "]".repeat(levels);
      case "{a: " -> "{a: ".repeat(levels) + "}".repeat(levels);
      case "a" -> IntStream.range(0, levels).mapToObj(i -> " ".repeat(i) + "a:\n").collect(Collectors.joining());
      case "-\n" -> IntStream.range(0, levels).mapToObj(i -> " ".repeat(i) + "-\n").collect(Collectors.joining());
      default -> open.repeat(levels) + "x";
    };
  }

  private static int depth(Node node) {
    return switch (node) {
      case Scalar _ -> 0;
      case Sequence sequence -> 1 + sequence.items().stream().mapToInt(YamlTest::depth).max().orElse(0);
      case Mapping mapping -> 1 + mapping.entries().stream().map(Entry::value).mapToInt(YamlTest::depth).max().orElse(0);
    };
  }

  @Test void allowsOneMebibyte() throws YamlException {
    String text = "a: " + "é".repeat((1 << 19) - 2) + "\n";
    assertEquals(1 << 20, text.getBytes(StandardCharsets.UTF_8).length);
    assertEquals((1 << 19) - 2, ((Scalar) value(text, "a")).text().length());
    String message = "1:1-1:1: text is longer than 1048576 bytes (1 MiB)";
    assertEquals(message, fault(text + "\n"));
    assertEquals(message, fault(" ".repeat((1 << 20) + 1)));
    assertEquals(message, Rendered.fault(assertThrows(YamlException.class, () -> Yaml.parse(new byte[(1 << 20) + 1]))));
  }

  @Test void allowsKeysOf1024Characters() throws YamlException {
    for (String letter : List.of("a", "é", "😀")) {
      assertEquals("v", ((Scalar) value(letter.repeat(1024) + ": v", letter.repeat(1024))).text());
      assertEquals("1:1-1:1026: key is longer than 1024 characters", fault(letter.repeat(1025) + ": v"));
      assertEquals("1:2-1:1027: key is longer than 1024 characters", fault("[" + letter.repeat(1025) + ": v]"));
      assertTrue(fault("\"" + letter.repeat(1023) + "\": v").endsWith("key is longer than 1024 characters"));
      Yaml.parse("{" + letter.repeat(1025) + ": v}"); // only implicit keys are limited
    }
  }

  @Test void refusesLoneSurrogates() throws YamlException {
    assertEquals("😀", ((Scalar) Yaml.parse("\uD83D\uDE00")).text());
    assertEquals("1:1-1:2: lone surrogate U+D83D, expected a pair of them", fault("\uD83D"));
    assertEquals("2:4-2:5: lone surrogate U+DE00, expected a pair of them", fault("\uFEFFa: 😀\r\nb: \uDE00\uD83D\n"));
    assertEquals("1:2-1:3: lone surrogate U+D83D, expected a pair of them", fault("a\uD83Db"));
  }

  /// Inputs that make a careless parser quadratic, or overflow its stack. They are long, so that it would be felt.
  @Test void survivesLongMonotony() {
    for (String unit : List.of("[", "{", "- ", "-\n", "? ", ": ", ":\n", "\"", "'", "a", " ", "\n", "\t", "#", "|\n", ">\n", "a ",
        "a\n", "a\n\n", "a #", "é", "\\", "\"\\n", "[]", "[],", "- a\n", "- |\n", "...\n", "\r", " \n", "\t\n", "a\n\t\n", "''",
        "&", "*", "!", "%", "9", "\uFEFF", "\uFFFF", "a:", "a::", "é: é, ", "- a # c\n", "- - - a\n", "a: [\n", "-\t")) {
      for (String before : List.of("", "[", "{", "\"", "'", "|\n", "a:\n ", "- ", "[a,")) {
        String text = before + unit.repeat(((1 << 17) - before.length()) / unit.getBytes(StandardCharsets.UTF_8).length);
        try {
          Yaml.parse(text);
        } catch (YamlException e) {
          assertTrue(e.getMessage().length() < 300, e.getMessage());
        }
      }
    }
  }

  @Test void keepsKeysApartThatCollide() {
    var text = new StringBuilder();
    for (int i = 0; i < 1 << 14; i++) {
      for (int bit = 0; bit < 14; bit++) {
        text.append((i >> bit & 1) == 0 ? "Aa" : "BB"); // the same hash code
      }
      text.append(": 1\n");
    }
    assertEquals("16385:1-16385:29: key 'AaAaAaAaAaAaAaAaAaAaAaAaAaAa' is twice in this mapping, first at line 1, column 1",
        fault(text + "Aa".repeat(14) + ": 2\n"));
  }

  @Test void marksScalars() throws YamlException {
    assertEquals("2:3-2:6", span(Yaml.parse("# 😀\n  abc  # c\n")));
    assertEquals("1:1-3:4", span(Yaml.parse("a\n\n bc\n# c\n")));
    assertEquals("1:2-1:7", span(Yaml.parse(" \"a\\n\" ")));
    assertEquals("1:1-2:4", span(Yaml.parse("'a\n b'")));
    assertEquals("1:4-1:8", span(value("a: 'b😀' ", "a")));
    assertEquals("1:4-3:4", span(value("a: |\n  b\n  c\n\n\nd: e", "a")));
    assertEquals("1:4-1:7", span(value("a: >2-  # c\n\nd: e", "a")));
    assertEquals("1:1-1:4", span(Yaml.parse("😀é\uFFFD")));
    assertEquals("1:1-1:2", span(Yaml.parse("\uFEFFa")));
  }

  @Test void marksWhatIsLeftOut() throws YamlException {
    String text = "a:\nb: # c\n: x\nd:\n- \n-\n";
    assertEquals("1:3-1:3", span(value(text, "a")));
    assertEquals("2:3-2:3", span(value(text, "b")));
    assertEquals("3:1-3:1", span(((Mapping) Yaml.parse(text)).entries().get(2).key()));
    assertEquals("[5:2-5:2, 6:2-6:2]", ((Sequence) value(text, "d")).items().stream().map(YamlTest::span).toList().toString());
    var flow = (Mapping) Yaml.parse("{é , b: , : }");
    assertEquals("[1:3-1:3, 1:8-1:8, 1:12-1:12]",
        flow.entries().stream().map(Entry::value).map(YamlTest::span).toList().toString());
  }

  @Test void marksCollections() throws YamlException {
    String text = "😀:\n  x: [1,\n    2 ] # c\n  y: {a : b}\nz:\n- - 1\n  - 2\n\n# c\nlast:\n";
    assertEquals("1:1-10:6", span(Yaml.parse(text)));
    assertEquals("2:3-4:13", span(value(text, "😀")));
    var inner = (Mapping) value(text, "😀");
    assertEquals("2:6-3:8", span(inner.entries().get(0).value()));
    assertEquals("4:6-4:13", span(inner.entries().get(1).value()));
    assertEquals("6:1-7:6", span(value(text, "z")));
    assertEquals("6:3-7:6", span(((Sequence) value(text, "z")).items().getFirst()));
    var pair = ((Sequence) Yaml.parse("[ 'é': 1 , x]")).items().getFirst();
    assertEquals("1:3-1:9", span(pair));
  }

  /// Each node lies inside its parent, behind its elder siblings.
  @Test void marksInOrder() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("tests/data/yaml"))) {
      for (Path file : files.filter(name -> name.getFileName().toString().matches("ok-.*\\.yaml")).toList()) {
        Node root = Yaml.parse(Files.readAllBytes(file));
        checkOrder(root, root.start(), root.end());
      }
    }
  }

  private static Mark checkOrder(Node node, Mark from, Mark to) {
    assertTrue(notAfter(from, node.start()) && notAfter(node.start(), node.end()) && notAfter(node.end(), to), node.toString());
    Mark last = node.start();
    List<Node> children = switch (node) {
      case Scalar _ -> List.of();
      case Sequence sequence -> sequence.items();
      case Mapping mapping -> mapping.entries().stream().flatMap(entry -> Stream.of(entry.key(), entry.value())).toList();
    };
    for (Node child : children) {
      last = checkOrder(child, last, node.end());
    }
    return node.end();
  }

  private static boolean notAfter(Mark a, Mark b) {
    return a.line() < b.line() || a.line() == b.line() && a.column() <= b.column();
  }

  @Test void returnsTreesThatCannotChange() throws YamlException {
    var items = new ArrayList<Node>();
    var sequence = new Sequence(items, Mark.FIRST, Mark.FIRST);
    items.add(Yaml.parse("a"));
    assertEquals(List.of(), sequence.items());
    assertThrows(UnsupportedOperationException.class, () -> ((Sequence) Yaml.parse("[a]")).items().clear());
    assertThrows(UnsupportedOperationException.class, () -> ((Mapping) Yaml.parse("{a: b}")).entries().clear());
  }

  @Test void leavesTheInputAlone() throws YamlException {
    byte[] text = "\uFEFFa: b\r\nc: \"d\\n\"\r\n".getBytes(StandardCharsets.UTF_8);
    byte[] copy = text.clone();
    Yaml.parse(text);
    assertTrue(Arrays.equals(copy, text));
  }

  @Test void comparesKeysByText() {
    assertEquals("2:1-2:4: key '1' is twice in this mapping, first at line 1, column 1", fault("1: a\n\"1\": b\n"));
    assertEquals("2:1-2:3: key '' is twice in this mapping, first at line 1, column 1", fault(": a\n\"\": b\n"));
  }

  @Test void takesQuotedMergeKeysAsText() throws YamlException {
    assertEquals("1", ((Scalar) value("\"<<\": 1", "<<")).text());
    assertTrue(fault("{a: {<<: b}}").endsWith("merge key '<<' is not supported, expected the entries themselves, "
        + "or quotes where it is text"));
  }

  @Test void quotesLongKeysShortened() {
    String key = "😀".repeat(41);
    assertEquals("2:1-2:42: key '" + "😀".repeat(40) + "…' is twice in this mapping, first at line 1, column 1",
        fault(key + ": 1\n" + key + ": 2\n"));
    assertTrue(fault("\"\\u202e\\n\": 1\n\"\\u202e\\n\": 2\n").contains("key '\uFFFD\uFFFD' is twice"));
  }
}
