package uservice.http;

import module java.base;
import uservice.config.Size;

/// One route: a method, a pattern, a handler, and what is particular about its requests. What [Web]
/// returns when one is registered; set options in the same statement, before traffic comes.
///
/// ```java
/// web.post("/photos/{id}", this::store).bodyMax(new Size(20 << 20)).streaming();
/// ```
public final class Route {
  private final Method method;
  private final Pattern pattern;
  private final Handler handler;
  private final Series series;
  private final Series headSeries;
  private volatile boolean takesBody;
  private volatile boolean streaming;
  private volatile boolean logged = true;
  private volatile long bodyBytesMax = -1;

  Route(Method method, Pattern pattern, Handler handler) {
    this.method = method;
    this.pattern = pattern;
    this.handler = Objects.requireNonNull(handler);
    this.takesBody = method.takesBody();
    this.series = new Series(method.name(), pattern.text());
    this.headSeries = new Series(Method.HEAD.name(), pattern.text());
  }

  /// Takes bodies up to this size (413 beyond) instead of `web.max_body`.
  public Route bodyMax(Size most) {
    takesBody = true;
    bodyBytesMax = most.bytes();
    return this;
  }

  /// Whether requests may have a body: by default those of POST, PUT and PATCH. Others are refused
  /// when they bring one.
  public Route takesBody(boolean may) {
    takesBody = may;
    return this;
  }

  /// Calls the handler before the body has come, to read it from [Request#stream()]; else the body
  /// has been read when the handler is called.
  public Route streaming() {
    takesBody = true;
    streaming = true;
    return this;
  }

  /// Keeps the route out of the access log, as probes are.
  public Route unlogged() {
    logged = false;
    return this;
  }

  /// The pattern as it was registered, such as `/orders/{id}`.
  public String pattern() { return pattern.text(); }

  Method method() { return method; }

  Pattern parsed() { return pattern; }

  Handler handler() { return handler; }

  boolean takesBody() { return takesBody; }

  boolean isStreaming() { return streaming; }

  boolean isLogged() { return logged; }

  /// The most bytes of a body, `usual` where this route says nothing.
  long bodyBytesMax(long usual) { return bodyBytesMax < 0 ? usual : bodyBytesMax; }

  Series series(boolean head) { return head ? headSeries : series; }

  @Override public String toString() { return method + " " + pattern.text(); }
}
