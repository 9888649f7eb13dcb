package uservice.http;

import module java.base;
import java.util.spi.CalendarNameProvider;

/// The names of days and months in one language, for the `Date` of each answer, as [Greenwich] is that of its time zone: `Wed`
/// and `Nov` from the platform's tables take longer than all of the service's own start. What else it is asked for it leaves to
/// them.
public final class DateNames extends CalendarNameProvider {
  private static final List<String> MONTHS = List.of("January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December");
  private static final List<String> DAYS = List.of("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday");
  private static final int ABBREVIATED = 3;

  /// For `ServiceLoader`.
  public DateNames() {}

  @Override public Locale[] getAvailableLocales() {
    return new Locale[] {Locale.US};
  }

  @Override public String getDisplayName(String calendar, int field, int value, int style, Locale locale) {
    List<String> names = names(calendar, field);
    int index = value - first(field);
    if (index < 0 || index >= names.size()) {
      return null;
    }
    return switch (style) {
      case Calendar.LONG_FORMAT, Calendar.LONG_STANDALONE -> names.get(index);
      case Calendar.SHORT_FORMAT, Calendar.SHORT_STANDALONE -> names.get(index).substring(0, ABBREVIATED);
      case Calendar.NARROW_FORMAT, Calendar.NARROW_STANDALONE -> names.get(index).substring(0, 1);
      default -> null;
    };
  }

  /// All of them by name, where no two are the same.
  @Override public Map<String, Integer> getDisplayNames(String calendar, int field, int style, Locale locale) {
    var values = new HashMap<String, Integer>();
    List<String> names = names(calendar, field);
    for (int i = 0; i < names.size(); i++) {
      values.put(getDisplayName(calendar, field, first(field) + i, style, locale), first(field) + i);
    }
    return values.isEmpty() || values.size() < names.size() ? null : values;
  }

  private static List<String> names(String calendar, int field) {
    return !calendar.equals("gregory") ? List.of() : field == Calendar.MONTH ? MONTHS : field == Calendar.DAY_OF_WEEK ? DAYS : List.of();
  }

  private static int first(int field) {
    return field == Calendar.MONTH ? Calendar.JANUARY : Calendar.SUNDAY;
  }
}
