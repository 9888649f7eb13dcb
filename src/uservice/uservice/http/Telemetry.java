package uservice.http;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.log.Field;
import uservice.metrics.Family;
import uservice.metrics.Histogram;
import uservice.metrics.Metrics;
import uservice.trace.Span;

/// What the data port tells about its requests: two families of metrics, and the access log.
///
/// Labels come from closed lists: the routes registered, the methods known, the classes of status.
/// Nothing that a client sends can make a new series.
final class Telemetry {
  private static final Logger LOG = System.getLogger("uservice.access");

  private final Family<Histogram> durations;
  private final Map<Method, Series> unmatched = new EnumMap<>(Method.class);
  private final Series unknown = new Series(Method.OTHER, Request.UNMATCHED);
  private volatile double ratio;

  Telemetry(Metrics metrics, IntSupplier active, double ratio) {
    this.ratio = ratio;
    durations = metrics.histogram("http_server_request_duration_seconds",
        "Time from the request's header being read to its answer being sent.", "method", "route", "status");
    metrics.gauge("http_server_active_requests", "Requests that are being answered.",
        () -> active.getAsInt());
    for (Method method : Method.values()) {
      unmatched.put(method, new Series(method.name(), Request.UNMATCHED));
    }
  }

  Histogram bind(String method, String route, String status) {
    return durations.with(method, route, status);
  }

  /// Which share of the requests the log tells from now on, from 0 to 1.
  void logging(double ratio) { this.ratio = ratio; }

  /// One request has ended; `whole` says that its answer was sent to the end.
  void ended(Request request, boolean whole, long bytes, long nanos) {
    Series series = series(request);
    series.of(whole ? request.status() : 0, this).observe(nanos / 1e9, request.span().exemplar());
    double share = ratio;
    if (share > 0 && (share >= 1 || ThreadLocalRandom.current().nextDouble() < share)
        && (request.matched() == null || request.matched().isLogged()) && LOG.isLoggable(Level.INFO)) {
      if (request.span() == Span.NONE) {
        log(request, series, whole, bytes, nanos);
      } else {
        request.span().run(() -> log(request, series, whole, bytes, nanos));
      }
    }
  }

  private Series series(Request request) {
    if (request.matched() != null) {
      return request.matched().series(request.isHead());
    }
    Method method = Method.of(request.method());
    return method == null ? unknown : unmatched.get(method);
  }

  private static void log(Request request, Series series, boolean whole, long bytes, long nanos) {
    LOG.log(Level.INFO, whole ? "request" : "request broken off",
        Field.of("method", series.method()),
        Field.of("route", series.route()),
        Field.of("path", request.path()),
        Field.of("status", request.status()),
        Field.of("duration_ms", nanos / 1000 / 1e3),
        Field.of("bytes", bytes),
        Field.of("remote", request.remote().getAddress().getHostAddress()));
  }
}
