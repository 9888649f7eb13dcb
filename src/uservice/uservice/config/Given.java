package uservice.config;

import uservice.yaml.Mark;
import uservice.yaml.Node;
import uservice.yaml.Style;

/// A value that somebody wrote.
///
/// @param key the key it stands behind; null for an item of a list
record Given(Node.Scalar key, Node node, Input input) {
  /// Where no file was read at all.
  static final Given NOTHING = root(key(""), Input.NONE);

  /// The root of a text, or of what a variable or an option sets.
  static Given root(Node node, Input input) {
    return new Given(key(""), node, input);
  }

  /// A key that nobody wrote: it has no width.
  static Node.Scalar key(String name) {
    var start = new Mark(1, 1);
    return new Node.Scalar(name, Style.PLAIN, start, start);
  }

  /// Where to say that something about it as a whole is wrong: at its key, or at itself where it is an item.
  Origin place() {
    return key == null ? input.at(node) : key.start().equals(key.end()) ? Origin.of(input.name()) : input.at(key);
  }

  Origin at() {
    return input.at(node);
  }

  /// Whether nothing was written: `key:`, `~`, `null`.
  boolean nothing() {
    return !input.verbatim() && node instanceof Node.Scalar scalar && scalar.value() == null;
  }
}
