package uservice.health;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.health.Checks.every;
import static uservice.health.Checks.kickedWithin;
import static uservice.health.Checks.manual;
import static uservice.health.Probe.ALIVE;
import static uservice.health.Probe.READY;
import static uservice.health.Probe.STARTUP;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import testing.LogLines;
import testing.ManualClock;

class HealthTest {
  private final ManualClock clock = new ManualClock();
  private final Health health = new Health(clock, clock::nanos);
  private final LogLines log = new LogLines("uservice.health");

  @AfterEach void close() {
    health.close();
    log.close();
  }

  private void begin() {
    health.start();
    health.release(STARTUP);
    health.release(READY);
  }

  @Test void isAliveButNeitherStartedNorReadyToBeginWith() {
    assertTrue(health.valid(ALIVE));
    assertFalse(health.valid(STARTUP));
    assertFalse(health.valid(READY));
    assertEquals(new Verdict(READY, false, List.of(new Detail("service", false, false, "starting", clock.instant(), Duration.ZERO))),
        health.verdict(READY));
    health.release(READY);
    assertFalse(health.valid(READY), "ready needs started");
    assertEquals("starting", health.verdict(READY).details().getFirst().message());
    health.release(STARTUP);
    assertTrue(health.valid(READY));
    assertEquals(new Verdict(READY, true, List.of()), health.verdict(READY), "no checks: valid");
  }

  @Test void needsStartupOnlyOnce() {
    Manual migrated = health.startup("migrated", manual(false));
    begin();
    assertFalse(health.valid(READY));
    migrated.enable();
    assertTrue(health.valid(READY));
    migrated.set(false, "schema changed");
    assertFalse(health.valid(STARTUP));
    assertTrue(health.valid(READY));
  }

  @Test void holdsAndReleases() {
    begin();
    health.hold(READY, "draining");
    assertFalse(health.valid(READY));
    assertTrue(health.valid(ALIVE));
    clock.advance(ofSeconds(3));
    assertEquals(new Detail("service", false, false, "draining", Instant.parse("2026-01-30T10:00:00Z"), ofSeconds(3)),
        health.verdict(READY, "service").orElseThrow());
    health.release(READY);
    assertTrue(health.valid(READY));
    assertEquals(Optional.empty(), health.verdict(READY, "service"));
  }

  /// Two checks, every state of both, every probe: the verdict is the conjunction of those that count and are not optional.
  @Test void isTheConjunctionOfRequiredChecks() {
    begin();
    for (Probe probe : Probe.values()) {
      for (boolean optional : List.of(false, true)) {
        Manual one = health.add("one", Set.of(probe), manual(true));
        Manual two = health.add("two", Set.of(probe), optional ? manual(true).optional() : manual(true));
        for (int bits = 0; bits < 4; bits++) {
          one.set((bits & 1) != 0, "one says no");
          two.set((bits & 2) != 0, "two says no");
          boolean expected = (bits & 1) != 0 && (optional || (bits & 2) != 0);
          for (Probe asked : Probe.values()) {
            assertEquals(asked != probe || expected, health.valid(asked));
            assertEquals(asked != probe || expected, health.verdict(asked).valid());
            assertEquals(asked == probe ? 2 : 0, health.verdict(asked).details().size());
          }
          assertEquals((bits & 1) != 0, health.verdict(probe, Set.of("two")).valid());
          assertEquals(optional || (bits & 2) != 0, health.verdict(probe, Set.of("one", "nonsense")).valid());
          assertEquals(optional, health.verdict(probe, "two").orElseThrow().optional());
        }
        health.remove("one");
        health.remove("two");
      }
    }
  }

  @Test void manualKeepsSinceUntilItTurns() {
    begin();
    Manual stock = health.ready("stock", manual(false));
    assertEquals("not enabled yet", health.verdict(READY, "stock").orElseThrow().message());
    clock.advance(ofSeconds(1));
    stock.set(false, "loading\n1 of 2");
    Detail loading = health.verdict(READY, "stock").orElseThrow();
    assertEquals("loading\\n1 of 2", loading.message());
    assertEquals(Instant.parse("2026-01-30T10:00:00Z"), loading.since());
    assertTrue(stock.toggle());
    assertTrue(health.valid(READY));
    assertEquals(Instant.parse("2026-01-30T10:00:01Z"), health.verdict(READY, "stock").orElseThrow().since());
    assertFalse(stock.toggle());
    assertEquals("disabled", health.verdict(READY, "stock").orElseThrow().message());
  }

  @Test void logsEveryChangeOfAVerdictOnceWithItsReasons() {
    var told = new CopyOnWriteArrayList<Verdict>();
    health.onChange(_ -> {
      throw new IllegalStateException("a listener of no use");
    });
    health.onChange(told::add);
    begin();
    Manual db = health.ready("db", manual(true));
    Manual cache = health.ready("cache", manual(true));
    db.set(false, "connection refused");
    db.set(false, "connection reset");
    cache.set(false, "gone");
    db.enable();
    cache.enable();
    health.hold(READY, "draining");
    health.hold(READY, "stopping");
    health.valid(READY);
    health.verdict(READY);
    health.close();
    List<String> lines = log.lines().stream().filter(line -> !line.contains("listener")).toList();
    assertEquals(List.of(
        "INFO startup is valid", "INFO ready is valid",
        "WARNING ready is invalid: db: connection refused", "INFO ready is valid",
        "WARNING ready is invalid: service: draining"), lines);
    assertEquals(5, told.size());
    assertEquals(10, log.lines().size(), "the listener that throws is told of, each time");
  }

