package uservice.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import module java.base;
import org.junit.jupiter.api.Test;

final class ScalarsTest {
  enum Mode { GET, FAST_LANE }

  record All(
      boolean bool, int whole, long large, double number, String text, Mode mode, Duration time, Size size, URI uri, Path path, HostPort at,
      @Range(min = -5, max = 5) int small, @Range(min = 1000, max = 60_000) Duration bounded, @Range(max = 1024) Size little,
      @Range(max = 1) double share, @Pattern("[a-z]+") String word) {}

  private static final Type TYPES = SchemaReader.record(All.class, null);

  private static Type type(String name) {
    return TYPES.keys().get(Key.index(TYPES.keys(), name)).type();
  }

  private static void reads(String name, String text, Object value) {
    try {
      assertEquals(value, Scalars.read(type(name), text), name + " from " + text);
    } catch (Unfit unfit) {
      throw new AssertionError(name + " is not read from '" + text + "': " + unfit.getMessage());
    }
  }

  private static void refuses(String name, String text, String right) {
    assertEquals(right, assertThrows(Unfit.class, () -> Scalars.read(type(name), text), name + " from " + text).getMessage());
  }

  @Test
  void readsBooleansOfTheCoreSchemaAlone() {
    reads("bool", "true", true);
    reads("bool", "False", false);
    refuses("bool", "yes", "true or false, did you mean true?");
    refuses("bool", "Off", "true or false, did you mean false?");
    refuses("bool", "2", "true or false");
  }

  @Test
  void readsWholeNumbersInTheCoreForms() {
    reads("whole", "8079", 8079);
    reads("whole", "-1", -1);
    reads("whole", "+7", 7);
    reads("whole", "0755", 755);
    reads("whole", "0x1F", 31);
    reads("whole", "0o17", 15);
    reads("large", "9223372036854775807", Long.MAX_VALUE);
    reads("whole", "2147483647", Integer.MAX_VALUE);
    refuses("whole", "2147483648", "at most 2147483647");
    refuses("whole", "-2147483649", "at least -2147483648");
    refuses("large", "9223372036854775808", "at most 9223372036854775807");
    refuses("large", "-99999999999999999999", "at least -9223372036854775808");
    refuses("whole", "8_080", "a whole number");
    refuses("whole", "1.0", "a whole number");
    refuses("whole", " 1", "a whole number");
    refuses("small", "6", "at most 5");
    refuses("small", "-6", "at least -5");
  }

  @Test
  void readsNumbers() {
    reads("number", "1", 1.0);
    reads("number", "1e3", 1000.0);
    reads("number", "-.5", -0.5);
    reads("number", ".inf", Double.POSITIVE_INFINITY);
    reads("number", ".nan", Double.NaN);
    refuses("number", "1,5", "a number");
    reads("share", "-1e9", -1e9);
    reads("share", "1", 1.0);
    refuses("share", "1.0000001", "at most 1");
    refuses("share", "99999999999999999999", "at most 1");
    refuses("share", ".nan", "at most 1");
  }

  @Test
  void readsTextAsItIs() {
    for (String text : List.of("", "no", "1e3", "0x1F", "~", "a: b", "\n", "\uD83D\uDE00")) {
      reads("text", text, text);
    }
    reads("word", "abc", "abc");
    refuses("word", "aB", "[a-z]+");
  }

  @Test
  void readsConstantsInBothSpellings() {
    reads("mode", "get", Mode.GET);
    reads("mode", "GET", Mode.GET);
    reads("mode", "fast_lane", Mode.FAST_LANE);
    refuses("mode", "Get", "one of get, fast_lane, did you mean 'get'?");
    refuses("mode", "fast-lane", "one of get, fast_lane, did you mean 'fast_lane'?");
    refuses("mode", "x", "one of get, fast_lane");
  }

  @Test
  void readsDurations() {
    reads("time", "500ms", Duration.ofMillis(500));
    reads("time", "5s", Duration.ofSeconds(5));
    reads("time", "1m30s", Duration.ofSeconds(90));
    reads("time", "2h", Duration.ofHours(2));
    reads("time", "1d2h3m4s5ms", Duration.ofMillis(93_784_005));
    reads("time", "0s", Duration.ZERO);
    String right = "a duration with its unit, such as 500ms, 5s, 1m30s or 2h";
    refuses("time", "5", right + ", did you mean 5s?");
    for (String text : List.of("", "s", "5 s", "-5s", "1.5s", "5S", "5sec", "30s1m", "1s1s", "5s5", "PT5S", "１s")) {
      refuses("time", text, right);
    }
    refuses("time", "99999999999999999999s", "at most 106751991167d");
    refuses("time", "106751991168d", "at most 106751991167d");
    refuses("bounded", "999ms", "at least 1s");
    refuses("bounded", "61s", "at most 60s");
  }

  @Test
  void writesDurationsAsTheyAreRead() throws Unfit {
    for (String text : List.of("0s", "1ms", "999ms", "1s", "60s", "90s", "2m", "61m", "1h", "25h", "1d", "106751991167d")) {
      assertEquals(text, Times.format(Times.parse(text)));
    }
    assertEquals("90s", Times.format(Times.parse("1m30s")));
    assertEquals("1h", Times.format(Times.parse("60m")));
  }

  @Test
  void readsSizes() {
    reads("size", "512B", new Size(512));
    reads("size", "64KiB", new Size(65_536));
    reads("size", "1MB", new Size(1_000_000));
    String right = "a size with its unit, such as 512B, 64KiB or 1MB: ";
    refuses("size", "64", right + "no unit; did you mean 64B?");
    refuses("size", "64Ki", right + "unknown unit; did you mean 64KiB?");
    refuses("size", "64mb", right + "unknown unit; did you mean 64MB?");
    refuses("size", "64 KiB", right + "unknown unit; B, KiB, MiB, GiB, TiB, kB, MB, GB and TB are known");
    refuses("size", "-1B", right + "it begins with no digit");
    refuses("size", "8388608TiB", right + "at most 8388607TiB");
    refuses("size", "99999999999999999999B", right + "at most 8388607TiB");
    refuses("little", "1025B", "at most 1KiB");
  }

  @Test
  void readsAddresses() {
    reads("uri", "redis://db:6379/0", URI.create("redis://db:6379/0"));
    reads("uri", "memory:", URI.create("memory:/"));
    refuses("uri", "http://a b", "a URI: Illegal character in authority at character 9");
    refuses("uri", "", "a URI: it is empty");
    reads("path", "/etc/x", Path.of("/etc/x"));
    refuses("path", "", "a path: it is empty");
    refuses("path", "a\0b", "a path: Nul character not allowed");
    reads("at", "db:5432", new HostPort("db", 5432));
    reads("at", "[::1]:80", new HostPort("::1", 80));
    refuses("at", "db", "host:port: no port; write host:port");
    refuses("at", "::1:80", "host:port: an IPv6 address, and nothing else, stands in brackets, as in [::1]:8079");
    refuses("at", "db:65536", "host:port: port 65536 is not within 0 to 65535");
    refuses("at", "a/b:80", "host:port: host 'a/b' holds a character that no host has");
  }
}
