package uservice.config;

import module java.base;
import uservice.yaml.Mark;
import uservice.yaml.Node;
import uservice.yaml.YamlException;

/// A text that values come from: the file, a variable, an option. Knows which parts of it are secret.
///
/// @param order the place among all of them, the file first
/// @param file whether `${…}` means something in it, and its lines are numbered as an editor does
/// @param verbatim whether the whole text is one value; else it is YAML
/// @param hidden where secrets stand
record Input(String name, int order, String text, boolean file, boolean verbatim, List<Span> hidden) {
  /// From a place to another, which is not included.
  record Span(Mark start, Mark end) {
    boolean holds(int line, int column) {
      return (line > start.line() || line == start.line() && column >= start.column())
          && (line < end.line() || line == end.line() && column < end.column());
    }
  }

  /// Where there is no text at all.
  static final Input NONE = file("configuration", "");

  static Input file(String name, String text) {
    return new Input(name, 0, text, true, false, new ArrayList<>());
  }

  static Input override(String name, int order, String text, boolean verbatim) {
    return new Input(name, order, text, false, verbatim, new ArrayList<>());
  }

  Origin at(Node node) {
    return verbatim ? Origin.of(name) : at(node.start(), node.end());
  }

  Origin at(Mark start, Mark end) {
    int endColumn = end.line() == start.line() ? end.column() : Integer.MAX_VALUE;
    return new Origin(name, start.line(), start.column(), Math.max(endColumn, start.column() + 1));
  }

  /// Keeps what stands there out of everything that is printed; with a comment behind, which a secret with a `#` becomes.
  void hide(Node node) {
    boolean comment = line(node.end().line()).indexOf('#') >= 0;
    hidden.add(new Span(node.start(), comment ? new Mark(node.end().line() + 1, 1) : node.end()));
  }

  /// Hides what stands behind keys that are called like secrets, or nearly: an unknown key, or one in the wrong place, may
  /// hold one too. Hides addresses with a password in them.
  void hide(Node node, Set<String> names) {
    if (node instanceof Node.Scalar scalar && !Scalars.masked(scalar.text()).equals(scalar.text())) {
      hide(node);
    } else if (node instanceof Node.Sequence list) {
      list.items().forEach(item -> hide(item, names));
    } else if (node instanceof Node.Mapping mapping) {
      for (Node.Entry entry : mapping.entries()) {
        if (mentions(entry.key().text(), names) || NearestName.of(entry.key().text(), names).isPresent()) {
          hide(entry.value());
        }
        hide(entry.value(), names);
      }
    }
  }

  /// What is wrong with a text that is not YAML; where `secret`, nothing of the line and of what is quoted from it.
  Problem malformed(YamlException wrong, boolean secret) {
    int line = wrong.at().line();
    if (secret) {
      hidden.add(new Span(new Mark(line, 1), new Mark(line + 1, 1)));
    }
    String reason = secret ? wrong.getMessage().replaceAll("(?s)'.*'", "'***'") : wrong.getMessage();
    return new Problem.Malformed(at(wrong.at(), wrong.end()), reason);
  }

  /// Whether a line, the one before, or one that it is indented under is called like a secret; of a line without a key, any
  /// before it. Where the text is not YAML, nothing else tells where the secrets are.
  boolean near(int line, Set<String> names) {
    int least = Integer.MAX_VALUE;
    int before = line(line).matches("\\s*\\w+:( .*)?") ? 2 : Integer.MAX_VALUE;
    for (String each : text.lines().limit(line).toList().reversed()) {
      int indent = each.length() - each.stripLeading().length();
      if (indent < each.length() && (indent < least || before > 0)) {
        least = each.startsWith("\t") ? least : Math.min(indent, least);
        before--;
        if (mentions(each, names)) {
          return true;
        }
      }
    }
    return false;
  }

  /// Whether a key has more in it than a secret's name: `password 'x'`, without its colon, may be a key with the secret in it.
  static boolean swallowed(String key, Set<String> names) {
    return !key.matches("[\\w.-]*") && mentions(key, names);
  }

  private static boolean mentions(String text, Set<String> names) {
    String letters = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", ""); // whatever got in between
    return names.stream().anyMatch(letters::contains);
  }

  boolean hides(int line, int column) {
    return hidden.stream().anyMatch(span -> span.holds(line, column));
  }

  /// A line of the text, from 1, without its end.
  String line(int number) {
    return text.lines().skip(number - 1L).findFirst().orElse("");
  }
}
