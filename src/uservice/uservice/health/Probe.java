package uservice.health;

/// What Kubernetes asks a container, each with an answer of its own.
public enum Probe {
  /// Liveness: an invalid answer has the container killed and started again.
  ALIVE,
  /// Readiness: an invalid answer keeps traffic away.
  READY,
  /// Start-up: until the first valid answer the other two are not asked.
  STARTUP
}
