package uservice.json;

import module java.base;

/// Plain Java values to a tree, counted, so that neither a cycle nor shared branches that unfold without end get far.
final class Plain {
  private static final int VALUES_MAX = 1_000_000;

  /// The accessors of a record class, in the order of its components.
  private static final ClassValue<Map<String, Method>> COMPONENTS = new ClassValue<>() {
    @Override protected Map<String, Method> computeValue(Class<?> type) {
      var accessors = new LinkedHashMap<String, Method>();
      for (var component : type.getRecordComponents()) {
        component.getAccessor().trySetAccessible(); // a record may be private; where it stays closed, invoke says so
        accessors.put(component.getName(), component.getAccessor());
      }
      return accessors;
    }
  };

  private int values;

  Json json(Object plain, String path, int depth) {
    if (++values > VALUES_MAX) {
      throw refused(path, "more than " + VALUES_MAX + " values");
    }
    return switch (plain) {
      case null -> new Json.Null();
      case Json json -> json;
      case Optional<?> optional -> json(optional.orElse(null), path, depth);
      case CharSequence text -> new Json.Str(text.toString());
      case Boolean bool -> new Json.Bool(bool);
      case Number number -> number(number, path);
      case Character _, Enum<?> _, Temporal _, TemporalAmount _, URI _, UUID _, Path _ -> new Json.Str(plain.toString());
      case Map<?, ?> map -> object(map, path, depth);
      case Record record -> object(components(record, path), path, depth);
      case Iterable<?> items -> array(items.iterator(), path, depth);
      case Object array when array.getClass().isArray() -> array(
          IntStream.range(0, Array.getLength(array)).mapToObj(i -> Array.get(array, i)).iterator(), path, depth);
      default -> throw refused(path, "a " + plain.getClass().getName() + " has no form in JSON");
    };
  }

  private Json number(Number number, String path) {
    try {
      return new Json.Num(number.toString());
    } catch (IllegalArgumentException e) {
      throw refused(path, e.getMessage());
    }
  }

  private Json object(Map<?, ?> map, String path, int depth) {
    var members = new LinkedHashMap<String, Json>();
    checkDepth(path, depth);
    map.forEach((key, value) -> {
      String name = key instanceof Enum<?> || key instanceof CharSequence || key instanceof Number || key instanceof UUID
          ? key.toString() : null;
      if (name == null) {
        throw refused(path, "a key is " + (key == null ? "null" : "a " + key.getClass().getName()));
      }
      if (members.put(name, json(value, path + Pointer.step(name), depth + 1)) != null) {
        throw refused(path, "two keys are '" + JsonParser.shorten(name) + "'");
      }
    });
    return new Json.Obj(members);
  }

  private Json array(Iterator<?> items, String path, int depth) {
    checkDepth(path, depth);
    var tree = new ArrayList<Json>();
    while (items.hasNext()) {
      tree.add(json(items.next(), path + "/" + tree.size(), depth + 1));
    }
    return new Json.Arr(tree);
  }

  private static Map<String, Object> components(Record record, String path) {
    var values = new LinkedHashMap<String, Object>();
    for (var component : COMPONENTS.get(record.getClass()).entrySet()) {
      try {
        values.put(component.getKey(), component.getValue().invoke(record));
      } catch (IllegalAccessException e) {
        throw refused(path, "record " + record.getClass().getName() + " is closed; make it public in an exported package, "
            + "or open its package to module " + Plain.class.getModule().getName());
      } catch (InvocationTargetException e) {
        throw refused(path, record.getClass().getName() + "." + component.getKey() + " threw " + e.getCause());
      }
    }
    return values;
  }

  private static void checkDepth(String path, int depth) {
    if (depth == Json.DEPTH_MAX) {
      throw refused(path, "nested deeper than " + depth + ", does it contain itself?");
    }
  }

  private static IllegalArgumentException refused(String path, String reason) {
    return new IllegalArgumentException((path.isEmpty() ? "" : "at " + path + ": ") + reason);
  }
}
