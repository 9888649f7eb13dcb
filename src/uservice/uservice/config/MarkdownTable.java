package uservice.config;

import module java.base;

/// The keys of a configuration as a table in Markdown, one row for each value.
final class MarkdownTable {
  private final StringBuilder out = new StringBuilder();

  private MarkdownTable() {}

  static String of(List<Key> keys) {
    var table = new MarkdownTable();
    table.row("key", "type", "default", "range", "what it is for");
    table.row("---", "---", "---", "---", "---");
    table.rows(keys, "");
    return table.out.toString();
  }

  private void rows(List<Key> keys, String prefix) {
    for (Key key : keys) {
      Type inner = key.type().of() == null ? key.type() : key.type().of();
      String path = prefix + key.name();
      if (inner.kind() == Kind.RECORD) {
        rows(inner.keys(), path + switch (key.type().kind()) {
          case LIST -> "[].";
          case MAP -> ".NAME.";
          default -> ".";
        });
      } else {
        row(code(path), name(key.type()), fallback(key), range(inner), key.doc().replace("|", "\\|").replace("\n", " "));
      }
    }
  }

  private void row(String... cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  private static String name(Type type) {
    return switch (type.kind()) {
      case OPTIONAL -> name(type.of());
      case LIST -> "list of " + name(type.of());
      case MAP -> "map of " + name(type.of());
      case ENUM -> String.join(", ", type.names().keySet());
      case INT, LONG -> "whole number";
      case BOOLEAN, HOST_PORT, RECORD -> type.kind().expected();
      case DOUBLE -> "number";
      case STRING -> "text";
      case URI -> "URI";
      case SECRET, DURATION, SIZE, PATH -> type.kind().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String fallback(Key key) {
    if (key.fallback() == null) {
      return key.required() ? "required" : "none";
    }
    return code(key.type().secret() ? "***" : key.fallback().isEmpty() ? "\"\"" : key.fallback());
  }

  private static String range(Type type) {
    long min = type.kind() == Kind.INT ? Integer.MIN_VALUE : type.kind() == Kind.DURATION || type.kind() == Kind.SIZE ? 0 : Long.MIN_VALUE;
    boolean least = type.min() != min;
    boolean most = type.max() != (type.kind() == Kind.INT ? Integer.MAX_VALUE : Long.MAX_VALUE);
    String from = Scalars.bound(type, least || most ? type.min() : 0);
    String to = Scalars.bound(type, type.max());
    return type.pattern() != null ? code(type.pattern().pattern())
        : least && most ? from + " to " + to : least ? "at least " + from : most ? "at most " + to : "";
  }
}
