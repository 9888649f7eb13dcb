package uservice.health;

import module java.base;
import uservice.config.HostPort;

/// Something outside that a configured check tries to reach. Every call takes its own look: nothing is kept from one to the next.
sealed interface Target {
  /// Returns where all is well, and throws with the reason where not. Sockets end within `timeout`; name resolution and
  /// file systems are the operating system's, so whoever calls bounds them by leaving the thread behind.
  void reach(Duration timeout) throws IOException;

  /// Whether another program's state decides, so that liveness had better not depend on it.
  default boolean external() {
    return true;
  }

  /// A connection is accepted by any of the host's addresses.
  record Tcp(HostPort at) implements Target {
    public Tcp {
      if (at.host().isEmpty() || at.port() == 0) {
        throw new IllegalArgumentException("tcp is '" + at + "', must name a host and a port above 0");
      }
    }

    @Override public void reach(Duration timeout) throws IOException {
      Connection.open(at.host(), at.port(), timeout).close();
    }
  }

  /// The answer has one of the status codes.
  record Http(URI uri, HttpCall.Method method, List<Integer> codes) implements Target {
    @Override public void reach(Duration timeout) throws IOException {
      int status = HttpCall.send(method, uri, timeout).status();
      if (!codes.contains(status)) {
        throw new IOException("status " + status + ", expected " + codes);
      }
    }
  }

  /// The name has an address.
  record Dns(String name) implements Target {
    public Dns {
      if (name.isBlank()) {
        throw new IllegalArgumentException("dns is empty, must be a host name");
      }
    }

    @Override public void reach(Duration timeout) throws IOException {
      Connection.addresses(name);
    }
  }

  /// The file, or folder, is there.
  record There(Path path) implements Target {
    @Override public void reach(Duration timeout) throws IOException {
      if (!Files.exists(path)) {
        throw new NoSuchFileException(path + " does not exist");
      }
    }

    @Override public boolean external() {
      return false;
    }
  }

  /// The one target that is given.
  ///
  /// @throws IllegalArgumentException where none or several are, or `method` or `codes` stand beside something other than `http`
  static Target of(Optional<HostPort> tcp, Optional<URI> http, HttpCall.Method method, List<Integer> codes,
      Optional<String> dns, Optional<Path> file) {
    var given = new ArrayList<Target>();
    tcp.ifPresent(at -> given.add(new Tcp(at)));
    http.ifPresent(uri -> given.add(new Http(HttpCall.checked(uri), method, List.copyOf(codes))));
    dns.ifPresent(name -> given.add(new Dns(name)));
    file.ifPresent(path -> given.add(new There(path)));
    if (given.size() != 1) {
      throw new IllegalArgumentException("exactly one of tcp, http, dns and file says what is checked; here "
          + (given.isEmpty() ? "is none" : "are " + given.size()));
    }
    if (http.isEmpty() && (method != HttpCall.Method.GET || !codes.equals(List.of(200)))) {
      throw new IllegalArgumentException("method and codes go with http only");
    }
    for (int code : codes) {
      if (code < 200 || code > 599) {
        throw new IllegalArgumentException("code " + code + " is no final HTTP status, those go from 200 to 599");
      }
    }
    if (codes.isEmpty()) {
      throw new IllegalArgumentException("codes is empty, so no answer could be right; leave it out for 200");
    }
    return given.getFirst();
  }
}
