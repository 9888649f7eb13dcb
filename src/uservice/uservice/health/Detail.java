package uservice.health;

import module java.base;

/// One check's part in a verdict.
///
/// @param name of the check, or `service` for the service's own state (see [Health#hold])
/// @param optional whether the verdict stays as it is when this check fails
/// @param message why it is invalid, without control characters, at most 500 characters; empty where there is nothing to say
/// @param since when validity last changed, by the wall clock
/// @param age how old the result, the kick or the setting behind it is, by the monotonic clock
public record Detail(String name, boolean valid, boolean optional, String message, Instant since, Duration age) {
  boolean fails() {
    return !valid && !optional;
  }
}
