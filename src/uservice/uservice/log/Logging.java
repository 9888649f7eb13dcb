package uservice.log;

import module java.base;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;
import uservice.json.Utf8Buffer;

/// Where the executable sends what every library logs through `System.Logger`: one line each on one stream.
///
/// Library code never calls this. It takes over `java.util.logging`, which stands behind `System.Logger` in an image with
/// module `java.logging`; where the program brings a `System.LoggerFinder` of its own ([#foreign()]), it leaves everything
/// alone. For any number of threads.
public final class Logging {
  /// How much is logged.
  public enum Level {
    /// Everything.
    TRACE(java.util.logging.Level.ALL),
    DEBUG(java.util.logging.Level.FINE),
    INFO(java.util.logging.Level.INFO),
    WARN(java.util.logging.Level.WARNING),
    ERROR(java.util.logging.Level.SEVERE),
    /// Nothing.
    OFF(java.util.logging.Level.OFF);

    private final java.util.logging.Level threshold;

    Level(java.util.logging.Level threshold) {
      this.threshold = threshold;
    }

    /// The least weight of a record of this level.
    int threshold() {
      return threshold.intValue();
    }

    /// What a record's level is called on a line, by its weight.
    static Level of(java.util.logging.Level level) {
      int weight = level.intValue();
      return weight >= 1000 ? ERROR : weight >= 900 ? WARN : weight >= 800 ? INFO : weight >= 500 ? DEBUG : TRACE;
    }
  }

  /// How a line looks.
  public enum Format {
    /// `text` on a terminal, `json` elsewhere.
    AUTO,
    /// One JSON object a line.
    JSON,
    /// For people.
    TEXT
  }

  /// What stands under `log:` in the configuration.
  public record Config(
      @Doc("The least level that is logged.") @Default("info") Level level,
      @Doc("Levels of single loggers and those below them, by name.") Map<String, Level> levels,
      @Doc("One JSON object a line, or text for people; auto is text on a terminal.") @Default("auto") Format format,
      @Doc("How many lines may wait for standard output to take them; more are dropped and counted.")
      @Default("8192") @Range(min = 16, max = 1_000_000) int queue) {
    public Config {
      levels = Collections.unmodifiableMap(new LinkedHashMap<>(levels)); // in the order of the file, which is how they are printed
      if (levels.containsKey("")) {
        throw new IllegalArgumentException("levels: a logger's name is empty; 'level' is for all of them");
      }
    }
  }

  private static final String MANAGER = "java.util.logging.manager";
  private static final Duration AT_EXIT = Duration.ofSeconds(1);

  private final Outlet outlet;
  private final LogHandler handler;
  private final Logger root;
  private final Map<String, Logger> named = new HashMap<>(); // the manager holds loggers weakly, and their levels with them
  private final ReentrantLock applying = new ReentrantLock();
  private Config applied; // guarded by it

  private Logging(Config config, LineFormat format, Outlet outlet) {
    this.applied = config;
    this.outlet = outlet;
    this.handler = new LogHandler(format, outlet);
    this.root = Logger.getLogger("");
  }

  /// Whether the program brings its own way of logging.
  public static boolean foreign() {
    Module finder = System.LoggerFinder.getLoggerFinder().getClass().getModule();
    return finder != LogManager.class.getModule() && finder != Object.class.getModule();
  }

  /// Sends all lines to `out` from now on, instead of where they went. `service` is the member of that name on each;
  /// `terminal` decides what format `auto` is. `out` is written to by one thread at a time and never closed; a `PrintStream`
  /// hides its failures. When the JVM exits, what waits is written out, for at most a second.
  public static Logging install(Config config, String service, OutputStream out, boolean terminal) {
    boolean foreign = foreign();
    if (!foreign && System.getProperty(MANAGER) == null) {
      System.setProperty(MANAGER, Manager.class.getName()); // comes too late where a logger was made before
    }
    boolean text = config.format() == Format.TEXT || config.format() == Format.AUTO && terminal;
    LineFormat format = text ? new TextFormat(terminal && !noColor(), ZoneId.systemDefault()) : new JsonFormat(service);
    var outlet = new Outlet(out, config.queue(), count -> dropNote(count, format));
    var logging = new Logging(config, format, outlet);
    if (!foreign) {
      logging.takeOver(config);
    }
    return logging;
  }

