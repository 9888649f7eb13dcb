package uservice.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

class QuantilesTest {
  private static final double[] BOUNDS = {1, 2, 5};

  private static double of(double q, long... counts) {
    return Quantiles.of(q, BOUNDS, counts);
  }

  @Test void takesTheValuesOfABucketAsSpreadEvenly() {
    assertEquals(0.5, of(0.5, 10, 0, 0, 0));
    assertEquals(1.5, of(0.5, 0, 10, 0, 0));
    assertEquals(1, of(0.5, 5, 0, 5, 0), "the end of the bucket in which half of them are");
    assertEquals(2 + 3 * 0.8, of(0.9, 5, 0, 5, 0), 1e-12);
    assertEquals(5, of(1, 0, 0, 3, 0));
    assertEquals(1, of(0, 0, 2, 0, 0), "the least is the lower end of the first bucket that has any");
  }

  @Test void isTheLastBoundForWhatIsBeyond() {
    assertEquals(5, of(0.99, 1, 0, 0, 99));
    assertEquals(5, of(0.5, 0, 0, 0, 1));
  }

  @Test void isNoNumberWhereNothingWasObserved() {
    assertTrue(Double.isNaN(of(0.5, 0, 0, 0, 0)));
    assertTrue(Double.isNaN(Quantiles.of(0.5, new double[0], new long[] {7})));
  }

  @Test void leavesBucketsBeyondTheBoundsAlone() {
    assertEquals(0.5, of(0.5, 10, 0, 0, 0, 0, 0, 0));
  }

  /// Never off by more than the bucket in which the true quantile lies.
  @Test void staysInTheBucketOfTheTrueQuantile() {
    var random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      double[] values = random.doubles(1 + random.nextInt(200), 0, 6).sorted().toArray();
      var counts = new long[BOUNDS.length + 1];
      for (double value : values) {
        counts[value <= 1 ? 0 : value <= 2 ? 1 : value <= 5 ? 2 : 3]++;
      }
      double q = 0.01 + 0.98 * random.nextDouble();
      double exact = values[(int) Math.ceil(q * values.length) - 1];
      double guess = of(q, counts);
      double lower = exact <= 1 ? 0 : exact <= 2 ? 1 : exact <= 5 ? 2 : 5;
      double upper = exact <= 1 ? 1 : exact <= 2 ? 2 : 5;
      assertTrue(guess >= lower && guess <= upper, () -> q + " of " + Arrays.toString(values) + ": " + exact + ", not " + guess);
    }
  }
}
