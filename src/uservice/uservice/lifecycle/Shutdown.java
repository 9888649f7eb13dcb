package uservice.lifecycle;

import module java.base;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;

/// The times of an orderly stop.
public final class Shutdown {
  /// What is kept of the grace period for flushing logs and traces and for closing the health server.
  public static final Duration RESERVE = Duration.ofSeconds(2);

  private static final Duration DELAY = Duration.ofSeconds(5);

  private Shutdown() {}

  /// What stands under `shutdown:` in the configuration.
  public record Config(
      @Doc("How long to go on serving after readiness says no, so that load balancers learn of it; 5s, and 0s on a terminal.")
      @Range(max = 60_000) Optional<Duration> delay,
      @Doc("How long requests in flight may take to finish once nothing new is accepted.")
      @Default("20s") @Range(max = 3_600_000) Duration drain,
      @Doc("Everything above, the stop actions and 2s for flushing must fit in this; at most the pod's grace period.")
      @Default("30s") @Range(min = 1_000, max = 7_200_000) Duration grace,
      @Doc("Where the reason of a stop that was cut off is written, if the file exists.")
      @Default("/dev/termination-log") Path terminationLog) {

    public Config {
      Duration needed = delay.orElse(DELAY).plus(drain).plus(RESERVE);
      if (needed.compareTo(grace) > 0) {
        throw new IllegalArgumentException("grace: " + seconds(grace) + " does not hold delay " + seconds(delay.orElse(DELAY))
            + ", drain " + seconds(drain) + " and " + seconds(RESERVE) + " for flushing: at least " + seconds(needed));
      }
    }

    /// The delay in force, which is none where a person waits at a terminal.
    public Duration delay(boolean terminal) {
      return delay.orElse(terminal ? Duration.ZERO : DELAY);
    }

    private static String seconds(Duration time) {
      return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }
  }
}
