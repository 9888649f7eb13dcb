package uservice.http;

import module java.base;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import uservice.tls.TrustAll;

/// Ends one server without losing a request that it had accepted.
///
/// The JDK's own `HttpServer.stop` closes the listener and, when it thinks that nothing is under
/// way, every connection at once: also one whose next request has arrived in the socket and was not
/// looked at yet. When something is under way it waits, for as long as its count of exchanges says,
/// which leaks. So the server is kept busy by a request of our own while we count:
///
/// ```
/// pause                  requests that come wait a moment, so that their clients do not come back with new connections
/// connect to ourselves ─▶ our request is handled: everything that connected before has been accepted too
///                         └▶ its handler, which does not return, calls HttpServer.stop: the listener closes
/// go on                  requests on open connections are read and answered, `Connection: close` on each
/// quiet, or the deadline ─▶ interrupt that handler: HttpServer.stop closes all connections and returns
/// ```
///
/// *Quiet* is when no request was in a handler and none began for a while. What can still be lost
/// is a connection that the system took after ours and before the listener closed, since nobody can
/// accept it any more: it is reset.
final class Stop {
  /// How long nothing may have begun before the server counts as quiet.
  static final Duration QUIET = Duration.ofMillis(100);

  /// How long nothing may have begun where there are headers that are not complete: clients that
  /// will not send the rest.
  static final Duration QUIET_HALF_SENT = Duration.ofSeconds(1);

  /// How long our own request may take to be handled before the stop goes on without it.
  private static final Duration HOLD = Duration.ofSeconds(1);

  /// How long requests wait for the listener to close: first for the connections on their way, then
  /// at most in all.
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration PAUSE_MAX = Duration.ofMillis(200);

  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration JOIN = Duration.ofSeconds(2);
  private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final HttpServer http;
  private final Front front;
  private final Workers workers;
  private final LongSupplier nanos;
  private final Duration drain;
  private final CompletableFuture<Thread> holding = new CompletableFuture<>();
  private final CountDownLatch listenerClosed = new CountDownLatch(1);
  private volatile SocketAddress ours;

  Stop(HttpServer http, Front front, Workers workers, LongSupplier nanos, Duration drain) {
    this.http = http;
    this.front = front;
    this.workers = workers;
    this.nanos = nanos;
    this.drain = drain;
  }

  /// Runs the stop; returns how many requests were cut off. Interrupted, it cuts off at once and
  /// leaves the interrupt set.
  int run() {
    long deadline = nanos.getAsLong() + drain.toNanos();
    front.draining(true);
    if (drain.isZero()) {
      int cut = front.active();
      http.stop(0);
      return cut;
    }
    front.stopping(this);
    boolean interrupted = false;
    Thread holder = null;
    try (var connection = new Socket()) {
      Thread.sleep(PAUSE);
      holder = held(connection) ? holding.join()
          : Thread.ofPlatform().daemon().name("http-stop").start(this::stop);
      awaitListenerClosed();
      awaitQuiet(deadline);
    } catch (IOException closing) {
      // Of our own connection, which has served.
    } catch (InterruptedException hurried) {
      interrupted = true;
    } finally {
      listenerClosed.countDown();
    }
    int cut = front.active();
    interrupted |= end(holder);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return cut;
  }

  /// What every request passes through while this runs. Returns true for our own request, when the
  /// server has stopped; false for others, when they may go on.
  boolean holds(HttpExchange exchange) {
    if (exchange.getRemoteAddress().equals(ours)) {
      holding.complete(Thread.currentThread());
      stop();
      return true;
    }
    try {
      listenerClosed.await(PAUSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /// Closes the listener, then waits until interrupted; the delay is for the case that nobody does.
  private void stop() {
    http.stop((int) Math.min(drain.toSeconds() + 2 * JOIN.toSeconds(), Integer.MAX_VALUE));
  }

  private boolean held(Socket connection) throws InterruptedException {
    try {
      connection.connect(own(), (int) HOLD.toMillis());
      ours = connection.getLocalSocketAddress();
      spoken(connection).getOutputStream().write(REQUEST);
      holding.get(Math.min(HOLD.toNanos(), drain.toNanos()), TimeUnit.NANOSECONDS);
      return true;
    } catch (IOException | TimeoutException | ExecutionException full) {
      return false; // no connection is to be had: the server is as busy as it can be
    }
  }

  /// The connection as the server speaks on it.
  private Socket spoken(Socket connection) throws IOException {
    if (!(http instanceof HttpsServer)) {
      return connection;
    }
    connection.setSoTimeout((int) HOLD.toMillis());
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAll()}, null); // it is ourselves
      return context.getSocketFactory().createSocket(connection, "localhost", connection.getPort(), false);
    } catch (GeneralSecurityException impossible) {
      throw new IOException(impossible);
    }
  }

  private SocketAddress own() {
    InetSocketAddress at = http.getAddress();
    boolean any = at.getAddress().isAnyLocalAddress();
    return new InetSocketAddress(any ? InetAddress.getLoopbackAddress() : at.getAddress(), at.getPort());
  }

  /// The JDK closes the listener some time after it was told to, when its dispatcher comes by; that
  /// nothing can connect is the only sign of it.
  private void awaitListenerClosed() throws InterruptedException {
    for (long i = 0; i < PAUSE_MAX.toMillis(); i++) {
      try (var probe = new Socket()) {
        probe.connect(own(), (int) PAUSE_MAX.toMillis());
        Thread.sleep(1);
      } catch (IOException refused) {
        break;
      }
    }
    listenerClosed.countDown();
  }

  private void awaitQuiet(long deadline) throws InterruptedException {
    long began = workers.started();
    long since = nanos.getAsLong();
    for (long now = since; now - deadline < 0; now = nanos.getAsLong()) {
      if (front.active() > 0 || workers.started() != began) {
        began = workers.started();
        since = now;
      } else if (now - since >= (isHalfSent() ? QUIET_HALF_SENT : QUIET).toNanos()) {
        return;
      }
      Thread.sleep(POLL);
    }
  }

  /// Whether a request is under way that is neither in a handler, nor answered, nor ours.
  private boolean isHalfSent() {
    return workers.running() - front.lingering() - (holding.isDone() ? 1 : 0) > 0;
  }

  /// Ends [HttpServer#stop(int)]; returns whether this thread was interrupted meanwhile.
  private boolean end(Thread holder) {
    Thread stopping = holder != null ? holder : holding.getNow(null);
    if (stopping == null) {
      http.stop(0);
      return false;
    }
    stopping.interrupt();
    try {
      stopping.join(JOIN);
      return false;
    } catch (InterruptedException again) {
      return true;
    }
  }
}
