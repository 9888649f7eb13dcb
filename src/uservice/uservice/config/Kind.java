package uservice.config;

import module java.base;

/// The kinds of value that a record's component may be, with their Java classes and how problems and tables call them.
enum Kind {
  BOOLEAN("true or false", boolean.class, Boolean.class),
  INT("a whole number", int.class, Integer.class),
  LONG("a whole number", long.class, Long.class),
  DOUBLE("a number", double.class, Double.class),
  STRING("a text", String.class),
  SECRET("a secret text", Secret.class),
  DURATION("a duration with its unit, such as 500ms, 5s, 1m30s or 2h", Duration.class),
  SIZE("a size with its unit, such as 512B, 64KiB or 1MB", Size.class),
  URI("a URI", java.net.URI.class),
  PATH("a path", Path.class),
  HOST_PORT("host:port", HostPort.class),
  ENUM("one of"),
  OPTIONAL("", Optional.class),
  LIST("a list, such as [a, b]", List.class),
  MAP("a mapping of names to values", Map.class),
  RECORD("a mapping of keys to values");

  private final String expected;
  private final Class<?>[] classes;

  Kind(String expected, Class<?>... classes) {
    this.expected = expected;
    this.classes = classes;
  }

  static Kind of(Class<?> type) {
    for (Kind kind : values()) {
      for (Class<?> each : kind.classes) {
        if (each == type) {
          return kind;
        }
      }
    }
    if (type.isEnum() || type.isRecord()) {
      return type.isEnum() ? ENUM : RECORD;
    }
    throw new IllegalArgumentException(type.getName() + " is not a type that can be configured");
  }

  String expected() {
    return expected;
  }

  /// Whether YAML's core schema has the type, so that quotes make a value another one.
  boolean core() {
    return compareTo(DOUBLE) <= 0;
  }

  /// Whether any text is a value, the empty one too.
  boolean text() {
    return this == STRING || this == SECRET;
  }

  /// Whether [Range] applies.
  boolean ranged() {
    return this == INT || this == LONG || this == DOUBLE || this == DURATION || this == SIZE;
  }

  boolean scalar() {
    return compareTo(ENUM) <= 0;
  }
}
