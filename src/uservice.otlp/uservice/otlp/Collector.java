package uservice.otlp;

import module java.base;
import java.net.Proxy;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/// The other end: one HTTP/1.1 connection (RFC 9112), kept as long as the collector keeps it. For one thread at a time, but
/// for [#close].
final class Collector implements AutoCloseable {
  private static final int ADDRESSES_MAX = 8;
  private static final int NANOS_PER_MILLI = 1_000_000;

  /// What a collector answered; [#retryAfter] as it came, or empty.
  record Answer(int status, String retryAfter, byte[] body) {}

  private final URI endpoint;
  private final SSLSocketFactory tls; // null for plain text
  private final boolean gzip;
  private final byte[] head; // the request's, but for the last field's value
  private final LongSupplier nanos;
  private volatile Socket raw; // what is to be closed to end any waiting
  private Socket socket;
  private AnswerReader in;
  private volatile boolean closed;

  /// @throws IllegalArgumentException if the authorities cannot be read
  Collector(Options options, String contentType, LongSupplier nanos) {
    this.endpoint = options.endpoint();
    this.tls = endpoint.getScheme().equalsIgnoreCase("https") ? factory(options.authorities()) : null;
    this.gzip = options.gzip();
    this.head = head(options, contentType);
    this.nanos = nanos;
  }

  private static byte[] head(Options options, String contentType) {
    URI uri = options.endpoint();
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    var head = new StringBuilder("POST ").append(path).append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
        .append(" HTTP/1.1\r\nHost: ").append(uri.getHost()).append(uri.getPort() < 0 ? "" : ":" + uri.getPort())
        .append("\r\nContent-Type: ").append(contentType).append("\r\n");
    if (options.gzip()) {
      head.append("Content-Encoding: gzip\r\n");
    }
    if (!options.headers().containsKey("User-Agent")) {
      head.append("User-Agent: uservice/").append(options.version()).append(" OTel-OTLP-Exporter-Java/").append(options.version()).append("\r\n");
    }
    options.headers().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    return head.append("Content-Length: ").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Sends a request and reads the answer, all of it within `limit` but for the resolution of the host's name. Where a kept
  /// connection turns out to be closed before anything came back on it, that is tried once more on a new one.
  ///
  /// @throws IOException if there is no answer
  Answer post(byte[] body, Duration limit) throws IOException {
    byte[] request = request(body);
    long deadline = nanos.getAsLong() + limit.toNanos();
    var over = new AtomicBoolean();
    Thread watch = Thread.ofVirtual().name("otlp-limit").start(() -> watch(deadline, over));
    try {
      boolean kept = socket != null;
      try {
        return exchange(request, deadline);
      } catch (IOException broken) {
        boolean stale = kept && in != null && !in.begun() && !over.get() && !closed;
        drop();
        if (!stale) {
          throw broken;
        }
      }
      return exchange(request, deadline);
    } catch (IOException broken) {
      drop();
      throw over.get() && !closed ? new SocketTimeoutException("no answer within " + limit.toMillis() + " ms") : broken;
    } finally {
      watch.interrupt();
    }
  }

  private byte[] request(byte[] body) throws IOException {
    byte[] content = body;
    if (gzip) {
      var packed = new ByteArrayOutputStream(body.length / 4 + 64);
      try (var out = new GZIPOutputStream(packed)) {
        out.write(body);
      }
      content = packed.toByteArray();
    }
    var request = new ByteArrayOutputStream(head.length + content.length + 16);
    request.write(head);
    request.write((content.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    request.write(content);
    return request.toByteArray();
  }

  private Answer exchange(byte[] request, long deadline) throws IOException {
    if (socket == null) {
      connect(deadline);
    }
    in.next();
    try {
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
    } catch (IOException refused) { // perhaps with an answer, before it had read everything
      try {
        return in.read();
      } catch (IOException silent) {
        throw refused;
      }
    }
    Answer answer = in.read();
    if (!in.keeps()) {
      drop();
    }
    return answer;
  }

  /// Tries the addresses of the host one after the other, each with its share of the time.
  private void connect(long deadline) throws IOException {
    String host = endpoint.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    int port = endpoint.getPort() >= 0 ? endpoint.getPort() : tls == null ? 80 : 443;
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(bare);
    } catch (UnknownHostException unknown) {
      throw new UnknownHostException(bare + " does not resolve");
    }
    int tries = Math.min(addresses.length, ADDRESSES_MAX);
    IOException last = null;
    for (int i = 0; i < tries; i++) {
      var plain = new Socket(Proxy.NO_PROXY);
      raw = plain;
      try {
        if (closed) {
          throw new SocketException("closed");
        }
        long left = (deadline - nanos.getAsLong()) / NANOS_PER_MILLI;
        plain.connect(new InetSocketAddress(addresses[i], port), Math.clamp(left / (tries - i), 1, Integer.MAX_VALUE));
        plain.setTcpNoDelay(true);
        socket = tls == null ? plain : secured(plain, bare, port);
        in = new AnswerReader(new BufferedInputStream(socket.getInputStream()));
        return;
      } catch (IOException failed) {
        plain.close();
        last = failed;
      }
    }
    throw last;
  }

  private Socket secured(Socket plain, String host, int port) throws IOException {
    var secured = (SSLSocket) tls.createSocket(plain, host, port, true);
    var parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  private static SSLSocketFactory factory(Path authorities) {
    if (authorities == null) {
      return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }
    try (InputStream in = Files.newInputStream(authorities)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority" + count++, each);
      }
      if (count == 0) {
        throw new IllegalArgumentException("trace.certificate: no certificate in '" + authorities + "', PEM is expected");
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException | GeneralSecurityException unreadable) {
      throw new IllegalArgumentException("trace.certificate: '" + authorities + "' cannot be read as PEM: " + (unreadable instanceof NoSuchFileException ? "no such file" : unreadable.getMessage()), unreadable);
    }
  }

  private void watch(long deadline, AtomicBoolean over) {
    try {
      Thread.sleep(Duration.ofNanos(Math.max(0, deadline - nanos.getAsLong())));
      over.set(true);
      abort();
    } catch (InterruptedException done) {
      Thread.currentThread().interrupt();
    }
  }

  private void abort() {
    Socket open = raw;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException closing) {
      // It is gone either way.
    }
  }

  private void drop() {
    abort();
    socket = null;
  }

  /// Ends what is waiting, and all that comes after.
  @Override public void close() {
    closed = true;
    abort();
  }
}
