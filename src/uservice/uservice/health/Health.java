package uservice.health;

import module java.base;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;

/// The registry of checks, and the answers to the three probes.
///
/// An answer is made from the checks' last results in microseconds; no callback runs and no lock is waited for on the way.
/// While a probe is held ([#hold]) it is invalid whatever the checks say; a new registry holds startup and ready, with
/// `starting`. Ready needs started: it is invalid until startup was valid once. A probe that is not held and has no checks is valid.
///
/// Every member may be called from any thread. Adding throws `IllegalArgumentException` where the name is taken or unfit or
/// there are [#CHECKS_MAX] checks already, and `IllegalStateException` once closed. A callback may answer, or just return;
/// given an expression that does either, the compiler takes the one that answers.
public final class Health implements AutoCloseable {
  /// What stands under `health:` in the configuration.
  public record Config(
      @Doc("Address on which probes and metrics are answered.")
      @Default("0.0.0.0") String host,
      @Doc("Port on which probes and metrics are answered; 0 takes a free one.")
      @Default("8079") @Range(min = 0, max = 65535) int port,
      @Doc("What the paths of the probes start with; /hams gives those of HaMS.")
      @Default("/health") String prefix,
      @Doc("Whether the data port answers probes as well.")
      @Default("false") boolean onWeb,
      @Doc("Whether the health port shows people a page at /, where a module for one is there.")
      @Default("true") boolean page,
      @Doc("Whether GET and POST of shutdown under the prefix begin the stop, as httpGet preStop hooks do; with prefix /hams POST always does.")
      @Default("false") boolean hooks,
      @Doc("Checks by name, each with one of tcp, http, dns, file.")
      Map<String, CheckConfig> checks,
      @Doc("What must succeed before the service starts, by name.")
      Map<String, TaskConfig> preflight,
      @Doc("What is done when the service has stopped, by name: to tell a sidecar to quit, say.")
      Map<String, TaskConfig> shutdown) {
    public Config {
      if (!prefix.isEmpty() && (!prefix.startsWith("/") || prefix.endsWith("/"))) {
        throw new IllegalArgumentException("prefix '" + Text.clean(prefix) + "' must start with a slash and not end with one");
      }
      for (Map<String, ?> named : List.of(checks, preflight, shutdown)) {
        if (named.size() > CHECKS_MAX) {
          throw new IllegalArgumentException("there are " + named.size() + " checks, at most " + CHECKS_MAX);
        }
        named.keySet().forEach(Text::name);
      }
    }
  }

  /// How many checks there may be.
  public static final int CHECKS_MAX = 1_000;
  /// The name under which details tell the service's own state; no check can have it.
  public static final String SERVICE = "service";

  private final Board board;
  private Map<String, CheckConfig> configured = Map.of(); // guarded by the board's lock

  /// With the caller's clocks: the wall clock for what is shown, the monotonic one, in nanoseconds, for what is decided.
  public Health(InstantSource wall, LongSupplier nanos) {
    board = new Board(wall, nanos);
  }

  /// The same, with the checks of the configuration.
  public Health(Config config, InstantSource wall, LongSupplier nanos) {
    this(wall, nanos);
    configure(config.checks());
  }

  /// Begins to run callbacks, to watch for late kicks, and to tell of changes. Until then checks may be added, whose
  /// callbacks need not work yet; once started, a check added has its first run at once.
  public void start() {
    board.start();
  }

  /// The short answer, without allocation.
  public boolean valid(Probe probe) {
    return board.valid(probe);
  }

  public Verdict verdict(Probe probe) {
    return board.verdict(probe, Set.of());
  }

  /// The verdict as it were without the details named in `excluded`; names that do not occur are ignored.
  public Verdict verdict(Probe probe, Set<String> excluded) {
    return board.verdict(probe, excluded);
  }

  /// What one check, or `service` while it says anything, contributes to a verdict; empty where it does not count for `probe`.
  public Optional<Detail> verdict(Probe probe, String name) {
    return verdict(probe).details().stream().filter(detail -> detail.name().equals(name)).findFirst();
  }

  /// Makes `probe` invalid until [#release], with a detail named `service` that gives the reason.
  public void hold(Probe probe, String reason) {
    board.hold(probe, Text.clean(reason));
  }

  public void release(Probe probe) {
    board.release(probe);
  }

  /// Has `listener` told of every change of a verdict from now on, in order, on a thread that may be blocked. The log is told
  /// without being asked: `uservice.health`, at INFO for valid and WARNING for invalid.
  public void onChange(Consumer<Verdict> listener) {
    board.notices.listen(listener);
  }

  public Polled alive(String name, Polling polling, Polled.Question question) {
    return add(name, Set.of(Probe.ALIVE), polling, question);
  }

