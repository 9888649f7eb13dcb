package uservice.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;

import org.junit.jupiter.api.Test;

final class RecentIdsTest {
  @Test void knowsWhatWasAddedUntilItsTimeIsOver() {
    var recent = new RecentIds(10, 100);
    assertTrue(recent.add("a", 0));
    assertFalse(recent.add("a", 99));
    assertTrue(recent.contains("a", 99));
    assertFalse(recent.contains("a", 100));
    assertFalse(recent.contains("b", 0));
    assertTrue(recent.add("b", 100), "and forgets the other");
    assertEquals(1, recent.size());
    assertTrue(recent.add("a", 150));
  }

  @Test void forgetsTheOldestOfTooMany() {
    var recent = new RecentIds(3, Long.MAX_VALUE);
    for (String id : List.of("a", "b", "c", "d")) {
      assertTrue(recent.add(id, 7));
    }
    assertFalse(recent.contains("a", 7));
    assertTrue(recent.contains("b", 7) && recent.contains("d", 7));
    assertEquals(3, recent.size());
  }

  @Test void knowsNothingWhereNothingIsAskedFor() {
    for (var recent : List.of(new RecentIds(0, 100), new RecentIds(10, 0))) {
      assertTrue(recent.add("a", 0));
      assertTrue(recent.add("a", 0));
      assertFalse(recent.contains("a", 0));
      assertEquals(0, recent.size());
    }
  }

  /// Against the JDK's own map, with many ids of the same hash among them and times that begin anywhere.
  @Test void doesWhatAMapWouldDo() {
    for (int seed = 0; seed < 40; seed++) {
      var random = new Random(seed);
      int most = 1 + random.nextInt(700);
      long window = 1 + random.nextInt(2_000);
      long now = random.nextLong(); // wraps around in between
      var recent = new RecentIds(most, window);
      var map = new LinkedHashMap<String, Long>();
      for (int step = 0; step < 5_000; step++) {
        now += random.nextInt(4);
        long at = now;
        map.values().removeIf(time -> at - time >= window);
        String id = random.nextBoolean() ? (random.nextBoolean() ? "Aa" : "BB").repeat(1 + random.nextInt(9)) + random.nextInt(40) : "" + random.nextInt(2_000);
        assertEquals(map.containsKey(id), recent.contains(id, now));
        assertEquals(!map.containsKey(id), recent.add(id, now));
        map.putIfAbsent(id, now);
        if (map.size() > most) {
          map.pollFirstEntry();
        }
        assertEquals(map.size(), recent.size());
      }
      for (String id : map.keySet()) {
        assertTrue(recent.contains(id, now));
      }
    }
  }
}
