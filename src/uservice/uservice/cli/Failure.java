package uservice.cli;

/// A command cannot go on for a reason that lies outside the program: a port that is taken, a peer that does not answer.
/// The message is the one line that its user reads. Ends with [Exit#FAILED].
public final class Failure extends Exception {
  public Failure(String message) {
    super(message);
  }

  public Failure(String message, Throwable cause) {
    super(message, cause);
  }
}
