package uservice.control;

import module java.base;
import uservice.config.Secret;
import uservice.http.ProblemException;
import uservice.http.Reply;
import uservice.http.Request;
import uservice.metrics.Counter;
import uservice.metrics.Family;
import uservice.metrics.Metrics;

/// Who may call: not too often, no browser, by a name that is loopback's, with the token where there is one.
///
/// A page in a browser on the same machine could reach the port as well. It cannot keep `Origin` or `Sec-Fetch-Site` from being sent; and
/// where it comes under a name of its own that resolves to loopback (DNS rebinding), `Host` has that name.
final class Guard {
  private static final String SCHEME = "Bearer ";

  private final Optional<byte[]> token;
  private final boolean loopback;
  private final Rate rate;
  private final Family<Counter> refused;

  Guard(Control.Config config, Metrics metrics, LongSupplier nanos) {
    this.token = config.token().map(Secret::reveal).map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    this.loopback = isLoopback(config.host());
    this.rate = new Rate(config.rate(), nanos);
    this.refused = metrics.counter("uservice_control_refused_total", "Requests to the control port that were turned away, by the reason.", "reason");
  }

  /// Whether `host` is a loopback address, or the name of it; no name is looked up.
  static boolean isLoopback(String host) {
    String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    if (bare.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(bare).isLoopbackAddress();
    } catch (IllegalArgumentException name) {
      return false;
    }
  }

  /// Returns where the request may go on.
  ///
  /// @throws ProblemException where it may not
  void check(Request request) {
    if (!rate.take()) {
      refused.with("rate").increment();
      String detail = "more than " + rate.perSecond() + " requests a second, see control.rate; come again in a second";
      throw new ProblemException(Reply.problem(429, "Too Many Requests", detail).header("Retry-After", "1"), detail, null);
    }
    if (request.header("Origin").isPresent() || request.header("Sec-Fetch-Site").isPresent()) {
      throw refuse("browser", 403, "browsers are kept out: a request has neither Origin nor Sec-Fetch-Site here");
    }
    if (loopback && !isLoopback(name(request.header("Host").orElse("")))) {
      throw refuse("host", 403, "the Host must be 127.0.0.1, [::1] or localhost, as in $USERVICE_CONTROL");
    }
    if (token.isPresent() && !isToken(request.header("Authorization").orElse(""))) {
      refused.with("token").increment();
      String detail = "the token is missing or wrong: Authorization: Bearer $USERVICE_CONTROL_TOKEN";
      throw new ProblemException(Reply.problem(401, "Unauthorized", detail).header("WWW-Authenticate", "Bearer"), detail, null);
    }
  }

  private ProblemException refuse(String reason, int status, String detail) {
    refused.with(reason).increment();
    return new ProblemException(status, detail);
  }

  /// In the same time wherever it differs.
  private boolean isToken(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(token.get(), authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.ISO_8859_1));
  }

  /// A `Host` without its port.
  private static String name(String host) {
    int colon = host.startsWith("[") ? host.indexOf(':', Math.max(0, host.indexOf(']'))) : host.indexOf(':');
    return colon < 0 ? host : host.substring(0, colon);
  }
}
