package uservice.health;

import module java.base;
import java.net.Proxy;

/// A TCP connection whose every read ends by one deadline, also when something else, TLS say, reads through it.
final class Connection extends Socket {
  private static final int ADDRESSES_MAX = 16;

  private final Duration timeout;
  private final long deadline;

  private Connection(Duration timeout, long deadline) {
    super(Proxy.NO_PROXY);
    this.timeout = timeout;
    this.deadline = deadline;
  }

  static Connection open(String host, int port, Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    return open(host, addresses(host), port, timeout, deadline);
  }

  /// Tries the addresses of `host` one after the other, each with its share of the time that is left.
  static Connection open(String host, InetAddress[] addresses, int port, Duration timeout, long deadline) throws IOException {
    int tries = Math.min(addresses.length, ADDRESSES_MAX);
    String why = "";
    for (int i = 0; i < tries; i++) {
      var connection = new Connection(timeout, deadline);
      try {
        connection.connect(new InetSocketAddress(addresses[i], port), Math.max(1, connection.millisLeft() / (tries - i)));
        return connection;
      } catch (IOException failure) {
        connection.close();
        why = failure instanceof SocketTimeoutException ? "no connection within " + Text.of(timeout) : Text.of(failure);
      }
    }
    throw new ConnectException(host + ":" + port + ": " + why);
  }

  /// The addresses of a name, or of a literal such as `::1` or `[::1]`; as fresh as the JVM's cache (`networkaddress.cache.ttl`).
  static InetAddress[] addresses(String host) throws IOException {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException unknown) {
      throw new UnknownHostException(host + " does not resolve");
    }
  }

  /// At least 1, as sockets take 0 for ever.
  private int millisLeft() throws SocketTimeoutException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("no answer within " + Text.of(timeout));
    }
    return Math.clamp(left / 1_000_000, 1, Integer.MAX_VALUE);
  }

  @Override public InputStream getInputStream() throws IOException {
    InputStream in = super.getInputStream();
    return new InputStream() {
      @Override public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override public int read(byte[] into, int from, int length) throws IOException {
        setSoTimeout(millisLeft());
        try {
          return in.read(into, from, length);
        } catch (SocketTimeoutException late) {
          throw new SocketTimeoutException("no answer within " + Text.of(timeout));
        }
      }

      @Override public void close() throws IOException {
        in.close();
      }
    };
  }
}
