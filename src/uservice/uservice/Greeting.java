package uservice;

import module java.base;
import uservice.health.Detail;
import uservice.health.Health;
import uservice.health.Probe;

/// What a person at a terminal is told when the service is up: what listens where, as links, and why it is not ready.
///
/// ```
/// shop 4.2.1 is up; Ctrl-C stops it
///   web      http://localhost:8080/
///   health   http://localhost:8079/health/ready
///   metrics  http://localhost:8079/metrics
/// not ready: counter: connection refused
/// ```
///
/// The checks have their first results a moment later than the ports are open, so the last line waits for them, for at most
/// [#PATIENCE]. From then on the log tells of changes.
final class Greeting {
  static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration STEP = Duration.ofMillis(50);
  private static final int NAME_WIDTH = 9;
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private final boolean colours;

  Greeting(PrintStream out, boolean colours) {
    this.out = out;
    this.colours = colours;
  }

  /// Prints the service's name and its links, in one piece, since the log writes there too.
  void up(String name, Map<String, String> links) {
    var text = new StringBuilder(in(BOLD, name)).append(" is up; Ctrl-C stops it\n");
    links.forEach((what, link) -> text.append("  ").append(what).repeat(' ', Math.max(1, NAME_WIDTH - what.length())).append(link).append('\n'));
    print(text.toString());
  }

  /// Waits until `health` is ready, or the time is over, or `wanted` says no, and prints what came of it.
  void readiness(Health health, BooleanSupplier wanted) {
    try {
      for (long left = PATIENCE.toMillis() / STEP.toMillis(); left > 0 && !health.valid(Probe.READY) && wanted.getAsBoolean(); left--) {
        Thread.sleep(STEP);
      }
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
    if (wanted.getAsBoolean()) {
      print((health.valid(Probe.READY) ? in(GREEN, "ready") : in(YELLOW, "not ready") + ": " + reasons(health)) + "\n");
    }
  }

  private static String reasons(Health health) {
    return health.verdict(Probe.READY).details().stream().filter(detail -> !detail.valid() && !detail.optional())
        .map(Greeting::reason).collect(Collectors.joining("; "));
  }

  private static String reason(Detail detail) {
    return detail.name() + ": " + detail.message();
  }

  private void print(String text) {
    out.print(text);
    out.flush();
  }

  private String in(String colour, String text) {
    return colours ? colour + text + PLAIN : text;
  }
}
