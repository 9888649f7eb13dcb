package uservice.http;

import module java.base;
import java.util.spi.TimeZoneNameProvider;

/// The name of one time zone in one language: `GMT` in the `Date` of each answer, which the JDK's server looks up as it would any.
/// Its own names lie in tables of all zones, which are read whole: half of what [FirstAnswer] does. It asks here first where
/// [#PROVIDERS] says so, and goes on to its own for everything else.
public final class Greenwich extends TimeZoneNameProvider {
  /// The system property that says who is asked for names, and in what order, unless it is set.
  static final String PROPERTY = "java.locale.providers";
  static final String PROVIDERS = "SPI,CLDR";

  /// For `ServiceLoader`.
  public Greenwich() {}

  @Override public Locale[] getAvailableLocales() {
    return new Locale[] {Locale.US};
  }

  @Override public String getDisplayName(String zone, boolean daylight, int style, Locale locale) {
    return !zone.equals("GMT") ? null : style == TimeZone.LONG ? "Greenwich Mean Time" : zone;
  }

  @Override public String getGenericDisplayName(String zone, int style, Locale locale) {
    return getDisplayName(zone, false, style, locale);
  }
}
