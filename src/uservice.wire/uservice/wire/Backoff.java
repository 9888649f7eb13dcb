package uservice.wire;

import module java.base;

/// How long to leave a server alone that was away: `least` at first, doubled with each failure up to `most`. Up to half of it is left
/// to chance, so that those who lost a server at the same moment do not come back at the same moment.
public record Backoff(Duration least, Duration most) {
  private static final int DOUBLINGS_MAX = 20;

  /// The pause in nanoseconds where there were so many failures in a row before the last one.
  public long nanos(int failures) {
    long whole = Math.min(most.toNanos(), least.toNanos() << Math.min(failures, DOUBLINGS_MAX));
    return ThreadLocalRandom.current().nextLong(whole / 2, whole);
  }
}
