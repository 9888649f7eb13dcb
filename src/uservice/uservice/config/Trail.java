package uservice.config;

/// The way from the root to a value, put into words only where something is to be said.
///
/// @param up the way to what the value stands in; null at the root
/// @param step a key, or `[3]` for an item of a list
record Trail(Trail up, String step) {
  static final Trail ROOT = new Trail(null, "");

  Trail to(String key) {
    return new Trail(this, key);
  }

  Trail item(int index) {
    return new Trail(this, "[" + index + "]");
  }

  /// `health.checks.db.tcp`, `codes[0]`; empty at the root.
  @Override
  public String toString() {
    if (up == null) {
      return "";
    }
    return up.up == null ? step : step.startsWith("[") ? up + step : up + "." + step;
  }

  /// For the beginning of a sentence.
  String shown() {
    return up == null ? "the configuration" : Excerpt.escape(toString());
  }
}
