package uservice.log;

import module java.base;
import java.util.logging.LogRecord;
import uservice.json.Utf8Buffer;
import uservice.log.Logging.Level;

/// One JSON object a line:
///
/// ```
/// {"time":"2026-01-30T10:00:00.123456Z","level":"INFO","logger":"orders","message":"sold","service":"shop","thread":"main","order_id":7}
/// ```
///
/// Values are cut so that a line stays below 16 KiB, where container runtimes split it: each has a limit of its own, and the
/// stack of an exception takes what is left.
final class JsonFormat implements LineFormat {
  /// A line's most, its line feed included.
  static final int LINE_BYTES_MAX = 16 * 1024;

  private static final int NAME_BYTES_MAX = 256;
  private static final int MESSAGE_BYTES_MAX = 6 * 1024;
  private static final int FIELD_BYTES_MAX = 1024;
  private static final int FIELDS_BYTES_MAX = 4 * 1024;
  private static final int REASON_BYTES_MAX = 1024;
  private static final int STACK_FRAME_BYTES = 5; // the quotes around the stack, two braces, the line feed

  private final Timestamp timestamp = new Timestamp();
  private final byte[] service;

  JsonFormat(String service) {
    var quoted = new Utf8Buffer(NAME_BYTES_MAX);
    Text.quoted(service, NAME_BYTES_MAX, quoted);
    this.service = quoted.toByteArray();
  }

  @Override public void format(LogRecord record, Line line) {
    Utf8Buffer out = line.bytes;
    timestamp.write(record.getInstant(), out.put("{\"time\":\""));
    out.put("\",\"level\":\"").put(Level.of(record.getLevel()).name()).put("\",\"logger\":");
    Text.quoted(String.valueOf(record.getLoggerName()), NAME_BYTES_MAX, out);
    Text.quoted(Message.of(record), MESSAGE_BYTES_MAX, out.put(",\"message\":"));
    thread(record, out.put(",\"service\":").put(service).put(",\"thread\":"));
    line.fields.collect(record);
    fields(line.fields, out);
    if (record.getThrown() != null) {
      error(record.getThrown(), out);
    }
    out.put('}').put('\n');
  }

  /// The name of the thread that logs, or its number where it has no name, as virtual threads have none.
  private static void thread(LogRecord record, Utf8Buffer out) {
    Thread thread = Thread.currentThread();
    long id = record.getLongThreadID(); // another thread's where a handler before this one kept the record back
    if (id == thread.threadId() && !thread.getName().isEmpty()) {
      Text.quoted(thread.getName(), NAME_BYTES_MAX, out);
    } else {
      out.put(id == thread.threadId() && thread.isVirtual() ? "\"virtual-" : "\"thread-").put(id).put('"');
    }
  }

  private static void fields(Fields fields, Utf8Buffer out) {
    int start = out.size();
    int cut = fields.cut();
    for (int i = 0; i < fields.count(); i++) {
      int before = out.size();
      Text.quoted(fields.get(i).name(), FIELD_BYTES_MAX, out.put(','));
      value(fields.get(i).value(), out.put(':'));
      if (out.size() - start > FIELDS_BYTES_MAX) {
        out.truncate(before);
        cut += fields.count() - i;
        break;
      }
    }
    if (cut > 0) {
      out.put(",\"").put(Fields.CUT).put("\":").put((long) cut);
    }
  }

  /// Not a `switch` over types: the first one of those in a process costs milliseconds, and the first line is on the way to
  /// ready.
  private static void value(Object value, Utf8Buffer out) {
    if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte
        || value instanceof AtomicInteger || value instanceof AtomicLong) {
      out.put(((Number) value).longValue());
    } else if (value instanceof Double number && Double.isFinite(number)) {
      out.put(number.doubleValue());
    } else {
      String text = Message.text(value);
      if (isLiteral(value) && text.length() <= FIELD_BYTES_MAX) {
        out.put(text);
      } else {
        Text.quoted(text, FIELD_BYTES_MAX, out);
      }
    }
  }

  /// Whether JSON writes the value as Java does. A subclass of a number may write what it likes.
  private static boolean isLiteral(Object value) {
    return value == null || value instanceof Boolean || value instanceof Float number && Float.isFinite(number)
        || value.getClass() == BigInteger.class || value.getClass() == BigDecimal.class;
  }

  private static void error(Throwable thrown, Utf8Buffer out) {
    Text.quoted(thrown.getClass().getName(), NAME_BYTES_MAX, out.put(",\"error\":{\"type\":"));
    out.put(",\"message\":");
    String message = Stack.message(thrown);
    if (message == null) {
      out.put("null");
    } else {
      Text.quoted(message, REASON_BYTES_MAX, out);
    }
    out.put(",\"stack\":");
    Text.quoted(Stack.of(thrown), LINE_BYTES_MAX - out.size() - STACK_FRAME_BYTES - Text.MARK_BYTES_MAX, out);
    out.put('}');
  }
}
