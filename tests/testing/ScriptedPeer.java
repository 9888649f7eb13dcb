package testing;

import module java.base;

/// A server on a free loopback port that plays a script to each connection: reads what it expects, sends what it is told,
/// stalls, cuts. It keeps what it received, so that a test shows the bytes.
public final class ScriptedPeer implements AutoCloseable {
  /// One connection's part of the script; it returns or throws to end the connection.
  @FunctionalInterface public interface Script {
    void play(Connection connection) throws Exception;
  }

  /// One accepted connection.
  public static final class Connection {
    private final Socket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    private Connection(Socket socket) {
      this.socket = socket;
    }

    /// Sends `text` as Latin-1 bytes.
    public Connection send(String text) throws IOException {
      return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Connection send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return this;
    }

    /// Sends `bytes` one at a time, each in a segment of its own.
    public Connection trickle(byte[] bytes) throws IOException {
      socket.setTcpNoDelay(true);
      for (byte b : bytes) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
      }
      return this;
    }

    /// Reads until what was received on this connection ends with `end`.
    public String readUntil(String end) throws IOException {
      var seen = new StringBuilder();
      while (seen.indexOf(end) < 0) {
        int b = socket.getInputStream().read();
        if (b < 0) {
          throw new EOFException("the client closed after: " + seen);
        }
        received.write(b);
        seen.append((char) b);
      }
      return seen.toString();
    }

    /// Reads so many bytes.
    public byte[] read(int count) throws IOException {
      byte[] bytes = socket.getInputStream().readNBytes(count);
      received.writeBytes(bytes);
      if (bytes.length < count) {
        throw new EOFException("the client closed after " + bytes.length + " of " + count + " bytes");
      }
      return bytes;
    }

    /// Keeps the connection open and silent until the client closes it or the peer is closed.
    public void stall() throws IOException {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    /// Closes with a reset instead of an orderly end.
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /// All bytes read so far, as Latin-1.
    public String received() {
      return received.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();

  private ScriptedPeer(ServerSocket server) {
    this.server = server;
  }

  /// Listens on loopback and plays `script` to each connection.
  public static ScriptedPeer playing(Script script) throws IOException {
    var peer = new ScriptedPeer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().name("scripted-peer").start(() -> peer.accept(script));
    return peer;
  }

  public int port() {
    return server.getLocalPort();
  }

  /// How many connections came so far.
  public int accepted() {
    return accepted.get();
  }

  private void accept(Script script) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> play(script, socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void play(Script script, Socket socket) {
    try (socket) {
      script.play(new Connection(socket));
    } catch (Exception ended) {
      // The script's end, however it came, is the connection's end.
    } finally {
      open.remove(socket);
    }
  }

  @Override public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
