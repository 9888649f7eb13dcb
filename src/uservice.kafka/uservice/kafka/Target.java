package uservice.kafka;

import module java.base;
import uservice.wire.Access;
import uservice.wire.Sasl;

/// What a URI says: which brokers to begin with, as whom to speak to them, and how long that may take. The chapter lists the parameters.
final class Target extends Access {
  static final Set<String> SCHEMES = Set.of("kafka", "kafkas");
  private static final int BOOTSTRAP_MAX = 32;

  private final Optional<Sasl> login;
  private final String client;

  private Target(URI uri, Set<String> parameters) {
    super(uri, "kafka://host:9092/…", BOOTSTRAP_MAX, parameters, Duration.ofSeconds(5), Duration.ofSeconds(10));
    login = Sasl.of(this);
    client = address().parameter("client").orElse("uservice");
    if (!client.matches("[A-Za-z0-9._-]{1,200}")) { // what brokers' metrics and quotas take
      throw new IllegalArgumentException("parameter 'client' is '" + client + "', must be 1 to 200 of a-z, A-Z, 0-9, '.', '_' and '-'");
    }
  }

  /// Reads one, which may hold parameters of these names beside. What makes no sense is an [IllegalArgumentException] without the password.
  static Target parse(URI uri, Set<String> more) {
    var parameters = new HashSet<>(more);
    parameters.add("client");
    parameters.add("sasl");
    return new Target(uri, parameters);
  }

  Optional<Sasl> login() { return login; }

  String client() { return client; }
}
