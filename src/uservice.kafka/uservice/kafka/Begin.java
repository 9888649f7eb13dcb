package uservice.kafka;

/// Where a group begins in a partition of which it has no offset, or one of what is gone.
public enum Begin {
  /// With all that is there.
  EARLIEST(-2),
  /// With what comes from now on.
  LATEST(-1);

  /// What stands for it where offsets are asked for by time.
  final long time;

  Begin(long time) { this.time = time; }
}
