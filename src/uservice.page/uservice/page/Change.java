package uservice.page;

import module java.base;

/// Something that became different.
///
/// @param name of the check or probe; of a state, the state
/// @param valid what it is since `time`; of a state, always true
/// @param message why, where there is something to say
record Change(Instant time, Kind kind, String name, boolean valid, String message) {
  /// What it was that changed.
  enum Kind {
    CHECK,
    PROBE,
    STATE
  }
}
