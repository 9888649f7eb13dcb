package uservice.log;

import module java.base;
import java.util.logging.LogRecord;
import uservice.log.Logging.Level;

/// A listener of the log, see [Logging#listen]. Closing it ends it.
public final class Listening implements AutoCloseable {
  private static final List<Listening> ALL = new CopyOnWriteArrayList<>();

  private final int least;
  private final Consumer<Entry> listener;

  private Listening(Level least, Consumer<Entry> listener) {
    this.least = least.threshold();
    this.listener = Objects.requireNonNull(listener);
  }

  static Listening begin(Level least, Consumer<Entry> listener) {
    var listening = new Listening(least, listener);
    ALL.add(listening);
    return listening;
  }

  /// Tells of `record`, which was made into `line`; costs nothing where nobody listens.
  static void tell(LogRecord record, Line line) {
    Entry entry = null;
    for (Listening each : ALL) {
      if (record.getLevel().intValue() >= each.least) {
        try {
          entry = entry == null ? Entry.of(record, line) : entry;
          each.listener.accept(entry);
        } catch (Throwable ignored) {
          // The line has left; whoever listens can miss one.
        }
      }
    }
  }

  @Override public void close() {
    ALL.remove(this);
  }
}
