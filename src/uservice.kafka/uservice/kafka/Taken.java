package uservice.kafka;

/// A message in somebody's hands. What is known of it belongs to the lock of its [Shares].
final class Taken {
  final Share share;
  final Received message;
  /// How often it was begun, as far as is known: counted by who takes it, and kept with the group's mark while it is the oldest.
  volatile int attempts;
  /// In the hands of somebody who works on it; false while it rests.
  boolean held = true;
  /// Nothing more is to be done for it, in this process.
  volatile boolean done;

  Taken(Share share, Received message, int attempts) {
    this.share = share;
    this.message = message;
    this.attempts = attempts;
  }

  /// Whether it is still this process' to work on.
  boolean ours() { return !done && !share.lost; }
}
