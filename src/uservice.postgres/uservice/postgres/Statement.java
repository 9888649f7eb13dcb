package uservice.postgres;

import module java.base;

import static java.nio.charset.StandardCharsets.UTF_8;

/// One SQL statement and its parameters `$1`, `$2` … in PostgreSQL's text format.
record Statement(String sql, List<byte[]> parameters) {
  /// The values may be strings, numbers, booleans and collections of strings, numbers or byte arrays; null is NULL.
  static Statement of(String sql, Object... values) {
    var parameters = new ArrayList<byte[]>();
    for (Object value : values) {
      parameters.add(switch (value) {
        case null -> null;
        case Collection<?> elements -> array(elements);
        default -> value.toString().getBytes(UTF_8);
      });
    }
    return new Statement(sql, parameters);
  }

  // An array: {"a","b"}, with \" and \\ within; a bytea in it: "\\x0aff"
  private static byte[] array(Collection<?> elements) {
    var text = new StringBuilder("{");
    for (Object element : elements) {
      text.append(text.length() == 1 ? "\"" : ",\"");
      if (element instanceof byte[] bytes) {
        text.append("\\\\x");
        HexFormat.of().formatHex(text, bytes);
      } else {
        text.append(element.toString().replace("\\", "\\\\").replace("\"", "\\\""));
      }
      text.append('"');
    }
    return text.append('}').toString().getBytes(UTF_8);
  }
}
