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
    // Not a `switch` over types: see JsonWriter.
    if (plain instanceof CharSequence text) {
      return new Json.Str(text.toString());
    } else if (plain instanceof Number number) {
      return number(number, path);
    } else if (plain instanceof Boolean bool) {
      return new Json.Bool(bool);
    } else if (plain instanceof Map<?, ?> map) {
      return object(map, path, depth);
    } else if (plain instanceof Json json) {
      return json;
    } else if (plain == null) {
      return new Json.Null();
    } else if (plain instanceof Optional<?> optional) {
      return json(optional.orElse(null), path, depth);
    } else if (worded(plain)) { // before Iterable, which a Path is
      return new Json.Str(plain.toString());
    } else if (plain instanceof Record record) {
      return object(components(record, path), path, depth);
    } else if (plain instanceof Iterable<?> items) {
      return array(items.iterator(), path, depth);
    } else if (plain.getClass().isArray()) {
      return array(IntStream.range(0, Array.getLength(plain)).mapToObj(i -> Array.get(plain, i)).iterator(), path, depth);
    }
    throw refused(path, "a " + plain.getClass().getName() + " has no form in JSON");
  }

  private static boolean worded(Object plain) {
    return plain instanceof Character || plain instanceof Enum<?> || plain instanceof Temporal || plain instanceof TemporalAmount
        || plain instanceof URI || plain instanceof UUID || plain instanceof Path;
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
