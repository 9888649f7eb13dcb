package uservice.config;

import module java.base;

/// One component of a record, as a key of the configuration.
///
/// @param component the component's name in Java
/// @param name the key: the same in snake case
/// @param doc what it is for, or empty
/// @param fallback the default's text, or null where there is none
/// @param value the default itself, or null
record Key(String component, String name, Type type, String doc, String fallback, Object value) {
  /// Whether it has to be configured: nobody else has a value for it, or for a key below it.
  boolean required() {
    if (type.kind() == Kind.RECORD) {
      for (Key key : type.keys()) {
        if (key.required()) {
          return true;
        }
      }
    }
    return type.kind().scalar() && fallback == null;
  }

  /// `ledgerTimeout` is `ledger_timeout`, `baseURL` is `base_url`.
  static String snake(String component) {
    var name = new StringBuilder(component.length() + 4);
    boolean before = true; // whether the character before began a word or was a sign
    for (int i = 0; i < component.length(); i++) {
      char c = component.charAt(i);
      boolean capital = c >= 'A' && c <= 'Z';
      if (capital && !before) {
        name.append('_');
      }
      name.append(capital ? (char) (c + ('a' - 'A')) : c);
      before = capital || c == '_';
    }
    return name.toString();
  }

  /// Where the key of this name stands in `keys`, or -1.
  static int index(List<Key> keys, String name) {
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /// The key that was meant by `name`, or empty.
  static String nearest(List<Key> keys, String name) {
    return NearestName.of(name, keys.stream().map(Key::name).toList()).orElse("");
  }
}
