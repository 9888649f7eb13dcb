package uservice.config;

import module java.base;

/// A host name or address and a TCP port: `db.local:5432`, `0.0.0.0:8080`, `[::1]:8079`, `:8080` for every address.
///
/// @param host a name, an IPv4 address, or an IPv6 address without its brackets; empty means every address
/// @param port 0 to 65535; 0 takes a free one where it is listened on
public record HostPort(String host, int port) {
  private static final int PORT_MAX = 65535;

  /// Refuses a port outside 0 to 65535 and characters that no host has.
  public HostPort {
    if (port < 0 || port > PORT_MAX) {
      throw new IllegalArgumentException("port " + port + " is not within 0 to " + PORT_MAX);
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c == 0x7F || "/[]@?#".indexOf(c) >= 0) {
        throw new IllegalArgumentException("host '" + host + "' holds a character that no host has");
      }
    }
  }

  /// Reads `host:port`; an IPv6 address stands in brackets.
  ///
  /// @throws IllegalArgumentException with what is wrong
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon < 0 || port.isEmpty() || text.endsWith("]")) {
      throw new IllegalArgumentException("no port; write host:port");
    }
    if (port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("the port is not a number within 0 to " + PORT_MAX);
    }
    String host = text.substring(0, colon);
    boolean brackets = host.startsWith("[") && host.endsWith("]");
    if (brackets != host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("an IPv6 address, and nothing else, stands in brackets, as in [::1]:8079");
    }
    return new HostPort(brackets ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
  }

  /// As it is written in the configuration; [#parse] reads it again.
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
