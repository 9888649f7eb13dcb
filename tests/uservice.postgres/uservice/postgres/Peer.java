package uservice.postgres;

import module java.base;

import testing.PostgresServer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/// A server on a free loopback port that plays a script to each connection, and reads messages by their length.
final class Peer implements AutoCloseable {
  /// One connection's part of the script; it returns or throws to end the connection.
  interface Script {
    void play(Connection connection) throws Exception;
  }

  /// One accepted connection.
  record Connection(Socket socket) {
    Connection send(Object... parts) throws IOException {
      socket.getOutputStream().write(Wired.joined(parts));
      return this;
    }

    /// Sends one byte at a time, each in a segment of its own.
    Connection trickle(byte[] bytes) throws IOException {
      for (byte b : bytes) {
        socket.getOutputStream().write(b);
      }
      return this;
    }

    /// Keeps the connection open and silent until the client closes it.
    void stall() throws IOException { socket.getInputStream().transferTo(OutputStream.nullOutputStream()); }

    /// Reads so many bytes, as Latin-1.
    String read(int count) throws IOException {
      byte[] bytes = socket.getInputStream().readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException("the client closed");
      }
      return new String(bytes, ISO_8859_1);
    }

    private int length() throws IOException { return ByteBuffer.wrap(read(4).getBytes(ISO_8859_1)).getInt() - 4; }

    /// Reads the message without a type that begins a connection; its bytes.
    String startup() throws IOException { return read(length()); }

    /// Reads one message; its type and its body.
    String request() throws IOException { return read(1) + read(length()); }

    /// Reads messages up to a `Sync` or a `Query`, and returns all of them.
    List<String> batch() throws IOException {
      var batch = new ArrayList<String>();
      do {
        batch.add(request());
      } while (!batch.getLast().equals("S") && !batch.getLast().startsWith("Q"));
      return batch;
    }
  }

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();

  private Peer(ServerSocket server) {
    this.server = server;
  }

  static Peer playing(Script script) throws IOException {
    var peer = new Peer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(() -> peer.accept(script));
    return peer;
  }

  /// One that lets everybody in, without TLS, and then plays `script`.
  static Peer trusting(Script script) throws IOException {
    return playing(connection -> {
      connection.startup();
      connection.send(Wired.GREETING);
      script.play(connection);
    });
  }

  /// How many connections came so far.
  int accepted() { return accepted.get(); }

  int port() { return server.getLocalPort(); }

  private void accept(Script script) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        accepted.incrementAndGet();
        Thread.ofVirtual().start(() -> {
          try (socket) {
            script.play(new Connection(socket));
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream()); // so that what is on its way is not reset
          } catch (Exception ended) {
            // The script's end, however it came, is the connection's end.
          } finally {
            open.remove(socket);
          }
        });
      } catch (IOException closed) {
        return;
      }
    }
  }

  /// The target at this peer: `sslmode=disable` unless the parameters say otherwise.
  Target target(String... parameters) { return Target.parse(uri(parameters), _ -> null); }

  URI uri(String... parameters) {
    String query = PostgresServer.query(parameters);
    return URI.create("postgres://user:s3cr3t@127.0.0.1:" + port() + "/base?" + query + (query.contains("sslmode=") ? "" : "&sslmode=disable"));
  }

  @Override public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
