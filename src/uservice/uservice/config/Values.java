package uservice.config;

import module java.base;

/// Makes a tree of plain values of what is in force. Not on the path of a start.
///
/// @param confided the paths of values that hold the content of a file
/// @param all whether what is as by default is there too
record Values(Set<String> confided, boolean all) {
  Map<String, Object> of(Schema schema, Map<String, Record> records) {
    Map<String, Object> values = record(schema.root(), records.get(""), Trail.ROOT);
    for (Key key : schema.keys()) {
      if (records.containsKey(key.name())) {
        values.put(key.name(), record(key.type(), records.get(key.name()), Trail.ROOT.to(key.name())));
      }
    }
    return values;
  }

  private Map<String, Object> record(Type type, Object record, Trail trail) {
    var values = new LinkedHashMap<String, Object>();
    for (Key key : type.keys()) {
      Object value = Effective.component(record, key);
      Object bare = value instanceof Optional<?> optional ? optional.orElse(null) : value;
      if (bare != null && (all || !bare.equals(key.value()))) {
        Object carried = value(key.type().bare(), bare, trail.to(key.name()));
        if (all || key.value() != null || key.type().kind() == Kind.OPTIONAL || !Map.of().equals(carried) && !List.of().equals(carried)) {
          values.put(key.name(), carried);
        }
      }
    }
    return values;
  }

  private Object value(Type type, Object value, Trail trail) {
    return switch (type.kind()) {
      case RECORD -> record(type, value, trail);
      case MAP -> {
        var values = new TreeMap<String, Object>(); // many a record's copy of its map has another order in each run
        ((Map<?, ?>) value).forEach((name, each) -> values.put((String) name, value(type.of(), each, trail.to((String) name))));
        yield values;
      }
      case LIST -> {
        var values = new ArrayList<Object>();
        ((List<?>) value).forEach(each -> values.add(value(type.of(), each, trail.item(values.size()))));
        yield values;
      }
      case ENUM, BOOLEAN, INT, LONG, DOUBLE, STRING, SECRET, DURATION, SIZE, URI, PATH, HOST_PORT -> {
        Object carried = type.kind() == Kind.ENUM ? Scalars.text(value) : value;
        yield confided.contains(trail.toString()) && !(carried instanceof Secret) ? Secret.of(carried.toString()) : carried;
      }
      case OPTIONAL -> throw new IllegalStateException("BUG: " + trail + " is an Optional in something");
    };
  }
}
