package uservice.backend;

import module java.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class BackendsTest {
  private record Fake(Set<String> schemes) implements Backend {}

  private static final Fake MEMORY = new Fake(Set.of("memory"));
  private static final Fake FILE = new Fake(Set.of("file", "dir"));

  private static Backend find(String uri) {
    return Backends.find(Backends.uri(uri), MEMORY, List.of(FILE));
  }

  @Test void findsByScheme() {
    assertSame(MEMORY, find("memory:"));
    assertSame(MEMORY, find("MEMORY:orders"));
    assertSame(FILE, find("dir:/tmp"));
  }

  @Test void asksOthersOnlyWhereItsOwnDoesNot() {
    Iterable<Fake> untouchable = () -> {
      throw new AssertionError("looked at");
    };
    assertSame(MEMORY, Backends.find(URI.create("memory:x"), MEMORY, untouchable));
  }

  @Test void namesTheModuleThatIsAbsent() {
    var modules = Map.of("redis", "redis", "rediss", "redis", "redis+unix", "redis", "postgres", "postgres",
        "postgresql", "postgres", "kafka", "kafka", "kafkas", "kafka");
    modules.forEach((scheme, module) -> assertRefused(
        "'" + scheme + "://…' needs module uservice." + module + ", which is not in this image",
        scheme + "://user:secret@host/secret?secret"));
  }

  @Test void suggestsTheSchemeMeant() {
    assertRefused("unknown scheme 'rediz', known here: dir, file, memory, did you mean 'redis'?", "rediz://u:secret@h");
    assertRefused("unknown scheme 'memroy', known here: dir, file, memory, did you mean 'memory'?", "memroy:secret");
    assertRefused("unknown scheme 'amqp', known here: dir, file, memory", "amqp://secret");
  }

  @Test void refusesWhatHasNoSchemeWithoutShowingIt() {
    assertRefused("a URI without a scheme, known here: dir, file, memory", "secret");
    assertRefused("not a URI: Illegal character in authority at index 12", "redis://u:se cret@host");
    assertRefused("not a URI: Expected scheme name at index 0", ":");
    assertRefused("a URI without a scheme, known here: dir, file, memory", "");
  }

  private static void assertRefused(String message, String uri) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, () -> find(uri)).getMessage());
  }
}
