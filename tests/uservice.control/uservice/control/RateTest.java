package uservice.control;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import testing.ManualClock;

class RateTest {
  private final ManualClock clock = new ManualClock();

  @Test void letsASecondsWorthThroughAndThenAsManyAsTimePasses() {
    var rate = new Rate(10, clock::nanos);
    for (int i = 0; i < 10; i++) {
      assertTrue(rate.take());
    }
    assertFalse(rate.take());
    assertEquals(100_000_000, rate.delay(), "the time until there is one");
    clock.advance(Duration.ofMillis(100));
    assertTrue(rate.take());
    assertFalse(rate.take());
    clock.advance(Duration.ofHours(1));
    for (int i = 0; i < 10; i++) {
      assertTrue(rate.take());
    }
    assertFalse(rate.take(), "no more than a second's worth is saved up");
  }
}
