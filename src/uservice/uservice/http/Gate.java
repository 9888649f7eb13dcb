package uservice.http;

import module java.base;
import com.sun.net.httpserver.HttpExchange;

/// What every request must be before the router sees it: HTTP/1.0 or 1.1, a path that all servers
/// read the same, one valid `Host`, a length in digits, and not too much of it all. What is refused
/// here ends its connection, since nobody knows whether client and server agree on where the next
/// request begins.
final class Gate {
  /// The most header field lines.
  static final int FIELDS_MAX = 200;

  private static final int REQUEST_LINE_EXTRA = " HTTP/1.1\r\n".length() + 1;
  private static final int FIELD_EXTRA = ": \r\n".length();
  private static final String HOST_PUNCTUATION = "-._~%!$&'()*+,;="; // unreserved, escapes, sub-delims

  private final long headerBytesMax;

  Gate(long headerBytesMax) { this.headerBytesMax = headerBytesMax; }

  /// Reads the request's framing; returns the refusal, or null.
  Reply refusal(Request request) {
    HttpExchange exchange = request.exchange();
    String version = exchange.getProtocol();
    boolean http10 = version.equals("HTTP/1.0");
    long length = 0;
    boolean close = false;
    Reply refusal = http10 || version.equals("HTTP/1.1") ? null
        : refused(505, "HTTP/1.0 and HTTP/1.1 are spoken here");
    int hosts = 0;
    int fields = 0;
    String target = exchange.getRequestURI().toString();
    long bytes = request.method().length() + target.length() + REQUEST_LINE_EXTRA;
    for (Map.Entry<String, List<String>> field : request.fields().entrySet()) {
      String name = field.getKey();
      for (String value : field.getValue()) {
        fields++;
        bytes += name.length() + value.length() + FIELD_EXTRA;
        switch (name) { // as the JDK spells them
          case "Host" -> {
            hosts++;
            refusal = isHost(value) ? refusal : refused(400, "the Host is not valid");
          }
          case "Content-length" -> {
            length = length(value);
            refusal = length >= 0 ? refusal : refused(400, "the Content-Length is not a number");
          }
          case "Transfer-encoding" -> {
            length = -1;
            refusal = http10 ? refused(400, "HTTP/1.0 has no Transfer-Encoding") : refusal;
          }
          case "Connection" -> close |= value.equalsIgnoreCase("close");
          default -> { }
        }
      }
    }
    if (bytes > headerBytesMax || fields > FIELDS_MAX) {
      refusal = refused(431, "at most " + headerBytesMax + " bytes and " + FIELDS_MAX + " header fields");
    } else if (refusal == null && (hosts > 1 || hosts == 0 && !http10)) {
      refusal = refused(400, "there must be one Host");
    } else if (refusal == null) {
      refusal = target(exchange.getRequestURI(), target);
    }
    request.framed(new Framing(length, close || refusal != null));
    return refusal;
  }

  /// The origin form alone (RFC 9112, section 3.2.1); `//x/y` would be read as host and path by
  /// some.
  private static Reply target(URI uri, String target) {
    if (target.charAt(0) != '/' || target.startsWith("//")) {
      return refused(400, "the target must be a path that begins with one slash");
    }
    if (uri.getRawFragment() != null) {
      return refused(400, "the target has a fragment");
    }
    String fault = Target.fault(uri.getRawPath());
    return fault == null ? null : refused(400, fault);
  }

  /// Digits alone (RFC 9110, section 8.6), few enough for a long; else -1.
  private static long length(String value) {
    long length = 0;
    for (int i = 0; i < value.length(); i++) {
      int digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9 || i > 17) {
        return -1;
      }
      length = length * 10 + digit;
    }
    return value.isEmpty() ? -1 : length;
  }

  /// `uri-host [ ":" port ]` (RFC 9110, section 7.2), the host not empty.
  private static boolean isHost(String value) {
    int i = 0;
    if (value.startsWith("[")) {
      for (i = 1; i < value.length() && value.charAt(i) != ']'; i++) {
        if (Character.digit(value.charAt(i), 16) < 0 && value.charAt(i) != ':' && value.charAt(i) != '.') {
          return false;
        }
      }
      if (i < 3 || i++ == value.length()) {
        return false;
      }
    } else {
      while (i < value.length() && value.charAt(i) != ':') {
        char c = value.charAt(i++);
        if (!Target.isAlphanumeric(c) && HOST_PUNCTUATION.indexOf(c) < 0) {
          return false;
        }
      }
    }
    return i > 0 && (i == value.length() || value.charAt(i) == ':' && isPort(value, i + 1));
  }

  private static boolean isPort(String value, int from) {
    for (int i = from; i < value.length(); i++) {
      if (value.charAt(i) < '0' || value.charAt(i) > '9') {
        return false;
      }
    }
    return value.length() - from <= 5;
  }

  private static Reply refused(int status, String detail) {
    return Reply.problem(status, Status.title(status), detail);
  }
}
