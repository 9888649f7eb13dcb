package uservice.config;

import module java.base;

/// A configuration is refused, for the reasons in [#problems()].
public final class ConfigurationException extends Exception {
  private final transient Problems problems;

  ConfigurationException(Problems problems) {
    super(problems.list().getFirst().line() + (problems.list().size() == 1 ? "" : " (and " + (problems.list().size() - 1) + " more)"));
    this.problems = problems;
  }

  /// Throws if anything was found.
  static void check(List<Problems.Found> found) throws ConfigurationException {
    if (!found.isEmpty()) {
      throw new ConfigurationException(new Problems(found));
    }
  }

  /// Everything that is wrong; at least one problem.
  public Problems problems() {
    return problems;
  }
}
