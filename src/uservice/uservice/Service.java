package uservice;

import static uservice.health.Probe.READY;
import static uservice.health.Probe.STARTUP;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.cli.Call;
import uservice.cli.Exit;
import uservice.cli.Failure;
import uservice.cli.Terminal;
import uservice.config.Configuration;
import uservice.health.Health;
import uservice.health.Preflight;
import uservice.http.Server;
import uservice.http.ServerException;
import uservice.http.ServerSpans;
import uservice.http.Web;
import uservice.lifecycle.Ending;
import uservice.lifecycle.Lifecycle;
import uservice.lifecycle.Shutdown;
import uservice.lifecycle.Signals;
import uservice.lifecycle.State;
import uservice.lifecycle.TerminationMessage;
import uservice.log.Field;
import uservice.log.Logging;
import uservice.metrics.Metrics;
import uservice.trace.SpanExporter;
import uservice.trace.Tracer;

/// A running service, as a [Feature] sees it: where it registers routes, checks, metrics and stop actions.
///
/// How it starts stands in `start()`, how it ends in `end()`; both are read from top to bottom.
public final class Service {
  private static final Logger LOG = System.getLogger("uservice");
  private static final Duration FLUSH = Duration.ofSeconds(1);
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);
  private static final Duration FLUSH_SPANS = Duration.ofSeconds(2);

  private final Sections sections;
  private final Configuration configuration;
  private final Settings settings;
  private final Call call;
  private final Logging logging;
  private final Lifecycle lifecycle = new Lifecycle();
  private final Metrics metrics;
  private final Health health;
  private final Web web = new Web();
  private final Web admin = new Web();
  private final Tracer tracer;
  private final Vitals vitals;
  private final Reload reload;
  private final AtomicReference<Ending> ending = new AtomicReference<>();
  private final Map<String, Server> listeners = Collections.synchronizedMap(new LinkedHashMap<>()); // of the features
  private final CompletableFuture<Void> undelayed = new CompletableFuture<>();
  private final List<Runnable> hangups = new CopyOnWriteArrayList<>();
  private final List<AdminPage> pages = new ArrayList<>();
  private Server healthServer;
  private Server webServer;

  /// A service as `configuration` says, not yet started; `call` can read the configuration anew.
  ///
  /// @throws Failure if spans cannot be exported as it says
  Service(Sections sections, Configuration configuration, Call call, Logging logging) throws Failure {
    this.sections = sections;
    this.configuration = configuration;
    this.settings = configuration.root(Settings.class);
    this.call = call;
    this.logging = logging;
    this.metrics = new Metrics(settings.metrics());
    this.tracer = tracer(settings, metrics);
    this.health = new Health(settings.health(), InstantSource.system(), System::nanoTime);
    this.vitals = new Vitals(metrics, health, lifecycle, logging);
    this.reload = new Reload(this, sections, configuration, call::configuration, metrics, this::apply);
  }

  private static Tracer tracer(Settings settings, Metrics metrics) throws Failure {
    try {
      String version = settings.version().orElseGet(Build::version);
      return Tracer.open(new SpanExporter.Setup(settings.trace(), System.getenv(), settings.name(), version, metrics));
    } catch (IllegalArgumentException refused) {
      throw new Failure(refused.getMessage(), refused);
    }
  }

  /// The service's name, from the configuration.
  public String name() {
    return settings.name();
  }

  /// The service's version: what the configuration says, else that of uservice.
  public String version() {
    return settings.version().orElseGet(Build::version);
  }

  public Metrics metrics() {
    return metrics;
  }

  public Health health() {
    return health;
  }

  /// Begins spans. What nobody exports is not recorded.
  public Tracer tracer() {
    return tracer;
  }

  /// The data plane's routes. The server behind them runs if there is at least one when every feature has started.
  public Web web() {
    return web;
  }

  /// The routes of the health port, beside the probes and metrics: for pages that people and platforms read.
  public Web admin() {
    return admin;
  }

  public State state() {
    return lifecycle.state();
  }

  /// Calls `listener` with each state that is entered from now on, on the thread that caused it.
  public void onState(Consumer<State> listener) {
    lifecycle.onChange(listener);
  }

  /// The configuration in force, which a reload may replace.
  public Configuration configuration() {
    return reload.inForce();
  }

  /// What followed `--` on the command line of `start`; empty where nothing did.
  public List<String> command() {
    return call.arguments().rest();
  }

  /// Runs `action` when the service ends, after the last request, before the actions that were registered earlier; it is
  /// interrupted and left behind after `limit`. A failure is logged, makes the exit code 1 and stops no other action.
  public void onStop(String name, Duration limit, Lifecycle.Action action) {
    lifecycle.onStop(name, limit, action);
  }

  /// Runs `action` at each signal of this name (`USR1`), on a thread of the JVM's for this signal, and counts it in
  /// `uservice_signals_total`. At HUP it runs after the configuration was read anew, whatever came of that.
  ///
  /// @throws IllegalArgumentException if the signal cannot be had, or is one that the service itself needs
  public void onSignal(String name, Runnable action) {
    if (Set.of("TERM", "INT").contains(name)) {
      throw new IllegalArgumentException("signal '" + name + "' is the service's own: it asks for the end");
    }
    if (name.equals("HUP")) {
      hangups.add(action);
    } else {
      handle(name, action);
    }
  }

  /// Asks the service to end in order; returns at once. The first reason stands. With `exitCode` 0 the program's own exit
  /// code tells whether the end was clean.
  public void stop(String reason, int exitCode) {
    lifecycle.stop(reason, exitCode);
  }

  /// Gives the exit code of a stop that was asked for without one, as of a program that this one runs; the first that is
  /// not 0 stands. May come until the last stop action has run.
  public void exitCode(int code) {
    lifecycle.exitCode(code);
  }

  /// Says that nobody is served any more by what is not the data port: a stop, now or later, takes no `shutdown.delay` to lead
  /// traffic away, unless that port is open.
  public void skipDelay() {
    undelayed.complete(null);
  }

  /// Why the stop was asked for, in words; empty before.
  public String reason() {
    return lifecycle.reason();
  }

  /// Waits at most `time` until the stop is asked for; returns whether it was.
  public boolean awaitStop(Duration time) throws InterruptedException {
    return lifecycle.awaitStop(time);
  }

  /// Waits at most `time` until the last stop action has run; returns whether it has. Whoever waits on the health port, or
  /// one of [#listen], can still be answered then.
  public boolean awaitEnd(Duration time) throws InterruptedException {
    return lifecycle.awaitEnd(time);
  }

  /// Opens a port of the feature's own beside the health port, with `routes`: each request on a virtual thread, neither
  /// counted nor logged. It closes when everything else has ended, just before the health port, and is named in the line
  /// that says `ready`, as `name_port`. Returns where it listens; port 0 takes a free one.
  ///
  /// @throws Failure if the port cannot be had
  public InetSocketAddress listen(String name, String host, int port, Web routes) throws Failure {
    Server server = open(() -> Server.side(name, host, port, routes, settings.web()));
    listeners.put(name, server);
    return server.address();
  }

  /// Sets the least level of a logger and those below it, until the next reload of the configuration; empty gives back what the
  /// configuration says. The name `""` is that of all loggers.
  public void logLevel(String logger, Optional<Logging.Level> level) {
    logging.level(logger, level);
  }

  /// Runs the service on this thread until its end, and returns the exit code.
  ///
  /// @throws Failure if it could not be started; what had been started is stopped again by then
  int run() throws Failure {
    Optional<Failure> failure = Optional.empty();
    try {
      start();
      lifecycle.awaitStop();
    } catch (InterruptedException stopped) {
      LOG.log(Level.INFO, "asked to stop before the start was complete");
    } catch (Failure broken) {
      failure = Optional.of(broken);
      lifecycle.stop("could not start: " + broken.getMessage(), Exit.FAILED.code());
    }
    int code = end();
    if (failure.isPresent()) {
      throw failure.get();
    }
    return code;
  }

  private void start() throws Failure, InterruptedException {
    handleSignals();
    new HealthEndpoints(health).register(admin, settings.health().prefix());
    var numbers = new MetricsEndpoints(metrics, settings);
    numbers.register(admin, settings.health().prefix());
    new ShutdownEndpoint(lifecycle, numbers::version).register(admin, settings.health().prefix(), settings.health().hooks());
    openPages();
    healthServer = open(() -> Server.admin("health", settings.health().host(), settings.health().port(), admin, settings.web()));
    preflight();
    for (Feature<?> feature : sections.wanted(configuration, command())) {
      start(feature);
    }
    if (settings.health().onWeb()) {
      new HealthEndpoints(health).register(web, settings.health().prefix());
    }
    if (!web.isEmpty()) {
      web.around(new ServerSpans(tracer)); // outside of what the features put around
      webServer = open(() -> Server.data("web", settings.web().host(), settings.web().port(), web, settings.web(), metrics));
    }
    health.start();
    reload.watch(Sections.file(call.arguments(), System.getenv()));
    if (lifecycle.advance(State.Event.STARTED)) {
      health.release(STARTUP);
      health.release(READY);
      tell();
    }
  }

  private void openPages() {
    if (settings.health().page()) {
      ServiceLoader.load(AdminPage.class).forEach(pages::add);
      pages.forEach(page -> page.open(this));
    }
  }

  private void preflight() throws Failure, InterruptedException {
    try {
      Preflight.run(settings.health().preflight());
    } catch (Preflight.Failed failed) {
      throw new Failure(failed.getMessage(), failed);
    }
  }

  private <C extends Record> void start(Feature<C> feature) throws Failure, InterruptedException {
    try {
      feature.start(this, sections.bound(feature, configuration));
    } catch (InterruptedException | Failure asIs) {
      throw asIs;
    } catch (Exception broken) {
      LOG.log(Level.ERROR, "feature " + feature.section() + " could not start", broken);
      throw new Failure("feature " + feature.section() + " could not start: " + broken, broken);
    }
  }

  private interface Opening {
    Server open() throws ServerException;
  }

  private static Server open(Opening opening) throws Failure {
    try {
      return opening.open();
    } catch (ServerException refused) {
      throw new Failure(refused.getMessage(), refused);
    }
  }

  /// What a reload changes in the chassis itself.
  private void apply(Settings next) {
    logging.apply(next.log());
    health.configure(next.health().checks());
    if (webServer != null) {
      webServer.accessLog(next.web().accessLog());
    }
  }

  private void handleSignals() {
    for (String name : List.of("TERM", "INT")) {
      handle(name, () -> stopSignal(name));
    }
    handle("HUP", () -> {
      reload.run();
      hangups.forEach(Runnable::run);
    });
  }

  private void handle(String name, Runnable action) {
    Signals.on(name, vitals.counted(name, action));
  }

  /// The first signal asks for the end, the second for its end at once.
  private void stopSignal(String name) {
    if (lifecycle.stop("SIG" + name, Exit.FINE.code())) {
      haltAfter(settings.shutdown().grace().plus(Shutdown.RESERVE), "the end took longer than shutdown.grace");
      return;
    }
    LOG.log(Level.WARNING, "second signal, stopping at once: SIG" + name);
    haltAfter(Shutdown.RESERVE, "second signal: SIG" + name);
    Optional.ofNullable(ending.get()).ifPresent(Ending::hurry);
  }

  /// The last resort where the thread that runs the end is stuck itself.
  private void haltAfter(Duration time, String why) {
    Thread.ofPlatform().daemon().name("halt").start(() -> {
      try {
        Thread.sleep(time);
        TerminationMessage.write(settings.shutdown().terminationLog(), why);
        logging.flush(FLUSH);
        Runtime.getRuntime().halt(Exit.FAILED.code());
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    });
  }

  /// The orderly end, in the order that the README promises; returns the exit code.
  private int end() {
    Thread.interrupted(); // a stop before the start was complete has done its work with it
    var end = new Ending(settings.shutdown().grace(), System::nanoTime);
    ending.set(end);
    try {
      // 1. Readiness says no, while traffic is still served.
      LOG.log(Level.INFO, "stopping: " + lifecycle.reason());
      health.hold(READY, lifecycle.reason().isEmpty() ? "stopping" : "stopping: " + lifecycle.reason());
      if (webServer != null) {
        webServer.draining(true);
      }
      // 2. Endpoints are removed meanwhile; every answer tells its client to leave.
      if (lifecycle.state() == State.DRAINING) {
        Duration delay = settings.shutdown().delay(call.terminal());
        end.pause(delay, webServer == null ? undelayed : new CompletableFuture<>());
        lifecycle.advance(State.Event.DRAINED);
      }
      // 3. Nothing new is accepted, and what is in flight may finish.
      if (webServer != null) {
        drain(end);
      }
      // 4. What the features asked for, the last first, each with its own time.
      for (var next = lifecycle.nextAction(); next.isPresent(); next = lifecycle.nextAction()) {
        Lifecycle.StopAction action = next.get();
        end.step(action.name(), action.limit(), action.action());
      }
      Preflight.atEnd(settings.health().shutdown(), end.left());
      reload.close();
      // 5. The last spans leave, and the log says how it went and is written out.
      if (tracer.exporting()) {
        end.step("flush spans", FLUSH_SPANS.plus(FLUSH), () -> tracer.close(FLUSH_SPANS));
      }
      report(end);
      lifecycle.advance(State.Event.FINISHED);
      logging.flush(FLUSH);
      // 6. The health server goes last, so that a probe has an answer until now; who waited for the end is still told.
      listeners.values().forEach(Service::close);
      if (healthServer != null) {
        close(healthServer);
      }
      health.close();
      logging.close(FLUSH);
    } catch (InterruptedException cut) {
      throw new IllegalStateException("BUG: nobody interrupts the end", cut);
    }
    return lifecycle.exitCode() != 0 ? lifecycle.exitCode() : (end.faults().isEmpty() && !end.hurried() ? Exit.FINE : Exit.FAILED).code();
  }

  private static void close(Server server) {
    server.stop(server.active() > 0 ? LAST_ANSWERS : Duration.ZERO);
  }

  private void drain(Ending end) throws InterruptedException {
    Duration limit = settings.shutdown().drain();
    end.step("drain", limit.plus(FLUSH), () -> {
      int cut = webServer.stop(limit);
      if (cut > 0) {
        end.fault("drain: " + cut + " requests cut off after " + limit.toMillis() + " ms");
      }
    });
  }

  private void report(Ending end) {
    end.faults().forEach(fault -> LOG.log(Level.ERROR, "cut off while stopping: " + fault));
    if (!end.faults().isEmpty() || lifecycle.exitCode() != 0) {
      TerminationMessage.write(settings.shutdown().terminationLog(),
          String.join("\n", Stream.concat(Stream.of(lifecycle.reason()), end.faults().stream()).toList()));
    }
    LOG.log(Level.INFO, end.faults().isEmpty() ? "stopped" : "stopped, with " + end.faults().size() + " faults");
  }

  /// Says that the service is up: in the log, and to a person at a terminal as links.
  private void tell() {
    var ports = new ArrayList<>(List.of(Field.of("health_port", healthServer.address().getPort()),
        Field.of("web_port", webServer == null ? null : webServer.address().getPort())));
    listeners.forEach((name, listener) -> ports.add(Field.of(name + "_port", listener.address().getPort())));
    LOG.log(Level.INFO, "ready", ports.toArray());
    if (call.terminal()) {
      var greeting = new Greeting(call.out(), Terminal.colours(System.getenv()));
      greeting.up(settings.version().map(version -> settings.name() + " " + version).orElse(settings.name()), links());
      Thread.ofVirtual().name("greeting").start(() -> greeting.readiness(health, () -> lifecycle.state() == State.READY));
    }
  }

  private Map<String, String> links() {
    var links = new LinkedHashMap<String, String>();
    if (webServer != null) {
      links.put("web", link(settings.web().host(), webServer) + "/");
    }
    String admin = link(settings.health().host(), healthServer);
    pages.forEach(page -> links.put(page.name(), admin + page.path()));
    links.put("health", admin + settings.health().prefix() + "/ready");
    links.put("metrics", admin + "/metrics");
    return links;
  }

  private static String link(String host, Server server) {
    boolean any = host.equals("0.0.0.0") || host.equals("::") || host.isEmpty();
    return (server.encrypted() ? "https://" : "http://") + (any ? "localhost" : host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + server.address().getPort();
  }
}
