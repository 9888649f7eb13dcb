package uservice.trace;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test void readsWhatTheSpecificationShows() {
    var context = TraceContext.parse(GIVEN);
    assertEquals(new TraceContext(0x4bf92f3577b34da6L, 0xa3ce929d0e0e4736L, 0x00f067aa0ba902b7L, 1, "", true), context);
    assertTrue(context.sampled());
    assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", context.traceIdText());
    assertEquals("00f067aa0ba902b7", context.spanIdText());
    assertEquals(GIVEN, context.traceparent());
  }

  @ParameterizedTest @ValueSource(strings = {
      "", "-", "00", "00-", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what", "00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067aa0ba902b7-01", "0A-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
      "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b77-01", " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b\u0661-01"})
  void refusesWhatIsNoTraceparent(String text) {
    assertSame(TraceContext.NONE, TraceContext.parse(text));
  }

  @ParameterizedTest @CsvSource({"01,''", "01,-what-comes-then", "cc,-", "fe,-01-02"})
  void readsTheKnownPartOfLaterVersions(String version, String more) {
    var context = TraceContext.parse(version + GIVEN.substring(2) + more);
    assertEquals(GIVEN, context.traceparent(), "it goes on as version 00");
  }

  @ParameterizedTest @CsvSource({"00,00", "01,01", "02,02", "03,03", "04,00", "fd,01", "ff,03", "80,00"})
  void keepsTheFlagsThatAreKnown(String in, String out) {
    assertEquals(GIVEN.substring(0, 53) + out, TraceContext.parse(GIVEN.substring(0, 53) + in).traceparent());
  }

  @Test void findsEachSingleCharacterThatIsWrong() {
    for (int i = 0; i < GIVEN.length(); i++) {
      for (char c : "-gG Z/:@`".toCharArray()) {
        if (c != GIVEN.charAt(i)) {
          String wrong = GIVEN.substring(0, i) + c + GIVEN.substring(i + 1);
          assertSame(TraceContext.NONE, TraceContext.parse(wrong), wrong);
        }
      }
    }
  }

  @Test void survivesAnyText() {
    var random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      var text = new StringBuilder(GIVEN);
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        int at = random.nextInt(text.length() + 1);
        switch (random.nextInt(3)) {
          case 0 -> text.insert(at, (char) random.nextInt(0x180));
          case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(5)));
          default -> text.setLength(at);
        }
        if (text.isEmpty()) {
          text.append('0');
        }
      }
      var context = TraceContext.parse(text.toString());
      assertTrue(context == TraceContext.NONE || context.valid() && TraceContext.parse(context.traceparent()).equals(context), text::toString);
    }
  }
}
