package uservice.grpc;

/// What the server made of a call.
public sealed interface Answer {
  /// The message of the response, uncompressed.
  record Message(byte[] bytes) implements Answer {}

  /// The server's own no, or that of what stands before it. `message` is for people: control characters and what is beyond
  /// a few hundred characters are gone from it.
  record Refused(Status status, String message) implements Answer {
    @Override public String toString() { return message.isEmpty() ? status.name() : status + ": " + message; }
  }
}
