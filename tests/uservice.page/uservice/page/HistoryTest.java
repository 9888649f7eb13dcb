package uservice.page;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.health.Checks.every;
import static uservice.health.Checks.manual;
import static uservice.health.Probe.ALIVE;
import static uservice.health.Probe.READY;
import static uservice.health.Probe.STARTUP;

import module java.base;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import testing.ManualClock;
import uservice.health.Health;
import uservice.health.Manual;
import uservice.lifecycle.State;

class HistoryTest {
  private final ManualClock clock = new ManualClock();
  private final Health health = new Health(clock, clock::nanos);
  private final History history = new History(health, State.STARTING, clock);

  @AfterEach void close() {
    health.close();
  }

  private void begin() {
    health.release(STARTUP);
    health.release(READY);
    history.look();
  }

  /// `10:00:01 check db no: why`
  private List<String> told() {
    return history.view().changes().stream().map(change -> change.time().toString().substring(11, 19) + " "
        + History.word(change.kind()) + " " + change.name() + (change.valid() ? " yes" : " no")
        + (change.message().isEmpty() ? "" : ": " + change.message())).toList();
  }

  private void later() {
    clock.advance(ofSeconds(1));
  }

  @Test void beginsWithTheStateAndTellsEachLaterOne() {
    later();
    history.entered(State.READY);
    assertEquals(List.of("10:00:00 state starting yes", "10:00:01 state ready yes"), told());
    assertEquals("ready", history.view().state().name());
  }

  @Test void tellsOfVerdictsAndWhy() {
    Manual db = health.ready("db", manual(true));
    begin();
    later();
    db.set(false, "connection refused");
    later();
    history.look();
    later();
    db.enable();
    assertEquals(List.of("10:00:00 state starting yes", "10:00:00 probe ready yes", "10:00:00 probe startup yes",
        "10:00:02 probe ready no: db: connection refused", "10:00:01 check db no: connection refused",
        "10:00:03 probe ready yes", "10:00:03 check db yes"), told());
  }

  @Test void theReasonOfAVerdictIsThePresentOne() {
    Manual db = health.ready("db", manual(true));
    Manual cache = health.ready("cache", manual(true));
    begin();
    db.set(false, "refused");
    history.look();
    cache.set(false, "full");
    db.enable();
    later();
    Change ready = history.view().verdicts().stream().filter(change -> change.name().equals("ready")).findAny().orElseThrow();
    assertEquals("cache: full", ready.message());
    assertEquals("10:00:00", ready.time().toString().substring(11, 19), "not ready since then, though for another reason");
  }

  @Test void aCheckThatIsSeenFirstHasNotChanged() {
    begin();
    int before = told().size();
    Manual db = health.alive("db", manual(true));
    Manual cache = health.add("cache", Set.of(READY, ALIVE), manual(true).optional());
    history.look();
    assertEquals(before, told().size());
    later();
    cache.disable();
    assertEquals("10:00:01 check cache no: disabled", told().getLast());
    assertEquals(List.of("db", "cache"), history.view().checks().stream().map(standing -> standing.detail().name()).toList());
    assertEquals(List.of(Set.of(ALIVE), Set.of(ALIVE, READY)), history.view().checks().stream().map(Standing::probes).toList());
    assertTrue(db.name().equals("db"));
  }

  @Test void noticesACheckThatFellAndRoseBetweenTwoLooks() {
    Manual db = health.ready("db", manual(true));
    begin();
    later();
    db.disable();
    later();
    db.enable();
    List<String> told = told();
    assertEquals(List.of("10:00:02 check db no: for less than 5 s", "10:00:02 check db yes"), told.subList(told.size() - 2, told.size()));
    assertEquals(told, told(), "once");
  }

  @Test void noticesACheckThatRoseAndFellBetweenTwoLooks() {
    Manual db = health.ready("db", manual(true));
    begin();
    db.set(false, "one");
    history.look();
    later();
    db.enable();
    later();
    db.set(false, "two");
    assertEquals("10:00:02 check db no: two", told().getLast());
  }

  @Test void aCheckOfSeveralProbesIsInvalidWhereItIsForAny() {
    Manual db = health.add("db", Set.of(ALIVE, READY, STARTUP), manual(true));
    begin();
    db.disable();
    Standing standing = history.view().checks().getFirst();
    assertFalse(standing.detail().valid());
    assertEquals(Set.of(ALIVE, READY, STARTUP), standing.probes());
  }

  @Test void aCheckWithoutAResultIsNotYetValid() {
    health.add("db", Set.of(ALIVE, READY), every(ofSeconds(5)), () -> true);
    begin();
    Standing standing = history.view().checks().getFirst();
    assertFalse(standing.detail().valid(), "for alive it is, for ready it is not");
    assertEquals("not checked yet", standing.detail().message());
  }

  @Test void aCheckThatIsGoneIsForgottenAndItsHistoryStays() {
    Manual db = health.ready("db", manual(true));
    begin();
    later();
    db.disable();
    history.look();
    health.remove("db");
    assertEquals(List.of(), history.view().checks());
    assertTrue(told().contains("10:00:01 check db no: disabled"));
  }

  @Test void keepsTheLastChangesAndSaysThatThereWereMore() {
    Manual db = health.ready("db", manual(true).optional());
    begin();
    assertFalse(history.view().forgot());
    for (int i = 0; i < 3 * History.CHANGES_MAX; i++) {
      later();
      db.toggle();
      history.look();
    }
    assertEquals(History.CHANGES_MAX, told().size());
    assertTrue(history.view().forgot());
    assertEquals("10:10:00 check db yes", told().getLast());
  }

  @Test void cutsTheReasonsOfManyChecks() {
    for (int i = 0; i < 100; i++) {
      health.ready("check" + i, manual(true)).set(false, "x".repeat(400));
    }
    begin();
    Change ready = history.view().verdicts().stream().filter(change -> change.name().equals("ready")).findAny().orElseThrow();
    assertEquals(501, ready.message().length());
    assertTrue(ready.message().endsWith("…"));
  }

  @Test void manyMayLookAtOnce() throws Exception {
    Manual db = health.ready("db", manual(true));
    begin();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        threads.submit(() -> {
          for (int round = 0; round < 200; round++) {
            history.view();
          }
        });
      }
      later();
      db.disable();
    }
    assertEquals(1, told().stream().filter(line -> line.contains("check db no")).count(), told().toString());
  }
}
