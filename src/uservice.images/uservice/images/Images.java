package uservice.images;

import static uservice.health.Checks.manual;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.Feature;
import uservice.Service;
import uservice.cli.Failure;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;
import uservice.health.Manual;
import uservice.health.Probe;
import uservice.http.Reply;
import uservice.images.Outcome.Failed;
import uservice.images.Outcome.Listed;
import uservice.images.Outcome.Result;
import uservice.metrics.Counter;
import uservice.metrics.Gauge;

/// Keeps the number of a container runtime's images as a metric, asked for anew at each trigger.
public final class Images implements Feature<Images.Config> {
  private static final Logger LOG = System.getLogger("uservice.images");
  private static final Duration CLOSING = Duration.ofSeconds(2);
  private static final String REFRESH = "/images/refresh";

  /// What stands under `images:` in the configuration.
  public record Config(
      @Doc("The signal that has the images listed anew.") @Default("quit") Trigger trigger,
      @Doc("How often the images are listed anew by themselves; off, or left out, is never.")
      @Range(min = 100, max = 86_400_000) Optional<Duration> every,
      @Doc("Where the container runtime listens: unix:///path/of/socket, or tcp://host:port without TLS.")
      @Default("unix:///run/containerd/containerd.sock") URI socket,
      @Doc("Whether the service is not ready while the images cannot be listed; it then tries again by itself.")
      @Default("false") boolean required,
      @Doc("How long each step of a refresh may take: connecting, the runtime's first word, the call.")
      @Range(min = 10, max = 600_000) @Default("5s") Duration timeout) {

    public Config {
      try {
        Place.of(socket);
      } catch (IllegalArgumentException unfit) {
        throw new IllegalArgumentException("socket: " + unfit.getMessage(), unfit);
      }
    }
  }

  /// Signals that can be asked for.
  public enum Trigger {
    /// None: only `every` and the route count.
    NONE,
    /// As `kill -QUIT` and Ctrl-\ send it; the JVM's thread dump is not to be had then.
    QUIT,
    USR1,
    USR2
  }

  /// For `ServiceLoader`.
  public Images() {}

  @Override public String section() { return "images"; }

  @Override public Class<Config> config() { return Config.class; }

  @Override public boolean serves(Config config) { return false; } // its route is an addition to those of others

  @Override public void start(Service service, Config config) throws Failure {
    var runtime = new ContainerRuntime(Place.of(config.socket()), config.timeout(), service.tracer());
    Manual listed = service.health().ready("images", config.required() ? manual(false) : manual(false).optional());
    listed.set(false, "not listed yet");
    var loop = new Loop(LOG, runtime::refresh, sink(service, listed), config.every().orElse(null), config.required());
    if (config.trigger() != Trigger.NONE) {
      onSignal(service, config.trigger(), loop);
    }
    offerRoute(service, loop);
    service.onStop("end the listing of images", CLOSING, loop::close);
    loop.start();
  }

  private static void onSignal(Service service, Trigger trigger, Loop loop) throws Failure {
    try {
      service.onSignal(trigger.name(), loop::trigger);
    } catch (IllegalArgumentException refused) {
      throw new Failure("images.trigger: " + refused.getMessage() + "; or images.every", refused);
    }
  }

  private static Loop.Sink sink(Service service, Manual listed) {
    Gauge images = service.metrics().gauge("images", "Images that the container runtime has.");
    Gauge bytes = service.metrics().gauge("images_bytes", "Bytes that the images of the container runtime take.");
    Gauge last = service.metrics().gauge("images_last_success_timestamp_seconds", "When the images were listed last, 0 for not yet.");
    var refreshes = service.metrics().counter("images_refresh_total", "Attempts to list the images, by their results.", "result");
    var results = new EnumMap<Result, Counter>(Result.class);
    for (Result result : Result.values()) {
      results.put(result, refreshes.with(result.name().toLowerCase(Locale.ROOT)));
    }
    return outcome -> {
      switch (outcome) {
        case Listed all -> {
          images.set(all.images());
          bytes.set(all.bytes());
          last.set(System.currentTimeMillis() / 1000.0);
          listed.set(true, "");
        }
        case Failed failed -> listed.set(false, failed.text());
      }
      results.get(outcome.result()).increment();
    };
  }

  /// Adds the route once the service is up, and only if other features have routes: this one opens no port of its own for it.
  private static void offerRoute(Service service, Loop loop) {
    var offered = new AtomicBoolean();
    service.health().onChange(verdict -> {
      if (verdict.probe() == Probe.STARTUP && verdict.valid() && !service.web().isEmpty() && offered.compareAndSet(false, true)) {
        service.web().post(REFRESH, _ -> {
          loop.trigger();
          return Reply.of(202);
        });
        LOG.log(Level.DEBUG, "POST " + REFRESH + " has the images listed anew");
      }
    });
  }
}
