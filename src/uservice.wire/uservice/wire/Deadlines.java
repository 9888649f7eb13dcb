package uservice.wire;

import module java.base;

/// Closes connections whose deadline has passed, within [#PERIOD_NANOS]. One daemon thread for all of them, which begins with the
/// first connection and sleeps as long as no connection has a deadline.
final class Deadlines {
  static final long PERIOD_NANOS = 20_000_000;

  private static final Set<Wire> OPEN = ConcurrentHashMap.newKeySet();
  private static volatile boolean asleep;
  private static final Thread WATCH = Thread.ofPlatform().daemon().name("wire-deadlines").start(Deadlines::watch);

  private Deadlines() {}

  static void add(Wire wire) { OPEN.add(wire); }

  static void remove(Wire wire) { OPEN.remove(wire); }

  /// A connection has got a deadline. The flag is read after the deadline was written, and the deadlines are read after the flag was
  /// written: one of the two threads sees the other.
  static void wake() {
    if (asleep) {
      asleep = false;
      LockSupport.unpark(WATCH);
    }
  }

  private static void watch() {
    while (true) {
      if (closeLate()) {
        LockSupport.parkNanos(PERIOD_NANOS);
      } else {
        asleep = true;
        if (!closeLate()) {
          LockSupport.park();
        }
        asleep = false;
      }
    }
  }

  /// Returns whether any connection has a deadline.
  private static boolean closeLate() {
    boolean any = false;
    for (Wire wire : OPEN) {
      any |= wire.closeIfLate(System.nanoTime());
    }
    return any;
  }
}
