package uservice.log;

import module java.base;
import java.util.logging.LogRecord;
import uservice.json.Utf8Buffer;
import uservice.log.Logging.Level;

/// One line of the log, as a listener gets it: text on one line, control characters and marks of text direction as escapes, each
/// part cut.
///
/// @param message what was logged, and behind it the fields, `name=value` each
/// @param error the exception's class and message; empty where there is none
public record Entry(Instant time, Level level, String logger, String message, String error) {
  private static final int NAME_BYTES_MAX = 256;
  private static final int MESSAGE_BYTES_MAX = 1024;

  /// What `record` says, whose fields `line` has collected.
  static Entry of(LogRecord record, Line line) {
    var out = new Utf8Buffer(MESSAGE_BYTES_MAX);
    Text.visible(Message.of(record), MESSAGE_BYTES_MAX, out);
    if (out.size() < MESSAGE_BYTES_MAX) {
      TextFormat.fields(line.fields, out);
    }
    return new Entry(record.getInstant(), Level.of(record.getLevel()), visible(String.valueOf(record.getLoggerName()), NAME_BYTES_MAX),
        visible(out.toString(), MESSAGE_BYTES_MAX), error(record.getThrown()));
  }

  private static String error(Throwable thrown) {
    if (thrown == null) {
      return "";
    }
    String message = Stack.message(thrown);
    return visible(thrown.getClass().getName() + (message == null ? "" : ": " + message), MESSAGE_BYTES_MAX);
  }

  private static String visible(String text, int bytesMax) {
    var out = new Utf8Buffer(bytesMax);
    Text.visible(text, bytesMax, out);
    return out.toString();
  }
}
