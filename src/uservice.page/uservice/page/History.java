package uservice.page;

import module java.base;
import uservice.health.Detail;
import uservice.health.Health;
import uservice.health.Probe;
import uservice.health.Verdict;
import uservice.lifecycle.State;

/// What changed lately: the checks, the verdicts, the state of the service; the oldest is forgotten first.
///
/// It looks at the checks each time that it is asked to, and finds out what is different. A check that changed twice in between
/// is noticed by the time since when it is as it is. For any number of threads.
final class History {
  /// How many changes are kept.
  static final int CHANGES_MAX = 200;
  private static final int REASON_CHARS_MAX = 500;

  private final Health health;
  private final InstantSource wall;
  private final ReentrantLock lock = new ReentrantLock(); // guards all below
  private final Deque<Change> changes = new ArrayDeque<>();
  private final Map<Probe, Change> verdicts = new EnumMap<>(Probe.class);
  private Map<String, Standing> checks = new LinkedHashMap<>();
  private Change state;
  private boolean forgot;

  History(Health health, State state, InstantSource wall) {
    this.health = health;
    this.wall = wall;
    this.state = new Change(wall.instant(), Change.Kind.STATE, word(state), true, "");
    changes.add(this.state);
    look();
  }

  /// What there is to show, at one moment.
  ///
  /// @param verdicts of each probe, since when it is so
  /// @param forgot whether there were more changes than are kept
  record View(Change state, List<Change> verdicts, List<Standing> checks, List<Change> changes, boolean forgot) {}

  /// Looks, and tells.
  View view() {
    lock.lock();
    try {
      look();
      return new View(state, List.copyOf(verdicts.values()), List.copyOf(checks.values()), List.copyOf(changes), forgot);
    } finally {
      lock.unlock();
    }
  }

  /// Compares the checks and verdicts with those last seen.
  void look() {
    lock.lock();
    try {
      var now = new LinkedHashMap<String, Standing>();
      for (Probe probe : Probe.values()) {
        Verdict verdict = health.verdict(probe);
        verdict(verdict);
        for (Detail detail : verdict.details()) {
          if (!detail.name().equals(Health.SERVICE)) {
            now.merge(detail.name(), new Standing(detail, EnumSet.of(probe)), (one, _) -> one.and(detail, probe));
          }
        }
      }
      now.forEach((name, standing) -> check(name, checks.get(name), standing.detail()));
      checks = now;
    } finally {
      lock.unlock();
    }
  }

  /// Takes note of a state that was entered.
  void entered(State next) {
    lock.lock();
    try {
      state = new Change(wall.instant(), Change.Kind.STATE, word(next), true, "");
      add(state);
    } finally {
      lock.unlock();
    }
  }

  private void verdict(Verdict verdict) {
    Change before = verdicts.get(verdict.probe());
    if (before == null || before.valid() != verdict.valid()) {
      var change = new Change(wall.instant(), Change.Kind.PROBE, word(verdict.probe()), verdict.valid(), verdict.valid() ? "" : reasons(verdict));
      verdicts.put(verdict.probe(), change);
      if (before != null) {
        add(change);
      }
    } else if (!verdict.valid()) { // for another reason by now, perhaps
      verdicts.put(verdict.probe(), new Change(before.time(), before.kind(), before.name(), false, reasons(verdict)));
    }
  }

  /// A check that is seen for the first time has not changed.
  private void check(String name, Standing seen, Detail now) {
    Detail before = seen == null ? now : seen.detail();
    if (before.since().equals(now.since()) && before.valid() == now.valid()) {
      return;
    }
    if (now.valid() && before.valid() && before.message().isEmpty()) {
      add(new Change(now.since(), Change.Kind.CHECK, name, false, "for less than " + Samples.STEP.toSeconds() + " s"));
    }
    add(new Change(now.since(), Change.Kind.CHECK, name, now.valid(), now.valid() ? "" : now.message()));
  }

  private void add(Change change) {
    changes.add(change);
    if (changes.size() > CHANGES_MAX) {
      changes.remove();
      forgot = true;
    }
  }

  private static String reasons(Verdict verdict) {
    var text = new StringJoiner("; ");
    for (Detail detail : verdict.details()) {
      if (!detail.valid() && !detail.optional()) {
        text.add(detail.name() + ": " + detail.message());
        if (text.length() > REASON_CHARS_MAX) {
          return text.toString().substring(0, REASON_CHARS_MAX) + "…";
        }
      }
    }
    return text.toString();
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
