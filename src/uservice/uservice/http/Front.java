package uservice.http;

import module java.base;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.json.JsonException;
import uservice.trace.Tracer;

/// The one handler that the JDK's server knows: every request goes through [#handle(HttpExchange)].
///
/// ```
/// gate ─▶ admission ─▶ router ─▶ interceptor ─▶ body ─▶ handler ─▶ answer ─▶ telemetry ─▶ rest of the body
/// 400 431    503       404 405                400 413      500
/// 505                  501 OPTIONS
/// ```
final class Front implements HttpHandler {
  private static final Logger LOG = System.getLogger("uservice.web");
  private static final Reply BUSY = Reply
      .problem(503, "Service Unavailable", "too many requests at once, come again")
      .header("Retry-After", "1");
  private static final Reply UNCERTIFIED = Reply.problem(403, "Forbidden", "a client certificate is needed");
  private static final Reply BROKEN = Reply.problem(500, "Internal Server Error", null);
  private static final Reply UNKNOWN_METHOD =
      Reply.problem(501, "Not Implemented", "the method is not known here");
  private static final Reply NOT_FOUND = Reply.problem(404, "Not Found", "nothing is here");

  private final Web web;
  private final Gate gate;
  private final long bodyBytesMax;
  private final int activeMax;
  private final LongSupplier nanos;
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger lingering = new AtomicInteger();
  private volatile Telemetry telemetry;
  private volatile boolean needsCertificate;
  private volatile boolean draining;
  private volatile Stop stop;

  Front(Web web, Web.Config limits, LongSupplier nanos) {
    this.web = web;
    this.gate = new Gate(limits.maxHeaders().bytes());
    this.bodyBytesMax = limits.maxBody().bytes();
    this.activeMax = limits.maxInFlight();
    this.nanos = nanos;
  }

  void telemetry(Telemetry telemetry) { this.telemetry = telemetry; }

  /// Whether each request's connection must have shown a certificate, which the handshake has checked.
  void needsCertificate(boolean needed) { needsCertificate = needed; }

  /// The requests whose header was read and whose answer is not out yet.
  int active() { return active.get(); }

  /// The requests that are answered, of which a rest of the body is awaited.
  int lingering() { return lingering.get(); }

  void draining(boolean draining) { this.draining = draining; }

  void stopping(Stop stop) { this.stop = stop; }

  @Override public void handle(HttpExchange exchange) throws IOException {
    Stop stopping = stop;
    if (stopping != null && stopping.holds(exchange)) {
      throw new IOException("the server has stopped");
    }
    long start = nanos.getAsLong();
    int now = active.incrementAndGet();
    var request = new Request(exchange, start);
    var answer = new Answer(request);
    boolean whole = false;
    try {
      serve(request, answer, now <= activeMax);
      whole = true;
    } finally {
      active.decrementAndGet();
      Telemetry told = telemetry;
      if (told != null) {
        told.ended(request, whole, answer.bytes(), nanos.getAsLong() - start);
      }
    }
    if (answer.lingers()) {
      lingering.incrementAndGet();
      try {
        answer.finish();
      } finally {
        lingering.decrementAndGet();
      }
    }
  }

  /// Answers, or throws an [IOException], on which the JDK's server closes the connection.
  private void serve(Request request, Answer answer, boolean admitted) throws IOException {
    Reply refusal = gate.refusal(request);
    if (refusal == null && needsCertificate && request.clientCertificate().isEmpty()) {
      request.framing().close();
      refusal = UNCERTIFIED;
    }
    if (refusal == null && !admitted) {
      request.framing().close();
      refusal = BUSY;
    }
    if (refusal != null) {
      send(request, answer, refusal);
      return;
    }
    Method method = Method.of(request.method());
    if (method != null) {
      request.matched(web.router().find(method, request.path()));
    }
    Interceptor interceptor = web.interceptor();
    if (interceptor == null) {
      send(request, answer, reply(request, method));
    } else {
      intercepted(interceptor, request, answer, method);
    }
  }

  private void intercepted(Interceptor interceptor, Request request, Answer answer, Method method)
      throws IOException {
    try {
      interceptor.around(request, () -> {
        send(request, answer, reply(request, method));
        return request.status();
      });
    } catch (Throwable thrown) {
      if (thrown instanceof IOException broken && request.status() != 0) {
        throw broken;
      }
      fault(request, thrown);
    }
    if (request.status() == 0) {
      send(request, answer, BROKEN);
    }
  }

  /// The answer of the route, or that there is none. Never throws what a handler throws.
  private Reply reply(Request request, Method method) {
    Route route = request.matched();
    try {
      if (route == null) {
        return unmatched(request, method);
      }
      if (request.framing().hasBody() && !route.takesBody()) {
        return Reply.problem(413, "Content Too Large", "this takes no body");
      }
      request.openBody(route.bodyBytesMax(bodyBytesMax), route.isStreaming());
      Reply reply = route.handler().handle(request);
      if (reply == null) {
        throw new IllegalStateException("BUG: the handler of " + route + " returned null");
      }
      return reply;
    } catch (ProblemException problem) {
      return problem.reply();
    } catch (JsonException wrong) {
      return request.isJsonAsked()
          ? Reply.problem(400, "Bad Request", wrong.getMessage()) : fault(request, wrong);
    } catch (Throwable thrown) {
      return fault(request, thrown);
    }
  }

  private Reply unmatched(Request request, Method method) {
    int allowed = web.router().allowed(request.path());
    if (method == null && !request.method().equals("TRACE") && !request.method().equals("CONNECT")) {
      return UNKNOWN_METHOD;
    }
    if (allowed == 0) {
      return NOT_FOUND;
    }
    Reply reply = method == Method.OPTIONS
        ? Reply.noContent() : Reply.problem(405, "Method Not Allowed", "see Allow");
    return reply.header("Allow", Method.allow(allowed));
  }

  private static Reply fault(Request request, Throwable thrown) {
    LOG.log(Level.ERROR, request.method() + " " + request.route() + " failed", thrown);
    Tracer.current().failed(thrown);
    return BROKEN;
  }

  private void send(Request request, Answer answer, Reply reply) throws IOException {
    Thread.interrupted(); // an interrupt that a handler leaves behind would close the socket
    try {
      answer.send(reply, draining);
    } catch (Throwable thrown) {
      if (answer.isPeerGone()) {
        LOG.log(Level.DEBUG, "the client is gone", thrown);
      } else {
        LOG.log(Level.ERROR, request.method() + " " + request.route() + " was broken off", thrown);
      }
      throw thrown instanceof IOException broken ? broken : new IOException("broken off", thrown);
    }
  }
}
