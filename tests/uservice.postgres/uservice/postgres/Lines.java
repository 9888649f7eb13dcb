package uservice.postgres;

import module java.base;

/// What the module logs, kept for a test. The module does not read `java.logging`; a test adds that before it names this class.
final class Lines extends java.util.logging.Handler {
  private final java.util.logging.Logger logger = java.util.logging.Logger.getLogger("uservice.postgres");
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  Lines() {
    logger.addHandler(this);
    logger.setUseParentHandlers(false);
  }

  List<String> all() { return List.copyOf(lines); }

  @Override public void publish(java.util.logging.LogRecord line) { lines.add(line.getLevel() + " " + line.getMessage()); }

  @Override public void flush() {}

  @Override public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
