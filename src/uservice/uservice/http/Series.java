package uservice.http;

import uservice.metrics.Histogram;

/// The histograms of one method and route, one for each class of status; an index away once they
/// are bound.
final class Series {
  private static final String[] CLASSES = {"aborted", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final String method;
  private final String route;
  private final Histogram[] byClass = new Histogram[CLASSES.length];

  Series(String method, String route) {
    this.method = method;
    this.route = route;
  }

  /// What the access log calls these requests.
  String method() { return method; }

  String route() { return route; }

  /// The histogram of a status, 0 for none. Two threads may both bind it at first: they get the
  /// same one.
  Histogram of(int status, Telemetry telemetry) {
    int index = status / 100;
    Histogram bound = byClass[index];
    if (bound == null) {
      bound = telemetry.bind(method, route, CLASSES[index]);
      byClass[index] = bound;
    }
    return bound;
  }
}
