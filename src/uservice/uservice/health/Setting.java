package uservice.health;

/// What a manual check says to begin with; made by [Checks#manual].
public record Setting(boolean valid, boolean required) {
  /// The same for a check that is shown as failing while the verdict stays as it is.
  public Setting optional() {
    return new Setting(valid, false);
  }
}
