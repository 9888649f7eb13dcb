package uservice.kafka;

import module java.base;

/// How far a partition is done, as its group keeps it: the oldest offset that is not, how often the message there was begun and not ended, and up to
/// which offset others were begun with it. The latter two are the note beside the offset: `attempts=2 until=1041`.
record Mark(long offset, int attempts, long until) {
  private static final Pattern NOTE = Pattern.compile("attempts=([0-9]{1,9}) until=([0-9]{1,18})");

  Mark {
    until = attempts == 0 ? 0 : until;
  }

  /// A note of another client is none.
  static Mark of(long offset, String note) {
    Matcher said = NOTE.matcher(note);
    return said.matches() ? new Mark(offset, Integer.parseInt(said.group(1)), Long.parseLong(said.group(2))) : new Mark(offset, 0, 0);
  }

  String note() { return attempts == 0 ? "" : "attempts=" + attempts + " until=" + until; }
}
