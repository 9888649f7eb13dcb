package uservice.http;

import module java.base;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import uservice.json.Json;
import uservice.json.JsonException;
import uservice.trace.Span;

/// One request, as its handler sees it. For the thread that handles it, and until it has been
/// answered.
public final class Request {
  /// The label and pattern of a request that no route answers.
  static final String UNMATCHED = "unmatched";

  private static final byte[] NOTHING = {};

  private final HttpExchange exchange;
  private final String method;
  private final String path;
  private final long startNanos;
  private Route route;
  private Framing framing;
  private InputStream stream;
  private byte[] body = NOTHING;
  private boolean jsonAsked;
  private int status;
  private Span span = Span.NONE;

  Request(HttpExchange exchange, long startNanos) {
    this.exchange = exchange;
    this.method = exchange.getRequestMethod();
    this.path = exchange.getRequestURI().getRawPath();
    this.startNanos = startNanos;
  }

  public String method() { return method; }

  /// The path as it came, escapes not decoded.
  public String path() { return path; }

  /// The value of a parameter of the route's pattern, decoded.
  ///
  /// @throws IllegalArgumentException if the pattern has no such parameter
  public String path(String name) { return Target.decoded(route.parsed().raw(name, path), false); }

  /// The pattern of the route, such as `/orders/{id}`, or `unmatched`.
  public String route() { return route == null ? UNMATCHED : route.pattern(); }

  /// The first value of a parameter of the query, decoded; empty text where it has none
  /// (`?verbose`).
  public Optional<String> query(String name) { return queryAll(name).stream().findFirst(); }

  /// All values of a parameter of the query, decoded, in their order.
  public List<String> queryAll(String name) {
    return Target.values(exchange.getRequestURI().getRawQuery(), name);
  }

  /// The query as it came, or null.
  public String rawQuery() { return exchange.getRequestURI().getRawQuery(); }

  /// The first value of a header field; names are compared without regard to case.
  public Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  /// All values of a header field.
  public List<String> headers(String name) {
    List<String> values = exchange.getRequestHeaders().get(name);
    return values == null ? List.of() : values;
  }

  /// The body. For a route that is [Route#streaming()] it is read now, within the limit.
  ///
  /// @throws ProblemException with 413 if it is larger than the route takes, 400 if it does not
  ///   come whole
  public byte[] body() {
    if (stream != null) {
      body = Framing.readAll(stream, framing.contentLength());
      stream = null;
    }
    return body;
  }

  /// The body as JSON. Where the handler lets a [JsonException] of it pass (a member is absent, or
  /// of another kind), the answer is 400 with the exception's message.
  ///
  /// @throws JsonException if the body is no JSON
  public Json json() {
    jsonAsked = true;
    byte[] bytes = body();
    return Json.parse(bytes, Math.max(bytes.length, 1), Json.DEPTH_MAX);
  }

  /// The body as a stream; from the network for a route that is [Route#streaming()]. Reading past
  /// the limit of the route is a [ProblemException] with 413.
  public InputStream stream() { return stream != null ? stream : new ByteArrayInputStream(body); }

  /// The address of the peer: a client's, or that of the proxy in front.
  public InetSocketAddress remote() { return exchange.getRemoteAddress(); }

  /// Whether it came by TLS to this process; a proxy in front may have ended another.
  public boolean encrypted() { return exchange instanceof HttpsExchange; }

  /// The certificate that the client has shown, for which one of `web.tls.client_authorities` vouches; empty where none was asked for.
  public Optional<X509Certificate> clientCertificate() {
    try {
      return exchange instanceof HttpsExchange https && https.getSSLSession().getPeerCertificates()[0] instanceof X509Certificate first
          ? Optional.of(first) : Optional.empty();
    } catch (SSLPeerUnverifiedException none) {
      return Optional.empty();
    }
  }

  /// When the request's header had been read, on the monotonic clock of [System#nanoTime()].
  public long startNanos() { return startNanos; }

  /// The status that was sent, 0 as long as nothing was.
  int status() { return status; }

  void committed(int status) { this.status = status; }

  /// What the request's time and line in the access log are told with.
  Span span() { return span; }

  void within(Span span) { this.span = span; }

  boolean isJsonAsked() { return jsonAsked; }

  boolean isHead() { return method.equals("HEAD"); }

  Headers fields() { return exchange.getRequestHeaders(); }

  HttpExchange exchange() { return exchange; }

  Framing framing() { return framing; }

  void framed(Framing framing) { this.framing = framing; }

  Route matched() { return route; }

  void matched(Route route) { this.route = route; }

  /// Makes the body of at most `bytesMax` available, by reading it unless the route streams.
  void openBody(long bytesMax, boolean streaming) {
    if (framing.hasBody()) {
      stream = framing.limited(exchange.getRequestBody(), bytesMax);
      if (!streaming) {
        body();
      }
    }
  }
}
