package uservice.hwaas;

import static java.time.Duration.ofSeconds;
import static uservice.health.Checks.every;
import static uservice.health.Checks.kickedWithin;

import module java.base;
import uservice.Feature;
import uservice.Service;
import uservice.cli.Terminal;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;
import uservice.lifecycle.State;
import uservice.log.Logging;
import uservice.queue.Queue;
import uservice.queue.QueueOptions;
import uservice.queue.Queues;

/// Prints what clients submit. Wherever it runs, standard output is its lines and nothing else, and the log goes to
/// standard error.
public final class Hwaas implements Feature<Hwaas.Config> {
  static final int WORKERS_MAX = 1_000;
  static final int CLIENTS_MAX = 100_000;
  static final int RATE_MAX = 1_000_000;

  private static final int MESSAGE_BYTES_MAX = 4_096;
  private static final Duration ALIVE = ofSeconds(30);
  private static final Duration STOPPING = ofSeconds(5);
  private static final Duration REPORTING = ofSeconds(5);
  private static final Duration CLOSING = ofSeconds(2);
  private static final Duration REPORT_PERIOD = ofSeconds(10);
  private static final int LOG_LINES_MAX = 8_192;

  /// What stands under `hwaas:` in the configuration.
  public record Config(
      @Doc("Workers, which print.") @Default("1") @Range(min = 0, max = WORKERS_MAX) int workers,
      @Doc("Clients, which submit.") @Default("1") @Range(min = 0, max = CLIENTS_MAX) int clients,
      @Doc("Submissions a second of each client; 0 is as many as go.") @Default("1") @Range(min = 0, max = RATE_MAX) double rate,
      @Doc("Submissions of all clients together, after which the service ends; 0 is never.") @Default("0") @Range(min = 0) long count,
      @Doc("Where the jobs are kept; memory: is this process alone.") @Default("memory:") URI queue,
      @Doc("What is submitted, one line.") @Default("hello, world!") String message,
      @Doc("How often the report is printed, beside the one at the end.") @Range(min = 100, max = 86_400_000) Optional<Duration> report,
      @Doc("Whether a terminal on standard error is shown a line that counts; elsewhere the report is printed each 10s.") @Default("false") boolean live,
      QueueOptions options) {

    public Config {
      try {
        Queues.open(queue, options).close(); // connects to nothing, and tells what makes no sense
      } catch (IllegalArgumentException unfit) {
        throw new IllegalArgumentException("queue: " + unfit.getMessage(), unfit);
      }
      if ("memory".equalsIgnoreCase(queue.getScheme()) && (workers == 0 || clients == 0)) {
        throw new IllegalArgumentException("queue: memory: is this process alone, and without "
            + (workers == 0 ? "workers nobody prints" : "clients there is nothing to print") + ": name a shared queue");
      }
      byte[] line = message.getBytes(StandardCharsets.UTF_8);
      if (line.length == 0 || line.length > MESSAGE_BYTES_MAX || !Output.printable(line)) {
        throw new IllegalArgumentException("message: must be one line of 1 to " + MESSAGE_BYTES_MAX + " bytes without control characters");
      }
    }
  }

  /// For `ServiceLoader`.
  public Hwaas() {}

  @Override public String section() { return "hwaas"; }

  @Override public Class<Config> config() { return Config.class; }

  @Override public boolean serves(Config config) { return false; }

  @Override public void start(Service service, Config config) {
    var live = new Live(new FileOutputStream(FileDescriptor.err));
    boolean counting = config.live() && Terminal.errorsWatched() && !Terminal.dumb(System.getenv());
    logToStandardError(service, live);
    Queue queue = Queues.open(config.queue(), config.options());
    service.onStop("close the queue", CLOSING, queue::close);
    var figures = new Figures(service.metrics(), queue);
    service.health().ready("queue", every(ofSeconds(1)), () -> figures.ask());
    var reporting = new CountDownLatch(1);
    service.onStop("report", REPORTING, () -> {
      reporting.countDown();
      live.end();
      figures.report();
    });
    Runnable counted = () -> service.stop("submitted " + config.count() + ", as asked", 0);
    if (config.workers() > 0) {
      OutputStream out = new FileOutputStream(FileDescriptor.out);
      var output = new Output(Terminal.watched() ? live.above(out) : out, Terminal.watched());
      var workers = new Workers(config.workers(), queue, output, figures,
          service.health().alive("workers", kickedWithin(ALIVE)), service::stop);
      service.onStop("finish what is left", Workers.FINISHING, workers::finish);
      workers.start();
      Runnable now = counted;
      counted = () -> workers.onEmpty(now);
    }
    if (config.clients() > 0) {
      var clients = new Clients(config, queue, figures.submitted, () -> wanted(service), counted);
      service.onStop("stop the clients", STOPPING, clients::stop);
      clients.start();
    }
    if (counting) {
      Thread.ofVirtual().name("hwaas-live").start(() -> figures.show(live, reporting));
    } else {
      config.report().or(() -> config.live() ? Optional.of(REPORT_PERIOD) : Optional.empty())
          .ifPresent(period -> Thread.ofVirtual().name("hwaas-report").start(() -> figures.reportEach(period, reporting)));
    }
  }

  /// Clients stop at the request already, not only when the time to lead traffic away is over.
  private static boolean wanted(Service service) {
    return service.state() == State.STARTING || service.state() == State.READY;
  }

  /// Moves the log, which the chassis has put on standard output, with the level that it has now; a reload changes that still.
  private static void logToStandardError(Service service, Live live) {
    System.Logger root = System.getLogger("");
    var level = Logging.Level.OFF;
    for (System.Logger.Level each : List.of(System.Logger.Level.ERROR, System.Logger.Level.WARNING, System.Logger.Level.INFO,
        System.Logger.Level.DEBUG, System.Logger.Level.TRACE)) {
      level = !root.isLoggable(each) ? level : Logging.Level.valueOf(each == System.Logger.Level.WARNING ? "WARN" : each.name());
    }
    var config = new Logging.Config(level, Map.of(), Logging.Format.AUTO, LOG_LINES_MAX);
    Logging logging = Logging.install(config, service.name(), live.above(new FileOutputStream(FileDescriptor.err)), Terminal.errorsWatched());
    service.onStop("write the log out", CLOSING, () -> logging.flush(CLOSING));
  }
}
