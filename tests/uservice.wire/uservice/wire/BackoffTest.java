package uservice.wire;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

  /// Of a thousand pauses some are in the lower half of what may be and some in the upper one.
  private static void between(long halfMillis, long wholeMillis, int failures) {
    long[] nanos = LongStream.generate(() -> PAUSES.nanos(failures)).limit(1_000).sorted().toArray();
    assertTrue(nanos[0] >= halfMillis * 1_000_000, "the shortest is " + nanos[0]);
    assertTrue(nanos[999] < wholeMillis * 1_000_000, "the longest is " + nanos[999]);
    assertTrue(nanos[0] < (halfMillis + wholeMillis) * 500_000 && nanos[999] > (halfMillis + wholeMillis) * 500_000, "all are on one side");
  }

  @Test void doublesWithEachFailureAndLeavesHalfToChance() {
    between(25, 50, 0);
    between(50, 100, 1);
    between(100, 200, 2);
    between(1_600, 3_200, 6);
  }

  @Test void isNeverLongerThanTheLongest() {
    for (int failures : List.of(7, 20, 21, 63, 64, 65, 1_000_000, Integer.MAX_VALUE)) {
      between(2_500, 5_000, failures);
    }
  }
}
