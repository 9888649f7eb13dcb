package uservice.redis;

import module java.base;
import uservice.wire.Address;
import uservice.wire.Tls;

/// What a URI says: where the server is, as whom to speak to it, and what of it is meant. The chapter lists the parameters.
///
/// @param unix the socket's path, for `redis+unix:`
/// @param tls for `rediss:`
/// @param keys what the names of all keys begin with: `uservice:counter:default`
record Settings(Address address, Optional<Path> unix, Optional<Tls> tls, int database, Optional<String> user, Optional<String> password, String client,
    Duration connectTimeout, Duration timeout, String keys) {
  static final Set<String> SCHEMES = Set.of("redis", "rediss", "redis+unix");
  static final int PORT = 6379;
  private static final int DATABASE_MAX = 1_000_000;
  private static final long SECRET_BYTES_MAX = 4096;
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration MOST = Duration.ofMinutes(5);
  private static final Set<String> TLS = Set.of("tls_verify", "tls_ca", "tls_cert", "tls_key");
  private static final Set<String> PLAIN = Set.of("name", "timeout", "connect_timeout", "client", "password_file");

  /// Reads one; `kind` is `counter` or `queue`. What makes no sense is an [IllegalArgumentException] without the password.
  static Settings of(URI uri, String kind) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    var known = new HashSet<>(PLAIN);
    known.addAll(scheme.equals("rediss") ? TLS : Set.of());
    known.addAll(scheme.equals("redis+unix") ? Set.of("db") : Set.of());
    Address address = Address.parse(uri, PORT, known);
    boolean unix = scheme.equals("redis+unix");
    if (unix && (!address.host().isEmpty() || address.path().isEmpty())) {
      throw new IllegalArgumentException("must look like redis+unix:///run/redis.sock?db=0");
    }
    if (!unix && address.host().isEmpty()) {
      throw new IllegalArgumentException("names no host, must look like " + scheme + "://host:6379/0");
    }
    return new Settings(address, unix ? Optional.of(Path.of("/" + address.path())) : Optional.empty(),
        scheme.equals("rediss") ? Optional.of(tls(address)) : Optional.empty(),
        unix ? address.number("db", 0, 0, DATABASE_MAX) : database(address.path()),
        address.user(), password(address), word(address, "client", "uservice"),
        address.duration("connect_timeout", CONNECT, MOST), address.duration("timeout", ANSWER, MOST),
        "uservice:" + kind + ":" + word(address, "name", "default"));
  }

  private static Tls tls(Address address) {
    String verify = address.parameter("tls_verify").orElse("full");
    if (!Set.of("full", "chain", "none").contains(verify)) {
      throw new IllegalArgumentException("parameter 'tls_verify' is '" + verify + "', must be full, chain or none");
    }
    return Tls.of(Tls.Verify.valueOf(verify.toUpperCase(Locale.ROOT)), address.parameter("tls_ca").map(Path::of),
        address.parameter("tls_cert").map(Path::of), address.parameter("tls_key").map(Path::of));
  }

  private static int database(String path) {
    if (path.isEmpty()) {
      return 0;
    }
    if (path.matches("[0-9]{1,7}") && Integer.parseInt(path) <= DATABASE_MAX) {
      return Integer.parseInt(path);
    }
    throw new IllegalArgumentException("database is '" + path + "', must be a number, 0 where it is left out");
  }

  private static Optional<String> password(Address address) {
    Optional<Path> file = address.parameter("password_file").map(Path::of);
    if (file.isEmpty()) {
      return address.password();
    }
    if (address.password().isPresent()) {
      throw new IllegalArgumentException("has a password and a password_file, must be one of them");
    }
    try {
      if (Files.size(file.get()) > SECRET_BYTES_MAX) {
        throw new IllegalArgumentException("password_file " + file.get() + ": over " + SECRET_BYTES_MAX + " bytes, which is no password");
      }
      return Optional.of(Files.readString(file.get()).strip());
    } catch (IOException unread) {
      throw new IllegalArgumentException("password_file " + file.get() + ": "
          + (unread instanceof NoSuchFileException ? "no such file" : "cannot be read: " + unread.getMessage()), unread);
    }
  }

  private static String word(Address address, String name, String otherwise) {
    String word = address.parameter(name).orElse(otherwise);
    if (!word.matches("[!-~]{1,200}")) { // CLIENT SETNAME takes no spaces, and keys with them are nobody's friend
      throw new IllegalArgumentException("parameter '" + name + "' is '" + word + "', must be 1 to 200 printable characters without spaces");
    }
    return word;
  }

  /// For messages: without user, password and parameters.
  String where() { return address.toString(); }
}
