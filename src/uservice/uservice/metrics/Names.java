package uservice.metrics;

import module java.base;

/// The rules of names: those of text 0.0.4 and OpenMetrics 1.0, and of what `promtool check metrics` holds up the suffixes and
/// the help. Its taste in spelling and in units is left to it.
final class Names {
  static final String TOTAL = "_total";
  static final String INFO = "_info";

  private static final List<String> SUFFIXES = List.of(TOTAL, "_bucket", "_count", "_sum", "_created");
  private static final Set<String> UNITS = Set.of(
      "seconds", "bytes", "ratio", "celsius", "meters", "grams", "volts", "amperes", "joules");

  private Names() {}

  /// Refuses a family's name, help or labels that break a rule.
  static void check(Type type, String name, String help, List<String> labels) {
    checkWord(name, "must have", name);
    switch (type) {
      case COUNTER -> checkEnd(type, name, TOTAL);
      case INFO -> checkEnd(type, name, INFO);
      case GAUGE, HISTOGRAM -> checkNoEnd(type, name);
    }
    if (help.isBlank()) {
      throw refused(name, "needs a help text: a sentence that says what it measures");
    }
    for (String label : labels) {
      checkLabel(name, label);
    }
    if (new HashSet<>(labels).size() != labels.size()) {
      throw refused(name, "has a label twice in " + labels + ": each name once");
    }
  }

  private static void checkNoEnd(Type type, String name) {
    for (String suffix : SUFFIXES) {
      if (name.endsWith(suffix)) {
        throw refused(name, "must not end in '" + suffix + "', being a " + type.text + ": '" + cut(name, suffix) + "'");
      }
    }
  }

  private static void checkEnd(Type type, String name, String suffix) {
    if (!name.endsWith(suffix) || name.length() == suffix.length()) {
      throw refused(name, "must end in '" + suffix + "' after a name of its own, being of type " + type.openMetrics + ": '"
          + (name.endsWith(suffix) ? "things" : name) + suffix + "'");
    }
  }

  private static void checkLabel(String name, String label) {
    checkWord(name, "has the label '" + label + "', which must have", label);
    if (label.equals("le") || label.equals("quantile")) {
      throw refused(name, "has the label '" + label + "', which the format itself sets: another name");
    }
  }

  /// Every name that the family or its lines may have, in either format. None of them can be another family's.
  static List<String> taken(Type type, String name) {
    String base = base(type, name);
    return switch (type) {
      case COUNTER -> List.of(name, base, base + "_created");
      case GAUGE -> List.of(name);
      case HISTOGRAM -> List.of(name, name + "_bucket", name + "_count", name + "_sum", name + "_created");
      case INFO -> List.of(name, base);
    };
  }

  /// The family's name in OpenMetrics, which has no suffix.
  static String base(Type type, String name) {
    return switch (type) {
      case COUNTER -> cut(name, TOTAL);
      case INFO -> cut(name, INFO);
      case GAUGE, HISTOGRAM -> name;
    };
  }

  /// The unit that the name ends in, or an empty string.
  static String unit(Type type, String name) {
    String base = base(type, name);
    int last = base.lastIndexOf('_') + 1;
    return last > 1 && type != Type.INFO && UNITS.contains(base.substring(last)) ? base.substring(last) : "";
  }

  static IllegalArgumentException refused(String name, String why) {
    return new IllegalArgumentException("metric '" + name + "' " + why);
  }

  /// Refuses what is no word of both formats; `what` says whose name it is.
  private static void checkWord(String metric, String what, String name) {
    var word = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      word.append(word.isEmpty() && digit ? "n" : "").append(digit || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ? c : '_');
    }
    if (name.isEmpty() || !name.contentEquals(word)) {
      throw refused(metric, what + " letters, digits and underscores only, no digit first"
          + (name.isEmpty() ? "" : ": '" + word + "'"));
    }
    if (name.startsWith("__")) {
      throw refused(metric, what + " no '__' in front, which is kept for Prometheus itself");
    }
  }

  private static String cut(String name, String suffix) {
    return name.substring(0, name.length() - suffix.length());
  }
}
