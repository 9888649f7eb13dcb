package uservice.config;

import module java.base;
import uservice.json.Json;
import uservice.yaml.Node;
import uservice.yaml.Yaml;
import uservice.yaml.YamlException;

/// The keys of a configuration as a JSON Schema (draft 2020-12), which editors use to complete and to check. It lets pass
/// what only the program can tell, such as a value with `${…}` in it.
final class JsonSchema {
  private JsonSchema() {}

  /// The schema; the first `own` keys are the root record's, and only these can be required.
  static String of(List<Key> keys, int own) {
    Map<String, Object> schema = members("$schema", "https://json-schema.org/draft/2020-12/schema", "title", "uservice configuration");
    schema.putAll(object(keys, own));
    return Json.of(schema).text() + "\n";
  }

  private static Map<String, Object> object(List<Key> keys, int own) {
    var properties = new LinkedHashMap<String, Object>();
    keys.forEach(key -> properties.put(key.name(), property(key)));
    List<String> required = keys.subList(0, own).stream().filter(Key::required).map(Key::name).toList();
    Map<String, Object> object = members("type", required.isEmpty() ? List.of("object", "null") : "object", "additionalProperties", false);
    if (!required.isEmpty()) {
      object.put("required", required);
    }
    object.put("properties", properties);
    return object;
  }

  private static Map<String, Object> property(Key key) {
    Map<String, Object> property = members();
    if (!key.doc().isEmpty()) {
      property.put("description", key.doc());
    }
    if (key.fallback() != null && !key.type().secret()) {
      property.put("default", fallback(key.type(), key.fallback()));
    }
    property.putAll(type(key.type()));
    return property;
  }

  private static Object fallback(Type type, String text) {
    try {
      Object core = Scalars.core(text);
      boolean infinite = core instanceof Double number && !Double.isFinite(number);
      return !type.kind().scalar() ? plain(Yaml.parse(text)) : type.kind().core() && !infinite ? core : text;
    } catch (YamlException impossible) {
      throw new IllegalStateException("BUG: a default that was read once is not YAML", impossible);
    }
  }

  private static Object plain(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> scalar.value();
      case Node.Sequence(var items, _, _) -> items.stream().map(JsonSchema::plain).toList();
      case Node.Mapping(var entries, _, _) -> {
        Map<String, Object> map = members();
        entries.forEach(entry -> map.put(entry.key().text(), plain(entry.value())));
        yield map;
      }
    };
  }

  private static Map<String, Object> type(Type type) {
    return switch (type.kind()) {
      case OPTIONAL -> members("anyOf", type.of().kind() == Kind.DURATION
          ? List.of(type(type.of()), members("const", Times.OFF), members("type", "null"))
          : List.of(type(type.of()), members("type", "null")));
      case LIST -> members("type", "array", "items", type(type.of()));
      case MAP -> members("type", "object", "additionalProperties", type(type.of()));
      case RECORD -> object(type.keys(), type.keys().size());
      case STRING, SECRET -> type.pattern() == null
          ? members("type", List.of("string", "number", "boolean")) // without quotes a text may look like these
          : orReference(members("type", List.of("string", "number", "boolean"), "pattern", "^(?:" + type.pattern().pattern() + ")$"));
      case URI, PATH -> members("type", "string", "minLength", 1);
      case BOOLEAN -> orReference(members("type", "boolean"));
      case INT, LONG -> orReference(bounded("integer", type));
      case DOUBLE -> orReference(bounded("number", type));
      case ENUM -> orReference(members("enum", Stream.concat(type.names().keySet().stream(),
          type.names().values().stream().map(constant -> ((Enum<?>) constant).name())).distinct().toList()));
      case DURATION -> orReference(text("^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$"));
      case SIZE -> orReference(text("^[0-9]+([KMGT]iB|[kKMGT]?B)$"));
      case HOST_PORT -> orReference(text(":[0-9]{1,5}$"));
    };
  }

  private static Map<String, Object> text(String pattern) {
    return members("type", "string", "pattern", pattern);
  }

  private static Map<String, Object> bounded(String name, Type type) {
    Map<String, Object> bounded = members("type", name);
    if (type.min() > Integer.MIN_VALUE) {
      bounded.put("minimum", type.min());
    }
    if (type.max() < Integer.MAX_VALUE) {
      bounded.put("maximum", type.max());
    }
    return bounded;
  }

  private static Map<String, Object> orReference(Map<String, Object> type) {
    return members("anyOf", List.of(type, members("type", "string", "pattern", "\\$\\{.+\\}")));
  }

  private static Map<String, Object> members(Object... members) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < members.length; i += 2) {
      map.put((String) members[i], members[i + 1]);
    }
    return map;
  }
}
