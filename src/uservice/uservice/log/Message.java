package uservice.log;

import module java.base;
import java.util.logging.LogRecord;

/// What a record says: its message with the parameters in it. Nothing here throws, whatever a parameter's methods do; one
/// whose `toString()` never returns holds up the thread that logs it, and no other.
final class Message {
  private static final int SCALE_MAX = 1000;

  private Message() {}

  /// The message. Without parameters it is taken as it is; with some, and a place for one in it, it is a `MessageFormat`
  /// pattern, as `System.Logger` promises. [Field]s are not counted as parameters. A pattern that is none is shown with the
  /// parameters behind it.
  static String of(LogRecord record) {
    String message = localized(record);
    Object[] parameters = record.getParameters();
    if (parameters == null || parameters.length == 0 || !hasPlace(message)) {
      return message;
    }
    Object[] plain = new Object[parameters.length];
    int count = 0;
    for (Object parameter : parameters) {
      if (!(parameter instanceof Field)) {
        plain[count++] = isFormatted(parameter) ? parameter : text(parameter);
      }
    }
    return count == 0 ? message : formatted(message, Arrays.copyOf(plain, count));
  }

  /// `toString()`, or what came of it.
  static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    try {
      return String.valueOf(String.valueOf(value)); // twice, since toString() may return null
    } catch (Throwable thrown) {
      return failed(value, "toString", thrown);
    }
  }

  /// What stands there where a method of the caller's failed.
  static String failed(Object value, String method, Throwable thrown) {
    return "<" + method + " of " + value.getClass().getName() + " threw " + thrown.getClass().getName() + ">";
  }

  private static String localized(LogRecord record) {
    String message = String.valueOf(record.getMessage());
    ResourceBundle bundle = record.getResourceBundle();
    if (bundle != null) {
      try {
        return bundle.getString(message);
      } catch (MissingResourceException | ClassCastException notInThere) {
        return message;
      }
    }
    return message;
  }

  /// Whether a pattern names a parameter by its number; the one thing that makes braces in a message more than braces.
  private static boolean hasPlace(String message) {
    for (int at = message.indexOf('{'); at >= 0 && at + 1 < message.length(); at = message.indexOf('{', at + 1)) {
      char next = message.charAt(at + 1);
      if (next >= '0' && next <= '9') {
        return true;
      }
    }
    return false;
  }

  /// Whether `MessageFormat` has a form of its own for it: not for `1E+100000000`, which it would write out, digit by digit.
  private static boolean isFormatted(Object parameter) {
    return parameter instanceof Date
        || parameter instanceof Number && !(parameter instanceof BigDecimal big && Math.abs((long) big.scale()) > SCALE_MAX);
  }

  private static String formatted(String message, Object[] parameters) {
    try {
      return MessageFormat.format(message, parameters);
    } catch (Throwable malformed) {
      var text = new StringJoiner(", ", message.concat(" ["), "]");
      for (Object parameter : parameters) {
        text.add(text(parameter));
      }
      return text.toString();
    }
  }
}
