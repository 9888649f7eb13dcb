package uservice.metrics;

import module java.base;
import uservice.json.Utf8Buffer;

/// A family whose values are asked for at each scrape. The samples are taken first and written when all are there, in the
/// order in which their labels first came; a set of labels that does not come any more is forgotten.
final class Callback extends Series {
  private static final long WAIT_MILLIS = 1000;

  private static final class Cell {
    double value;
    boolean given;
  }

  private final Consumer<Emitter> source;
  private final Children<Cell> cells;
  private final ReentrantLock lock = new ReentrantLock(); // held while the source is asked
  private boolean swept;

  Callback(Description description, Consumer<Emitter> source, int max, Runnable overflowed) {
    super(description);
    this.source = source;
    this.cells = new Children<>(description, Cell::new, max, overflowed);
  }

  /// @throws IllegalStateException if another scrape is still asking, which a callback that hangs brings about
  @Override void write(Format format, Utf8Buffer out) {
    if (lock.isHeldByCurrentThread() || !locked()) {
      throw new IllegalStateException("the callback has not returned from an earlier call");
    }
    try {
      forget();
      source.accept(this::take);
      cells.removeIf(cell -> !cell.content.given);
      write(cells.all(), out);
    } finally {
      lock.unlock();
    }
  }

  private boolean locked() {
    try {
      return lock.tryLock(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void forget() {
    swept = false;
    for (Children.Child<Cell> cell : cells.all()) {
      if (cell == null) {
        break;
      }
      cell.content.value = 0;
      cell.content.given = false;
    }
  }

  private void take(double value, String... labels) {
    if (!lock.isHeldByCurrentThread()) {
      throw new IllegalStateException("metric '" + description.name + "' takes samples during its callback only");
    }
    if (description.type == Type.COUNTER && !(value >= 0) || description.type == Type.INFO && value != 1) {
      throw Names.refused(description.name, "is of type " + description.type.openMetrics + ", got the value " + value);
    }
    if (!swept && cells.isFull() && !cells.has(labels)) {
      swept = true; // the sets of the scrape before make room for those of this one
      cells.removeIf(cell -> !cell.content.given);
    }
    Cell cell = cells.of(labels);
    cell.value += value;
    cell.given = true;
  }

  private static void write(Children.Child<Cell>[] cells, Utf8Buffer out) {
    for (Children.Child<Cell> cell : cells) {
      if (cell == null) {
        break;
      }
      Exposition.number(cell.content.value, out.put(cell.prefixes[0]));
      out.put('\n');
    }
  }
}
