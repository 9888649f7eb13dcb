package uservice.control;

import module java.base;
import uservice.http.ProblemException;
import uservice.http.Reply;
import uservice.log.Logging.Level;

/// The levels of loggers that other programs set; the next reload of the configuration takes them back.
final class Levels {
  /// The most levels that are set at once.
  static final int MOST = 100;
  /// The name that stands for all loggers.
  static final String ROOT = "root";

  private final BiConsumer<String, Optional<Level>> setter;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Level> set = new LinkedHashMap<>(); // guarded by the lock

  Levels(BiConsumer<String, Optional<Level>> setter) {
    this.setter = setter;
  }

  Reply list() {
    lock.lock();
    try {
      var levels = new LinkedHashMap<String, Object>();
      set.forEach((name, level) -> levels.put(name, word(level)));
      return Reply.json(Map.of("levels", levels));
    } finally {
      lock.unlock();
    }
  }

  /// `{"level":"debug"}`
  Reply set(String logger, Body body) {
    Level level = level(body);
    body.end();
    lock.lock();
    try {
      if (!set.containsKey(named(logger)) && set.size() >= MOST) {
        throw new ProblemException(409, "there are " + MOST + " levels set already: take one back first, DELETE /log/LOGGER");
      }
      setter.accept(logger.equals(ROOT) ? "" : logger, Optional.of(level));
      set.put(logger, level);
      return Reply.json(new TreeMap<>(Map.of("logger", logger, "level", word(level))));
    } finally {
      lock.unlock();
    }
  }

  Reply reset(String logger) {
    lock.lock();
    try {
      if (set.remove(logger) == null) {
        throw new ProblemException(404, "no level was set for logger '" + Name.shorten(logger) + "'");
      }
      setter.accept(logger.equals(ROOT) ? "" : logger, Optional.empty());
      return Reply.noContent();
    } finally {
      lock.unlock();
    }
  }

  private static String named(String logger) {
    try {
      return Name.check(logger);
    } catch (IllegalArgumentException unfit) {
      throw new ProblemException(400, unfit.getMessage(), unfit);
    }
  }

  private static Level level(Body body) {
    String word = body.text("level").orElseThrow(() -> body.wrong("level is missing: one of " + words()));
    return Stream.of(Level.values()).filter(level -> word(level).equals(word.toLowerCase(Locale.ROOT))).findFirst()
        .orElseThrow(() -> body.wrong("level is '" + Name.shorten(word) + "', must be one of " + words()));
  }

  private static String words() {
    return Stream.of(Level.values()).map(Levels::word).collect(Collectors.joining(", "));
  }

  private static String word(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
