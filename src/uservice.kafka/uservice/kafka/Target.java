package uservice.kafka;

import module java.base;
import uservice.config.NearestName;
import uservice.wire.Address;
import uservice.wire.Scram;
import uservice.wire.Tls;

/// What a URI says: which brokers to begin with, as whom to speak to them, and how long that may take. The chapter lists the parameters.
///
/// @param first the URI as it is with the first of the brokers, for the path and for parameters of others
/// @param tls for `kafkas:`
record Target(Address first, List<Node> bootstrap, Optional<Tls> tls, Optional<Login> login, String client, Duration connectTimeout, Duration timeout) {
  static final Set<String> SCHEMES = Set.of("kafka", "kafkas");
  static final int PORT = 9092;
  static final int BOOTSTRAP_MAX = 32;
  private static final long SECRET_BYTES_MAX = 4096;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration MOST = Duration.ofMinutes(5);
  private static final Set<String> TLS = Set.of("tls_verify", "tls_ca", "tls_cert", "tls_key");
  private static final Set<String> PLAIN = Set.of("connect_timeout", "timeout", "client", "sasl", "password_file");

  /// How a client proves who it is.
  enum Sasl {
    PLAIN(null), SCRAM_SHA_256(Scram.Hash.SHA_256), SCRAM_SHA_512(Scram.Hash.SHA_512);

    final Scram.Hash hash;

    Sasl(Scram.Hash hash) { this.hash = hash; }

    /// As a broker calls it.
    String mechanism() { return hash == null ? "PLAIN" : hash.mechanism(); }

    /// As the URI does.
    String parameter() { return mechanism().toLowerCase(Locale.ROOT); }
  }

  /// Who, and how that is proven.
  record Login(Sasl sasl, String user, String password) {
    /// Never the password.
    @Override public String toString() { return sasl.mechanism() + " as '" + user + "'"; }
  }

  /// Reads one, which may hold parameters of these names beside. What makes no sense is an [IllegalArgumentException] without the password.
  static Target parse(URI uri, Set<String> more) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean secured = scheme.equals("kafkas");
    var known = new HashSet<>(more);
    known.addAll(PLAIN);
    known.addAll(secured ? TLS : Set.of());
    List<Address> addresses = each(uri).stream().map(one -> Address.parse(one, PORT, known)).toList();
    if (!SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException("must look like kafka://host:" + PORT + "/…, or kafkas:// for TLS");
    }
    if (addresses.stream().anyMatch(address -> address.host().isEmpty())) {
      throw new IllegalArgumentException("names no host, must look like " + scheme + "://host:" + PORT + "/…");
    }
    Address first = addresses.getFirst();
    var bootstrap = new ArrayList<Node>();
    addresses.forEach(address -> bootstrap.add(new Node(-1 - bootstrap.size(), address.host(), address.port())));
    return new Target(first, List.copyOf(bootstrap), secured ? Optional.of(tls(first)) : Optional.empty(), login(first), client(first),
        first.duration("connect_timeout", CONNECT, MOST), first.duration("timeout", ANSWER, MOST));
  }

  /// One URI for each of the hosts, `a:9092,b:9092`, that this one names.
  private static List<URI> each(URI uri) {
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    int at = authority.lastIndexOf('@') + 1;
    String[] hosts = authority.substring(at).split(",", -1);
    if (hosts.length == 1) {
      return List.of(uri);
    }
    if (hosts.length > BOOTSTRAP_MAX) {
      throw new IllegalArgumentException("names " + hosts.length + " hosts, at most " + BOOTSTRAP_MAX);
    }
    String rest = (uri.getRawPath() == null ? "" : uri.getRawPath()) + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
        + (uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment());
    return Stream.of(hosts).map(host -> {
      if (host.isEmpty()) {
        throw new IllegalArgumentException("has a comma without a host beside it");
      }
      return URI.create(uri.getScheme() + "://" + authority.substring(0, at) + host + rest);
    }).toList();
  }

  private static Tls tls(Address address) {
    String verify = address.parameter("tls_verify").orElse("full");
    if (!Set.of("full", "chain", "none").contains(verify)) {
      throw new IllegalArgumentException("parameter 'tls_verify' is '" + verify + "', must be full, chain or none");
    }
    return Tls.of(Tls.Verify.valueOf(verify.toUpperCase(Locale.ROOT)), address.parameter("tls_ca").map(Path::of),
        address.parameter("tls_cert").map(Path::of), address.parameter("tls_key").map(Path::of));
  }

  private static Optional<Login> login(Address address) {
    Optional<String> password = password(address);
    Sasl sasl = sasl(address);
    if (address.user().isEmpty()) {
      if (password.isPresent() || address.parameter("sasl").isPresent()) {
        throw new IllegalArgumentException("has " + (password.isPresent() ? "a password" : "a SASL mechanism") + ", but no user");
      }
      return Optional.empty();
    }
    String user = address.user().get();
    if (password.isEmpty() || password.get().isEmpty()) {
      throw new IllegalArgumentException("has the user '" + user + "' without a password: must be behind a colon, or in a file named by password_file");
    }
    if (user.indexOf(0) >= 0 || password.get().indexOf(0) >= 0) {
      throw new IllegalArgumentException("user and password must have no zero character");
    }
    return Optional.of(new Login(sasl, user, password.get()));
  }

  private static Sasl sasl(Address address) {
    String given = address.parameter("sasl").orElse(Sasl.SCRAM_SHA_512.parameter());
    return Stream.of(Sasl.values()).filter(sasl -> sasl.parameter().equals(given)).findFirst().orElseThrow(() -> {
      var known = Stream.of(Sasl.values()).map(Sasl::parameter).toList();
      return new IllegalArgumentException("parameter 'sasl' is '" + given + "'" + NearestName.of(given, known).map(near -> ", did you mean '" + near + "'?")
          .orElse(", must be one of " + String.join(", ", known)));
    });
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

  private static String client(Address address) {
    String client = address.parameter("client").orElse("uservice");
    if (!client.matches("[A-Za-z0-9._-]{1,200}")) { // what brokers' metrics and quotas take
      throw new IllegalArgumentException("parameter 'client' is '" + client + "', must be 1 to 200 of a-z, A-Z, 0-9, '.', '_' and '-'");
    }
    return client;
  }

  String scheme() { return first.scheme(); }

  /// For messages: `kafka://a:9092,b:9092/jobs`, without user, password and parameters.
  String where() {
    return scheme() + "://" + bootstrap.stream().map(Node::toString).collect(Collectors.joining(",")) + (first.path().isEmpty() ? "" : "/" + first.path());
  }
}
