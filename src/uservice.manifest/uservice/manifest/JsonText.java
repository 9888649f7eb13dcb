package uservice.manifest;

import module java.base;
import uservice.json.JsonWriter;

/// Writes maps, lists and values as JSON that people can read: an entry a line, short ones together.
final class JsonText {
  private static final int LINE_MAX = 120;

  private JsonText() {}

  /// One document. Ends with a line feed.
  static String of(Object document) {
    var out = new StringBuilder();
    write(out, document, 0);
    return out.append('\n').toString();
  }

  private static void write(StringBuilder out, Object value, int indent) {
    String flat = flat(value);
    if (flat.length() + indent <= LINE_MAX || !(value instanceof Map || value instanceof List)) {
      out.append(flat);
      return;
    }
    boolean map = value instanceof Map;
    out.append(map ? '{' : '[');
    String separator = "\n";
    for (Object each : map ? ((Map<?, ?>) value).entrySet() : (List<?>) value) {
      out.append(separator).repeat(' ', indent + 2);
      if (each instanceof Map.Entry<?, ?> entry && map) {
        out.append(text((String) entry.getKey())).append(": ");
        write(out, entry.getValue(), indent + 2);
      } else {
        write(out, each, indent + 2);
      }
      separator = ",\n";
    }
    out.append('\n').repeat(' ', indent).append(map ? '}' : ']');
  }

  private static String flat(Object value) {
    return switch (value) {
      case Map<?, ?> map -> map.entrySet().stream().map(entry -> text((String) entry.getKey()) + ": " + flat(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
      case List<?> list -> list.stream().map(JsonText::flat).collect(Collectors.joining(", ", "[", "]"));
      case String text -> text(text);
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      default -> throw new IllegalStateException("BUG: " + value.getClass().getName() + " has no place in a file");
    };
  }

  private static String text(String text) {
    return new String(new JsonWriter().value(text).toByteArray(), StandardCharsets.UTF_8);
  }
}
