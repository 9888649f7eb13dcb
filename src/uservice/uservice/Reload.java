package uservice;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.config.Configuration;
import uservice.config.ConfigurationException;
import uservice.config.Problem;
import uservice.lifecycle.FileWatch;
import uservice.metrics.Gauge;
import uservice.metrics.Metrics;

/// Takes over a configuration that changed while the service runs: all of it is read and checked first, and one problem
/// leaves everything as it is.
final class Reload implements AutoCloseable {
  /// When the configuration is read anew.
  enum When {
    /// On SIGHUP.
    SIGNAL,
    /// On SIGHUP, and when the file has changed.
    WATCH
  }

  /// Makes what runs be as `settings` says, as far as that goes without a restart.
  @FunctionalInterface interface Chassis {
    void apply(Settings settings);
  }

  private static final Logger LOG = System.getLogger("uservice.reload");
  private static final Duration WATCH_PERIOD = Duration.ofSeconds(1);

  /// The keys of the chassis that change while running; the sections of features speak for themselves.
  private static final List<String> LIVE = List.of("log.level", "log.levels", "health.checks", "web.access_log");

  private final Service service;
  private final Sections sections;
  private final Configuration.Reader reader;
  private final Chassis chassis;
  private final Gauge successful;
  private final Gauge successTime;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Configuration inForce;
  private FileWatch watch;

  Reload(Service service, Sections sections, Configuration first, Configuration.Reader reader, Metrics metrics, Chassis chassis) {
    this.service = service;
    this.sections = sections;
    this.reader = reader;
    this.chassis = chassis;
    this.inForce = first;
    successful = metrics.gauge("uservice_config_last_reload_successful", "Whether the last reading of the configuration was taken over.");
    successTime = metrics.gauge("uservice_config_last_reload_success_timestamp_seconds", "When a configuration was last taken over, in seconds since 1970.");
    succeeded();
  }

  Configuration inForce() {
    return inForce;
  }

  /// Begins to watch `file`, where the configuration asks for it.
  void watch(Optional<Path> file) {
    if (inForce.root(Settings.class).reload() == When.WATCH && file.isPresent()) {
      watch = FileWatch.start(file.get(), WATCH_PERIOD, this::run);
    }
  }

  /// Reads the configuration anew, and takes it over if it has no problem. One at a time.
  void run() {
    lock.lock();
    try {
      Configuration next = reader.read();
      List<String> changes = inForce.changes(next);
      var waiting = new ArrayList<>(changes);
      waiting.removeIf(path -> LIVE.stream().anyMatch(live -> path.equals(live) || path.startsWith(live + ".")));
      chassis.apply(next.root(Settings.class));
      for (Feature<?> feature : sections.wanted(inForce, service.command())) {
        takeOver(feature, next, waiting);
      }
      inForce = next;
      succeeded();
      if (!waiting.isEmpty()) {
        LOG.log(Level.WARNING, "takes effect at the next start: " + String.join(", ", waiting));
      }
      LOG.log(Level.INFO, "configuration reloaded, " + (changes.isEmpty() ? "nothing changed" : "changed: " + String.join(", ", changes)));
    } catch (ConfigurationException refused) {
      failed();
      for (Problem problem : refused.problems().list()) {
        LOG.log(Level.ERROR, "configuration not reloaded: " + problem.line());
      }
    } catch (Exception broken) {
      failed();
      LOG.log(Level.ERROR, "configuration not reloaded", broken);
    } finally {
      lock.unlock();
    }
  }

  /// Offers a feature its section where that has changed; what the feature takes is no longer waiting.
  private <C extends Record> void takeOver(Feature<C> feature, Configuration next, List<String> waiting) throws Exception {
    String section = feature.section();
    if (waiting.stream().noneMatch(path -> path.equals(section) || path.startsWith(section + "."))) {
      return;
    }
    if (next.section(section).isPresent() && feature.reload(service, sections.bound(feature, next))) {
      waiting.removeIf(path -> path.equals(section) || path.startsWith(section + "."));
    }
  }

  private void succeeded() {
    successful.set(1);
    successTime.set(System.currentTimeMillis() / 1000.0);
  }

  private void failed() {
    successful.set(0);
  }

  @Override public void close() {
    if (watch != null) {
      watch.close();
    }
  }
}
