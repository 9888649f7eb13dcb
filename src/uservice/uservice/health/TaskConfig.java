package uservice.health;

import module java.base;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.HostPort;
import uservice.config.Range;

/// Something done once before the service starts (`health.preflight`) or when it has stopped (`health.shutdown`), with retries:
///
/// ```yaml
/// health:
///   preflight:
///     mesh: {http: 'http://localhost:15021/healthz/ready', retries: 30}
///   shutdown:
///     mesh: {http: 'http://localhost:15020/quitquitquit', method: POST}
/// ```
///
/// Where the parts do not go together, the constructor throws `IllegalArgumentException` with what would be right.
public record TaskConfig(
    @Doc("Done when a connection to host:port is accepted.") Optional<HostPort> tcp,
    @Doc("Done when this address answers with one of the codes.") Optional<URI> http,
    @Doc("Done when this name resolves.") Optional<String> dns,
    @Doc("Done when this file or folder exists.") Optional<Path> file,
    @Doc("Method of the http request.") @Default("GET") HttpCall.Method method,
    @Doc("Status codes of the http answer that are right.") @Default("[200]") List<Integer> codes,
    @Doc("Further tries after a first one that failed.") @Default("3") @Range(min = 0, max = 1000) int retries,
    @Doc("Pause between two tries.") @Default("1s") @Range(min = 0, max = 3_600_000) Duration every,
    @Doc("Longest time for one try.") @Default("5s") @Range(min = 1, max = 3_600_000) Duration timeout) {
  public TaskConfig {
    codes = List.copyOf(codes);
    Target.of(tcp, http, method, codes, dns, file);
  }

  Target target() {
    return Target.of(tcp, http, method, codes, dns, file);
  }
}
