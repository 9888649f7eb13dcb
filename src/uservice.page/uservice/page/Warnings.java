package uservice.page;

import module java.base;
import uservice.log.Entry;

/// The last lines of the log that warn, without a lock: whoever logs only puts one into its place.
final class Warnings {
  /// How many lines are kept.
  static final int LINES_MAX = 50;

  private record Numbered(long number, Entry entry) {}

  private final AtomicReferenceArray<Numbered> ring = new AtomicReferenceArray<>(LINES_MAX);
  private final AtomicLong count = new AtomicLong();

  void add(Entry entry) {
    long number = count.getAndIncrement();
    ring.set((int) (number % LINES_MAX), new Numbered(number, entry));
  }

  /// How many there were in all.
  long count() {
    return count.get();
  }

  /// The last ones, the youngest first.
  List<Entry> last() {
    var lines = new ArrayList<Numbered>();
    for (int i = 0; i < LINES_MAX; i++) {
      Numbered line = ring.get(i);
      if (line != null) {
        lines.add(line);
      }
    }
    lines.sort(Comparator.comparingLong(Numbered::number).reversed());
    return lines.stream().map(Numbered::entry).toList();
  }
}
