package uservice.config;

import module java.base;
import uservice.yaml.Yaml;
import uservice.yaml.YamlException;

/// A configuration that was found right: the root record, the sections that are present, and all of it as text.
/// Immutable, for any thread.
public final class Configuration {
  /// Reads the configuration anew, from wherever it came.
  @FunctionalInterface
  public interface Reader {
    Configuration read() throws ConfigurationException;
  }

  private final Schema schema;
  private final Map<String, Record> records;
  private final Map<String, String> origins;
  private final Set<String> confided;
  private final boolean empty;

  private Configuration(Schema schema, Map<String, Record> records, Map<String, String> origins, Set<String> confided, boolean empty) {
    this.schema = schema;
    this.records = records;
    this.origins = origins;
    this.confided = confided;
    this.empty = empty;
  }

  /// Reads a configuration: defaults, below the file, below the variables, below the settings.
  ///
  /// @param environment every environment variable: those that begin with `USERVICE_` set keys, and all of them may stand
  ///   in the file as `${NAME}`
  /// @param settings `KEY=VALUE` each, a later one above an earlier one
  /// @param reserved variables that begin with `USERVICE_` and are no settings
  /// @throws ConfigurationException with every problem there is
  public static Configuration load(Optional<Source> file, Map<String, String> environment, List<String> settings,
      Schema schema, Set<String> reserved) throws ConfigurationException {
    var found = new ArrayList<Problems.Found>();
    var layers = new ArrayList<Given>();
    boolean readable = file.isEmpty() || parse(file.get(), schema, layers, found);
    var overrides = new Overrides(schema, layers, found);
    overrides.environment(environment, reserved);
    for (String setting : settings) {
      overrides.set(setting);
    }
    var binder = new Binder(environment, found);
    Map<String, Record> records = readable ? binder.whole(schema, layers) : Map.of();
    if (!found.isEmpty()) {
      Set<String> secrets = schema.secretNames();
      layers.forEach(layer -> layer.input().hide(layer.node(), secrets));
    }
    ConfigurationException.check(found);
    return new Configuration(schema, records, binder.origins(), binder.confided(), layers.isEmpty());
  }

  private static boolean parse(Source file, Schema schema, List<Given> layers, List<Problems.Found> found) {
    Input input = file.input();
    try {
      layers.add(Given.root(Yaml.parse(file.bytes()), input));
      return true;
    } catch (YamlException wrong) {
      boolean secret = input.near(wrong.at().line(), schema.secretNames());
      found.add(new Problems.Found(input, input.malformed(wrong, secret)));
      return false;
    }
  }

  /// The root record.
  ///
  /// @throws ClassCastException if the schema's root is of another class
  public <R extends Record> R root(Class<R> type) {
    return type.cast(records.get(""));
  }

  /// The record of a section, if it is present.
  public Optional<Object> section(String name) {
    return name.isEmpty() ? Optional.empty() : Optional.ofNullable(records.get(name));
  }

  /// Whether nothing at all was configured: no file, no variable, no setting.
  public boolean isEmpty() {
    return empty;
  }

  /// This configuration with a section present: as it is, or with its defaults where nobody configured it.
  ///
  /// @throws ConfigurationException if the section has a key without a default and is not configured
  public Configuration with(String section) throws ConfigurationException {
    int index = Key.index(schema.keys(), section);
    if (index < schema.root().keys().size()) {
      throw new IllegalArgumentException("there is no section '" + section + "'");
    }
    if (records.containsKey(section)) {
      return this;
    }
    var found = new ArrayList<Problems.Found>();
    Object record = new Binder(Map.of(), found).absent(schema.keys().get(index).type(), Trail.ROOT.to(section), Given.NOTHING);
    ConfigurationException.check(found);
    var more = new LinkedHashMap<>(records);
    more.put(section, (Record) record);
    return new Configuration(schema, more, origins, confided, empty);
  }

  /// Everything in force, as YAML that gives this configuration again: defaults too, in the schema's order, secrets as
  /// `***`, with a comment at each value that came from a variable or a setting. Ends with a line feed.
  public String effective() {
    return new Effective(origins).text(schema, records);
  }

  /// Everything in force as a tree, for programs that carry it elsewhere: a record is a `Map` by its keys' names in the schema's
  /// order, a mapping one in the order of its names, a list a `List`, a constant its name, and every other value what it is
  /// bound to. What nobody configured and no default gives is left out. What may not be shown stays a [Secret]: those that are,
  /// and any value with the content of a file in it (`${file:…}`), which becomes one.
  public Map<String, Object> values() {
    return new Values(confided, true).of(schema, records);
  }

  /// The same without what is as it would be if nobody had configured it. A section that is present stays, perhaps empty.
  public Map<String, Object> departures() {
    return new Values(confided, false).of(schema, records);
  }

  /// The paths of what is different in `later`, in the schema's order: `health.port`, `log.levels`, or a section that came
  /// or went. Lists and maps count as one value. Both must be of the same schema.
  public List<String> changes(Configuration later) {
    var changes = new ArrayList<String>();
    Effective.changes(schema.root(), records.get(""), later.records.get(""), Trail.ROOT, changes);
    for (Key key : schema.keys().subList(schema.root().keys().size(), schema.keys().size())) {
      Effective.changes(key.type(), records.get(key.name()), later.records.get(key.name()), Trail.ROOT.to(key.name()), changes);
    }
    return changes;
  }
}
