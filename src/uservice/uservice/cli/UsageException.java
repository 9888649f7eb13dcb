package uservice.cli;

/// The command line is wrong; the message says in one line what, and what would be right. Ends with [Exit#USAGE].
public final class UsageException extends Exception {
  public UsageException(String message) {
    super(message);
  }
}
