package uservice.otlp;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import testing.ManualClock;

class RetryAfterTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-30T10:00:00Z"));

  @ParameterizedTest @CsvSource({"0,0", "1,1", "120,120", "999999999,999999999"})
  void readsSeconds(String text, long seconds) {
    assertEquals(Optional.of(Duration.ofSeconds(seconds)), RetryAfter.parse(text, clock));
  }

  @Test void readsADate() {
    assertEquals(Optional.of(Duration.ofSeconds(90)), RetryAfter.parse("Fri, 30 Jan 2026 10:01:30 GMT", clock));
    assertEquals(Optional.of(Duration.ZERO), RetryAfter.parse("Fri, 30 Jan 2026 09:00:00 GMT", clock), "gone by");
  }

  @ParameterizedTest @ValueSource(strings = {"", "-1", "1.5", "soon", "1000000000", "\u0661", "Fri, 31 Jan 2026 10:00:00 GMT", "2026-01-30T10:00:00Z", " 1"})
  void refusesAnythingElse(String text) {
    assertEquals(Optional.empty(), RetryAfter.parse(text, clock));
  }
}
