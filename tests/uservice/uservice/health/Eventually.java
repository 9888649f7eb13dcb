package uservice.health;

import module java.base;

/// Waits for what another thread brings about, with a deadline that only a failing test reaches.
final class Eventually {
  private static final long NANOS_MAX = 20_000_000_000L;

  private Eventually() {}

  static void is(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + NANOS_MAX;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("never came true: " + what);
      }
      LockSupport.parkNanos(200_000);
    }
  }
}
