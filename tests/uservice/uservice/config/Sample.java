package uservice.config;

import module java.base;

/// A configuration with everything in it that a schema can hold, for the tests.
record Sample(
    @Doc("The service's name.") @Default("uservice") @Pattern("[a-z0-9-]{1,20}") String name,
    @Doc("What it says | prints.") Optional<String> note,
    @Default("signal") When reload,
    Health health,
    Log log,
    Shutdown shutdown,
    Optional<Tls> tls,
    @Default("1MiB") @Range(min = 1024, max = 1 << 30) Size maxBody) {

  enum When { SIGNAL, FILE_CHANGE }

  record Health(
      @Doc("The port of the probes.") @Default("8079") @Range(min = 0, max = 65535) int port,
      @Default("0.0.0.0") String host,
      @Default("false") boolean onWeb,
      Map<String, Check> checks) {}

  record Check(
      Optional<HostPort> tcp,
      Optional<URI> http,
      @Default("[200]") @Range(min = 100, max = 599) List<Integer> codes,
      @Default("10s") @Range(min = 10) Duration every) {
    Check {
      if (tcp.isEmpty() == http.isEmpty()) {
        throw new IllegalArgumentException("a check has one of tcp and http");
      }
    }
  }

  record Log(Map<String, String> levels, @Default("1") @Range(min = 0, max = 1) double sample, @Default("[time, level]") List<String> fields) {}

  record Shutdown(@Default("5s") @Range(max = 60_000) Duration delay, @Default("30s") Duration grace) {
    Shutdown {
      if (delay.compareTo(grace) > 0) {
        throw new IllegalArgumentException("delay: does not fit in grace");
      }
    }
  }

  record Tls(Path cert, Path key) {}

  /// A feature with secrets.
  record Db(HostPort at, Secret password, Optional<Secret> token, List<Secret> older, Map<String, Secret> users, @Default("10") long poolMax) {
    Db {
      if (password.reveal().contains("weak")) {
        throw new IllegalArgumentException("password: '" + password.reveal() + "' is weak");
      }
    }
  }

  /// A feature with a default for everything.
  record Hello(@Default("world") String greeting, @Default("memory:") URI counter, @Default("100") @Range(min = 0) long limit) {}

  static final Set<String> RESERVED = Set.of("USERVICE_CONFIG", "USERVICE_CONTROL");

  static final Schema SCHEMA = Schema.of(Sample.class).section("db", Db.class).section("hello", Hello.class);

  static Configuration load(String yaml, Map<String, String> environment, String... settings) throws ConfigurationException {
    return Configuration.load(Optional.of(Source.of("app.yaml", yaml)), environment, List.of(settings), SCHEMA, RESERVED);
  }

  static Configuration load(Map<String, String> environment, String... settings) throws ConfigurationException {
    return Configuration.load(Optional.empty(), environment, List.of(settings), SCHEMA, RESERVED);
  }

  static Sample root(String yaml, String... settings) throws ConfigurationException {
    return load(yaml, Map.of(), settings).root(Sample.class);
  }

  /// The lines of the problems that this has.
  static List<String> problems(String yaml, Map<String, String> environment, String... settings) {
    return refused(yaml, environment, settings).list().stream().map(Problem::line).toList();
  }

  static Problems refused(String yaml, Map<String, String> environment, String... settings) {
    try {
      String accepted = load(yaml, environment, settings).effective();
      throw new AssertionError("nothing was wrong with it, this is in force:\n" + accepted);
    } catch (ConfigurationException refused) {
      return refused.problems();
    }
  }
}
