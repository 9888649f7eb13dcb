package uservice.health;

import module java.base;

/// The checks, the holds, and the verdicts that they make.
///
/// Readers take no lock: they go over an array that is replaced, never changed. Whoever changes something calls [#changed()],
/// which compares the verdicts with those last told; so a change is told once, whoever brought it about.
final class Board implements AutoCloseable {
  private record Hold(String reason, Instant since, long at) {
    Detail detail(long now) {
      return new Detail(Health.SERVICE, false, false, reason, since, Duration.ofNanos(Math.max(0, now - at)));
    }
  }

  private static final Probe[] IN_ORDER = {Probe.ALIVE, Probe.STARTUP, Probe.READY};
  private static final long LOOK_NANOS_MAX = 3_600_000_000_000L;

  final InstantSource wall;
  final LongSupplier nanos;
  final Notices notices = new Notices();
  final Watcher watcher = new Watcher(this::look);
  private final ReentrantLock lock = new ReentrantLock(); // held for changes, never while foreign code runs
  private final AtomicReferenceArray<Hold> holds = new AtomicReferenceArray<>(IN_ORDER.length);
  private final Hold birth;
  private volatile Check[] checks = {};
  private volatile int told = bit(Probe.ALIVE); // the verdicts last told, a bit each; written under the lock
  private volatile boolean started;
  private volatile boolean closed;

  Board(InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    birth = new Hold("starting", wall.instant(), nanos.getAsLong());
    holds.set(Probe.STARTUP.ordinal(), birth);
    holds.set(Probe.READY.ordinal(), birth);
  }

  /// Begins to poll, to watch for late kicks, and to tell.
  void start() {
    notices.start();
    watcher.start();
  }

  static int bit(Probe probe) {
    return 1 << probe.ordinal();
  }

  boolean valid(Probe probe) {
    boolean valid = valid(probe, nanos.getAsLong());
    if (valid != told(probe)) {
      watcher.wake();
    }
    return valid;
  }

  private boolean valid(Probe probe, long now) {
    return holds.get(probe.ordinal()) == null && (probe != Probe.READY || started(now)) && pass(probe, now);
  }

  private boolean pass(Probe probe, long now) {
    for (Check check : checks) {
      if (check.required && check.counts(probe) && !check.valid(probe, now)) {
        return false;
      }
    }
    return true;
  }

  /// Whether startup was ever valid: a check of it that fails again later is no reason to take ready away.
  private boolean started(long now) {
    if (!started && valid(Probe.STARTUP, now)) {
      started = true;
    }
    return started;
  }

  private boolean told(Probe probe) {
    return (told & bit(probe)) != 0;
  }

  Verdict verdict(Probe probe, Set<String> excluded) {
    Verdict verdict = verdict(probe, excluded, nanos.getAsLong());
    if (excluded.isEmpty() && verdict.valid() != told(probe)) {
      watcher.wake();
    }
    return verdict;
  }

  private Verdict verdict(Probe probe, Set<String> excluded, long now) {
    var details = new ArrayList<Detail>();
    Detail own = excluded.contains(Health.SERVICE) ? null : own(probe, now);
    if (own != null) {
      details.add(own);
    }
    boolean valid = own == null;
    for (Check check : checks) {
      if (check.counts(probe) && !excluded.contains(check.name())) {
        Detail detail = check.detail(probe, now);
        details.add(detail);
        valid &= !detail.fails();
      }
    }
    return new Verdict(probe, valid, details);
  }

  /// The service's own part in the verdict; null where it has nothing against it.
  private Detail own(Probe probe, long now) {
    Hold hold = holds.get(probe.ordinal());
    if (hold == null && probe == Probe.READY && !started(now)) {
      hold = holds.get(Probe.STARTUP.ordinal());
      hold = hold != null ? hold : birth;
    }
    return hold == null ? null : hold.detail(now);
  }

  void hold(Probe probe, String reason) {
    holds.set(probe.ordinal(), new Hold(reason, wall.instant(), nanos.getAsLong()));
    changed();
  }

  void release(Probe probe) {
    holds.set(probe.ordinal(), null);
    changed();
  }

  /// Changes the list of checks as a whole, or, where `change` throws, not at all; stops those that are gone.
  void edit(Consumer<List<Check>> change) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("no checks are taken any more: health is closed");
      }
      Check[] former = checks;
      var next = new ArrayList<>(List.of(former));
      change.accept(next);
      checks = next.toArray(Check[]::new);
      var kept = new HashSet<>(next);
      for (Check check : former) {
        if (!kept.contains(check)) {
          check.stop();
        }
      }
      changed();
    } finally {
      lock.unlock();
    }
    watcher.wake();
  }

  /// Compares the verdicts with those last told, and hands on what is new.
  void changed() {
    lock.lock();
    try {
      long now = nanos.getAsLong();
      for (Probe probe : IN_ORDER) {
        if (valid(probe, now) != told(probe)) {
          tell(verdict(probe, Set.of(), now));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void tell(Verdict verdict) {
    if (verdict.valid() != told(verdict.probe())) {
      told ^= bit(verdict.probe());
      notices.offer(verdict);
    }
  }

  /// Does what is due and returns the nanoseconds until the next is; on the watcher's thread.
  private long look() {
    long now = nanos.getAsLong();
    long next = LOOK_NANOS_MAX;
    for (Check check : checks) {
      next = Math.min(next, check.tick(now));
    }
    changed();
    return next;
  }

  @Override public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    watcher.close();
    for (Check check : checks) {
      check.stop();
    }
    notices.close();
  }
}
