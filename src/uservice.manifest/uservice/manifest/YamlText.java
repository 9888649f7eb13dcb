package uservice.manifest;

import module java.base;

/// Writes maps, lists and values as YAML that every reader, of 1.1 or 1.2, takes for the same: a text is plain only where that
/// is beyond doubt, and a text of several lines is a block.
///
/// Beside `Map`, `Collection`, `String`, `Number` and `Boolean` a tree may hold what is not data: a [Noted] value, a [Raw] one,
/// a [Unless] one.
final class YamlText {
  /// A value with a comment in the line above its key.
  record Noted(Object value, String comment) {}

  /// A template's expression, which stands as it is.
  record Raw(String text) {}

  /// An entry that a template leaves out where the condition holds.
  record Unless(String condition, Object value) {}

  /// What readers of one version or another take for something else than a text.
  private static final Pattern TAKEN = Pattern.compile(
      "(?i)y|n|yes|no|on|off|true|false|null|[-+]?[0-9][0-9a-fox_.,:e+-]*|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/](?:[A-Za-z0-9._/@%+()=;~-]|:(?=[^ ])| (?=[^ #]))*");
  private static final int DEPTH_MAX = 60;

  private final StringBuilder out = new StringBuilder();

  private YamlText() {}

  /// One document. Ends with a line feed.
  static String of(Object document) {
    var text = new YamlText();
    text.root(document);
    return text.out.toString();
  }

  /// Several documents, each after the first behind its `---`.
  static String of(List<?> documents) {
    return documents.stream().map(YamlText::of).collect(Collectors.joining("---\n"));
  }

  private void root(Object document) {
    if (document instanceof Map<?, ?> map && !map.isEmpty()) {
      map(map, 0);
    } else if (document instanceof Collection<?> list && !list.isEmpty()) {
      list(list, 0);
    } else {
      out.append(inline(document)).append('\n');
    }
  }

  private void map(Map<?, ?> map, int indent) {
    map.forEach((key, value) -> entry(String.valueOf(key), value, indent));
  }

  private void entry(String key, Object value, int indent) {
    switch (value) {
      case Noted(var noted, var comment) -> {
        comment.lines().forEach(line -> pad(indent).append("# ").append(line).append('\n'));
        entry(key, noted, indent);
      }
      case Unless(var condition, var there) -> {
        out.append("{{- if not ").append(condition).append(" }}\n");
        entry(key, there, indent);
        out.append("{{- end }}\n");
      }
      default -> {
        pad(indent).append(scalar(key)).append(':');
        value(value, indent);
      }
    }
  }

  /// A value behind its key: in the same line, or in lines of its own below.
  private void value(Object value, int indent) {
    if (indent > 2 * DEPTH_MAX) {
      throw new IllegalStateException("BUG: a tree deeper than " + DEPTH_MAX);
    }
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      out.append('\n');
      map(map, indent + 2);
    } else if (value instanceof Collection<?> list && !list.isEmpty()) {
      out.append('\n');
      list(list, indent + 2);
    } else if (value instanceof String text && block(text)) {
      out.append(text.endsWith("\n") ? " |\n" : " |-\n");
      text.lines().forEach(line -> (line.isEmpty() ? out : pad(indent + 2)).append(line).append('\n'));
    } else {
      out.append(' ').append(inline(value)).append('\n');
    }
  }

  /// Items: a dash takes the place of the first two blanks of each.
  private void list(Collection<?> list, int indent) {
    for (Object item : list) {
      int start = out.length();
      if (item instanceof Map<?, ?> map && !map.isEmpty() && !(map.values().iterator().next() instanceof Noted)) {
        map(map, indent + 2);
        out.setCharAt(start + indent, '-');
      } else {
        pad(indent).append('-');
        value(item, indent);
      }
    }
  }

  private StringBuilder pad(int indent) {
    return out.repeat(' ', indent);
  }

  private static String inline(Object value) {
    return switch (value) {
      case Map<?, ?> _ -> "{}";
      case Collection<?> _ -> "[]";
      case Boolean truth -> truth.toString();
      case Double number when number.toString().contains("E") -> BigDecimal.valueOf(number).toPlainString(); // 1.0E7 is a text in YAML 1.1
      case Number number -> number.toString();
      case Raw(var template) -> template;
      case String text -> scalar(text);
      default -> throw new IllegalStateException("BUG: " + value.getClass().getName() + " has no place in a file");
    };
  }

  /// Whether a text may stand as a block of lines, which need no escapes: no reader may fold or strip anything of it.
  private static boolean block(String text) {
    int end = text.length();
    return text.indexOf('\n') > 0 && text.charAt(0) != ' ' && !text.endsWith("\n\n") && !text.substring(0, end - 1).isBlank()
        && text.lines().allMatch(line -> line.isEmpty() || !line.isBlank())
        && text.codePoints().allMatch(point -> point == '\n' || printable(point));
  }

  private static boolean printable(int point) {
    return point >= ' ' && point < 0x7F || Character.isLetterOrDigit(point) || Character.getType(point) == Character.OTHER_SYMBOL;
  }

  /// A text in one line: plain, or in single quotes where it holds double ones, or in double quotes with escapes.
  static String scalar(String text) {
    if (PLAIN.matcher(text).matches() && !TAKEN.matcher(text).matches()) {
      return text;
    }
    if ((text.indexOf('"') >= 0 || text.indexOf('\\') >= 0) && text.indexOf('\'') < 0 && text.codePoints().allMatch(YamlText::printable)) {
      return "'" + text + "'";
    }
    var quoted = new StringBuilder("\"");
    text.codePoints().forEach(point -> {
      switch (point) {
        case '"', '\\' -> quoted.append('\\').appendCodePoint(point);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (printable(point)) {
            quoted.appendCodePoint(point);
          } else {
            quoted.append(point > 0xFFFF ? "\\U" : "\\u").append(HexFormat.of().toHexDigits(point, point > 0xFFFF ? 8 : 4));
          }
        }
      }
    });
    return quoted.append('"').toString();
  }
}
