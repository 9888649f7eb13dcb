package uservice.config;

import module java.base;

/// What may stand in a configuration: a root record, and sections beside its components that may be present or not.
///
/// ```java
/// Schema schema = Schema.of(Settings.class).section("orders", Orders.Config.class);
/// ```
///
/// Every type is a record (its components are the keys, in snake case), `boolean`, `int`, `long`, `double`, `String`, an
/// enum, `Duration`, [Size], `URI`, `Path`, [HostPort], [Secret], or `Optional`, `List` and `Map<String, …>` of these. A
/// component must be configured unless it has a [Default], or is one of the last three, or a record of which that is true.
///
/// For any thread; the methods throw `IllegalArgumentException` where the author of a record has to change something.
public final class Schema {
  static final String PREFIX = "USERVICE_";

  /// What a variable or a `--set` points at.
  record Target(List<String> steps, Type type) {
    Target to(String step, Type below) {
      var more = new ArrayList<>(steps);
      more.add(step);
      return new Target(more, below);
    }

    /// Whether a variable may set a single entry of it: a map of scalars.
    boolean open() {
      return type.bare().kind() == Kind.MAP && type.bare().of().kind().scalar();
    }

    @Override
    public String toString() {
      return "'" + String.join(".", steps) + "'";
    }
  }

  private final Type root;
  private final List<Key> keys;

  private Schema(Type root, List<Key> keys) {
    this.root = root;
    this.keys = List.copyOf(keys);
  }

  /// A schema of the root record's components.
  public static Schema of(Class<? extends Record> root) {
    Type type = SchemaReader.record(root, null);
    return new Schema(type, type.keys());
  }

  /// This schema and a section beside the root's own keys, absent unless it is configured. Its record is read when something
  /// is configured in it, or all of the schema is printed, and refused then.
  public Schema section(String name, Class<? extends Record> type) {
    if (!word(name)) {
      throw new IllegalArgumentException("'" + name + "' cannot be the name of a section; write it in lower_snake_case");
    }
    if (Key.index(keys, name) >= 0) {
      throw new IllegalArgumentException("there are two sections with the name '" + name + "'");
    }
    var more = new ArrayList<>(keys);
    more.add(new Key(name, name, SchemaReader.record(type, null), "", null, null));
    return new Schema(root, more);
  }

  private static boolean word(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '_'))) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /// The environment variables that there are, with what each one sets.
  Map<String, Target> variables() {
    return variables(keys);
  }

  /// Those of them that `variable` may be, or be an entry of. No other section's record is read to find out.
  Map<String, Target> variables(String variable) {
    var near = new ArrayList<Key>();
    for (Key key : keys) {
      if (variable.startsWith(variable(PREFIX, key))) {
        near.add(key);
      }
    }
    return variables(near);
  }

  private Map<String, Target> variables(List<Key> keys) {
    var variables = new LinkedHashMap<String, Target>();
    index(variables, keys, PREFIX, new Target(List.of(), root));
    for (Map.Entry<String, Target> variable : variables.entrySet()) {
      if (variable.getValue().open()) {
        checkBelow(variables, variable.getKey(), variable.getValue());
      }
    }
    return variables;
  }

  private static String variable(String prefix, Key key) {
    return prefix + key.name().toUpperCase(Locale.ROOT);
  }

  /// No variable may look like that of an entry of an open map.
  private static void checkBelow(Map<String, Target> variables, String variable, Target map) {
    String below = variable + "_";
    for (Map.Entry<String, Target> other : variables.entrySet()) {
      if (other.getKey().startsWith(below)) {
        throw ambiguous(other.getKey(), map, other.getValue());
      }
    }
  }

  /// Names the variable of each key and of each below it.
  private static void index(Map<String, Target> variables, List<Key> keys, String prefix, Target above) {
    for (Key key : keys) {
      String name = variable(prefix, key);
      Target target = above.to(key.name(), key.type());
      Target other = variables.put(name, target);
      if (other != null) {
        throw ambiguous(name, other, target);
      }
      if (Injected.serviceName(name)) {
        throw new IllegalArgumentException(target + " needs another name: Kubernetes itself sets the variable " + name
            + " where there is such a Service");
      }
      if (key.type().bare().kind() == Kind.RECORD) {
        index(variables, key.type().bare().keys(), name + "_", target);
      }
    }
  }

  private static IllegalArgumentException ambiguous(String variable, Target one, Target other) {
    return new IllegalArgumentException(one + " and " + other + " need other names: the variable " + variable + " could mean either");
  }

  /// A record of this type with nothing configured.
  ///
  /// @throws ConfigurationException if it has a component without a default
  public static <R extends Record> R defaults(Class<R> type) throws ConfigurationException {
    var found = new ArrayList<Problems.Found>();
    Object value = new Binder(Map.of(), found).absent(SchemaReader.record(type, null), Trail.ROOT, Given.NOTHING);
    ConfigurationException.check(found);
    return type.cast(value);
  }

  /// The keys as a Markdown table: key, type, default, range, what it is for.
  public String markdown() {
    variables(); // refuses those that could mean either of two keys
    return MarkdownTable.of(keys);
  }

  /// A JSON Schema (draft 2020-12) of the file, for editors. Ends with a line feed.
  public String jsonSchema() {
    variables(); // as above
    return JsonSchema.of(keys, root.keys().size());
  }

  Type root() {
    return root;
  }

  /// The root's own keys, then the sections.
  List<Key> keys() {
    return keys;
  }

  /// The names of all keys that hold a secret themselves, in lower case.
  Set<String> secretNames() {
    var names = new HashSet<String>();
    secretNames(keys, names);
    return names;
  }

  private static void secretNames(List<Key> keys, Set<String> names) {
    for (Key key : keys) {
      Type type = key.type();
      while (type.of() != null) {
        type = type.of();
      }
      if (type.kind() == Kind.RECORD) {
        secretNames(type.keys(), names);
      } else if (type.secret()) {
        names.add(key.name());
      }
    }
  }
}
