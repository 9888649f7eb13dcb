package uservice.http;

import module java.base;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import uservice.metrics.Metrics;

/// One open port with the routes of a [Web]: the JDK's `HttpServer`, made fit for a network.
///
/// There are two kinds, and a third of the features. The data port runs each request on a virtual thread of its own, counts and
/// logs. The health port has platform threads of its own, so that no load on the data port keeps a
/// probe from being answered, and does neither. A port on the side has the one's threads and the
/// other's silence. All methods may be called from any thread.
public final class Server {
  /// Connections that the system keeps until the server accepts them; the system may allow fewer.
  private static final int BACKLOG = 1024;

  private final HttpServer http;
  private final Front front;
  private final Workers workers;
  private final Telemetry telemetry; // null on the health port
  private final LongSupplier nanos;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private Server(HttpServer http, Front front, Workers workers, Telemetry telemetry, LongSupplier nanos) {
    this.http = http;
    this.front = front;
    this.workers = workers;
    this.telemetry = telemetry;
    this.nanos = nanos;
  }

  /// Opens a data port. `name` is what threads and messages call it; port 0 takes a free one.
  ///
  /// @throws ServerException if the port is taken, the address not ours, the host unknown
  public static Server data(String name, String host, int port, Web routes, Web.Config limits,
      Metrics metrics) throws ServerException {
    var front = new Front(routes, limits, System::nanoTime);
    var telemetry = new Telemetry(metrics, front::active, limits.accessLog());
    front.telemetry(telemetry);
    Optional<Certificates> certificates = certificates(name, limits);
    certificates.ifPresent(files -> {
      front.needsCertificate(files.clients());
      metrics.gauge("uservice_tls_certificate_expiry_timestamp_seconds", "When the certificate of the data port ends.", files::expires);
    });
    return new Server(open(name, host, port, limits, certificates), front, Workers.virtual(name), telemetry,
        System::nanoTime).start();
  }

  /// Opens a health port.
  ///
  /// @throws ServerException as [#data(String, String, int, Web, Web.Config, Metrics)]
  public static Server admin(String name, String host, int port, Web routes, Web.Config limits)
      throws ServerException {
    var front = new Front(routes, limits, System::nanoTime);
    return new Server(open(name, host, port, limits, Optional.empty()), front, Workers.platform(name), null,
        System::nanoTime).start();
  }

  /// Opens a port beside those two: each request on a virtual thread, as many as may wait for something, none of them counted
  /// or logged.
  ///
  /// @throws ServerException as [#data(String, String, int, Web, Web.Config, Metrics)]
  public static Server side(String name, String host, int port, Web routes, Web.Config limits)
      throws ServerException {
    var front = new Front(routes, limits, System::nanoTime);
    return new Server(open(name, host, port, limits, Optional.empty()), front, Workers.virtual(name), null,
        System::nanoTime).start();
  }

  private static Optional<Certificates> certificates(String name, Web.Config limits) throws ServerException {
    try {
      return limits.tls().isPresent() ? Optional.of(new Certificates(limits.tls().get(), System::nanoTime)) : Optional.empty();
    } catch (IOException unfit) {
      throw ServerException.unfit(name, unfit);
    }
  }

  private static HttpServer open(String name, String host, int port, Web.Config limits, Optional<Certificates> certificates)
      throws ServerException {
    JdkSettings.apply(limits);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    var address = new InetSocketAddress(bracketed ? host.substring(1, host.length() - 1) : host, port);
    if (address.isUnresolved()) {
      throw ServerException.unresolved(name, host);
    }
    try {
      return certificates.isPresent() ? secured(HttpsServer.create(address, BACKLOG), certificates.get()) : HttpServer.create(address, BACKLOG);
    } catch (IOException refused) {
      throw ServerException.refused(name, host, port, refused);
    }
  }

  /// Clients are asked for a certificate and not made to show one: who does not is told so by an answer, see `Front`.
  private static HttpServer secured(HttpsServer https, Certificates certificates) {
    SSLContext context = certificates.context();
    https.setHttpsConfigurator(new HttpsConfigurator(context) {
      @Override public void configure(HttpsParameters parameters) {
        SSLParameters wanted = context.getDefaultSSLParameters();
        wanted.setWantClientAuth(certificates.clients());
        wanted.setApplicationProtocols(new String[] {"http/1.1"});
        parameters.setSSLParameters(wanted);
      }
    });
    return https;
  }

  private Server start() {
    http.setExecutor(workers);
    http.createContext("/", front);
    http.start();
    return this;
  }

  /// Where the server listens, with the port that was taken.
  public InetSocketAddress address() { return http.getAddress(); }

  /// Whether it speaks TLS.
  public boolean encrypted() { return http instanceof HttpsServer; }

  /// The requests that are being answered now.
  public int active() { return front.active(); }

  /// Whether every answer tells its client to leave, `Connection: close`.
  public void draining(boolean draining) { front.draining(draining); }

  /// Which share of requests the access log tells from now on, from 0 to 1; nothing on a health
  /// port.
  public void accessLog(double ratio) {
    if (telemetry != null) {
      telemetry.logging(ratio);
    }
  }

  /// Closes the port, waits until every request that was accepted is answered, at most for `drain`,
  /// and closes all connections. Returns how many requests were cut off. Interrupted, it cuts off
  /// at once, and the thread stays interrupted. A second call does nothing.
  public int stop(Duration drain) {
    return stop(drain, nanos);
  }

  /// The same by another clock.
  int stop(Duration drain, LongSupplier nanos) {
    if (stopped.getAndSet(true)) {
      return 0;
    }
    try {
      return new Stop(http, front, workers, nanos, drain).run();
    } finally {
      workers.close();
    }
  }
}
