package uservice.config;

import module java.base;
import uservice.yaml.Node;
import uservice.yaml.Style;
import uservice.yaml.Yaml;
import uservice.yaml.YamlException;

/// Makes records of what was written. Each value comes as its layers, the lowest first: a mapping is merged from all of them
/// key by key, of everything else the highest one stands. No problem ends the work; a value with a problem in it is null.
final class Binder {
  private final Map<String, String> environment;
  private final List<Problems.Found> found;
  private final Map<String, String> origins = new HashMap<>();
  private final Set<String> confided = new HashSet<>();
  private Schema schema; // null while a default is bound

  Binder(Map<String, String> environment, List<Problems.Found> found) {
    this.environment = environment;
    this.found = found;
  }

  /// Where the values come from that neither the file nor a default gave, by their paths.
  Map<String, String> origins() {
    return origins;
  }

  /// The paths of the values that hold the content of a file.
  Set<String> confided() {
    return confided;
  }

  /// A default that an author wrote.
  ///
  /// @throws IllegalArgumentException if it is no value of the type
  static Object fallback(Type type, String text) {
    try {
      if (type.kind().scalar()) {
        return Scalars.read(type, text);
      }
      var found = new ArrayList<Problems.Found>();
      var given = Given.root(Yaml.parse(text), Input.override("@Default", 0, text, false));
      Object value = new Binder(Map.of(), found).bind(type, "", Trail.ROOT, List.of(given));
      if (found.isEmpty()) {
        return value;
      }
      throw new IllegalArgumentException("@Default: " + found.getFirst().problem().text());
    } catch (Unfit | YamlException wrong) {
      throw new IllegalArgumentException("@Default is " + Excerpt.quote(text) + ", expected " + wrong.getMessage(), wrong);
    }
  }

  /// The root record, under the empty name, and the sections that are present, under theirs.
  Map<String, Record> whole(Schema schema, List<Given> layers) {
    this.schema = schema;
    Given here = layers.isEmpty() ? Given.NOTHING : layers.getFirst();
    List<Key> keys = schema.keys();
    var records = new LinkedHashMap<String, Record>();
    if (!mappings(schema.root(), Trail.ROOT, layers)) {
      return records;
    }
    List<List<Given>> slots = gather(keys, layers);
    records.put("", (Record) record(schema.root(), Trail.ROOT, slots, here));
    for (int i = schema.root().keys().size(); i < keys.size(); i++) {
      if (!slots.get(i).isEmpty()) {
        String name = keys.get(i).name();
        records.put(name, (Record) record(keys.get(i).type(), Trail.ROOT.to(name), slots.get(i)));
      }
    }
    return records;
  }

  /// A record from these layers, of which there is at least one.
  private Object record(Type type, Trail trail, List<Given> layers) {
    return mappings(type, trail, layers) ? record(type, trail, gather(type.keys(), layers), layers.getFirst()) : null;
  }

  /// A record of which nothing was written; `around` is what it would stand in.
  Object absent(Type type, Trail trail, Given around) {
    return record(type, trail, Collections.nCopies(type.keys().size(), List.of()), around);
  }

