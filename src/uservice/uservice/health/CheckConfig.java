package uservice.health;

import module java.base;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.HostPort;
import uservice.config.Range;

/// A check that stands in the configuration, under `health.checks`:
///
/// ```yaml
/// health:
///   checks:
///     db: {tcp: 'db:5432', failures: 3}
///     ledger: {http: 'http://ledger:8080/livez', codes: [200, 204], probes: [ready, startup], optional: true}
/// ```
///
/// Where the parts do not go together, the constructor throws `IllegalArgumentException` with what would be right.
public record CheckConfig(
    @Doc("Valid while a connection to host:port is accepted.") Optional<HostPort> tcp,
    @Doc("Valid while this address answers with one of the codes.") Optional<URI> http,
    @Doc("Valid while this name resolves.") Optional<String> dns,
    @Doc("Valid while this file or folder exists.") Optional<Path> file,
    @Doc("Method of the http request.") @Default("GET") HttpCall.Method method,
    @Doc("Status codes of the http answer that are right.") @Default("[200]") List<Integer> codes,
    @Doc("Probes that it counts for: alive, ready, startup.") @Default("[ready]") List<Probe> probes,
    @Doc("Time from the start of one try to the start of the next.")
    @Default("10s") @Range(min = 10, max = 31_536_000_000L) Duration every,
    @Doc("Longest time for one try.") @Default("1s") @Range(min = 1, max = 3_600_000) Duration timeout,
    @Doc("Failures in a row that make it invalid.") @Default("1") @Range(min = 1, max = 1000) int failures,
    @Doc("Successes in a row that make it valid again.") @Default("1") @Range(min = 1, max = 1000) int successes,
    @Doc("Whether the verdict stays as it is when this check fails.") @Default("false") boolean optional) {
  public CheckConfig {
    codes = List.copyOf(codes);
    probes = List.copyOf(probes);
    Target.of(tcp, http, method, codes, dns, file);
    if (probes.isEmpty()) {
      throw new IllegalArgumentException("probes is empty, so the check counts for nothing; name alive, ready or startup");
    }
  }

  /// The check that this describes; it goes on from `former` where that is one of its kind, and may be null.
  Polled check(Board board, String name, Check former) {
    Target target = Target.of(tcp, http, method, codes, dns, file);
    var polling = new Polling(every, timeout, failures, successes, !optional);
    var check = new Polled(board, name, EnumSet.copyOf(probes), polling, () -> {
      target.reach(timeout);
      return true;
    });
    if (former instanceof Polled polled) {
      check.inherit(polled);
    }
    return check;
  }

  /// Warns in the log of what is allowed and seldom meant.
  void warn(String name) {
    if (probes.contains(Probe.ALIVE) && !optional && Target.of(tcp, http, method, codes, dns, file).external()) {
      Notices.log(System.Logger.Level.WARNING, "check '" + name
          + "' makes liveness depend on something outside: while that fails, every container is killed over and over");
    }
  }
}