  @Test void cutsTheReasonsOfVeryManyChecks() {
    begin();
    for (int i = 0; i < 40; i++) {
      health.ready("optional" + i, manual(false).optional());
    }
    health.configure(IntStream.range(0, 40).boxed().collect(Collectors.toMap(i -> "missing" + i, _ -> TargetTest.file("/nowhere"))));
    health.close();
    String line = log.lines().getLast();
    assertTrue(line.startsWith("WARNING ready is invalid: missing"), line);
    assertTrue(line.endsWith("; and 30 more"), line);
    assertFalse(line.contains("optional"), line);
  }

  @Test void aListenerThatHangsHoldsUpNobody() throws Exception {
    var hang = new CountDownLatch(1);
    health.onChange(_ -> {
      try {
        hang.await();
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    });
    begin();
    Manual db = health.ready("db", manual(true));
    for (int i = 0; i < 3 * Notices.WAITING_MAX; i++) {
      boolean valid = db.toggle();
      assertEquals(valid, health.valid(READY));
    }
    hang.countDown();
    Eventually.is("the loss is told", () -> log.lines().stream().anyMatch(line -> line.contains("were not told")));
  }

  @Test void refusesNamesThatAreTakenOrUnfit() {
    health.ready("db", manual(true));
    assertEquals("check 'db' exists already",
        assertThrows(IllegalArgumentException.class, () -> health.alive("db", kickedWithin(ofSeconds(1)))).getMessage());
    assertEquals("check name 'service' is taken by the service's own state",
        assertThrows(IllegalArgumentException.class, () -> health.ready("service", manual(true))).getMessage());
    for (String name : List.of("", " ", "a\nb", "x".repeat(101), "a\u202eb")) {
      assertThrows(IllegalArgumentException.class, () -> health.ready(name, manual(true)), name);
    }
    assertThrows(IllegalArgumentException.class, () -> health.add("none", Set.of(), manual(true)));
    assertEquals(1, health.verdict(READY, Set.of("service")).details().size());
    assertTrue(health.remove("db"));
    assertFalse(health.remove("db"));
    health.ready("db", manual(true));
  }

  @Test void refusesMoreChecksThanTheLimit() {
    for (int i = 0; i < Health.CHECKS_MAX; i++) {
      health.ready("check" + i, manual(true));
    }
    assertEquals("check 'more' is one too many, at most 1000",
        assertThrows(IllegalArgumentException.class, () -> health.ready("more", manual(true))).getMessage());
    begin();
    assertTrue(health.valid(READY));
    assertEquals(Health.CHECKS_MAX, health.verdict(READY).details().size());
  }

  @Test void answersAfterCloseButTakesNoMore() {
    begin();
    Manual db = health.ready("db", manual(true));
    health.close();
    health.close();
    assertTrue(health.valid(READY));
    db.disable();
    assertFalse(health.valid(READY));
    assertThrows(IllegalStateException.class, () -> health.ready("late", manual(true)));
  }

  @Test void shortAnswerAllocatesNothing() {
    begin();
    health.ready("db", manual(true));
    health.alive("loop", kickedWithin(ofSeconds(100))).kick();
    health.add("poll", Set.of(ALIVE, READY), every(ofSeconds(100)), () -> true);
    var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 20_000; i++) {
      health.valid(ALIVE);
      health.valid(READY);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 100_000; i++) {
      health.valid(ALIVE);
      health.valid(READY);
    }
    assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 100_000, "less than a byte an answer");
  }

  /// Compiles as a feature writes it: a boolean answer is heard although a callback may also return nothing.
  @Test void hearsABooleanAnswer() {
    class Ledger {
      boolean ping() {
        return false;
      }

      void poke() {}
    }
    var ledger = new Ledger();
    health.ready("expression", every(ofSeconds(5)), () -> ledger.ping());
    health.ready("reference", every(ofSeconds(5)), ledger::ping);
    health.ready("action", every(ofSeconds(5)), () -> ledger.poke());
    health.ready("action reference", every(ofSeconds(5)), ledger::poke);
    health.ready("throws", every(ofSeconds(5)), () -> {
      throw new IOException("no");
    });
    begin();
    Eventually.is("all asked", () -> health.verdict(READY).details().stream().noneMatch(d -> d.message().equals("not checked yet")));
    assertEquals(Map.of("expression", "answered no", "reference", "answered no", "action", "", "action reference", "", "throws", "no"),
        health.verdict(READY).details().stream().collect(Collectors.toMap(Detail::name, Detail::message)));
  }

  @Test void replacesACheckWithoutAVerdictThatHasNeither() {
    begin();
    health.ready("stock", manual(true));
    health.replace("stock", Set.of(READY, ALIVE), kickedWithin(ofSeconds(5)));
    assertTrue(health.valid(READY));
    assertEquals(List.of("stock"), health.verdict(ALIVE).details().stream().map(Detail::name).toList());
    health.replace("stock", Set.of(READY), manual(false));
    assertEquals(List.of(), health.verdict(ALIVE).details());
    Eventually.is("told", () -> log.lines().contains("WARNING ready is invalid: stock: not enabled yet"));
    assertEquals(1, log.lines().stream().filter(line -> line.startsWith("WARNING")).count(), () -> "one change to invalid: " + log.lines());
    health.replace("new", Set.of(READY), manual(true));
    assertTrue(health.verdict(READY, "new").isPresent(), "where there was none it is added");
  }
}
