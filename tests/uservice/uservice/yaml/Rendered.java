package uservice.yaml;

import module java.base;

/// A tree as the test data has it: as events, and as JSON of its values.
final class Rendered {
  private static final String STYLES = ":'\"|>";

  private Rendered() {}

  /// One event a line, in the notation of the public test suite.
  static List<String> events(Node root) {
    var events = new ArrayList<String>();
    addEvents(root, events);
    return events;
  }

  private static void addEvents(Node node, List<String> events) {
    switch (node) {
      case Node.Scalar scalar -> events.add("=VAL " + STYLES.charAt(scalar.style().ordinal()) + scalar.text());
      case Node.Sequence sequence -> {
        events.add("+SEQ");
        sequence.items().forEach(item -> addEvents(item, events));
        events.add("-SEQ");
      }
      case Node.Mapping mapping -> {
        events.add("+MAP");
        for (Node.Entry entry : mapping.entries()) {
          addEvents(entry.key(), events);
          addEvents(entry.value(), events);
        }
        events.add("-MAP");
      }
    }
  }

  /// The values, on one line; numbers in plain notation.
  static String json(Node node, boolean sorted) {
    return switch (node) {
      case Node.Scalar scalar -> json(scalar.value());
      case Node.Sequence sequence -> sequence.items().stream().map(item -> json(item, sorted))
          .collect(Collectors.joining(",", "[", "]"));
      case Node.Mapping mapping -> mapping.entries().stream()
          .sorted(sorted ? Comparator.comparing(entry -> entry.key().text()) : (_, _) -> 0)
          .map(entry -> quoted(entry.key().text()) + ":" + json(entry.value(), sorted))
          .collect(Collectors.joining(",", "{", "}"));
    };
  }

  private static String json(Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> quoted(text);
      case Double number -> new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
      default -> value.toString();
    };
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      int escape = "\b\t\n\f\r\"\\".indexOf(c);
      if (escape >= 0) {
        out.append('\\').append("btnfr\"\\".charAt(escape));
      } else if (c < ' ' || c >= 0x7F && c < 0xA0 || c == 0x2028 || c == 0xFEFF || c == 0xFFFF) {
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /// The place and message of a fault.
  static String fault(YamlException e) {
    return e.at().line() + ":" + e.at().column() + "-" + e.end().line() + ":" + e.end().column() + ": " + e.getMessage();
  }
}
