package uservice.control;

import module java.base;

/// The names that programs give to checks and loggers.
final class Name {
  private static final int CHARS_MAX = 100;

  private Name() {}

  /// Returns `name`.
  ///
  /// @throws IllegalArgumentException if it is none, with what would be right
  static String check(String name) {
    boolean fit = !name.isEmpty() && name.length() <= CHARS_MAX;
    for (int i = 0; fit && i < name.length(); i++) {
      char c = name.charAt(i);
      fit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.';
    }
    if (!fit) {
      throw new IllegalArgumentException("name '" + shorten(name) + "' must be 1 to " + CHARS_MAX + " letters, digits, '-', '_', '.'");
    }
    return name;
  }

  /// A name for a message: not longer than a name may be.
  static String shorten(String text) {
    return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX) + "…";
  }
}
