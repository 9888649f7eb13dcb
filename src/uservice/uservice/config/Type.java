package uservice.config;

import module java.base;

/// What may stand under a key. The components of a record are read when they are first asked for, so that what nobody
/// configures costs nothing.
final class Type {
  private final Kind kind;
  private final Class<?> raw;
  private final Type of;
  private final Type outer;
  private final Map<String, Object> names;
  private final long min;
  private final long max;
  private final java.util.regex.Pattern pattern;
  private List<Key> keys;
  private Constructor<?> constructor;

  /// @param of what an `Optional`, a `List` or a `Map` holds, else null
  /// @param outer the record that it stands in, or null
  Type(Kind kind, Class<?> raw, Type of, Type outer, Notes notes) {
    this.kind = kind;
    this.raw = raw;
    this.of = of;
    this.outer = outer;
    this.names = kind == Kind.ENUM ? SchemaReader.names(raw) : Map.of();
    this.min = Math.max(notes.min(), kind == Kind.INT ? Integer.MIN_VALUE : kind == Kind.DURATION || kind == Kind.SIZE ? 0 : Long.MIN_VALUE);
    this.max = Math.min(notes.max(), kind == Kind.INT ? Integer.MAX_VALUE : Long.MAX_VALUE);
    this.pattern = notes.pattern() == null ? null : java.util.regex.Pattern.compile(notes.pattern());
  }

  Kind kind() {
    return kind;
  }

  Class<?> raw() {
    return raw;
  }

  Type of() {
    return of;
  }

  Type outer() {
    return outer;
  }

  /// The type without its `Optional`.
  Type bare() {
    return kind == Kind.OPTIONAL ? of : this;
  }

  /// The constants of an enum as they are written.
  Map<String, Object> names() {
    return names;
  }

  /// The least value: of the number itself, in milliseconds, or in bytes.
  long min() {
    return min;
  }

  long max() {
    return max;
  }

  /// What a text must match, or null.
  java.util.regex.Pattern pattern() {
    return pattern;
  }

  /// The components of a record, in their order.
  List<Key> keys() {
    if (keys == null) {
      keys = SchemaReader.keys(this);
    }
    return keys;
  }

  /// The canonical constructor of a record, made accessible.
  Constructor<?> constructor() {
    if (constructor == null) {
      constructor = SchemaReader.constructor(raw);
    }
    return constructor;
  }

  /// Whether there is a secret in it anywhere.
  boolean secret() {
    if (kind == Kind.RECORD) {
      for (Key key : keys()) {
        if (key.type().secret()) {
          return true;
        }
      }
    }
    return of == null ? kind == Kind.SECRET : of.secret();
  }

  /// What is expected, in the words of a problem.
  String expected() {
    return kind == Kind.OPTIONAL ? of.expected() : kind == Kind.ENUM ? kind.expected() + " " + String.join(", ", names.keySet()) : kind.expected();
  }
}
