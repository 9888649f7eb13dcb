package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

final class PartitionerTest {
  // what Kafka's own tests hold its clients to
  @Test void hashesAsTheStandardClientDoes() {
    Map.of("21", -973932308, "foobar", -790332482, "a-little-bit-long-string", -985981536, "a-little-bit-longer-string", -1486304829,
        "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971, "abc", 479470107)
        .forEach((key, hash) -> assertEquals(hash, Partitioner.murmur2(key.getBytes(StandardCharsets.US_ASCII)), key));
  }

  @Test void neverGivesAPartitionThatIsNotThere() {
    var random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      var key = new byte[random.nextInt(20)];
      random.nextBytes(key);
      int partitions = 1 + random.nextInt(50);
      int chosen = Partitioner.of(key, partitions);
      assertTrue(chosen >= 0 && chosen < partitions);
    }
  }

  @Test void staysUntilItIsTurned() {
    var partitioner = new Partitioner();
    int first = partitioner.sticky("a", 5);
    for (int i = 0; i < 20; i++) {
      assertEquals(first, partitioner.sticky("a", 5));
    }
    for (int i = 0; i < 50; i++) {
      int before = partitioner.sticky("a", 5);
      assertNotEquals(before, partitioner.turn("a", 5));
    }
    assertEquals(0, partitioner.turn("one", 1));
    assertEquals(0, partitioner.turn("one", 1));
    partitioner.turn("shrunk", 9);
    assertTrue(partitioner.sticky("shrunk", 1) == 0);
  }
}
