package uservice.trace;

import module java.base;

/// Attributes in the making: each key once, and not too many or too long of them. Not for two threads at once.
final class Attributes {
  private static final int ROOM = 8;

  private final int max;
  private List<SpanData.Attribute> all = List.of();
  private int dropped;

  Attributes(int max) {
    this.max = max;
  }

  /// Takes `value`, in place of what the key had. An empty key and null are nothing; a number that is none is dropped.
  void set(String key, Object value) {
    if (key.isEmpty() || value == null) {
      return;
    }
    if (value instanceof Double number && !Double.isFinite(number)) {
      dropped++;
      return;
    }
    var attribute = new SpanData.Attribute(Chars.cut(key, Span.TEXT_CHARS_MAX),
        value instanceof String text ? Chars.cut(text, Span.TEXT_CHARS_MAX) : value);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).key().equals(attribute.key())) {
        all.set(i, attribute);
        return;
      }
    }
    if (all.size() == max) {
      dropped++;
      return;
    }
    if (all.isEmpty()) {
      all = new ArrayList<>(ROOM);
    }
    all.add(attribute);
  }

  /// `key, value, key, value, …` as a caller gives them.
  static List<SpanData.Attribute> of(Object... keysAndValues) {
    if (keysAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("keys and values " + Arrays.toString(keysAndValues) + ": a value for each key");
    }
    var attributes = new Attributes(Span.ATTRIBUTES_MAX);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      Object value = keysAndValues[i + 1];
      attributes.set(keysAndValues[i].toString(), switch (value) {
        case Integer number -> number.longValue();
        case Float number -> number.doubleValue();
        case String _, Long _, Double _, Boolean _ -> value;
        case null -> null;
        default -> value.toString();
      });
    }
    return List.copyOf(attributes.all);
  }

  List<SpanData.Attribute> toList() { return List.copyOf(all); }

  int dropped() { return dropped; }
}
