package uservice.control;

import module java.base;
import uservice.Service;
import uservice.cli.Failure;
import uservice.config.Secret;
import uservice.http.Handler;
import uservice.http.Reply;
import uservice.http.Route;
import uservice.http.Web;

/// The open control port of a service: which request goes where.
final class Listener {
  private static final Map<Service, Listener> OPEN = Collections.synchronizedMap(new WeakHashMap<>()); // for the child beside it

  private final Control.Config config;
  private final Guard guard;
  private final PutChecks checks;
  private final PostedMetrics metrics;
  private final Web web = new Web();
  private final List<Route> routes = new ArrayList<>();
  private InetSocketAddress address;

  private Listener(Service service, Control.Config config) {
    this.config = config;
    this.guard = new Guard(config, service.metrics(), System::nanoTime);
    this.checks = new PutChecks(service.health(), config.maxChecks());
    this.metrics = new PostedMetrics(service.metrics(), config.maxSeries());
    checks.expect(config.expect());
    register(new Stops(service), new PostedLines(), new Levels(service::logLevel));
  }

  /// Opens the port.
  ///
  /// @throws Failure if it cannot be had
  static Listener open(Service service, Control.Config config) throws Failure {
    var listener = new Listener(service, config);
    listener.address = service.listen("control", config.host(), config.port(), listener.web);
    OPEN.put(service, listener);
    return listener;
  }

  /// The one that is open for `service`.
  static Listener of(Service service) throws Failure {
    Listener open = OPEN.get(service);
    if (open == null) {
      throw new Failure("a child needs the control port: let feature control start before feature child");
    }
    return open;
  }

  private void register(Stops stops, PostedLines lines, Levels levels) {
    add("GET", "/", _ -> Reply.bytes("application/json", OpenApi.TEXT.getBytes(StandardCharsets.UTF_8)));
    add("GET", "/checks", _ -> checks.list());
    add("GET", "/checks/{name}", request -> checks.show(request.path("name")));
    add("PUT", "/checks/{name}", request -> checks.put(request.path("name"), Body.object(request)));
    add("DELETE", "/checks/{name}", request -> checks.remove(request.path("name")));
    add("POST", "/checks/{name}/kick", request -> checks.kick(request.path("name")));
    add("POST", "/checks/{name}/enable", request -> checks.enable(request.path("name")));
    add("POST", "/checks/{name}/disable", request -> checks.disable(request.path("name"), Body.object(request)));
    add("GET", "/shutdown", stops::told);
    add("POST", "/shutdown", stops::begin);
    add("POST", "/metrics", request -> metrics.post(request.body()));
    add("DELETE", "/metrics/{name}", request -> metrics.remove(request.path("name")));
    add("POST", "/logs", request -> lines.post(request.body()));
    add("GET", "/log", _ -> levels.list());
    add("PUT", "/log/{logger}", request -> levels.set(request.path("logger"), Body.object(request)));
    add("DELETE", "/log/{logger}", request -> levels.reset(request.path("logger")));
  }

  private void add(String method, String pattern, Handler handler) {
    Route route = web.route(method, pattern, request -> {
      guard.check(request);
      return handler.handle(request).header("Cache-Control", "no-store");
    });
    routes.add(method.equals("GET") || method.equals("DELETE") ? route : route.bodyMax(config.maxBody()));
  }

  /// `GET /checks/{name}` and so on, in the order in which they were registered.
  List<String> routes() {
    return routes.stream().map(Route::toString).toList();
  }

  /// What a program beside this one is told in its environment.
  Map<String, String> environment() {
    var told = new LinkedHashMap<String, String>();
    InetAddress host = address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
    String literal = host.getHostAddress();
    told.put("USERVICE_CONTROL", "http://" + (host instanceof Inet6Address ? "[" + literal + "]" : literal) + ":" + address.getPort());
    config.token().map(Secret::reveal).ifPresent(token -> told.put("USERVICE_CONTROL_TOKEN", token));
    return told;
  }

  /// Forgets what a program said that has ended: see [PutChecks#ended()] and [PostedMetrics#ended()].
  void ended() {
    checks.ended();
    metrics.ended();
  }
}
