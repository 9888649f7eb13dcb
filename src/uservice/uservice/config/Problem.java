package uservice.config;

import module java.base;

/// One thing that is wrong with a configuration, and where it stands. No text in it holds a secret.
public sealed interface Problem {
  /// A file that cannot be read.
  record Unreadable(Origin at, String reason) implements Problem {}

  /// Text that is not the YAML that is read here.
  record Malformed(Origin at, String reason) implements Problem {}

  /// A key that no record has; `nearest` is the one that was meant, or empty.
  record UnknownKey(Origin at, String key, String nearest) implements Problem {}

  /// An environment variable that sets nothing.
  record UnknownVariable(Origin at, String name, String nearest) implements Problem {}

  /// A `--set` that sets nothing; `nearest` is the whole path that was meant, or empty.
  record UnknownSetting(Origin at, String path, String nearest) implements Problem {}

  /// A `--set`, or the path in it, that cannot be followed.
  record UnusableSetting(Origin at, String reason) implements Problem {}

  /// A key without a default that is not there.
  record Missing(Origin at, String path, String expected) implements Problem {}

  /// A key with nothing behind it; `fallback` is the default's text, or empty.
  record NeedsValue(Origin at, String path, String expected, String fallback) implements Problem {}

  /// A value of another type, `value` as it is shown to people.
  record WrongType(Origin at, String path, String value, String expected) implements Problem {}

  /// A value beyond a bound: `at most 60s`.
  record OutOfRange(Origin at, String path, String value, String bound) implements Problem {}

  /// A text that its pattern does not allow.
  record NoMatch(Origin at, String path, String value, String pattern) implements Problem {}

  /// A `${…}` that has no value.
  record Unresolved(Origin at, String path, String reason) implements Problem {}

  /// What a record's constructor says of its components together.
  record Refused(Origin at, String path, String reason) implements Problem {}

  /// Where it stands.
  Origin at();

  /// What is wrong and what would be right, on one line, without the place.
  default String text() {
    return switch (this) {
      case Unreadable(_, var reason) -> reason;
      case Malformed(_, var reason) -> reason;
      case UnknownKey(_, var key, var nearest) -> "unknown key " + Excerpt.quote(key) + meant(nearest);
      case UnknownVariable(_, var name, var nearest) -> "no setting has the name " + name + meant(nearest);
      case UnknownSetting(_, var path, var nearest) -> "unknown key " + Excerpt.quote(path) + meant(nearest);
      case UnusableSetting(_, var reason) -> reason;
      case Missing(_, var path, var expected) -> path + " is missing; it has no default, write " + expected;
      case NeedsValue(_, var path, var expected, var fallback) -> path + " needs a value: " + expected
          + (fallback.isEmpty() ? "" : "; leave the key out for the default " + fallback);
      case WrongType(_, var path, var value, var expected) -> path + " is " + value + ", expected " + expected;
      case OutOfRange(_, var path, var value, var bound) -> path + " is " + value + ", " + bound;
      case NoMatch(_, var path, var value, var pattern) -> path + " is " + value + ", expected a match of " + pattern;
      case Unresolved(_, var path, var reason) -> path + ": " + reason;
      case Refused(_, var path, var reason) -> (path.isEmpty() ? "" : path + ": ") + reason;
    };
  }

  /// The whole line: `app.yaml:3:5: error: unknown key 'prot', did you mean 'port'?`
  default String line() {
    return at() + ": error: " + text();
  }

  private static String meant(String nearest) {
    return nearest.isEmpty() ? "" : ", did you mean '" + nearest + "'?";
  }
}
