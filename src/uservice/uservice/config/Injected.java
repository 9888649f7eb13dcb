package uservice.config;

/// The variables that Kubernetes and Docker's links put into every container for a Service called `uservice`, or
/// `uservice-health`: they look like ours and are none.
final class Injected {
  private static final String[] PROTOCOLS = {"TCP", "UDP", "SCTP"};

  private Injected() {}

  /// Whether a variable is one of them.
  static boolean is(String name, String value) {
    return serviceName(name) || portOf(name) || name.endsWith("_PORT") && address(value);
  }

  /// `X_SERVICE_HOST`, `X_SERVICE_PORT` and `X_SERVICE_PORT_HTTP`, whatever their value.
  static boolean serviceName(String name) {
    return name.endsWith("_SERVICE_HOST") || name.endsWith("_SERVICE_PORT") || name.contains("_SERVICE_PORT_");
  }

  /// `X_PORT_8079_TCP` and the same with `_PORT`, `_PROTO` or `_ADDR` behind.
  private static boolean portOf(String name) {
    for (String protocol : PROTOCOLS) {
      int at = name.lastIndexOf("_" + protocol);
      String behind = at < 0 ? "?" : name.substring(at + 1 + protocol.length());
      if (behind.isEmpty() || behind.equals("_PORT") || behind.equals("_PROTO") || behind.equals("_ADDR")) {
        int digits = at;
        while (digits > 0 && name.charAt(digits - 1) >= '0' && name.charAt(digits - 1) <= '9') {
          digits--;
        }
        return digits < at && name.startsWith("_PORT_", digits - "_PORT_".length());
      }
    }
    return false;
  }

  private static boolean address(String value) {
    return value.startsWith("tcp://") || value.startsWith("udp://") || value.startsWith("sctp://");
  }
}
