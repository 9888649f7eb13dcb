package uservice.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import uservice.page.Samples.Column;

class SamplesTest {
  private static final int RING_BYTES_MAX = 64 << 10;

  private final Samples samples = new Samples();

  private void add(long requests, long nanos) {
    var sample = new long[Samples.COLUMNS];
    sample[Column.REQUESTS.ordinal()] = requests;
    sample[Column.NANOS.ordinal()] = nanos;
    sample[Column.RESIDENT_BYTES.ordinal()] = Samples.UNKNOWN;
    for (int i = 0; i < Samples.BUCKETS_MAX; i++) {
      sample[Samples.buckets() + i] = requests * i;
    }
    samples.add(sample);
  }

  private long[] ring() throws ReflectiveOperationException {
    Field ring = Samples.class.getDeclaredField("ring");
    ring.setAccessible(true);
    return (long[]) ring.get(samples);
  }

  @Test void aQuarterOfAnHourTakesLessThan64KiB() throws Exception {
    assertEquals(53_576, Samples.BYTES, "(900 / 5 + 1) * 37 * 8");
    assertEquals(Samples.BYTES, ring().length * Long.BYTES);
    assertTrue(Samples.BYTES <= RING_BYTES_MAX);
    assertEquals(Samples.SPAN, Samples.STEP.multipliedBy(Samples.SAMPLES_MAX - 1));
  }

  @Test void neverGrowsAndForgetsTheOldest() throws Exception {
    long[] before = ring();
    for (int i = 0; i < 1_000; i++) {
      assertEquals(Math.min(i, Samples.SAMPLES_MAX), samples.end() - samples.first());
      add(i, i * 5_000_000_000L);
    }
    assertTrue(before == ring());
    assertEquals(1_000, samples.end());
    assertEquals(1_000 - Samples.SAMPLES_MAX, samples.first());
    for (long number = samples.first(); number < samples.end(); number++) {
      assertEquals(number, samples.get(number, Column.REQUESTS));
      assertEquals(number * 3, samples.bucket(number, 3));
      assertEquals(number * (Samples.BUCKETS_MAX - 1), samples.bucket(number, Samples.BUCKETS_MAX - 1));
    }
    assertEquals(900.0, samples.seconds(samples.first(), samples.end() - 1));
  }

  @Test void tellsWhatCameBetweenTwo() {
    add(10, 0);
    add(25, 5_000_000_000L);
    add(20, 10_000_000_000L); // a family was removed and made anew
    assertEquals(15, samples.grown(0, 1, Column.REQUESTS));
    assertEquals(0, samples.grown(1, 2, Column.REQUESTS), "what seems to fall began again");
    assertEquals(0, samples.grown(0, 1, Column.RESIDENT_BYTES), "unknown");
    assertEquals(30, samples.fallen(0, 1)[2]);
    assertEquals(0, samples.fallen(1, 2)[2]);
    assertEquals(5.0, samples.seconds(0, 1));
  }
}
