package uservice;

import module java.base;
import uservice.cli.Arguments;
import uservice.cli.Call;
import uservice.cli.Command;
import uservice.cli.Exit;
import uservice.cli.Failure;
import uservice.cli.Option;
import uservice.cli.UsageException;
import uservice.config.NearestName;
import uservice.health.Health;
import uservice.health.HttpCall;

/// `uservice probe alive|ready|startup`: asks a running service, as an exec probe or a container's health check does.
final class ProbeCommand implements Command {
  private static final List<String> PROBES = List.of("alive", "ready", "startup");
  private static final Duration TIMEOUT = Duration.ofSeconds(1); // the kubelet's own default

  @Override public String name() {
    return "probe";
  }

  @Override public String summary() {
    return "ask a running service; exit 0 for yes, 1 for no";
  }

  @Override public String operands() {
    return "alive|ready|startup";
  }

  @Override public int operandsMin() {
    return 1;
  }

  @Override public List<Option> options() {
    return List.of(CONFIGURATION.get(0), CONFIGURATION.get(1),
        Option.of("URL", "ask this address instead of the one in the configuration", "--url"),
        Option.of("MILLIS", "how long to wait for the answer, 1000 where left out", "--timeout"));
  }

  @Override public int run(Call call) throws Exception {
    String probe = call.arguments().operands().getFirst();
    if (!PROBES.contains(probe)) {
      throw new UsageException("unknown probe '" + probe + "'"
          + NearestName.of(probe, PROBES).map(near -> ", did you mean '" + near + "'?").orElse(", one of alive, ready, startup"));
    }
    Duration timeout = timeout(call.arguments());
    Optional<String> given = call.arguments().last("--url");
    URI url = given.isPresent() ? parsed(given.get()) : address(call, probe);
    try {
      HttpCall.Answer answer = HttpCall.get(url, timeout);
      call.out().println(answer.text());
      return answer.status() == 200 ? Exit.FINE.code() : Exit.FAILED.code();
    } catch (IOException unanswered) {
      throw new Failure(url + ": " + unanswered.getMessage(), unanswered);
    }
  }

  private static URI address(Call call, String probe) throws Exception {
    Health.Config health = call.configuration().root(Settings.class).health();
    String host = switch (health.host()) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::", "[::]" -> "[::1]";
      default -> health.host().contains(":") && !health.host().startsWith("[") ? "[" + health.host() + "]" : health.host();
    };
    return URI.create("http://" + host + ":" + health.port() + health.prefix() + "/" + probe);
  }

  private static URI parsed(String url) throws UsageException {
    try {
      URI uri = new URI(url);
      if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException malformed) {
      // Told below, as for any other address that cannot be asked.
    }
    throw new UsageException("--url '" + url + "' is no address to ask: http://host:port/path or https://…");
  }

  private static Duration timeout(Arguments arguments) throws UsageException {
    Optional<String> given = arguments.last("--timeout");
    if (given.isEmpty()) {
      return TIMEOUT;
    }
    try {
      long millis = Long.parseLong(given.get());
      if (millis >= 1 && millis <= 3_600_000) {
        return Duration.ofMillis(millis);
      }
    } catch (NumberFormatException notANumber) {
      // Told below, as for a number out of range.
    }
    throw new UsageException("--timeout '" + given.get() + "' must be a number of milliseconds from 1 to 3600000");
  }
}
