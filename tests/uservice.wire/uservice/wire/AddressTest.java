package uservice.wire;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class AddressTest {
  private static final Set<String> KNOWN = Set.of("timeout", "name", "pool");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Address of(String uri) { return Address.parse(URI.create(uri), 6379, KNOWN); }

  private static void refuses(String message, String uri) {
    var refused = assertThrows(IllegalArgumentException.class, () -> of(uri));
    assertEquals(message, refused.getMessage());
  }

  @Test void takesAUriApart() {
    Address address = of("REDIS://us%65r:p%40ss+w%2F:x@my_db.example:6380/a%20b/c?timeout=2s&name=a%26b");
    assertEquals("redis", address.scheme());
    assertEquals(Optional.of("user"), address.user());
    assertEquals(Optional.of("p@ss+w/:x"), address.password());
    assertEquals("my_db.example", address.host());
    assertEquals(6380, address.port());
    assertEquals("a b/c", address.path());
    assertEquals(Optional.of("a&b"), address.parameter("name"));
    assertEquals(Optional.empty(), address.parameter("pool"));
  }

  @Test void partsMayBeMissing() {
    Address address = of("redis://localhost");
    assertEquals(Optional.empty(), address.user());
    assertEquals(Optional.empty(), address.password());
    assertEquals(6379, address.port());
    assertEquals("", address.path());
    assertEquals("", of("redis+unix:///run/redis.sock").host());
    assertEquals("run/redis.sock", of("redis+unix:///run/redis.sock").path());
    assertEquals(Optional.empty(), of("redis://:secret@h").user());
    assertEquals(Optional.of("secret"), of("redis://:secret@h").password());
    assertEquals("::1", of("redis://[::1]:1").host());
    assertEquals(1, of("redis://[::1]:1").port());
    assertEquals(6379, of("redis://[::1]").port());
    assertEquals("p@q", of("redis://u:p@q@h").password().orElseThrow(), "the last at sign divides");
  }

  @Test void showsNeitherUserNorPasswordNorParameters() {
    assertEquals("redis://h:6379/1", of("redis://user:geheim@h/1?name=n").toString());
    assertEquals("redis://[::1]:7", of("redis://user:geheim@[::1]:7").toString());
    assertEquals("redis+unix:///run/r.sock", of("redis+unix://u:geheim@/run/r.sock").toString());
  }

  @Test void refusesWhatCannotBeMeant() {
    refuses("must look like redis://host:port/…", "redis:localhost");
    refuses("has a '#', which begins nothing here; in a password it is written %23", "redis://u:p#w@h");
    refuses("port is not a number from 1 to 65535", "redis://h:0");
    refuses("port is not a number from 1 to 65535", "redis://h:65536");
    refuses("port is not a number from 1 to 65535", "redis://h:");
    refuses("port is not a number from 1 to 65535", "redis://user:geheim");
    refuses("names several hosts, must be one", "redis://a:1,b:2/0");
    refuses("unknown parameter 'nane', did you mean 'name'?", "redis://h?nane=1");
    refuses("unknown parameter 'xyz', known: name, pool, timeout", "redis://h?xyz=1");
    refuses("parameter 'name' has no value", "redis://h?name");
    refuses("parameter 'name' has no value", "redis://h?name=");
    refuses("parameter 'name' is there twice", "redis://h?name=a&name=a");
  }

  @Test void readsTimesAndNumbers() {
    assertEquals(Duration.ofMillis(500), of("r://h?timeout=500ms").duration("timeout", MINUTE, MINUTE));
    assertEquals(Duration.ofSeconds(2), of("r://h?timeout=2s").duration("timeout", MINUTE, MINUTE));
    assertEquals(Duration.ofSeconds(3), of("r://h?timeout=3").duration("timeout", MINUTE, MINUTE), "as libpq has it");
    assertEquals(MINUTE, of("r://h?timeout=1m").duration("timeout", Duration.ZERO, MINUTE));
    assertEquals(MINUTE, of("r://h").duration("timeout", MINUTE, MINUTE));
    for (String bad : List.of("0", "61s", "-1", "1h", "s", "1.5s", "99999999999")) {
      var refused = assertThrows(IllegalArgumentException.class, () -> of("r://h?timeout=" + bad).duration("timeout", MINUTE, MINUTE));
      assertEquals("parameter 'timeout' is '" + bad + "', must be a time such as 500ms or 2s, above 0 and at most 60s", refused.getMessage());
    }
    assertEquals(7, of("r://h?pool=7").number("pool", 8, 1, 9));
    assertEquals(8, of("r://h").number("pool", 8, 1, 9));
    for (String bad : List.of("0", "10", "-1", "x", "9999999999")) {
      var refused = assertThrows(IllegalArgumentException.class, () -> of("r://h?pool=" + bad).number("pool", 8, 1, 9));
      assertEquals("parameter 'pool' is '" + bad + "', must be a whole number from 1 to 9", refused.getMessage());
    }
  }

  @Test void readsSeveralHosts() {
    Address address = several("kafka://u:a,b%2C@a:1,b_1,c:3/jobs?name=n", 3);
    assertEquals(List.of(new Address.Host("a", 1), new Address.Host("b_1", 9092), new Address.Host("c", 3)), address.hosts());
    assertEquals("a", address.host());
    assertEquals(1, address.port());
    assertEquals(Optional.of("a,b,"), address.password());
    assertEquals("kafka://a:1,b_1:9092,c:3/jobs", address.toString());
    assertEquals(List.of(new Address.Host("", 9092)), several("kafka:///jobs", 3).hosts());
    assertEquals("names 3 hosts, at most 2", assertThrows(IllegalArgumentException.class, () -> several("kafka://a,b,c", 2)).getMessage());
    for (String gap : List.of("a,", ",a", "a,,b", ",")) {
      assertEquals("has a comma without a host beside it", assertThrows(IllegalArgumentException.class, () -> several("kafka://" + gap, 3)).getMessage());
    }
  }

  private static Address several(String uri, int most) { return Address.parse(URI.create(uri), 9092, most, KNOWN); }

  @Test void readsWordsAndChoices() {
    assertEquals("a+b", of("r://h?name=a+b").word("name", "x"));
    assertEquals("x", of("r://h").word("name", "x"));
    assertNull(of("r://h").word("name", null));
    for (String bad : List.of("a b", "é", "\n", "x".repeat(201))) {
      assertEquals("parameter 'name' is '" + bad + "', must be 1 to 200 printable characters without spaces", why(() ->
          of("r://h?name=" + URLEncoder.encode(bad, StandardCharsets.UTF_8).replace("+", "%20")).word("name", "x")));
    }
    var known = List.of("plain", "gzip", "zstd");
    assertEquals("gzip", of("r://h?name=gzip").choice("name", "plain", known));
    assertEquals("plain", of("r://h").choice("name", "plain", known));
    assertEquals("parameter 'name' is 'gzap', did you mean 'gzip'?", why(() -> of("r://h?name=gzap").choice("name", "plain", known)));
    assertEquals("parameter 'name' is 'none', must be plain, gzip or zstd", why(() -> of("r://h?name=none").choice("name", "plain", known)));
    assertEquals(StandardProtocolFamily.INET6, of("r://h?name=inet6").choice("name", StandardProtocolFamily.UNIX));
    assertEquals(StandardProtocolFamily.UNIX, of("r://h").choice("name", StandardProtocolFamily.UNIX));
    assertEquals(TimeUnit.DAYS, of("r://h?name=days").choice("name", TimeUnit.HOURS), "an enum whose values might have bodies");
    assertEquals("parameter 'name' is 'ipv4', must be inet, inet6 or unix", why(() -> of("r://h?name=ipv4").choice("name", StandardProtocolFamily.UNIX)));
    assertEquals("verify-full", Address.spelled(Spelled.VERIFY_FULL));
  }

  private enum Spelled { VERIFY_FULL }

  private static String why(Executable reading) { return assertThrows(IllegalArgumentException.class, reading).getMessage(); }
}
