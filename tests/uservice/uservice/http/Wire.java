package uservice.http;

import module java.base;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import uservice.tls.TrustAll;

/// A client that sends the bytes it is told, and shows the bytes it gets.
final class Wire implements AutoCloseable {
  static final int TIMEOUT_MILLIS = 10_000;

  private Socket socket = new Socket();
  private final InputStream in;

  /// An answer: its status line and fields as text, and the body.
  record Answer(String head, byte[] body) {
    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /// The value of a field, or null.
    String field(String name) {
      return head.lines().skip(1).filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ": "))
          .map(line -> line.substring(name.length() + 2)).findFirst().orElse(null);
    }

    boolean closes() {
      return "close".equals(field("Connection"));
    }
  }

  Wire(int port) throws IOException {
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /// The same by TLS, as `context` has it; the handshake is done with the first bytes.
  Wire(int port, SSLContext context) throws IOException {
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket = context.getSocketFactory().createSocket(socket, "localhost", port, true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /// What the connection is encrypted with.
  SSLSession session() { return ((SSLSocket) socket).getSession(); }

  /// Trusts everybody, shows nothing.
  static SSLContext trusting() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAll()}, null);
      return context;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static Wire to(Server server) throws IOException {
    int port = server.address().getPort();
    return server.encrypted() ? new Wire(port, trusting()) : new Wire(port);
  }

  /// One request on a connection of its own.
  static Answer ask(Server server, String request) throws IOException {
    try (Wire wire = to(server)) {
      return wire.send(request).answer();
    }
  }

  static Answer get(Server server, String path) throws IOException {
    return ask(server, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  Wire send(String latin1) throws IOException {
    return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  Wire send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  Wire endOfOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /// Closes with a reset.
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /// The next answer to a request that was not HEAD.
  Answer answer() throws IOException {
    var head = new Answer(head(), new byte[0]);
    return new Answer(head.head(), body(head));
  }

  /// The body that belongs to a head.
  byte[] body(Answer head) throws IOException {
    if (head.status() == 204 || head.status() == 304 || head.status() == 100) {
      return new byte[0];
    }
    if ("chunked".equals(head.field("Transfer-Encoding"))) {
      return chunks();
    }
    String length = head.field("Content-Length");
    byte[] body = length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
    if (length != null && body.length < Integer.parseInt(length)) {
      throw new EOFException("closed within the body");
    }
    return body;
  }

  /// The next status line and fields, without the empty line.
  String head() throws IOException {
    var head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("closed after '" + head + "'");
      }
      head.append((char) b);
    }
    return head.substring(0, head.length() - 4);
  }

  private byte[] chunks() throws IOException {
    var body = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.write(in.readNBytes(size));
      in.readNBytes(2);
    }
    in.readNBytes(2);
    return body.toByteArray();
  }

  private int chunkSize() throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed before the last chunk");
      }
      line.append((char) b);
    }
    return Integer.parseInt(line.toString().strip(), 16);
  }

  /// Everything until the server closes; a reset ends it as well.
  String untilClosed() throws IOException {
    var all = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        all.write(b);
      }
    } catch (SocketTimeoutException open) {
      throw new AssertionError("not closed after '" + all + "'", open);
    } catch (SocketException | SSLException reset) {
      // The end as well.
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  SocketAddress local() {
    return socket.getLocalSocketAddress();
  }

  @Override public void close() throws IOException {
    socket.close();
  }
}
