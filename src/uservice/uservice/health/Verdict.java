package uservice.health;

import module java.base;

/// The answer to a probe at one moment, and the checks behind it in the order in which they were added.
/// It is valid where every detail that is not optional is valid; with no details it is valid.
public record Verdict(Probe probe, boolean valid, List<Detail> details) {
  public Verdict {
    details = List.copyOf(details);
  }
}