  public Polled alive(String name, Polling polling, Polled.Action action) {
    return add(name, Set.of(Probe.ALIVE), polling, action);
  }

  public Kick alive(String name, Kicking kicking) {
    return add(name, Set.of(Probe.ALIVE), kicking);
  }

  public Manual alive(String name, Setting setting) {
    return add(name, Set.of(Probe.ALIVE), setting);
  }

  public Polled ready(String name, Polling polling, Polled.Question question) {
    return add(name, Set.of(Probe.READY), polling, question);
  }

  public Polled ready(String name, Polling polling, Polled.Action action) {
    return add(name, Set.of(Probe.READY), polling, action);
  }

  public Kick ready(String name, Kicking kicking) {
    return add(name, Set.of(Probe.READY), kicking);
  }

  public Manual ready(String name, Setting setting) {
    return add(name, Set.of(Probe.READY), setting);
  }

  public Polled startup(String name, Polling polling, Polled.Question question) {
    return add(name, Set.of(Probe.STARTUP), polling, question);
  }

  public Polled startup(String name, Polling polling, Polled.Action action) {
    return add(name, Set.of(Probe.STARTUP), polling, action);
  }

  public Kick startup(String name, Kicking kicking) {
    return add(name, Set.of(Probe.STARTUP), kicking);
  }

  public Manual startup(String name, Setting setting) {
    return add(name, Set.of(Probe.STARTUP), setting);
  }

  /// Adds a check that counts for several probes.
  public Polled add(String name, Set<Probe> probes, Polling polling, Polled.Question question) {
    return add(new Polled(board, name, probes, polling, question));
  }

  public Polled add(String name, Set<Probe> probes, Polling polling, Polled.Action action) {
    Objects.requireNonNull(action);
    return add(name, probes, polling, () -> {
      action.run();
      return true;
    });
  }

  public Kick add(String name, Set<Probe> probes, Kicking kicking) {
    return add(new Kick(board, name, probes, kicking));
  }

  public Manual add(String name, Set<Probe> probes, Setting setting) {
    return add(new Manual(board, name, probes, setting));
  }

  /// Adds a check, kicked, in the place of the one of its name, if there is one, in one step: no verdict is made without either.
  public Kick replace(String name, Set<Probe> probes, Kicking kicking) {
    var kick = new Kick(board, name, probes, kicking);
    kick.kick();
    return replace(kick);
  }

  /// The same with one that is set by hand.
  public Manual replace(String name, Set<Probe> probes, Setting setting) {
    return replace(new Manual(board, name, probes, setting));
  }

  private <C extends Check> C replace(C check) {
    board.edit(checks -> {
      checks.remove(named(checks, check.name()));
      append(checks, check);
    });
    return check;
  }

  private <C extends Check> C add(C check) {
    board.edit(checks -> append(checks, check));
    return check;
  }

  private static void append(List<Check> checks, Check check) {
    if (named(checks, check.name()) != null) {
      throw new IllegalArgumentException("check '" + check.name() + "' exists already");
    }
    if (checks.size() == CHECKS_MAX) {
      throw new IllegalArgumentException("check '" + check.name() + "' is one too many, at most " + CHECKS_MAX);
    }
    checks.add(check);
  }

  private static Check named(List<Check> checks, String name) {
    for (Check check : checks) {
      if (check.name().equals(name)) {
        return check;
      }
    }
    return null;
  }

  /// Takes a check away, and interrupts its callback where that runs; false where there is none of that name.
  public boolean remove(String name) {
    var found = new AtomicBoolean();
    board.edit(checks -> found.set(checks.remove(named(checks, name))));
    return found.get();
  }

  /// Makes the configured checks be exactly `wanted`: at the start, and again at each reload. Those that stay as they were are
  /// left alone; one that changed keeps its standing until its own first result.
  ///
  /// @throws IllegalArgumentException where a name is taken by a check of the program; then nothing has changed
  public void configure(Map<String, CheckConfig> wanted) {
    var fresh = new ArrayList<String>();
    board.edit(checks -> {
      var former = new ArrayList<>(checks);
      checks.removeIf(check -> configured.containsKey(check.name())
          && !configured.get(check.name()).equals(wanted.get(check.name())));
      wanted.forEach((name, config) -> {
        if (!config.equals(configured.get(name))) {
          fresh.add(name);
          append(checks, config.check(board, name, configured.containsKey(name) ? named(former, name) : null));
        }
      });
      configured = Map.copyOf(wanted);
    });
    fresh.forEach(name -> wanted.get(name).warn(name));
  }

  void wake() {
    board.watcher.wake();
  }

  /// Ends the threads; what was told last is written out, within a second. Probes are answered still, from the last results.
  @Override public void close() {
    board.close();
  }
}
