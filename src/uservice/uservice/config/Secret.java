package uservice.config;

import module java.base;

/// A text that never prints: not in logs, problems, `parse` or `toString`.
///
/// Two secrets are equal where their texts are; the comparison takes the same time wherever they differ.
public final class Secret {
  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  /// A secret that holds `text`.
  public static Secret of(String text) {
    return new Secret(Objects.requireNonNull(text, "text"));
  }

  /// The text itself, for the one place that needs it.
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that
        && MessageDigest.isEqual(
            text.getBytes(StandardCharsets.UTF_8), that.text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /// Always `***`.
  @Override
  public String toString() {
    return "***";
  }
}