  private Object record(Type type, Trail trail, List<List<Given>> slots, Given here) {
    int before = found.size();
    List<Key> keys = type.keys();
    var values = new Object[keys.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = component(keys.get(i), trail.to(keys.get(i).name()), slots.get(i), here);
    }
    if (found.size() > before) {
      return null;
    }
    try {
      return type.constructor().newInstance(values);
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof IllegalArgumentException refused) {
        return refused(keys, trail, slots, values, here, refused);
      }
      throw new IllegalStateException("BUG: the constructor of " + type.raw().getName() + " threw " + thrown.getCause(), thrown.getCause());
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException("BUG: " + type.raw().getName() + " cannot be made", impossible);
    }
  }

  /// Whether each layer is a mapping, or nothing, which is an empty one.
  private boolean mappings(Type type, Trail trail, List<Given> layers) {
    int before = found.size();
    for (Given layer : layers) {
      if (!(layer.node() instanceof Node.Mapping) && !layer.nothing()) {
        wrong(layer, trail, type);
      }
    }
    return found.size() == before;
  }

  /// Sorts what the layers hold by key.
  private List<List<Given>> gather(List<Key> keys, List<Given> layers) {
    var slots = new ArrayList<List<Given>>(Collections.nCopies(keys.size(), List.of()));
    for (Given layer : layers) {
      for (Given given : entries(layer)) {
        int index = Key.index(keys, given.key().text());
        if (index >= 0) {
          slots.set(index, with(slots.get(index), given));
        } else {
          unknown(keys, given);
        }
      }
    }
    return slots;
  }

  private static List<Given> with(List<Given> layers, Given given) {
    var more = new ArrayList<>(layers);
    more.add(given);
    return more;
  }

  /// An unknown key beside that of a secret may hold the secret; or be one, with its own colon left out or in the wrong place.
  private void unknown(List<Key> keys, Given given) {
    String name = given.key().text();
    String nearest = Key.nearest(keys, name);
    boolean hidden = schema != null && Input.swallowed(name, schema.secretNames());
    if (keys.stream().anyMatch(key -> key.type().kind() != Kind.RECORD && key.type().secret())) {
      given.input().hide(given.node());
      hidden |= given.nothing() && nearest.isEmpty();
    }
    if (hidden) {
      given.input().hide(given.key());
    }
    add(given, new Problem.UnknownKey(given.place(), hidden ? "***" : name, nearest));
  }

  private static List<Given> entries(Given given) {
    var entries = new ArrayList<Given>();
    if (given.node() instanceof Node.Mapping mapping) {
      for (Node.Entry entry : mapping.entries()) {
        entries.add(new Given(entry.key(), entry.value(), given.input()));
      }
    }
    return entries;
  }

  private Object component(Key key, Trail trail, List<Given> layers, Given around) {
    if (!layers.isEmpty()) {
      return bind(key.type(), key.fallback() == null ? "" : key.fallback(), trail, layers);
    }
    if (key.value() != null) {
      return key.value();
    }
    return switch (key.type().kind()) {
      case RECORD -> absent(key.type(), trail, around);
      case OPTIONAL -> Optional.empty();
      case LIST -> List.of();
      case MAP -> Map.of();
      case BOOLEAN, INT, LONG, DOUBLE, STRING, SECRET, DURATION, SIZE, URI, PATH, HOST_PORT, ENUM ->
          add(around, new Problem.Missing(around.place(), trail.shown(), key.type().expected()));
    };
  }

  private Object bind(Type type, String fallback, Trail trail, List<Given> layers) {
    Type bare = type.bare();
    Given last = layers.getLast();
    boolean optional = bare != type;
    if (!last.input().file() && last.key() != null && (bare.kind().scalar() || bare.kind() == Kind.LIST)) {
      origins.put(trail.toString(), last.input().name());
    }
    if (last.nothing() && type.kind() != Kind.RECORD) {
      return optional ? Optional.empty() : needsValue(type, fallback, trail, last);
    }
    if (bare.kind().scalar()) {
      return scalar(bare, optional, fallback, trail, last);
    }
    Object value = bare.kind() == Kind.RECORD ? record(bare, trail, layers)
        : bare.kind() == Kind.LIST ? list(bare, trail, last) : map(bare, trail, layers);
    return optional ? Optional.ofNullable(value) : value;
  }

  private Object list(Type type, Trail trail, Given given) {
    if (!(given.node() instanceof Node.Sequence sequence)) {
      return wrong(given, trail, type);
    }
    int before = found.size();
    var items = new ArrayList<Object>();
    for (Node item : sequence.items()) {
      items.add(bind(type.of(), "", trail.item(items.size()), List.of(new Given(null, item, given.input()))));
    }
    return found.size() == before ? List.copyOf(items) : null;
  }

  private Object map(Type type, Trail trail, List<Given> layers) {
    if (!mappings(type, trail, layers)) {
      return null;
    }
    int before = found.size();
    var slots = new LinkedHashMap<String, List<Given>>();
    for (Given layer : layers) {
      for (Given given : entries(layer)) {
        String name = given.key().text();
        slots.put(name, with(slots.getOrDefault(name, List.of()), given));
      }
    }
    var map = new LinkedHashMap<String, Object>();
    for (Map.Entry<String, List<Given>> slot : slots.entrySet()) {
      boolean hidden = slot.getValue().getLast().nothing() && type.of().secret(); // the name may have swallowed it
      map.put(slot.getKey(), bind(type.of(), "", trail.to(hidden ? "***" : slot.getKey()), slot.getValue()));
    }
    return found.size() == before ? Collections.unmodifiableMap(map) : null;
  }

  private Object scalar(Type type, boolean optional, String fallback, Trail trail, Given given) {
    if (!(given.node() instanceof Node.Scalar scalar)) {
      return wrong(given, trail, type);
    }
    String text = scalar.text();
    String shown = "";
    boolean plain = scalar.style() == Style.PLAIN;
    boolean hidden = type.secret();
    if (given.input().file() && text.indexOf('$') >= 0) {
      var put = new Interpolation(environment, text);
      for (String fault : put.faults()) {
        add(given, new Problem.Unresolved(given.at(), trail.shown(), fault));
      }
      if (!put.faults().isEmpty()) {
        return null;
      }
      text = put.text();
      plain |= !put.sources().isEmpty(); // in a flow mapping it cannot be written without quotes
      if (put.fromFile()) {
        hidden = true;
        confided.add(trail.toString());
      }
      shown = put.sources().isEmpty() ? "" : " (from " + String.join(", ", put.sources()) + ")";
    }
    if (text.isEmpty() && plain && (optional || !type.kind().text())) {
      return optional ? Optional.empty() : needsValue(type, fallback, trail, given);
    }
    if (optional && type.kind() == Kind.DURATION && text.equals(Times.OFF)) {
      return Optional.empty();
    }
    try {
      if (!plain && type.kind().core()) {
        throw new Unfit(Unfit.Fault.TYPE, type.expected() + "; write it without quotes");
      }
      Object value = Scalars.read(type, text);
      return optional ? Optional.of(value) : value;
    } catch (Unfit unfit) {
      text = Scalars.masked(text);
      shown = (hidden ? "***" : unfit.range() ? Excerpt.escape(text) : (plain || !type.kind().core() ? "" : "the text ") + Excerpt.quote(text)) + shown;
      return add(given, unfit.problem(given.at(), trail.shown(), shown));
    }
  }

  private Object needsValue(Type type, String fallback, Trail trail, Given given) {
    String left = type.secret() && !fallback.isEmpty() ? "***" : fallback;
    String none = type.kind() == Kind.LIST ? "[]" : type.kind() == Kind.MAP ? "{}" : "";
    return add(given, new Problem.NeedsValue(given.at(), trail.shown(), type.expected(), left.isEmpty() ? none : left));
  }

  private Object wrong(Given given, Trail trail, Type type) {
    boolean hidden = type.secret() || trail == Trail.ROOT;
    String value = given.node() instanceof Node.Sequence ? "a list" : "a mapping";
    if (given.node() instanceof Node.Scalar scalar) {
      value = hidden ? "a single value" : Excerpt.quote(Scalars.masked(scalar.text()));
    }
    if (hidden) {
      given.input().hide(given.node());
    }
    return add(given, new Problem.WrongType(given.at(), trail.shown(), value, type.expected()));
  }

  /// What a constructor says, at the component that its message begins with (`grace: …`), else at the record.
  private Object refused(
      List<Key> keys, Trail trail, List<List<Given>> slots, Object[] values, Given here, IllegalArgumentException thrown) {
    String reason = String.valueOf(thrown.getMessage());
    for (Object value : values) {
      if ((value instanceof Optional<?> optional ? optional.orElse(null) : value) instanceof Secret secret && !secret.reveal().isEmpty()) {
        reason = reason.replace(secret.reveal(), secret.toString());
      }
    }
    reason = Excerpt.escape(reason);
    String component = reason.substring(0, Math.max(0, reason.indexOf(':')));
    for (int i = 0; i < keys.size(); i++) {
      Key key = keys.get(i);
      if (component.equals(key.component()) || component.equals(key.name())) {
        Given given = slots.get(i).isEmpty() ? here : slots.get(i).getLast();
        Origin at = given == here ? given.place() : given.at();
        return add(given, new Problem.Refused(at, trail.to(key.name()).shown(), reason.substring(component.length() + 1).strip()));
      }
    }
    return add(here, new Problem.Refused(here.place(), trail == Trail.ROOT ? "" : trail.shown(), reason));
  }

  private Object add(Given given, Problem problem) {
    found.add(new Problems.Found(given.input(), problem));
    return null;
  }
}
