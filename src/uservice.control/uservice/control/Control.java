package uservice.control;

import module java.base;
import uservice.Feature;
import uservice.Service;
import uservice.cli.Failure;
import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;
import uservice.config.Secret;
import uservice.config.Size;

/// The listener that programs in other languages call; runs where its section is there, and wherever a child runs.
public final class Control implements Feature<Control.Config> {
  private static final int TOKEN_CHARS_MIN = 16;

  /// What stands under `control:` in the configuration.
  public record Config(
      @Doc("The address that programs beside this one call; another than loopback needs a token.") @Default("127.0.0.1") String host,
      @Doc("The port that they call; 0 takes a free one.") @Range(min = 0, max = 65535) @Default("8078") int port,
      @Doc("What they must send as `Authorization: Bearer`; nothing where it is left out.") Optional<Secret> token,
      @Doc("Checks that a program is expected to put: until it has, the service is not ready.") List<String> expect,
      @Doc("How many checks may be put.") @Range(min = 1, max = 500) @Default("100") int maxChecks,
      @Doc("How many series may be posted, of all metrics together.") @Range(min = 1, max = 100_000) @Default("1000") int maxSeries,
      @Doc("The largest body of a request; 413 beyond.") @Range(min = 1024, max = 1 << 20) @Default("64KiB") Size maxBody,
      @Doc("How many requests a second are taken; 429 beyond.") @Range(min = 1, max = 1_000_000) @Default("1000") int rate) {

    public Config {
      expect = List.copyOf(expect);
      expect.forEach(Name::check);
      if (expect.size() > maxChecks) {
        throw new IllegalArgumentException("expect: names " + expect.size() + " checks, at most max_checks, " + maxChecks);
      }
      token.ifPresent(Config::check);
      if (token.isEmpty() && !Guard.isLoopback(host)) {
        throw new IllegalArgumentException("host: '" + host + "' can be called from other machines, which needs a token; or 127.0.0.1");
      }
    }

    private static void check(Secret token) {
      if (token.reveal().length() < TOKEN_CHARS_MIN || !token.reveal().chars().allMatch(c -> c > ' ' && c <= '~')) {
        throw new IllegalArgumentException("token: must have at least " + TOKEN_CHARS_MIN + " characters, all of them visible ASCII");
      }
    }
  }

  /// For `ServiceLoader`.
  public Control() {}

  @Override public String section() { return "control"; }

  @Override public Class<Config> config() { return Config.class; }

  @Override public boolean serves(Config config) { return false; }

  @Override public boolean wanted(boolean sectionPresent, List<String> command) {
    return sectionPresent || !command.isEmpty();
  }

  @Override public void start(Service service, Config config) throws Failure {
    Listener.open(service, config);
  }
}
