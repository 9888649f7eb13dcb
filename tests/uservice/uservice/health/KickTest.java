package uservice.health;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.health.Checks.kickedWithin;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import testing.LogLines;
import testing.ManualClock;

class KickTest {
  private final ManualClock clock = new ManualClock();
  private final Health health = new Health(clock, clock::nanos);
  private final LogLines log = new LogLines("uservice.health");

  @AfterEach void close() {
    health.close();
    log.close();
  }

  @Test void isInvalidWhenLateAndHealsWithTheNextKick() {
    Kick packing = health.alive("packing", kickedWithin(ofSeconds(30)));
    packing.kick();
    clock.advance(Duration.ofNanos(ofSeconds(30).toNanos() - 1));
    assertTrue(health.valid(Probe.ALIVE));
    clock.advance(Duration.ofNanos(1));
    assertFalse(health.valid(Probe.ALIVE));
    clock.advance(ofSeconds(7));
    Detail late = health.verdict(Probe.ALIVE).details().getFirst();
    assertEquals(new Detail("packing", false, false, "not kicked within 30s",
        Instant.parse("2026-01-30T10:00:30Z"), ofSeconds(37)), late);
    packing.kick();
    assertTrue(health.valid(Probe.ALIVE));
    assertEquals(new Detail("packing", true, false, "", Instant.parse("2026-01-30T10:00:37Z"), Duration.ZERO),
        health.verdict(Probe.ALIVE).details().getFirst());
  }

  @Test void knowsTimesBelowASecond() {
    Kick kick = health.alive("loop", kickedWithin(ofMillis(5)));
    for (int i = 0; i < 10; i++) {
      kick.kick();
      clock.advance(ofMillis(4));
      assertTrue(health.valid(Probe.ALIVE));
      clock.advance(ofMillis(1));
      assertFalse(health.valid(Probe.ALIVE));
    }
  }

  @Test void doesNotMindTheWallClock() {
    Kick kick = health.alive("loop", kickedWithin(ofSeconds(1)));
    kick.kick();
    clock.jump(Duration.ofDays(4000));
    assertTrue(health.valid(Probe.ALIVE));
    clock.jump(Duration.ofDays(-8000));
    assertTrue(health.valid(Probe.ALIVE));
    clock.advance(ofSeconds(1));
    assertFalse(health.valid(Probe.ALIVE));
  }

  @Test void worksWhereTheMonotonicClockWrapsAround() {
    var nanos = new AtomicLong(Long.MAX_VALUE - 10);
    try (var wrapping = new Health(clock, nanos::get)) {
      Kick kick = wrapping.alive("loop", kickedWithin(ofSeconds(1)));
      kick.kick();
      nanos.addAndGet(1000);
      assertTrue(wrapping.valid(Probe.ALIVE));
      nanos.addAndGet(1_000_000_000);
      assertFalse(wrapping.valid(Probe.ALIVE));
    }
  }

  @Test void countsForAliveFromTheBeginningAndForReadyFromTheFirstKick() {
    Kick kick = health.add("loop", EnumSet.allOf(Probe.class), kickedWithin(ofSeconds(1)));
    health.release(Probe.STARTUP);
    health.release(Probe.READY);
    assertTrue(health.valid(Probe.ALIVE));
    assertFalse(health.valid(Probe.STARTUP));
    assertFalse(health.valid(Probe.READY));
    assertEquals("not kicked yet", health.verdict(Probe.READY, "loop").orElseThrow().message());
    kick.kick();
    assertTrue(health.valid(Probe.STARTUP));
    assertTrue(health.valid(Probe.READY));
    clock.advance(ofSeconds(1));
    assertFalse(health.valid(Probe.ALIVE));
    assertFalse(health.valid(Probe.READY));
  }

  @Test void refusesTimesThatMakeNoSense() {
    for (Duration time : List.of(Duration.ZERO, ofMillis(-1), Duration.ofNanos(999_999), Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThrows(IllegalArgumentException.class, () -> kickedWithin(time));
    }
    assertEquals("time between kicks is 500us, must be from 1ms to 365 days",
        assertThrows(IllegalArgumentException.class, () -> kickedWithin(Duration.ofNanos(500_000))).getMessage());
  }

  /// With the real clock and nobody asking: the watcher wakes for the deadline by itself, and each change is told once.
  @Test void isNoticedAndLoggedThoughNobodyAsks() {
    try (var real = new Health(InstantSource.system(), System::nanoTime)) {
      var changes = new CopyOnWriteArrayList<Boolean>();
      real.onChange(verdict -> changes.add(verdict.valid()));
      real.start();
      Kick kick = real.alive("loop", kickedWithin(ofMillis(20)));
      Eventually.is("late", () -> changes.equals(List.of(false)));
      for (int i = 1; i <= 5; i++) {
        kick.kick();
        int told = 1 + 2 * i;
        Eventually.is("late again", () -> changes.size() == told);
      }
      for (int i = 0; i < changes.size(); i++) {
        assertEquals(i % 2 == 1, changes.get(i));
      }
      assertEquals(changes.size(), log.lines().size());
      assertEquals("WARNING alive is invalid: loop: not kicked within 20ms", log.lines().getFirst());
      assertEquals("INFO alive is valid", log.lines().get(1));
    }
  }

  /// Kicks against a watcher that finds them late: whatever the interleaving, the last kick leaves what was told valid.
  @Test void neverStaysInvalidWhenKickMeetsTheWatcher() {
    try (var real = new Health(InstantSource.system(), System::nanoTime)) {
      var last = new AtomicBoolean(true);
      real.onChange(verdict -> last.set(verdict.valid()));
      real.start();
      Kick kick = real.alive("loop", kickedWithin(ofMillis(1)));
      Kick long_ = real.alive("slow", kickedWithin(ofSeconds(60)));
      long_.kick();
      for (int i = 0; i < 2_000; i++) {
        LockSupport.parkNanos(900_000 + i % 200 * 1_000);
        kick.kick();
      }
      real.remove("loop");
      Eventually.is("valid told in the end", last::get);
    }
  }

  @Test void disabledItIsInvalidForItsReasonUntilItIsEnabled() {
    Kick packing = health.alive("packing", kickedWithin(ofSeconds(30)));
    packing.kick();
    clock.advance(ofSeconds(1));
    packing.disable("out\nof tape");
    packing.kick();
    assertEquals(new Detail("packing", false, false, "out\\nof tape", clock.instant(), Duration.ZERO),
        health.verdict(Probe.ALIVE).details().getFirst(), "a kick changes nothing");
    clock.advance(ofSeconds(60));
    packing.enable();
    assertTrue(health.valid(Probe.ALIVE), "enabling is a kick");
    clock.advance(ofSeconds(30));
    assertFalse(health.valid(Probe.ALIVE), "and from there the time counts");
    packing.disable(" ");
    assertEquals("disabled", health.verdict(Probe.ALIVE).details().getFirst().message());
  }
}
