package uservice.kafka;

/// Where a group begins in a partition of which it has no offset, or one of what is gone.
public enum Begin {
  /// With all that is there.
  EARLIEST,
  /// With what comes from now on.
  LATEST
}
