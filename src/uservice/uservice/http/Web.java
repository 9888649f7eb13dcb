package uservice.http;

import module java.base;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;
import uservice.config.Size;

/// The routes of a server, as a feature sees them.
///
/// ```java
/// web.get("/orders/{id}", request -> Reply.json(find(request.path("id"))));
/// web.get("/files/{rest...}", this::file);
/// ```
///
/// A pattern matches a whole path, segment by segment, as it came (`/livez` is not `/livez/`, not
/// `/livezfoo`, not `/%6civez`); a literal goes before a `{parameter}`, that before a `{rest...}`.
/// HEAD is answered by GET's route without the body, OPTIONS with `Allow`, another method with 405
/// and `Allow`, no route with 404; every error is a problem (RFC 9457). Routes may be added at any
/// time, from any thread.
public final class Web {
  /// What stands under `web:` in the configuration. The limits hold for the health port too, and
  /// except for the body, the requests in flight and the access log once per process: the JDK's
  /// server reads them once.
  public record Config(
      @Doc("The address that the data port listens at.") @Default("0.0.0.0") String host,
      @Doc("The data port; 0 takes a free one.") @Range(min = 0, max = 65535) @Default("8080") int port,
      @Doc("The largest body of a request where its route says nothing else; 413 beyond.")
      @Range(min = 0, max = 1 << 30) @Default("1MiB") Size maxBody,
      @Doc("The most bytes of request line and header fields; 431 beyond.")
      @Range(min = 1024, max = 1 << 20) @Default("32KiB") Size maxHeaders,
      @Doc("The most requests in handlers at once; 503 beyond.")
      @Range(min = 1, max = 1_000_000) @Default("1000") int maxInFlight,
      @Doc("The most connections at once, for each port; closed at once beyond.")
      @Range(min = 1, max = 1_000_000) @Default("10000") int maxConnections,
      @Doc("How long a connection may be silent between requests; longer than the proxy in front waits.")
      @Range(min = 1000, max = 86_400_000) @Default("75s") Duration idle,
      @Doc("How long a request may take to arrive, header and body; the connection is closed then.")
      @Range(min = 1000, max = 86_400_000) @Default("30s") Duration requestTime,
      @Doc("The share of requests that the access log tells: 1 for all, 0 for none.")
      @Range(min = 0, max = 1) @Default("1") double accessLog,
      @Doc("Encrypts the data port; files that change are read anew.") Optional<Tls> tls) {}

  /// What stands under `web.tls:` in the configuration.
  public record Tls(
      @Doc("PEM file of the certificate, then those of the authorities between it and a root.") Path certificate,
      @Doc("PEM file of its key, PKCS #8 without a passphrase.") Path key,
      @Doc("PEM file of the authorities that vouch for clients, which have to show a certificate then.") Optional<Path> clientAuthorities) {}

  private final ReentrantLock lock = new ReentrantLock();
  private List<Route> routes = List.of();
  private volatile Router router = new Router(List.of());
  private volatile Interceptor interceptor;

  /// No routes yet.
  public Web() {}

  /// Adds a route for GET, which answers HEAD as well.
  public Route get(String pattern, Handler handler) { return add(Method.GET, pattern, handler); }

  public Route put(String pattern, Handler handler) { return add(Method.PUT, pattern, handler); }

  public Route post(String pattern, Handler handler) { return add(Method.POST, pattern, handler); }

  public Route patch(String pattern, Handler handler) {
    return add(Method.PATCH, pattern, handler);
  }

  public Route delete(String pattern, Handler handler) {
    return add(Method.DELETE, pattern, handler);
  }

  /// Adds a route for `method`, one of GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS.
  ///
  /// @throws IllegalArgumentException if the method is another, the pattern is none, or a route
  ///   answers the same already
  public Route route(String method, String pattern, Handler handler) {
    Method known = Method.of(method);
    if (known == null) {
      throw new IllegalArgumentException("route '" + pattern + "' has method '" + method
          + "', one of " + List.of(Method.values()));
    }
    return add(known, pattern, handler);
  }

  private Route add(Method method, String pattern, Handler handler) {
    var route = new Route(method, Pattern.parse(pattern), handler);
    lock.lock();
    try {
      var more = new ArrayList<>(routes);
      more.add(route);
      router = new Router(more);
      routes = List.copyOf(more);
    } finally {
      lock.unlock();
    }
    return route;
  }

  /// Puts `outer` around each request that could be read, outside of those put there before.
  public void around(Interceptor outer) {
    lock.lock();
    try {
      Interceptor inner = interceptor;
      interceptor = inner == null ? outer : (request, call) ->
          outer.around(request, () -> {
            inner.around(request, call);
            return request.status();
          });
    } finally {
      lock.unlock();
    }
  }

  /// Whether there is no route.
  public boolean isEmpty() {
    lock.lock();
    try {
      return routes.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  Router router() { return router; }

  Interceptor interceptor() { return interceptor; }
}
