package uservice.manifest;

import module java.base;

/// Makes the maps that files are written from, in the order of the words.
final class Tree {
  private Tree() {}

  /// A map of names and values, one after the other; a name whose value is null is left out.
  static Map<String, Object> map(Object... namesAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i + 1] != null) {
        map.put((String) namesAndValues[i], namesAndValues[i + 1]);
      }
    }
    return map;
  }

  /// A list without what is null.
  static List<Object> list(Object... items) {
    return Stream.of(items).filter(Objects::nonNull).toList();
  }

  /// The entries of both.
  static Map<String, Object> with(Map<String, ?> first, Object... more) {
    var map = new LinkedHashMap<String, Object>(first);
    map.putAll(map(more));
    return map;
  }
}
