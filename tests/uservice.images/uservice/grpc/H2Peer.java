package uservice.grpc;

import module java.base;

/// An HTTP/2 server that plays a script to each connection, over TCP or a Unix socket, and knows of the protocol only how a
/// frame looks: so it can break every rule.
public final class H2Peer implements AutoCloseable {
  /// One connection's part; it returns or throws to end the connection.
  @FunctionalInterface public interface Script {
    void play(Talk talk) throws Exception;
  }

  /// A frame as the client sent it.
  public record Sent(int type, int flags, int stream, byte[] payload) {
    @Override public String toString() { return FrameType.name(type) + " " + flags + " " + stream + " " + Hex.text(payload); }
  }

  /// A request: its stream, its header fields, its body with the prefix.
  public record Request(int stream, Map<String, String> fields, byte[] body) {
    public byte[] message() { return Arrays.copyOfRange(body, 5, body.length); }
  }

  private final ServerSocketChannel server;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final CompletableFuture<Frame.GoAway> goAway = new CompletableFuture<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private H2Peer(ServerSocketChannel server) {
    this.server = server;
  }

  /// Listens at `address` and plays `script` to each connection.
  public static H2Peer playing(SocketAddress address, Script script) throws IOException {
    var server = address instanceof UnixDomainSocketAddress ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
    var peer = new H2Peer(server.bind(address));
    Thread.ofVirtual().name("h2-peer").start(() -> peer.accept(script));
    return peer;
  }

  /// Listens on a free port of loopback.
  public static H2Peer playing(Script script) throws IOException {
    return playing(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), script);
  }

  public int port() throws IOException { return ((InetSocketAddress) server.getLocalAddress()).getPort(); }

  public int accepted() { return accepted.get(); }

  /// The GOAWAY that a script has [read][Talk#awaitGoAway].
  Frame.GoAway goAway() throws Exception { return goAway.get(20, TimeUnit.SECONDS); }

  /// What scripts have failed with, but for connections that the client closed.
  List<Throwable> failures() { return List.copyOf(failures); }

  private void accept(Script script) {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        open.add(channel);
        accepted.incrementAndGet();
        Thread.ofVirtual().start(() -> play(script, channel));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void play(Script script, SocketChannel channel) {
    try (channel) {
      script.play(new Talk(channel));
    } catch (IOException closed) {
      // The client has left, as it may.
    } catch (Throwable failed) {
      failures.add(failed);
    } finally {
      open.remove(channel);
    }
  }

  @Override public void close() throws IOException {
    server.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
  }

  /// One connection, from the server's side.
  public final class Talk {
    private final InputStream in;
    private final OutputStream out;
    private final HpackDecoder hpack = new HpackDecoder(1 << 20);
    private boolean trickling;

    private Talk(SocketChannel channel) throws IOException {
      if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      this.in = Channels.newInputStream(channel);
      this.out = Channels.newOutputStream(channel);
    }

    /// From now on each byte leaves by itself.
    public Talk trickling() {
      trickling = true;
      return this;
    }

    public Talk raw(byte[] bytes) throws IOException {
      if (trickling) {
        for (byte b : bytes) {
          out.write(b);
          out.flush();
        }
      } else {
        out.write(bytes);
      }
      return this;
    }

    public Talk raw(String latin1) throws IOException { return raw(latin1.getBytes(StandardCharsets.ISO_8859_1)); }

    public Talk frame(int type, int flags, int stream, byte[] payload) throws IOException {
      return raw(H2Peer.bytes(type, flags, stream, payload));
    }

    public Talk frame(int type, int flags, int stream, String hex) throws IOException {
      return frame(type, flags, stream, Hex.bytes(hex));
    }

    /// HEADERS with these fields, written `name: value`.
    public Talk headers(int stream, boolean end, String... fields) throws IOException {
      return frame(FrameType.HEADERS, FrameType.END_HEADERS | (end ? FrameType.END_STREAM : 0), stream, block(fields));
    }

    public Talk data(int stream, byte[] bytes) throws IOException { return frame(FrameType.DATA, 0, stream, bytes); }

    /// The preface and what belongs to it, both ways.
    public Talk greet(String settingsHex) throws IOException {
      String preface = new String(in.readNBytes(24), StandardCharsets.ISO_8859_1);
      if (!preface.equals("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
        throw new AssertionError("preface: " + preface);
      }
      Sent first = read();
      Sent second = read();
      if (first.type != FrameType.SETTINGS || second.type != FrameType.WINDOW_UPDATE) {
        throw new AssertionError(first + " " + second);
      }
      frame(FrameType.SETTINGS, 0, 0, settingsHex);
      return frame(FrameType.SETTINGS, FrameType.ACK, 0, "");
    }

    public Talk greet() throws IOException { return greet(""); }

    /// The next frame of the client's.
    public Sent read() throws IOException {
      byte[] header = in.readNBytes(9);
      if (header.length < 9) {
        throw new EOFException("the client closed");
      }
      var fields = ByteBuffer.wrap(header);
      int lengthAndType = fields.getInt();
      int flags = fields.get() & 0xff;
      int stream = fields.getInt();
      byte[] payload = in.readNBytes(lengthAndType >>> 8);
      if (payload.length < lengthAndType >>> 8) {
        throw new EOFException("the client closed");
      }
      return new Sent(lengthAndType & 0xff, flags, stream, payload);
    }

    /// The next frame of this type.
    public Sent read(int type) throws IOException {
      Sent sent = read();
      while (sent.type != type) {
        sent = read();
      }
      return sent;
    }

    /// The next request, whole.
    public Request request() throws IOException {
      Sent headers = read(FrameType.HEADERS);
      var fields = new LinkedHashMap<String, String>();
      hpack.decode(headers.payload).forEach(field -> fields.put(field.name(), field.value()));
      var body = new ByteArrayOutputStream();
      for (Sent data = read(FrameType.DATA);; data = read(FrameType.DATA)) {
        body.writeBytes(data.payload);
        if ((data.flags & FrameType.END_STREAM) != 0) {
          return new Request(headers.stream, fields, body.toByteArray());
        }
      }
    }

    /// A whole answer with one message and status OK.
    public Talk answer(int stream, byte[] message) throws IOException {
      return headers(stream, false, ":status: 200", "content-type: application/grpc").data(stream, prefixed(message))
          .headers(stream, true, "grpc-status: 0");
    }

    /// Reads until the client's GOAWAY, which [H2Peer#goAway()] then has.
    public void awaitGoAway() throws IOException {
      byte[] payload = read(FrameType.GOAWAY).payload;
      goAway.complete(new Frame.GoAway(ByteBuffer.wrap(payload).getInt(), ByteBuffer.wrap(payload).getInt(4),
          new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8)));
    }

    /// So many bytes as they come.
    public byte[] bytes(int count) throws IOException { return in.readNBytes(count); }

    /// Keeps the connection open, and says nothing, until the client closes it.
    public void stall() throws IOException { in.transferTo(OutputStream.nullOutputStream()); }
  }

  /// A frame's bytes.
  static byte[] bytes(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length).putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload).array();
  }

  /// A header block of fields written `name: value`.
  static byte[] block(String... fields) {
    var encoder = new HpackEncoder();
    for (String field : fields) {
      int colon = field.indexOf(": ", 1);
      encoder.literal(field.substring(0, colon), field.substring(colon + 2));
    }
    return encoder.toByteArray();
  }

  public static byte[] prefixed(byte[] message) {
    return ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array();
  }
}
