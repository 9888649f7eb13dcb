package uservice.health;

import module java.base;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Collects what `uservice.health` logs, as `LEVEL message`, and keeps it off the console.
final class LogLines extends Handler {
  private final Logger logger = Logger.getLogger("uservice.health");
  private final List<String> lines = new CopyOnWriteArrayList<>();

  LogLines() {
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  List<String> lines() {
    return lines;
  }

  @Override public void publish(LogRecord record) {
    lines.add(record.getLevel() + " " + record.getMessage());
  }

  @Override public void flush() {}

  @Override public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