  /// Takes over the levels of `config`; a logger that is no longer named falls back to the one above it. Format and queue
  /// stay as they were.
  public void apply(Config config) {
    applying.lock();
    try {
      applied = config;
      root.setLevel(config.level().threshold);
      config.levels().forEach((name, level) -> named.computeIfAbsent(name, Logger::getLogger).setLevel(level.threshold));
      for (var each = named.entrySet().iterator(); each.hasNext(); ) {
        var entry = each.next();
        if (!config.levels().containsKey(entry.getKey())) {
          entry.getValue().setLevel(null);
          each.remove();
        }
      }
    } finally {
      applying.unlock();
    }
  }

  /// Sets the level of one logger, or of all by the name `""`, until the next [#apply(Config)]; empty gives back what the
  /// configuration says.
  public void level(String name, Optional<Level> level) {
    applying.lock();
    try {
      Level wanted = level.orElse(name.isEmpty() ? applied.level() : applied.levels().get(name));
      if (name.isEmpty()) {
        root.setLevel(wanted.threshold);
      } else if (wanted != null) {
        named.computeIfAbsent(name, Logger::getLogger).setLevel(wanted.threshold);
      } else if (named.containsKey(name)) {
        named.remove(name).setLevel(null);
      }
    } finally {
      applying.unlock();
    }
  }

  /// Has `listener` told of each line of at least `least` that leaves from now on, beside the stream, until the answer is closed.
  /// It is called on the thread that logs, so it must be quick, must not block and must not log; what it throws is ignored. For
  /// the whole process, whoever installs the log anew; where logging is [foreign][#foreign()], nothing is told.
  public static Listening listen(Level least, Consumer<Entry> listener) {
    return Listening.begin(least, listener);
  }

  /// How many lines were dropped because the stream did not take them.
  public long dropped() {
    return outlet.dropped();
  }

  /// Waits at most `time` until every line logged before this call has left; returns whether it has. A stream that fails
  /// takes lines too: [#dropped()] tells.
  public boolean flush(Duration time) throws InterruptedException {
    return outlet.flush(time);
  }

  /// Flushes, and from now on leaves no line to the queue: whoever logs waits until it is written, for at most a second.
  public boolean close(Duration time) throws InterruptedException {
    return outlet.close(time);
  }

  private void takeOver(Config config) {
    for (Handler other : root.getHandlers()) {
      root.removeHandler(other);
    }
    root.addHandler(handler);
    apply(config);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("log-exit").unstarted(this::exit));
  }

  private void exit() {
    try {
      outlet.close(AT_EXIT);
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
    }
  }

  private static Utf8Buffer dropNote(long count, LineFormat format) {
    var record = new LogRecord(java.util.logging.Level.WARNING, "log lines were dropped: standard output did not take them");
    record.setLoggerName("uservice.log");
    record.setParameters(new Object[] {Field.of("dropped", count)});
    var line = new Line();
    format.format(record, line);
    return line.bytes;
  }

  /// See no-color.org; a terminal that is `dumb` shows the sequences themselves.
  private static boolean noColor() {
    String value = System.getenv("NO_COLOR");
    return value != null && !value.isEmpty() || "dumb".equals(System.getenv("TERM"));
  }

  /// The manager of `java.util.logging` in a process that [Logging] is installed in; public because the JDK makes it by name.
  /// It reads no configuration file, and does not take the handlers away when the JVM exits, as the JDK's own does while
  /// other shutdown hooks still have something to say.
  @SuppressWarnings("exports") // nobody else has a use for it
  public static final class Manager extends LogManager {
    /// For the JDK.
    public Manager() {}

    @Override public void readConfiguration() {
      // Everything is set by Logging.
    }

    @Override public void reset() {
      // The executable decides, and nobody takes it back.
    }
  }
}
