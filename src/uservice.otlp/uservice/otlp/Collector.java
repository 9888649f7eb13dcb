package uservice.otlp;

import module java.base;
import uservice.health.HttpAnswerReader;
import uservice.wire.Tls;
import uservice.wire.Wire;

/// The other end: one HTTP/1.1 connection (RFC 9112), kept as long as the collector keeps it. For one thread at a time, but
/// for [#close].
final class Collector implements AutoCloseable {
  /// What a collector answered; [#retryAfter] as it came, or empty.
  record Answer(int status, String retryAfter, byte[] body) {}

  private final URI endpoint;
  private final Optional<Tls> tls;
  private final boolean gzip;
  private final byte[] head; // the request's, but for the last field's value
  private volatile Wire wire; // null where there is no connection
  private HttpAnswerReader in;
  private volatile boolean closed;

  /// @throws IllegalArgumentException if the certificates cannot be read
  Collector(Options options, String contentType) {
    this.endpoint = options.endpoint();
    this.tls = endpoint.getScheme().equalsIgnoreCase("https") ? Optional.of(tls(options)) : Optional.empty();
    this.gzip = options.gzip();
    this.head = head(options, contentType);
  }

  private static Tls tls(Options options) {
    try {
      return Tls.of(Tls.Verify.FULL, options.authorities(), options.clientCertificate(), options.clientKey());
    } catch (IllegalArgumentException unfit) {
      throw new IllegalArgumentException("trace: " + unfit.getMessage(), unfit);
    }
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
      head.append("User-Agent: uservice/%1$s OTel-OTLP-Exporter-Java/%1$s\r\n".formatted(options.version()));
    }
    options.headers().forEach((name, value) -> head.append(name).append(": ").append(value.reveal()).append("\r\n"));
    return head.append("Content-Length: ").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Sends a request and reads the answer, all of it within `limit`. Where a kept connection turns out to be closed before
  /// anything came back on it, that is tried once more on a new one.
  ///
  /// @throws IOException if there is no answer
  Answer post(byte[] body, Duration limit) throws IOException {
    byte[] request = request(body);
    long end = System.nanoTime() + limit.toNanos();
    boolean kept = wire != null;
    try {
      return exchange(request, end);
    } catch (SocketTimeoutException late) {
      throw new SocketTimeoutException("no answer within " + limit.toMillis() + " ms");
    } catch (IOException broken) {
      if (!kept || in.begun() || closed) {
        throw broken;
      }
    }
    return exchange(request, end);
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

  private Answer exchange(byte[] request, long end) throws IOException {
    boolean keeps = false;
    try {
      if (wire == null) {
        connect(end);
      }
      wire.within(left(end));
      Answer answer = exchange(request);
      wire.unbounded();
      keeps = in.keeps();
      return answer;
    } finally {
      if (!keeps) {
        drop();
      }
    }
  }

  private Answer exchange(byte[] request) throws IOException {
    in.next();
    try {
      wire.out().write(request);
      wire.out().flush();
    } catch (SocketTimeoutException late) {
      throw late;
    } catch (IOException refused) { // perhaps with an answer, before it had read everything
      try {
        return read(in);
      } catch (IOException silent) {
        throw refused;
      }
    }
    return read(in);
  }

  /// Reads an answer. Where its body is cut, wrong or too long, the status stands all the same, and the connection is not kept.
  static Answer read(HttpAnswerReader in) throws IOException {
    int status = in.head();
    var body = new ByteArrayOutputStream();
    try {
      in.body(body);
    } catch (IOException cut) {
      // The status has come, and that is what counts.
    }
    return new Answer(status, in.retryAfter(), body.toByteArray());
  }

  private void connect(long end) throws IOException {
    String host = endpoint.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    wire = Wire.connect(bare, endpoint.getPort() >= 0 ? endpoint.getPort() : tls.isPresent() ? 443 : 80, left(end));
    if (closed) {
      throw new SocketException("closed");
    }
    wire.within(left(end));
    if (tls.isPresent()) {
      wire.secure(tls.get(), bare);
    }
    in = new HttpAnswerReader(new BufferedInputStream(wire.in()));
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
  }

  private void drop() {
    Wire open = wire;
    wire = null;
    if (open != null) {
      open.close();
    }
  }

  /// Ends what is waiting for an answer, and all that comes after.
  @Override public void close() {
    closed = true;
    Wire open = wire;
    if (open != null) {
      open.close();
    }
  }
}
