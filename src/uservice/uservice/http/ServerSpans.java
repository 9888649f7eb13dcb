package uservice.http;

import module java.base;
import uservice.trace.Propagation;
import uservice.trace.Span;
import uservice.trace.Span.Kind;
import uservice.trace.Tracer;

/// A span around each request of a data port, named and described as OpenTelemetry's conventions for HTTP servers have it;
/// the handler runs within it. Where nothing is exported, the trace that came in is still what the handler's log lines name
/// and what [Propagation#headers()] carries on.
///
/// Requests of routes that are [Route#unlogged()], probes and metrics among them, are left alone.
public final class ServerSpans implements Interceptor {
  private static final int FAULT = 500;
  /// What a trace comes in, as the JDK spells it.
  private static final Set<String> CARRIERS =
      Set.of("Traceparent", "Baggage", "X-request-id", "B3", "X-b3-traceid", "X-b3-sampled", "X-b3-flags");
  /// Parameters that sign a URL, which the conventions want hidden.
  private static final Set<String> SIGNATURES = Set.of("AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature");

  private final Tracer tracer;

  public ServerSpans(Tracer tracer) {
    this.tracer = tracer;
  }

  @Override public void around(Request request, Call call) throws IOException {
    if (request.matched() != null && !request.matched().isLogged()) {
      call.proceed();
      return;
    }
    Span above = carries(request) ? tracer.incoming(request.fields()::get) : Span.NONE;
    if (above == Span.NONE && !tracer.exporting()) {
      call.proceed();
      return;
    }
    Span span = tracer.start(name(request), Kind.SERVER, above);
    request.within(span);
    try {
      if (span.recording()) {
        describe(request, span);
      }
      span.call(() -> answered(span, call.proceed()));
    } catch (Throwable broken) { // the connection, mostly
      span.attribute("error.type", broken.getClass().getName()).failed("broken off");
      if (request.status() != 0) {
        span.attribute("http.response.status_code", request.status());
      }
      throw broken;
    } finally {
      span.end();
    }
  }

  /// One look at the names that are there, rather than one for each that may be.
  private static boolean carries(Request request) {
    for (String name : request.fields().keySet()) {
      if (CARRIERS.contains(name)) {
        return true;
      }
    }
    return false;
  }

  private static String name(Request request) {
    String method = Method.of(request.method()) == null ? "HTTP" : request.method();
    return request.matched() == null ? method : method + " " + request.route();
  }

  private static void describe(Request request, Span span) {
    boolean known = Method.of(request.method()) != null;
    span.attribute("http.request.method", known ? request.method() : "_OTHER")
        .attribute("http.request.method_original", known ? null : request.method())
        .attribute("http.route", request.matched() == null ? null : request.route())
        .attribute("url.scheme", request.encrypted() ? "https" : "http")
        .attribute("url.path", request.path())
        .attribute("url.query", request.rawQuery() == null ? null : redacted(request.rawQuery()))
        .attribute("network.protocol.version", request.exchange().getProtocol().substring("HTTP/".length()))
        .attribute("network.peer.address", request.remote().getAddress().getHostAddress())
        .attribute("network.peer.port", request.remote().getPort())
        .attribute("client.address", request.remote().getAddress().getHostAddress())
        .attribute("user_agent.original", request.header("User-Agent").orElse(null));
    request.header("Host").ifPresent(host -> server(host, span));
  }

  /// `name:port`, `[::1]:port`, or the name alone; the gate has checked it.
  private static void server(String host, Span span) {
    int colon = host.lastIndexOf(':');
    boolean port = colon > host.lastIndexOf(']') && colon < host.length() - 1;
    span.attribute("server.address", colon > host.lastIndexOf(']') ? host.substring(0, colon) : host);
    if (port) {
      span.attribute("server.port", Long.parseLong(host, colon + 1, host.length(), 10));
    }
  }

  private static String redacted(String query) {
    var parts = query.split("&", -1);
    for (int i = 0; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0 && SIGNATURES.contains(parts[i].substring(0, equals))) {
        parts[i] = parts[i].substring(0, equals) + "=REDACTED";
      }
    }
    return String.join("&", parts);
  }

  /// A server's 4xx is the client's fault, and no error of the span.
  private static int answered(Span span, int status) {
    span.attribute("http.response.status_code", status);
    if (status >= FAULT) {
      span.attribute("error.type", Integer.toString(status)).failed("");
    }
    return status;
  }
}
