package uservice.wire;

import module java.base;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/// One connection, over TCP or to a Unix socket. One thread may read while another writes.
///
/// Reads and writes end by the [deadline][#within]: when it has passed the connection is closed, and whoever reads or writes, then or
/// later, gets a [SocketTimeoutException].
public final class Wire implements AutoCloseable {
  private static final long NEVER = Long.MAX_VALUE;

  /// The transport below TLS: closing it frees whoever is stuck in a read or a write.
  private final Closeable base;
  private final Optional<Socket> tcp;
  private InputStream rawIn;
  private OutputStream rawOut;
  private Optional<X509Certificate> peerCertificate = Optional.empty();
  private volatile long deadline = NEVER;
  private volatile Duration limit = Duration.ZERO;
  private volatile boolean late;
  private final InputStream in = new Reading();
  private final OutputStream out = new Writing();

  private Wire(Closeable base, Optional<Socket> tcp) {
    this.base = base;
    this.tcp = tcp;
    Deadlines.add(this);
  }

  /// Connects to the first address of `host` that answers, all of them and the resolution of the name within `timeout`. The
  /// deadline is lifted afterwards.
  public static Wire connect(String host, int port, Duration timeout) throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    InetAddress[] addresses = resolve(host, timeout);
    IOException first = null;
    for (int i = 0; i < addresses.length; i++) {
      long left = (end - System.nanoTime()) / 1_000_000 / (addresses.length - i);
      var socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.connect(new InetSocketAddress(addresses[i], port), Math.clamp(left, 1, Integer.MAX_VALUE));
        var wire = new Wire(socket, Optional.of(socket));
        wire.rawIn = socket.getInputStream();
        wire.rawOut = socket.getOutputStream();
        return wire;
      } catch (IOException failed) {
        socket.close();
        first = first == null ? told(failed, timeout) : first;
      }
    }
    throw first;
  }

  private static IOException told(IOException failed, Duration timeout) {
    return failed instanceof SocketTimeoutException late ? timedOut("no connection", timeout, late) : failed;
  }

  /// The system resolves names for as long as it likes; whoever waits here does not.
  private static InetAddress[] resolve(String host, Duration timeout) throws IOException {
    var answer = new CompletableFuture<InetAddress[]>();
    Thread.ofVirtual().name("resolve").start(() -> {
      try {
        answer.complete(InetAddress.getAllByName(host));
      } catch (UnknownHostException unknown) {
        answer.completeExceptionally(unknown);
      }
    });
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException unknown) {
      throw new UnknownHostException("no host is called '" + host + "'");
    } catch (TimeoutException late) {
      throw timedOut("no address for '" + host + "'", timeout, late);
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /// Connects to a Unix socket. The deadline is lifted afterwards.
  public static Wire connect(Path unixSocket, Duration timeout) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    var wire = new Wire(channel, Optional.empty());
    try {
      wire.within(timeout);
      channel.connect(UnixDomainSocketAddress.of(unixSocket));
      wire.unbounded();
      wire.rawIn = Channels.newInputStream(channel);
      wire.rawOut = Channels.newOutputStream(channel);
      return wire;
    } catch (IOException failed) {
      wire.close();
      throw wire.late ? timedOut("no connection", timeout, failed) : failed;
    }
  }

  /// Goes on encrypted, after a handshake that keeps to the deadline. `host` is whom the certificate must name, where that is
  /// to be verified. Nothing may have been read from [#in()] beyond what the protocol has before TLS.
  public void secure(Tls tls, String host) throws IOException {
    Socket socket = tcp.orElseThrow(() -> new IOException("TLS needs TCP, and this is a Unix socket"));
    try {
      SSLSocket secured = tls.wrap(socket, host);
      secured.startHandshake();
      peerCertificate = certificate(secured);
      rawIn = secured.getInputStream();
      rawOut = secured.getOutputStream();
    } catch (IOException failed) {
      close();
      throw fault(failed);
    }
  }

  private static Optional<X509Certificate> certificate(SSLSocket secured) {
    try {
      return secured.getSession().getPeerCertificates()[0] instanceof X509Certificate first ? Optional.of(first) : Optional.empty();
    } catch (SSLPeerUnverifiedException anonymous) {
      return Optional.empty();
    }
  }

  /// The peer's own certificate, once [secured][#secure].
  public Optional<X509Certificate> peerCertificate() { return peerCertificate; }

  /// Where the peer's bytes come from; without a buffer.
  public InputStream in() { return in; }

  /// Where bytes go to the peer; without a buffer.
  public OutputStream out() { return out; }

  /// Sets the deadline of all reads and writes, in progress or to come: from now on so long. Any thread may.
  public void within(Duration time) {
    limit = time;
    deadline = System.nanoTime() + time.toNanos();
    Deadlines.wake();
  }

  /// Lifts the deadline.
  public void unbounded() { deadline = NEVER; }

  /// Closes if `now` is past the deadline; returns whether there is a deadline, still.
  boolean closeIfLate(long now) {
    long end = deadline;
    if (end == NEVER) {
      return false;
    }
    if (now - end < 0) {
      return true;
    }
    late = true;
    close();
    return false;
  }

  /// Closes; whoever reads or writes fails. Closing again does nothing.
  @Override public void close() {
    Deadlines.remove(this);
    try {
      base.close();
    } catch (IOException closed) {
      // What cannot be closed is not open.
    }
  }

  private IOException fault(IOException failed) { return late ? timedOut("no answer", limit, failed) : failed; }

  private static IOException timedOut(String what, Duration limit, Exception cause) {
    var told = new SocketTimeoutException(what + " within " + limit.toMillis() + " ms");
    told.initCause(cause);
    return told;
  }

  private final class Reading extends InputStream {
    @Override public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override public int available() throws IOException { return rawIn.available(); }

    @Override public int read(byte[] into, int from, int length) throws IOException {
      try {
        return rawIn.read(into, from, length);
      } catch (IOException failed) {
        throw fault(failed);
      }
    }
  }

  private final class Writing extends OutputStream {
    @Override public void write(int b) throws IOException { write(new byte[] {(byte) b}, 0, 1); }

    @Override public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        rawOut.write(bytes, from, length);
      } catch (IOException failed) {
        throw fault(failed);
      }
    }

    @Override public void flush() throws IOException {
      try {
        rawOut.flush();
      } catch (IOException failed) {
        throw fault(failed);
      }
    }
  }
}
