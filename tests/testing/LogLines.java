package testing;

import module java.base;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Collects what one logger gets, as `LEVEL message`, and keeps it off the console; for tests in modules that do not read
/// `java.logging` themselves.
public final class LogLines implements AutoCloseable {
  private final Logger logger;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler = new Handler() {
    @Override public void publish(LogRecord record) {
      lines.add(record.getLevel() + " " + record.getMessage());
    }

    @Override public void flush() {}

    @Override public void close() {}
  };

  public LogLines(String name) {
    logger = Logger.getLogger(name);
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  public List<String> lines() {
    return lines;
  }

  @Override public void close() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }
}
