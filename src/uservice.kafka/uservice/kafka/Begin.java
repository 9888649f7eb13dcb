package uservice.kafka;

/// Where a group begins in a partition of which it has no offset, or one of what is gone.
public enum Begin {
  /// With all that is there.
  EARLIEST(Offsets.EARLIEST),
  /// With what comes from now on.
  LATEST(Offsets.LATEST);

  final long time;

  Begin(long time) { this.time = time; }
}
