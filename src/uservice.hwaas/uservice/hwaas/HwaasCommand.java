package uservice.hwaas;

import module java.base;
import uservice.cli.Call;
import uservice.cli.Command;
import uservice.cli.CommandLine;
import uservice.cli.Option;
import uservice.cli.UsageException;

/// `uservice hwaas WORKERS CLIENTS`: `start`, with what is said here set under `hwaas:`.
///
/// | | queue | health and metrics |
/// |---|---|---|
/// | `hwaas 10 1000` | `--queue`, else `$REDIS_URL`, else `memory:` | on a free port of loopback, unless configured |
/// | `hwaas worker 10`, `hwaas client 1000` | `--queue`, else `$REDIS_URL`, else Redis on this machine | as configured: port 8079 |
///
/// One side alone is what a container runs, where somebody probes it. Both together are what a person runs, perhaps twice,
/// so that no port may be in the way; there, only warnings are logged, and a queue in memory holds 10,000 jobs. That holds as long as no file and no variable
/// configures anything; `--set` changes single keys of it. A queue in the configuration stands above `$REDIS_URL`.
public final class HwaasCommand implements Command {
  private static final String LOCAL_REDIS = "redis://localhost:6379/1";
  private static final List<String> FOR_A_PERSON = List.of("health.host=127.0.0.1", "health.port=0", "shutdown.delay=0s");
  private static final List<String> QUIET = List.of("log.level=warn", "log.levels.uservice.health=off"); // the workers and clients tell
  private static final String SHALLOW = "hwaas.options.capacity=10000"; // in memory: jobs that wait for long outlive the young collections
  private static final String LIVE = "live";

  /// For `ServiceLoader`.
  public HwaasCommand() {}

  @Override public String name() { return "hwaas"; }

  @Override public String summary() { return "print hello, world! as a service that loses nothing"; }

  @Override public String operands() { return "WORKERS CLIENTS|worker N|client N"; }

  @Override public int operandsMin() { return 2; }

  @Override public List<Option> options() {
    return List.of(
        Option.of("URI", "where the jobs are kept; else $REDIS_URL, else memory: (for one side alone " + LOCAL_REDIS + ")", "--queue"),
        Option.of("PER_SECOND", "submissions of each client, 1 where left out; max is as many as go", "--rate"),
        Option.of("N", "end after so many submissions", "--count"),
        Option.of("WHEN", "print the report this often, such as 10s, not only at the end; live: a line that counts, on a terminal", "--report"),
        CONFIGURATION.get(0),
        CONFIGURATION.get(1));
  }

  @Override public int run(Call call) throws Exception {
    List<String> operands = call.arguments().operands();
    boolean worker = operands.getFirst().equals("worker");
    boolean client = operands.getFirst().equals("client");
    boolean alone = worker || client;
    var settings = new ArrayList<String>();
    if (!alone && unconfigured(call)) {
      settings.addAll(FOR_A_PERSON);
      if (!call.arguments().has("--verbose")) {
        settings.addAll(QUIET);
      }
    }
    settings.addAll(call.arguments().all("--set"));
    settings.add("hwaas.workers=" + (client ? 0 : number(worker ? "N" : "WORKERS", operands.get(worker ? 1 : 0), Hwaas.WORKERS_MAX)));
    settings.add("hwaas.clients=" + (worker ? 0 : number(client ? "N" : "CLIENTS", operands.get(1), Hwaas.CLIENTS_MAX)));
    if (call.arguments().has("--rate")) {
      settings.add("hwaas.rate=" + rate(call.arguments().last("--rate").orElseThrow()));
    }
    if (call.arguments().has("--count")) {
      settings.add("hwaas.count=" + number("--count", call.arguments().last("--count").orElseThrow(), Long.MAX_VALUE));
    }
    call.arguments().last("--report").ifPresent(when -> settings.add(when.equals(LIVE) ? "hwaas.live=true" : "hwaas.report=" + when));
    Optional<String> queue = queue(call, alone);
    queue.ifPresent(uri -> settings.add("hwaas.queue=" + uri));
    if (!alone && unconfigured(call) && queue.filter(uri -> !memory(uri)).isEmpty()) {
      settings.addFirst(SHALLOW);
    }
    return start(call, settings, call.terminal() && alone);
  }

  /// Runs `start` with these settings. Whatever it prints for people goes to standard error.
  private static int start(Call call, List<String> settings, boolean links) {
    Command start = call.commands().stream().filter(command -> command.name().equals("start")).findAny().orElseThrow();
    var words = new ArrayList<>(List.of("hwaas"));
    call.arguments().last("--config").ifPresent(file -> words.addAll(List.of("--config", file)));
    words.addAll(Collections.nCopies(call.arguments().count("--verbose"), "--verbose"));
    settings.forEach(setting -> words.addAll(List.of("--set", setting)));
    return new CommandLine("uservice", List.of(new Named("hwaas", start)), call.loader()).run(words, call.err(), call.err(), links);
  }

  /// Whether neither a file nor a variable says anything.
  private static boolean unconfigured(Call call) {
    return !call.arguments().has("--config") && !Files.exists(Path.of("uservice.yaml"))
        && System.getenv().keySet().stream().noneMatch(name -> name.startsWith("USERVICE_"));
  }

  /// The queue to be set; empty where the configuration has one, or the default will do.
  private static Optional<String> queue(Call call, boolean alone) throws Exception {
    Optional<String> given = call.arguments().last("--queue");
    if (given.isEmpty()) {
      Optional<Object> configured = call.configuration().section("hwaas");
      if (configured.isPresent() && !memory(((Hwaas.Config) configured.get()).queue().toString())) {
        return Optional.empty();
      }
      given = Optional.ofNullable(System.getenv("REDIS_URL")).filter(url -> !url.isBlank());
    }
    if (alone && given.isPresent() && memory(given.get())) {
      throw new UsageException("'" + call.arguments().operands().getFirst() + "' needs a queue that others share, and memory: is this process alone:"
          + " name one with --queue or $REDIS_URL, such as " + LOCAL_REDIS);
    }
    return given.isEmpty() && alone ? Optional.of(LOCAL_REDIS) : given;
  }

  private static boolean memory(String uri) {
    return uri.regionMatches(true, 0, "memory:", 0, "memory:".length());
  }

  private static long number(String name, String given, long max) throws UsageException {
    try {
      long number = Long.parseLong(given);
      if (number >= 1 && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Told below, as for a number out of range.
    }
    throw new UsageException(name + " is '" + given + "', must be a whole number " + (max == Long.MAX_VALUE ? "above 0" : "from 1 to " + max));
  }

  private static String rate(String given) throws UsageException {
    if (given.equals("max")) {
      return "0";
    }
    try {
      double rate = Double.parseDouble(given);
      if (rate >= 0 && rate <= Hwaas.RATE_MAX) {
        return given;
      }
    } catch (NumberFormatException notANumber) {
      // Told below, as for a number out of range.
    }
    throw new UsageException("--rate is '" + given + "', must be a number from 0 to " + Hwaas.RATE_MAX + ", or max");
  }

  /// A command under another name, for the words in front of what it has to say.
  private record Named(String name, Command command) implements Command {
    @Override public String summary() { return command.summary(); }

    @Override public List<Option> options() { return command.options(); }

    @Override public int run(Call call) throws Exception { return command.run(call); }
  }
}
