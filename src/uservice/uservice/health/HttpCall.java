package uservice.health;

import module java.base;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One HTTP/1.1 request on a connection of its own (RFC 9112), small enough for a probe to start with: no redirects, no
/// proxies, no keeping of connections. `https` is verified against the JDK's default trust store.
///
/// The answer is read whole, up to [#BODY_BYTES_MAX]; what is malformed, cut short or too long is an `IOException`.
public final class HttpCall {
  /// The methods that make sense for a check.
  public enum Method { GET, HEAD, POST }

  /// What came back; the body is cut at [#BODY_BYTES_MAX].
  public record Answer(int status, byte[] body) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  public static final int BODY_BYTES_MAX = 64 * 1024;
  static final int URI_CHARS_MAX = 8_000;

  private HttpCall() {}

  public static Answer get(URI uri, Duration timeout) throws IOException {
    return send(Method.GET, uri, timeout);
  }

  /// Sends a request without a body and returns the answer. `timeout` bounds all of it but the resolution of a host name;
  /// addresses (`127.0.0.1`, `[::1]`) need none.
  ///
  /// @throws IllegalArgumentException where `uri` is not one that can be asked
  public static Answer send(Method method, URI uri, Duration timeout) throws IOException {
    checked(uri);
    String host = uri.getHost();
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
    try (Socket plain = Connection.open(host, port, timeout);
        Socket socket = tls ? secure(plain, host, port) : plain) {
      socket.getOutputStream().write(request(method, uri));
      return read(method, new BufferedInputStream(socket.getInputStream()));
    }
  }

  static Answer read(Method method, InputStream in) throws IOException {
    var reader = new HttpAnswerReader(in);
    var body = new ByteArrayOutputStream();
    int status = reader.head();
    if (method != Method.HEAD) {
      reader.body(body);
    }
    return new Answer(status, body.toByteArray());
  }

  /// Returns `uri`, which must be one that this client can ask.
  static URI checked(URI uri) {
    if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null
        || uri.getRawUserInfo() != null || uri.getPort() > 65535 || uri.toString().length() > URI_CHARS_MAX) {
      throw new IllegalArgumentException("'" + Text.clean(uri.toString()) + "' is no address to ask: "
          + "http://host:port/path or https://…, without user and password, at most " + URI_CHARS_MAX + " characters");
    }
    return uri;
  }

  private static Socket secure(Socket plain, String host, int port) throws IOException {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    var socket = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, bare, port, true);
    var parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static byte[] request(Method method, URI uri) {
    URI ascii = URI.create(uri.toASCIIString());
    String path = ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
    String query = ascii.getRawQuery() == null ? "" : "?" + ascii.getRawQuery();
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return (method + " " + path + query + " HTTP/1.1\r\n"
        + "Host: " + uri.getHost() + port + "\r\n"
        + "User-Agent: uservice/" + version() + "\r\n"
        + "Accept: */*\r\n"
        + (method == Method.POST ? "Content-Length: 0\r\n" : "")
        + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String version() {
    ModuleDescriptor module = HttpCall.class.getModule().getDescriptor();
    return module == null ? "0" : module.rawVersion().orElse("0");
  }
}
