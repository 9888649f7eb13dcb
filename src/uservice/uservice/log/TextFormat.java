package uservice.log;

import module java.base;
import java.util.logging.LogRecord;
import uservice.json.Utf8Buffer;
import uservice.log.Logging.Level;

/// A line for people, in local time, with the last part of the logger's name; a stack follows on lines of its own.
///
/// ```
/// 11:00:00.123 INFO  orders  sold order_id=7
/// ```
///
/// Control characters are shown as escapes, so that nothing in a message moves the terminal's cursor.
final class TextFormat implements LineFormat {
  private static final int NAME_BYTES_MAX = 256;
  private static final int MESSAGE_BYTES_MAX = 16 * 1024;
  private static final int FIELD_BYTES_MAX = 1024;
  private static final String INDENT = "    ";
  private static final int LEVEL_WIDTH = 6;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private final boolean colours;
  private final ZoneId zone;

  TextFormat(boolean colours, ZoneId zone) {
    this.colours = colours;
    this.zone = zone;
  }

  @Override public void format(LogRecord record, Line line) {
    Utf8Buffer out = line.bytes;
    LocalDateTime time = LocalDateTime.ofInstant(record.getInstant(), zone);
    Timestamp.clock(time, out);
    Text.digits(time.getNano() / NANOS_PER_MILLI, 3, out.put('.'));
    level(Level.of(record.getLevel()), out.put(' '));
    String logger = String.valueOf(record.getLoggerName());
    Text.visible(logger.substring(logger.lastIndexOf('.') + 1), NAME_BYTES_MAX, out);
    Text.visible(Message.of(record), MESSAGE_BYTES_MAX, out.put("  "));
    line.fields.collect(record);
    fields(line.fields, out);
    out.put('\n');
    if (record.getThrown() != null) {
      stack(Stack.of(record.getThrown()), out);
    }
  }

  private void level(Level level, Utf8Buffer out) {
    if (colours) {
      out.put(switch (level) {
        case ERROR, OFF -> "\u001b[31m";
        case WARN -> "\u001b[33m";
        case INFO -> "\u001b[32m";
        case DEBUG, TRACE -> "\u001b[2m";
      });
    }
    out.put(level.name()).put(colours ? "\u001b[0m" : "");
    for (int width = level.name().length(); width < LEVEL_WIDTH; width++) {
      out.put(' ');
    }
  }

  /// ` name=value` for each field, a value with a blank or a quote in it in quotes.
  static void fields(Fields fields, Utf8Buffer out) {
    for (int i = 0; i < fields.count(); i++) {
      Text.visible(fields.get(i).name(), NAME_BYTES_MAX, out.put(' '));
      out.put('=');
      String value = Message.text(fields.get(i).value());
      if (value.isEmpty() || value.indexOf(' ') >= 0 || value.indexOf('"') >= 0) {
        Text.quoted(value, FIELD_BYTES_MAX, out);
      } else {
        Text.visible(value, FIELD_BYTES_MAX, out);
      }
    }
    if (fields.cut() > 0) {
      out.put(' ').put(Fields.CUT).put('=').put((long) fields.cut());
    }
  }

  private static void stack(String stack, Utf8Buffer out) {
    for (String frame : stack.split("\n")) {
      int depth = 0;
      for (out.put(INDENT); depth < frame.length() && frame.charAt(depth) == '\t'; depth++) {
        out.put(INDENT);
      }
      Text.visible(frame.substring(depth), FIELD_BYTES_MAX, out);
      out.put('\n');
    }
  }
}
