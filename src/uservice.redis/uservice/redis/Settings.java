package uservice.redis;

import module java.base;
import uservice.wire.Access;
import uservice.wire.Wire;

/// What a URI says: where the server is, as whom to speak to it, and what of it is meant. The chapter lists the parameters.
final class Settings extends Access {
  static final Set<String> SCHEMES = Set.of("redis", "rediss", "redis+unix");
  private static final int DATABASE_MAX = 1_000_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final Optional<Path> unix;
  private final int database;
  private final String client;
  private final String keys;

  private Settings(URI uri, boolean local, String kind) {
    super(uri, local ? "redis+unix:///run/redis.sock?db=0" : "redis://host:6379/0", 1, local ? Set.of("name", "client", "db") : Set.of("name", "client"),
        TIMEOUT, TIMEOUT);
    unix = local ? Optional.of(Path.of("/" + address().path())) : Optional.empty();
    database = local ? address().number("db", 0, 0, DATABASE_MAX) : database(address().path());
    client = address().word("client", "uservice"); // CLIENT SETNAME takes no spaces, and keys with them are nobody's friend
    keys = "uservice:" + kind + ":" + address().word("name", "default");
  }

  /// Reads one; `kind` is `counter` or `queue`. What makes no sense is an [IllegalArgumentException] without the password.
  static Settings of(URI uri, String kind) { return new Settings(uri, uri.getScheme().equalsIgnoreCase("redis+unix"), kind); }

  private static int database(String path) {
    if (path.isEmpty()) {
      return 0;
    }
    if (path.matches("[0-9]{1,7}") && Integer.parseInt(path) <= DATABASE_MAX) {
      return Integer.parseInt(path);
    }
    throw new IllegalArgumentException("database is '" + path + "', must be a number, 0 where it is left out");
  }

  /// The socket's path, for `redis+unix:`.
  Optional<Path> unix() { return unix; }

  int database() { return database; }

  String client() { return client; }

  /// What the names of all keys begin with: `uservice:counter:default`.
  String keys() { return keys; }

  Wire connect() throws IOException {
    return unix.isPresent() ? Wire.connect(unix.get(), connectTimeout()) : connect(address().host(), address().port());
  }
}
