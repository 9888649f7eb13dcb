package testing;

import module java.base;

/// A small HTTP/1.1 client over one socket, so that a test decides when a connection is opened, kept, and closed.
public final class Http implements AutoCloseable {
  /// What came back.
  public record Answer(int status, Map<String, String> headers, String body) {
    /// The header's value, by its name in any case; empty where there is none.
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  private Http(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /// Opens a connection to `port` on loopback.
  public static Http connect(int port) throws IOException {
    var socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    return new Http(socket);
  }

  /// Asks once, on a connection of its own.
  public static Answer get(int port, String path) throws IOException {
    try (var http = connect(port)) {
      return http.ask("GET", path, "Connection: close\r\n", "");
    }
  }

  /// Sends a request and reads its answer; `headers` are whole lines with their CRLF.
  public Answer ask(String method, String path, String headers, String body) throws IOException {
    send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers
        + (body.isEmpty() ? "" : "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n") + "\r\n" + body);
    return read(method.equals("HEAD"));
  }

  public Answer get(String path) throws IOException {
    return ask("GET", path, "", "");
  }

  public void send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  /// Reads one answer. An `EOFException` says that the server closed before the first byte of it.
  public Answer read(boolean head) throws IOException {
    String status = line();
    var headers = new LinkedHashMap<String, String>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
    }
    int code = Integer.parseInt(status.split(" ")[1]);
    return new Answer(code, headers, head || code == 204 || code == 304 ? "" : new String(body(headers), StandardCharsets.UTF_8));
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      var body = new ByteArrayOutputStream();
      for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
        body.write(in.readNBytes(size));
        line();
      }
      line();
      return body.toByteArray();
    }
    String length = headers.get("content-length");
    byte[] body = length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
    if (length != null && body.length < Integer.parseInt(length)) {
      throw new IOException("the answer was cut after " + body.length + " of " + length + " bytes");
    }
    return body;
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw line.size() == 0 ? new EOFException("closed") : new IOException("the answer was cut after: " + line);
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override public void close() throws IOException {
    socket.close();
  }
}
