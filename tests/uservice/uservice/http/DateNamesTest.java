package uservice.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import module java.base;
import org.junit.jupiter.api.Test;

class DateNamesTest {
  private static final int[] STYLES = {Calendar.LONG_FORMAT, Calendar.SHORT_FORMAT, Calendar.NARROW_FORMAT,
      Calendar.LONG_STANDALONE, Calendar.SHORT_STANDALONE, Calendar.NARROW_STANDALONE};

  private final DateNames names = new DateNames();

  @Test void saysWhatThePlatformSays() {
    var calendar = new GregorianCalendar(2026, Calendar.JANUARY, 1);
    for (int day = 0; day < 365; day++) {
      for (int field : new int[] {Calendar.MONTH, Calendar.DAY_OF_WEEK}) {
        for (int style : STYLES) {
          assertEquals(calendar.getDisplayName(field, style, Locale.US), names.getDisplayName("gregory", field, calendar.get(field), style, Locale.US));
        }
      }
      calendar.add(Calendar.DAY_OF_YEAR, 1);
    }
    for (int field : new int[] {Calendar.MONTH, Calendar.DAY_OF_WEEK}) {
      for (int style : new int[] {Calendar.LONG_FORMAT, Calendar.SHORT_FORMAT}) {
        assertEquals(calendar.getDisplayNames(field, style, Locale.US), names.getDisplayNames("gregory", field, style, Locale.US));
      }
    }
  }

  @Test void leavesTheOthersToThePlatform() {
    assertNull(names.getDisplayName("japanese", Calendar.MONTH, 1, Calendar.LONG, Locale.US));
    assertNull(names.getDisplayNames("japanese", Calendar.MONTH, Calendar.LONG, Locale.US));
    assertNull(names.getDisplayName("gregory", Calendar.AM_PM, 1, Calendar.LONG, Locale.US));
    assertNull(names.getDisplayNames("gregory", Calendar.ERA, Calendar.LONG, Locale.US));
    assertNull(names.getDisplayName("gregory", Calendar.MONTH, Calendar.UNDECIMBER, Calendar.LONG, Locale.US));
    assertNull(names.getDisplayName("gregory", Calendar.DAY_OF_WEEK, 0, Calendar.LONG, Locale.US));
    assertNull(names.getDisplayName("gregory", Calendar.MONTH, 1, Calendar.ALL_STYLES, Locale.US));
    assertNull(names.getDisplayNames("gregory", Calendar.MONTH, Calendar.ALL_STYLES, Locale.US));
    assertNull(names.getDisplayNames("gregory", Calendar.MONTH, Calendar.NARROW_FORMAT, Locale.US), "three of them are J");
    assertArrayEquals(new Locale[] {Locale.US}, names.getAvailableLocales());
  }
}
