package uservice.kafka;

/// A message in somebody's hands. What is known of it belongs to the lock of its [Shares].
final class Taken {
  final Share share;
  final Received message;
  /// How often it was begun, as far as is known: counted by who takes it, and kept with the group's mark while it is the oldest.
  int attempts;
  /// In the hands of somebody who works on it; false while it rests.
  boolean held = true;
  /// Nothing more is to be done for it, in this process.
  volatile boolean done;

  Taken(Share share, Received message) {
    this.share = share;
    this.message = message;
  }

  /// Whether it is ours to work on: neither done nor somebody else's by now.
  boolean ours() { return !done && !share.lost(); }
}
