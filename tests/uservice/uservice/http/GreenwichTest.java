package uservice.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import module java.base;
import org.junit.jupiter.api.Test;

class GreenwichTest {
  private final Greenwich greenwich = new Greenwich();

  @Test void saysWhatThePlatformSays() {
    TimeZone zone = TimeZone.getTimeZone("GMT");
    for (boolean daylight : new boolean[] {true, false}) {
      for (int style : new int[] {TimeZone.LONG, TimeZone.SHORT}) {
        assertEquals(zone.getDisplayName(daylight, style, Locale.US), greenwich.getDisplayName("GMT", daylight, style, Locale.US));
      }
    }
    assertEquals("GMT", greenwich.getGenericDisplayName("GMT", TimeZone.SHORT, Locale.US));
  }

  @Test void leavesTheOthersToThePlatform() {
    for (String zone : List.of("UTC", "Europe/London", "GMT0", "")) {
      assertNull(greenwich.getDisplayName(zone, false, TimeZone.LONG, Locale.US));
      assertNull(greenwich.getGenericDisplayName(zone, TimeZone.SHORT, Locale.US));
    }
    assertArrayEquals(new Locale[] {Locale.US}, greenwich.getAvailableLocales());
  }
}
