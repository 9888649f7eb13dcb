package uservice.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.log.Entry;
import uservice.log.Logging;

class WarningsTest {
  private final Warnings warnings = new Warnings();

  private void add(int number) {
    warnings.add(new Entry(Instant.EPOCH, Logging.Level.WARN, "shop", "line " + number, ""));
  }

  private List<String> messages() {
    return warnings.last().stream().map(Entry::message).toList();
  }

  @Test void givesTheYoungestFirst() {
    assertEquals(List.of(), messages());
    add(1);
    add(2);
    assertEquals(List.of("line 2", "line 1"), messages());
  }

  @Test void keepsTheLastOnesAndCountsAll() {
    for (int i = 1; i <= 1_000; i++) {
      add(i);
    }
    assertEquals(IntStream.range(0, Warnings.LINES_MAX).mapToObj(i -> "line " + (1_000 - i)).toList(), messages());
    assertEquals(1_000, warnings.count());
  }

  @Test void losesNoneWhereManyThreadsWarn() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        threads.submit(() -> IntStream.range(0, 1_000).forEach(this::add));
      }
      threads.submit(() -> IntStream.range(0, 100).forEach(_ -> assertTrue(warnings.last().size() <= Warnings.LINES_MAX)));
    }
    assertEquals(8_000, warnings.count());
    assertEquals(Warnings.LINES_MAX, messages().size());
  }
}
