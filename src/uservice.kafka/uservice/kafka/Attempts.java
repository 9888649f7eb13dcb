package uservice.kafka;

import module java.base;
import uservice.kafka.GroupMessages.Mark;

/// What the note beside a group's offset says: how often the message there was begun and not ended, and up to which offset others were begun with it.
/// `attempts=2 until=1041`
record Attempts(long offset, int attempts, long until) {
  static final Attempts NONE = new Attempts(-1, 0, -1);
  private static final Pattern NOTE = Pattern.compile("attempts=([0-9]{1,9}) until=([0-9]{1,18})");

  static String note(int attempts, long until) { return attempts == 0 ? "" : "attempts=" + attempts + " until=" + until; }

  /// A note of another client is none.
  static Attempts parse(Mark mark) {
    Matcher note = NOTE.matcher(mark.note());
    return note.matches() ? new Attempts(mark.offset(), Integer.parseInt(note.group(1)), Long.parseLong(note.group(2))) : NONE;
  }

  /// How often the message at `offset` was begun before.
  int of(long offset) { return offset == this.offset ? attempts : 0; }
}
