package uservice.kafka;

/// A header of a message: a name, which may be there several times, and bytes, or null. The bytes are not copied.
public record Header(String name, byte[] value) {
  /// One whose value is text.
  public static Header of(String name, String value) {
    return new Header(name, value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /// The value as text; empty where it is null.
  public String text() {
    return value == null ? "" : new String(value, java.nio.charset.StandardCharsets.UTF_8);
  }
}
