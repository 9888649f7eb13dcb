package uservice.images;

import module java.base;
import uservice.wire.Address;
import uservice.wire.Wire;

/// Where a container runtime listens.
sealed interface Place {
  /// A socket in the file system, `unix:///run/containerd/containerd.sock`.
  record Unix(Path socket) implements Place {
    @Override public Wire connect(Duration timeout) throws IOException { return Wire.connect(socket, timeout); }

    @Override public String authority() { return "localhost"; }

    @Override public String explain(IOException failed) { return SocketFile.explain(socket, failed); }

    @Override public String toString() { return "unix://" + socket; }
  }

  /// A port without TLS, `tcp://127.0.0.1:10010`.
  record Tcp(String host, int port) implements Place {
    @Override public Wire connect(Duration timeout) throws IOException { return Wire.connect(host, port, timeout); }

    @Override public String authority() { return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port; }

    @Override public String explain(IOException failed) { return Objects.requireNonNullElse(failed.getMessage(), failed.toString()); }

    @Override public String toString() { return "tcp://" + authority(); }
  }

  int PATH_BYTES_MAX = 107; // of sockaddr_un's 108, less the NUL that ends it

  /// Opens a connection.
  Wire connect(Duration timeout) throws IOException;

  /// Whom HTTP is told that it asks.
  String authority();

  /// Why `connect` failed, in the words of someone who can do something about it.
  String explain(IOException failed);

  /// Reads `unix:///path` or `tcp://host:port`.
  static Place of(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "unix" -> unix(uri);
      case "tcp" -> tcp(Address.parse(uri, 0, Set.of()));
      case "" -> throw refused(uri, uri.toString().startsWith("/") ? ", did you mean unix://" + uri + "?" : "");
      case "https", "tls" -> throw refused(uri, "; TLS cannot be used here");
      default -> throw refused(uri, "");
    };
  }

  private static Place unix(URI uri) {
    String path = uri.getPath() == null ? "" : uri.getPath();
    boolean more = uri.getRawAuthority() != null || uri.getRawQuery() != null || uri.getRawFragment() != null;
    if (!path.startsWith("/") || path.length() < 2 || more) {
      throw refused(uri, "");
    }
    int bytes = path.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > PATH_BYTES_MAX) {
      throw new IllegalArgumentException("has a path of " + bytes + " bytes, a Unix socket's has at most " + PATH_BYTES_MAX);
    }
    return new Unix(Path.of(path));
  }

  private static Place tcp(Address address) {
    boolean more = !address.path().isEmpty() || address.user().isPresent() || address.password().isPresent();
    if (address.host().isEmpty() || address.port() == 0 || more) {
      throw new IllegalArgumentException("is '" + address + "', must be tcp://host:port and no more");
    }
    return new Tcp(address.host(), address.port());
  }

  private static IllegalArgumentException refused(URI uri, String hint) {
    String shown = uri.getRawUserInfo() == null ? uri.toString() : uri.getScheme() + "://…";
    return new IllegalArgumentException("is '" + shown + "', must be unix:///path/of/socket or tcp://host:port" + hint);
  }
}
