package uservice.log;

import uservice.json.Utf8Buffer;

/// A name and a value of the caller's own on a log line: `log.log(INFO, "sold", Field.of("order_id", 7))`. In JSON it is a
/// member beside the message, in text `order_id=7`.
///
/// In JSON a number or `Boolean` stays one, null is null, anything else is its `toString()`, taken while the line is made. A
/// name that every line has (`time`, `level`, `logger`, `message`, `service`, `thread`, `error`) gets an underscore in
/// front; of two fields with one name the later stands. A name is cut after 64 characters.
public record Field(String name, Object value) {
  private static final int NAME_CHARS_MAX = 64;

  public Field {
    name = name == null ? "null" : name.length() > NAME_CHARS_MAX ? name.substring(0, NAME_CHARS_MAX) : name;
    for (int i = 0; i < name.length(); i++) {
      if (Character.isSurrogate(name.charAt(i))) { // a lone one cannot be written, and two of them would look the same
        name = new Utf8Buffer(NAME_CHARS_MAX).put(name).toString();
        break;
      }
    }
  }

  public static Field of(String name, Object value) {
    return new Field(name, value);
  }
}
