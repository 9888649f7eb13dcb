package uservice.log;

import module java.base;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// Records and exceptions whose lines are the same in every run.
final class Records {
  private Records() {}

  static LogRecord record(Level level, String message, Object... parameters) {
    var record = new LogRecord(level, message);
    record.setLoggerName("shop.orders");
    record.setInstant(Instant.parse("2026-01-30T10:00:00.123456789Z"));
    if (parameters.length > 0) {
      record.setParameters(parameters);
    }
    return record;
  }

  static LogRecord record(String message, Object... parameters) {
    return record(Level.INFO, message, parameters);
  }

  static LogRecord thrown(Throwable thrown) {
    LogRecord record = record(Level.SEVERE, "broken");
    record.setThrown(thrown);
    return record;
  }

  /// `thrown` with a stack of `methods`, the innermost first; lines count from the outermost, so that stacks can share it.
  static <T extends Throwable> T at(T thrown, String... methods) {
    StackTraceElement[] frames = new StackTraceElement[methods.length];
    for (int i = 0; i < methods.length; i++) {
      frames[i] = new StackTraceElement("shop.Orders", methods[i], "Orders.java", methods.length - i);
    }
    thrown.setStackTrace(frames);
    return thrown;
  }

  static String line(LineFormat format, LogRecord record) {
    var line = new Line();
    format.format(record, line);
    return line.bytes.toString();
  }

  /// Runs `work` on a thread of this name.
  static void on(String name, Runnable work) throws InterruptedException {
    Thread.ofPlatform().name(name).start(work).join();
  }
}
