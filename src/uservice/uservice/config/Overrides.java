package uservice.config;

import module java.base;
import uservice.yaml.Node;
import uservice.yaml.Yaml;
import uservice.yaml.YamlException;

/// Turns variables and `--set` options into layers of the configuration: each becomes a mapping, nested as its path is,
/// around its value. What can hold one value takes the text as it is; everything else reads it as YAML.
final class Overrides {
  private final Schema schema;
  private final List<Given> layers;
  private final List<Problems.Found> found;
  private int order = 1;

  Overrides(Schema schema, List<Given> layers, List<Problems.Found> found) {
    this.schema = schema;
    this.layers = layers;
    this.found = found;
  }

  /// The variables whose names begin with `USERVICE_`, by name.
  void environment(Map<String, String> environment, Set<String> reserved) {
    var names = new TreeSet<String>();
    for (String name : environment.keySet()) {
      if (name.startsWith(Schema.PREFIX) && !reserved.contains(name) && !Injected.is(name, environment.get(name))) {
        names.add(name);
      }
    }
    for (String name : names) {
      String shown = Excerpt.escape(name);
      Origin at = Origin.of("environment variable " + shown);
      Schema.Target target = variable(name);
      if (target == null) {
        refuse(new Problem.UnknownVariable(at, shown, NearestName.of(name, schema.variables().keySet()).orElse("")));
      } else {
        layer(at, target, environment.get(name));
      }
    }
  }

  /// What a variable sets: a key, or an entry of a map of scalars; null for neither.
  private Schema.Target variable(String name) {
    Map<String, Schema.Target> near = schema.variables(name);
    if (near.containsKey(name)) {
      return near.get(name);
    }
    for (Map.Entry<String, Schema.Target> map : near.entrySet()) {
      String prefix = map.getKey() + "_";
      if (name.startsWith(prefix) && name.length() > prefix.length() && map.getValue().open()) {
        return map.getValue().to(name.substring(prefix.length()).toLowerCase(Locale.ROOT), map.getValue().type().bare().of());
      }
    }
    return null;
  }

  /// An option `--set PATH=VALUE`.
  void set(String setting) {
    int equals = setting.indexOf('=');
    String path = equals < 0 ? setting : setting.substring(0, equals);
    Origin at = Origin.of("--set " + Excerpt.escape(path));
    if (equals <= 0) {
      refuse(new Problem.UnusableSetting(at, "write it as KEY=VALUE, such as --set health.port=9000"));
      return;
    }
    Schema.Target target = new Schema.Target(List.of(), schema.root());
    for (int from = 0; from <= path.length(); ) {
      int dot = path.indexOf('.', from);
      int to = dot < 0 ? path.length() : dot;
      Type type = target.type().bare();
      if (type.kind() == Kind.RECORD) {
        List<Key> keys = from == 0 ? schema.keys() : type.keys();
        String name = path.substring(from, to);
        int index = Key.index(keys, name);
        if (index < 0) {
          String nearest = Key.nearest(keys, name);
          String meant = nearest.isEmpty() ? "" : Excerpt.escape(path.substring(0, from) + nearest + path.substring(to));
          refuse(new Problem.UnknownSetting(at, path, meant));
          return;
        }
        target = target.to(name, keys.get(index).type());
      } else if (type.kind() == Kind.MAP && from < path.length()) {
        to = target.open() ? path.length() : to;
        target = target.to(path.substring(from, to), type.of());
      } else {
        refuse(new Problem.UnusableSetting(at, target + " is " + type.expected() + ", nothing can follow it"));
        return;
      }
      from = to + 1;
    }
    layer(at, target, setting.substring(equals + 1));
  }

  private void layer(Origin at, Schema.Target target, String value) {
    boolean verbatim = target.type().bare().kind().scalar();
    Input input = Input.override(at.source(), order++, value, verbatim);
    try {
      Node node = verbatim ? Given.key(value) : Yaml.parse(value);
      for (String step : target.steps().reversed()) {
        Node.Scalar key = Given.key(step);
        node = new Node.Mapping(List.of(new Node.Entry(key, node)), key.start(), key.end());
      }
      layers.add(Given.root(node, input));
    } catch (YamlException wrong) {
      found.add(new Problems.Found(input, input.malformed(wrong, target.type().secret())));
    }
  }

  private void refuse(Problem problem) {
    found.add(new Problems.Found(Input.override("", order++, "", true), problem));
  }
}
