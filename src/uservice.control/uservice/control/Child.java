package uservice.control;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.Feature;
import uservice.Service;
import uservice.cli.Failure;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;

/// Runs the command behind `--` of `start` as a child: told where the control port is, given the signals, ended in order, and its exit code
/// is the service's.
public final class Child implements Feature<Child.Config> {
  private static final Logger LOG = System.getLogger("uservice.child");
  private static final Duration KILLING = Duration.ofSeconds(2);
  private static final List<String> PASSED_ON = List.of("HUP", "USR1", "USR2");

  /// What becomes of what the child prints.
  public enum Output {
    /// It goes where the service's own goes, as it is.
    PASS,
    /// Each line is a log line of the service.
    WRAP
  }

  /// Whether a child that ended is started again.
  public enum Restart {
    /// The service ends with it.
    NEVER,
    /// Where its exit code was not 0.
    ON_FAILURE
  }

  /// What stands under `child:` in the configuration.
  public record Config(
      @Doc("What becomes of what the child prints: passed as it is, or wrapped into log lines.") @Default("pass") Output log,
      @Doc("Whether the child is started again when it ends with another exit code than 0.") @Default("never") Restart restart,
      @Doc("How many times in a row it is started again; a child that ran for a minute begins a new row.")
      @Range(min = 1, max = 1_000_000) @Default("5") int restartLimit,
      @Doc("How long to wait before it is started again; twice as long each time in a row, up to 30s.")
      @Range(min = 10, max = 30_000) @Default("1s") Duration backoff,
      @Doc("How long the child may take to end once it was told to; it is killed then.")
      @Range(min = 0, max = 3_600_000) @Default("20s") Duration drain) {}

  /// For `ServiceLoader`.
  public Child() {}

  @Override public String section() { return "child"; }

  @Override public Class<Config> config() { return Config.class; }

  @Override public boolean serves(Config config) { return false; }

  @Override public boolean wanted(boolean sectionPresent, List<String> command) {
    return sectionPresent || !command.isEmpty();
  }

  @Override public void start(Service service, Config config) throws Failure {
    if (service.command().isEmpty()) {
      LOG.log(Level.WARNING, "child: is configured, and no command follows -- on the command line: nothing is run");
      return;
    }
    var child = new Supervisor(service, config, Listener.of(service));
    ChildMetrics.register(service.metrics(), child);
    service.onStop("end the child", config.drain().plus(KILLING), child::end);
    for (String name : PASSED_ON) {
      service.onSignal(name, () -> child.signal(name));
    }
    if (ProcessHandle.current().pid() == 1) {
      new Orphans(Path.of("/proc"), 1, child::pid).start();
    }
    child.start();
  }
}
