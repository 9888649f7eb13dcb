package audit;

import module java.base;
import java.util.regex.Pattern;

/// What looks like a secret. One table; each rule says what it is after.
final class Secrets {
  private record Rule(String what, Pattern pattern) {}

  private static final List<Rule> RULES = List.of(
      rule("a private key", "-----BEGIN [A-Z ]*PRIVATE KEY-----"),
      rule("an access key id of AWS", "\\b(AKIA|ASIA)[0-9A-Z]{16}\\b"),
      rule("a token of GitHub", "\\bgh[pousr]_[A-Za-z0-9]{36,}"),
      rule("a token of Slack", "\\bxox[abprs]-[0-9A-Za-z-]{10,}"),
      rule("a JSON Web Token", "\\beyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\."),
      rule("an address with a password", "\\b[a-z][a-z0-9+.-]{2,}://[^/\\s:@\"'<>$*{}]+:[^/\\s:@\"'<>$*{}…]{3,}@[A-Za-z0-9]"),
      // A literal, not a name, a place holder or a sentence: both letters and digits, and no space.
      rule("a password or token in clear text",
          "(?i)\\b[a-z_.-]*(password|passwd|secret|token|api_?key)\\b[\"']?\\s*[=:]\\s*[\"']?(?=[^\\s\"']*[0-9])(?=[^\\s\"']*[a-z])[a-z0-9+/_=-]{12,}"));

  private Secrets() {}

  private static Rule rule(String what, String pattern) {
    return new Rule(what, Pattern.compile(pattern));
  }

  /// What is found in a text; the secret itself is not repeated.
  static Optional<String> in(String text) {
    for (Rule rule : RULES) {
      if (rule.pattern().matcher(text).find()) {
        return Optional.of(rule.what());
      }
    }
    return Optional.empty();
  }
}
