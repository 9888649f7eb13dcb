package uservice.wire;

import module java.base;

/// What a URI says of a server, or of several that are one: where it is, with TLS or without, the password, and how long connecting and
/// answering may take. A client extends it by what is its own.
///
/// The parameters: `password_file`, `connect_timeout`, `timeout`, and where the scheme has an `s` behind it, which means TLS, `tls_verify`
/// (`full`, `chain`, `none`), `tls_ca`, `tls_cert`, `tls_key`.
public abstract class Access {
  private static final Duration TIME_MAX = Duration.ofMinutes(5);

  private final Address address;
  private final Optional<Tls> tls;
  private final Optional<String> password;
  private final Duration connectTimeout;
  private final Duration timeout;

  /// Reads `uri`; what makes no sense is an [IllegalArgumentException] without the password.
  ///
  /// @param form what it looks like without TLS, with the port that need not be said: `redis://host:6379/0`; without a host it is that of
  ///     a Unix socket
  /// @param parameters what it may hold beside
  protected Access(URI uri, String form, int hostsMax, Set<String> parameters, Duration connectTimeout, Duration timeout) {
    URI usual = URI.create(form);
    String plain = usual.getScheme();
    boolean secured = (plain + "s").equalsIgnoreCase(uri.getScheme());
    var known = new HashSet<>(parameters);
    known.addAll(Set.of("password_file", "connect_timeout", "timeout"));
    known.addAll(secured ? Set.of("tls_verify", "tls_ca", "tls_cert", "tls_key") : Set.of());
    address = Address.parse(uri, usual.getPort(), hostsMax, known);
    if (!secured && !plain.equals(address.scheme())) {
      throw new IllegalArgumentException("must look like " + form + ", or " + plain + "s:// for TLS");
    }
    if (usual.getHost() == null && (!address.host().isEmpty() || address.path().isEmpty())) {
      throw new IllegalArgumentException("must look like " + form);
    }
    if (usual.getHost() != null && address.host().isEmpty()) {
      throw new IllegalArgumentException("names no host, must look like " + address.scheme() + form.substring(plain.length()));
    }
    tls = secured ? Optional.of(Tls.of(address.choice("tls_verify", Tls.Verify.FULL), address.file("tls_ca"), address.file("tls_cert"),
        address.file("tls_key"))) : Optional.empty();
    password = address.secret();
    this.connectTimeout = address.duration("connect_timeout", connectTimeout, TIME_MAX);
    this.timeout = address.duration("timeout", timeout, TIME_MAX);
  }

  /// The rest of the URI.
  public final Address address() { return address; }

  public final Optional<Tls> tls() { return tls; }

  public final Optional<String> password() { return password; }

  public final Duration connectTimeout() { return connectTimeout; }

  /// How long an answer may take.
  public final Duration timeout() { return timeout; }

  /// Connects to this host, and begins TLS where it is meant. Neither lasts longer than [#connectTimeout].
  public final Wire connect(String host, int port) throws IOException {
    Wire wire = Wire.connect(host, port, connectTimeout);
    if (tls.isPresent()) {
      wire.within(connectTimeout);
      wire.secure(tls.get(), host);
      wire.unbounded();
    }
    return wire;
  }

  /// For messages: without user, password and parameters.
  public final String where() { return address.toString(); }

  /// The same.
  @Override public final String toString() { return where(); }
}
