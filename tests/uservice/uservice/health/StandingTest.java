package uservice.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.health.Checks.every;

import module java.base;
import org.junit.jupiter.api.Test;

class StandingTest {
  private static final Instant START = Instant.parse("2026-01-30T10:00:00Z");

  /// Every sequence of up to nine results under every pair of thresholds up to three, against the definition itself: valid
  /// once the last `successes` results were successes, invalid once the last `failures` were failures, else as before.
  @Test void followsTheThresholdsInEverySmallSequence() {
    for (int failures = 1; failures <= 3; failures++) {
      for (int successes = 1; successes <= 3; successes++) {
        Polling rules = every(Duration.ofSeconds(5)).failures(failures).successes(successes);
        for (int length = 1; length <= 9; length++) {
          for (int bits = 0; bits < 1 << length; bits++) {
            compare(rules, length, bits);
          }
        }
      }
    }
  }

  private static void compare(Polling rules, int length, int bits) {
    Standing standing = Standing.initial(START, 0);
    Boolean expected = null;
    Instant since = START;
    for (int i = 0; i < length; i++) {
      boolean success = (bits >> i & 1) != 0;
      int needed = success ? rules.successes() : rules.failures();
      boolean reached = i + 1 >= needed;
      for (int back = 0; back < needed && reached; back++) {
        reached = (bits >> i - back & 1) != 0 == success;
      }
      if (reached && (expected == null || expected != success)) {
        expected = success;
        since = START.plusSeconds(i);
      }
      standing = standing.after(success, "no", rules, START.plusSeconds(i), i);
      String at = rules + " " + Integer.toBinaryString(bits) + " at " + i;
      assertEquals(expected != null, standing.decided(), at);
      assertEquals(expected == null ? false : expected, standing.validFor(Probe.READY), at);
      assertEquals(expected == null || expected, standing.validFor(Probe.ALIVE), at);
      assertEquals(since, standing.since(), at);
      assertEquals(i, standing.at(), at);
      if (!standing.validFor(Probe.READY)) {
        assertFalse(standing.message().isEmpty(), at);
      }
    }
  }

  @Test void tellsHowFarItIsFromTheThreshold() {
    Polling rules = every(Duration.ofSeconds(5)).failures(3).successes(2);
    Standing standing = Standing.initial(START, 0);
    assertEquals("not checked yet", standing.message());
    standing = standing.after(true, "", rules, START, 1);
    assertEquals("1 of 2 successes", standing.message());
    standing = standing.after(true, "", rules, START, 2);
    assertEquals("", standing.message());
    standing = standing.after(false, "refused", rules, START, 3);
    assertTrue(standing.valid());
    assertEquals("1 of 3 failures: refused", standing.message());
    standing = standing.after(false, "refused", rules, START, 4).after(false, "reset", rules, START, 5);
    assertFalse(standing.valid());
    assertEquals("reset", standing.message());
  }
}
