package uservice.health;

import module java.base;

/// A check that is what the program last said.
public final class Manual extends Check {
  private record Said(boolean valid, String message, Instant since, long at) {}

  private final AtomicReference<Said> said;

  Manual(Board board, String name, Set<Probe> probes, Setting setting) {
    super(board, name, probes, setting.required());
    said = new AtomicReference<>(
        new Said(setting.valid(), setting.valid() ? "" : "not enabled yet", board.wall.instant(), board.nanos.getAsLong()));
  }

  /// Sets it, with the reason that details and logs show.
  public void set(boolean valid, String message) {
    update(_ -> valid, valid || !message.isBlank() ? Text.clean(message) : "disabled");
  }

  public void enable() {
    set(true, "");
  }

  public void disable() {
    set(false, "");
  }

  /// Turns it over, and returns what it is now.
  public boolean toggle() {
    return update(valid -> !valid, "");
  }

  private boolean update(Predicate<Boolean> change, String message) {
    Said before;
    Said after;
    do {
      before = said.get();
      boolean valid = change.test(before.valid);
      Instant wall = board.wall.instant();
      String reason = !valid && message.isEmpty() ? "disabled" : message;
      after = new Said(valid, reason, valid == before.valid ? before.since : wall, board.nanos.getAsLong());
    } while (!said.compareAndSet(before, after));
    if (after.valid != before.valid) {
      board.changed();
    }
    return after.valid;
  }

  @Override boolean valid(Probe probe, long now) {
    return said.get().valid;
  }

  @Override Detail detail(Probe probe, long now) {
    Said is = said.get();
    return detail(is.valid, is.message, is.since, now - is.at);
  }
}
