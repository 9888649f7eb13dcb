package uservice.control;

import module java.base;
import uservice.metrics.Type;

/// What a program posted about one series: which it is, and what is to become of it.
///
/// @param where the place in the body, for problems
/// @param help empty where none was given
/// @param labels sorted by name, so that the same labels in another order are the same series
record Sample(String where, String name, Type type, String help, SortedMap<String, String> labels, Change change) {
  private static final int NAME_CHARS_MAX = 200;
  private static final int VALUE_CHARS_MAX = 500;
  private static final int LABELS_MAX = 20;
  private static final int HELP_CHARS_MAX = 500;

  /// What is to become of a series.
  sealed interface Change {
    /// A counter or gauge changes by this much.
    record Add(double amount) implements Change {}

    /// A gauge is this.
    record Set(double value) implements Change {}

    /// A counter stands at this, as its program counts: what it has grown by since is added.
    record StandsAt(double value) implements Change {}

    /// A histogram sees these values; `bounds` are those of its buckets, none for the usual ones.
    record Observe(double[] values, double[] bounds) implements Change {}

    /// A histogram stands at this, as its program counts; `counts` one for each bucket, not added up, the last above every bound.
    record Buckets(double[] bounds, long[] counts, double sum) implements Change {}
  }

  Sample {
    if (name.length() > NAME_CHARS_MAX) {
      throw new IllegalArgumentException("metric '" + Name.shorten(name) + "' has a name of " + name.length() + " characters, at most " + NAME_CHARS_MAX);
    }
    if (labels.size() > LABELS_MAX) {
      throw new IllegalArgumentException("metric '" + name + "' has " + labels.size() + " labels, at most " + LABELS_MAX);
    }
    labels.forEach((label, value) -> {
      if (label.length() > NAME_CHARS_MAX || value.length() > VALUE_CHARS_MAX) {
        throw new IllegalArgumentException("metric '" + name + "' has the label " + Name.shorten(label) + "='" + Name.shorten(value)
            + "', at most " + NAME_CHARS_MAX + " characters for a name and " + VALUE_CHARS_MAX + " for a value");
      }
    });
    help = help.length() <= HELP_CHARS_MAX ? help : help.substring(0, HELP_CHARS_MAX);
  }
}
