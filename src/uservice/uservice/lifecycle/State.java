package uservice.lifecycle;

/// Where a service is in its life; it only ever moves to the right.
public enum State {
  /// Parts are being started; nothing is promised yet.
  STARTING,
  /// Started, and serving.
  READY,
  /// A stop was asked for: still serving, while readiness already says no.
  DRAINING,
  /// Nothing new is accepted; work in hand ends, stop actions run.
  STOPPING,
  /// Over.
  STOPPED;

  /// What moves a service on.
  public enum Event {
    /// Every part has started.
    STARTED,
    /// Somebody asked for the end: a signal, a command, a part that cannot go on.
    STOP,
    /// The time in which traffic is led away is over.
    DRAINED,
    /// The last stop action has run.
    FINISHED
  }

  /// The state after `event`, which is this state where the event has nothing to say here: a stop that was asked for wins
  /// over a start that completes late, and is not asked for twice.
  public State after(Event event) {
    return switch (this) {
      case STARTING -> switch (event) {
        case STARTED -> READY;
        case STOP -> STOPPING;
        case DRAINED, FINISHED -> this;
      };
      case READY -> event == Event.STOP ? DRAINING : this;
      case DRAINING -> event == Event.DRAINED ? STOPPING : this;
      case STOPPING -> event == Event.FINISHED ? STOPPED : this;
      case STOPPED -> this;
    };
  }
}
