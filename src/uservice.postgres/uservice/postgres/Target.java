package uservice.postgres;

import module java.base;

import uservice.wire.Address;
import uservice.wire.Tls;
import uservice.wire.Wire;

/// Where a server is, who asks it, and how long that may take: what a URI says. The chapter lists its parameters.
final class Target {
  /// As libpq names them.
  enum SslMode { DISABLE, ALLOW, PREFER, REQUIRE, VERIFY_CA, VERIFY_FULL }

  /// Whether the exchange of passwords must be tied to the TLS connection.
  enum ChannelBinding { DISABLE, PREFER, REQUIRE }

  private static final int PORT = 5432;
  private static final Duration TIME_MAX = Duration.ofMinutes(10);
  private static final int NAME_CHARS_MAX = 200;
  private static final Set<String> PARAMETERS = Set.of("sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding", "host",
      "application_name", "connect_timeout", "timeout", "pool", "checkout_timeout", "allow_plain", "name");

  final String where;
  final String user;
  final String database;
  final Optional<String> password;
  final SslMode sslMode;
  final ChannelBinding channelBinding;
  final boolean allowPlain;
  final String applicationName;
  final Duration connectTimeout;
  final Duration timeout;
  final Duration checkoutTimeout;
  final int pool;
  final String name;
  private final Address address;
  private final Optional<Path> socket;
  private final Tls tls;

  private Target(Address address, UnaryOperator<String> environment) {
    this.address = address;
    user = checked("user", address.user().orElseGet(() -> System.getProperty("user.name")));
    database = checked("database", address.path().isEmpty() ? user : address.path());
    password = address.password().or(() -> Optional.ofNullable(environment.apply("PGPASSWORD")).filter(given -> !given.isEmpty()));
    if (password.isPresent() && password.get().indexOf(0) >= 0) {
      throw new IllegalArgumentException("the password must have no zero character");
    }
    socket = address.parameter("host").map(folder -> Path.of(folder, ".s.PGSQL." + address.port()));
    if (socket.isPresent() && (!socket.get().isAbsolute() || !address.host().isEmpty())) {
      throw new IllegalArgumentException("parameter 'host' must be the folder of a Unix socket, beginning with a slash, in a URI without another host");
    }
    where = address.scheme() + "://" + socket.map(Path::toString).orElse(new Address.Host(host(), address.port()).toString()) + "/" + database;
    sslMode = address.choice("sslmode", SslMode.PREFER);
    channelBinding = address.choice("channel_binding", ChannelBinding.PREFER);
    allowPlain = address.choice("allow_plain", "false", List.of("true", "false")).equals("true");
    applicationName = address.parameter("application_name").orElse("uservice");
    connectTimeout = address.duration("connect_timeout", Duration.ofSeconds(2), TIME_MAX);
    timeout = address.duration("timeout", Duration.ofSeconds(5), TIME_MAX);
    checkoutTimeout = address.duration("checkout_timeout", Duration.ofSeconds(2), TIME_MAX);
    pool = address.number("pool", 8, 1, 100);
    name = checked("name", address.parameter("name").orElse("default"));
    Optional<Path> authorities = address.file("sslrootcert");
    tls = Tls.of(switch (sslMode) {
      case VERIFY_FULL -> Tls.Verify.FULL;
      case VERIFY_CA -> Tls.Verify.CHAIN;
      case REQUIRE -> authorities.isPresent() ? Tls.Verify.CHAIN : Tls.Verify.NONE;
      case DISABLE, ALLOW, PREFER -> Tls.Verify.NONE;
    }, authorities, address.file("sslcert"), address.file("sslkey"));
  }

  /// What makes no sense is an [IllegalArgumentException] without the password.
  static Target parse(URI uri, UnaryOperator<String> environment) {
    return new Target(Address.parse(uri, PORT, PARAMETERS), environment);
  }

  private static String checked(String what, String value) {
    if (value.isEmpty() || value.length() > NAME_CHARS_MAX || value.indexOf(0) >= 0) {
      throw new IllegalArgumentException("the " + what + " must have 1 to " + NAME_CHARS_MAX + " characters, and no zero among them");
    }
    return value;
  }

  private String host() { return address.host().isEmpty() ? "localhost" : address.host(); }

  /// Whether the way there leaves this machine's kernel: a Unix socket has no TLS, and needs none.
  boolean local() { return socket.isPresent(); }

  Wire connect() throws IOException {
    return socket.isPresent() ? Wire.connect(socket.get(), connectTimeout) : Wire.connect(host(), address.port(), connectTimeout);
  }

  void secure(Wire wire) throws IOException { wire.secure(tls, host()); }

  @Override public String toString() { return where; }
}
