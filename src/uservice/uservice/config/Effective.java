package uservice.config;

import module java.base;

/// Writes what is in force as YAML that reads back the same. Not on the path of a start.
final class Effective {
  /// What YAML 1.1 readers, of which there are many, take for a truth value.
  private static final Set<String> ELSEWHERE = Set.of("yes", "no", "on", "off", "y", "n");

  private final StringBuilder out = new StringBuilder();
  private final Map<String, String> origins;

  Effective(Map<String, String> origins) {
    this.origins = origins;
  }

  String text(Schema schema, Map<String, Record> records) {
    block(schema.root(), records.get(""), 0, Trail.ROOT);
    for (Key key : schema.keys()) {
      if (records.containsKey(key.name())) {
        entry(key.name(), key.type(), records.get(key.name()), 0, Trail.ROOT);
      }
    }
    return out.isEmpty() ? "{}\n" : out.toString();
  }

  private void entry(String name, Type type, Object value, int indent, Trail above) {
    Object bare = value instanceof Optional<?> optional ? optional.orElse(null) : value;
    if (bare != null) {
      out.repeat(' ', indent).append(quoted(name, false)).append(':');
      value(type.bare(), bare, indent, above.to(name));
    }
  }

  /// A value behind its key or dash: on the same line, or in lines of its own below.
  private void value(Type type, Object value, int indent, Trail trail) {
    String origin = origins.get(trail.toString());
    String end = (origin == null ? "" : "  # from " + origin) + "\n";
    if (type.kind().scalar()) {
      out.append(' ').append(scalar(type, value)).append(end);
      return;
    }
    int here = out.length();
    out.append(end);
    block(type, value, indent + 2, trail);
    if (out.length() == here + end.length()) {
      out.insert(here, type.kind() == Kind.LIST ? " []" : " {}");
    }
  }

  private void block(Type type, Object value, int indent, Trail trail) {
    if (type.kind() == Kind.RECORD) {
      type.keys().forEach(key -> entry(key.name(), key.type(), component(value, key), indent, trail));
    } else if (type.kind() == Kind.MAP) {
      ((Map<?, ?>) value).forEach((key, each) -> entry((String) key, type.of(), each, indent, trail));
    } else {
      ((List<?>) value).forEach(item -> item(type.of(), item, indent, trail.to("[]")));
    }
  }

  /// An item: its dash takes the place of the first two blanks of its block.
  private void item(Type type, Object value, int indent, Trail trail) {
    int start = out.length();
    if (!type.kind().scalar()) {
      block(type, value, indent + 2, trail);
    }
    if (out.length() == start) {
      out.repeat(' ', indent).append('-');
      value(type, value, indent, trail);
    } else {
      out.setCharAt(start + indent, '-');
    }
  }

  private static String scalar(Type type, Object value) {
    boolean number = type.kind().core() || type.kind() == Kind.DURATION || type.kind() == Kind.SIZE;
    return number ? Scalars.text(value) : quoted(Scalars.text(value), true);
  }

  /// A text as a scalar that means exactly it, plain where that is beyond doubt.
  static String quoted(String text, boolean interpolated) {
    if (plain(text)) {
      return text;
    }
    var out = new StringBuilder("\"");
    text.codePoints().forEach(point -> {
      switch (point) {
        case '"', '\\' -> out.append('\\').appendCodePoint(point);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '$' -> out.append(interpolated ? "$$" : "$");
        default -> {
          boolean printable = point >= ' ' && point < 0x7F || Character.isLetterOrDigit(point) || Character.getType(point) == Character.OTHER_SYMBOL;
          if (printable) {
            out.appendCodePoint(point);
          } else {
            out.append(point > 0xFFFF ? "\\U" : "\\u").append(HexFormat.of().toHexDigits(point, point > 0xFFFF ? 8 : 4));
          }
        }
      }
    });
    return out.append('"').toString();
  }

  /// Whether a text may stand without quotes: it begins with a letter, a digit or a slash, goes on with these and with signs
  /// that mean nothing here, and no reader takes it for a number, a time, a truth value or nothing.
  private static boolean plain(String text) {
    if (text.isEmpty() || text.endsWith(" ") || text.endsWith(":") || text.contains(": ")) {
      return false;
    }
    int first = text.codePointAt(0);
    boolean digit = Character.isDigit(first);
    return (digit || Character.isLetter(first) || first == '/')
        && text.codePoints().allMatch(point -> Character.isLetterOrDigit(point) || ":-_./@%+=() ".indexOf(point) >= 0)
        && !(digit && (text.indexOf(':') >= 0 || text.codePoints().noneMatch(point -> Character.isLetter(point) || point == '/')))
        && Scalars.core(text) instanceof String
        && !ELSEWHERE.contains(text.toLowerCase(Locale.ROOT));
  }

  static Object component(Object record, Key key) {
    try {
      return SchemaReader.open(record.getClass(), record.getClass().getDeclaredMethod(key.component())).invoke(record);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException("BUG: " + record.getClass().getName() + " has no " + key.component(), impossible);
    }
  }

  /// Appends the paths of what differs between two values, either of which may be absent.
  static void changes(Type type, Object one, Object other, Trail trail, List<String> changes) {
    if (one != null && other != null && type.kind() == Kind.RECORD) {
      type.keys().forEach(key -> changes(key.type(), component(one, key), component(other, key), trail.to(key.name()), changes));
    } else if (!Objects.equals(one, other)) {
      changes.add(trail.toString());
    }
  }
}
