package uservice.http;

import module java.base;

/// A server that could not be opened: which, where, and why, in one line for the operator.
public final class ServerException extends Exception {
  private ServerException(String message, Throwable cause) { super(message, cause); }

  static ServerException unresolved(String name, String host) {
    return new ServerException(name + ": host '" + host + "' cannot be resolved to an address", null);
  }

  static ServerException unfit(String name, IOException unfit) {
    return new ServerException(name + ": tls: " + unfit.getMessage(), unfit);
  }

  /// Tells the cases that operators meet apart by what the system says; there are no types for
  /// them.
  static ServerException refused(String name, String host, int port, IOException refused) {
    String said = String.valueOf(refused.getMessage());
    String why = switch (said) {
      case "Address already in use" -> "port " + port + " on " + host + " is taken";
      case "Cannot assign requested address" -> "address " + host + " is not one of this machine";
      case "Permission denied" -> "port " + port + " may not be opened by this user";
      default -> "port " + port + " on " + host + " cannot be opened: " + said;
    };
    return new ServerException(name + ": " + why, refused);
  }
}
