package uservice.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import module java.base;
import org.junit.jupiter.api.Test;

final class NearestNameTest {
  private static final List<String> KNOWN = List.of("port", "host", "prefix", "on_web", "shutdown_delay");

  @Test
  void findsWhatWasMeant() {
    for (var pair : Map.of("prot", "port", "prt", "port", "Port", "port", "on-web", "on_web", "perfix", "prefix", "shutdown_dealy", "shutdown_delay",
        "shut_down_delay", "shutdown_delay").entrySet()) {
      assertEquals(Optional.of(pair.getValue()), NearestName.of(pair.getKey(), KNOWN), pair.getKey());
    }
  }

  @Test
  void saysNothingWhereNothingIsNear() {
    for (String typed : List.of("", "x", "certificate", "p", "x".repeat(5000))) {
      assertEquals(Optional.empty(), NearestName.of(typed, KNOWN), typed);
    }
  }

  @Test
  void takesTheFirstOfEqualOnes() {
    assertEquals(Optional.of("cat"), NearestName.of("at", List.of("cat", "bat")));
  }

  @Test
  void countsEdits() {
    assertEquals(0, NearestName.distance("abc", "abc"));
    assertEquals(1, NearestName.distance("abc", "acb"));
    assertEquals(3, NearestName.distance("", "abc"));
    assertEquals(3, NearestName.distance("kitten", "sitting"));
    assertEquals(3, NearestName.distance("ca", "abc")); // optimal string alignment: no edit inside of a swap
  }
}
