package uservice.http;

import module java.base;

/// The system properties of the JDK's server, which it reads once, when its first instance is made.
/// One that is set already (`-D…`) stands.
final class JdkSettings {
  private JdkSettings() {}

  static void apply(Web.Config limits) {
    String connections = Integer.toString(limits.maxConnections());
    // Without it, bodies of 8 to 20 KB wait 40 ms each for the client's delayed acknowledgement.
    set("sun.net.httpserver.nodelay", "true");
    set("sun.net.httpserver.idleInterval", seconds(limits.idle()));
    // When there are more idle connections, the JDK closes some without having said `Connection: close`.
    set("sun.net.httpserver.maxIdleConnections", connections);
    set("jdk.httpserver.maxConnections", connections);
    // Beyond these the JDK closes without an answer; the gate's own limits come first, and answer 431.
    set("sun.net.httpserver.maxReqHeaders", Integer.toString(2 * Gate.FIELDS_MAX));
    set("sun.net.httpserver.maxReqHeaderSize", Long.toString(2 * limits.maxHeaders().bytes() + (64 << 10)));
    // In seconds, whatever the documentation of JDK 25 says; header and body.
    set("sun.net.httpserver.maxReqTime", seconds(limits.requestTime()));
  }

  private static void set(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /// Whole seconds, rounded up.
  private static String seconds(Duration time) {
    return Long.toString(Math.max(1, time.plusMillis(999).toSeconds()));
  }
}
