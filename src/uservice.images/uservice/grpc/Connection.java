package uservice.grpc;

import module java.base;
import uservice.wire.Wire;

/// A connection to a gRPC server, for unary calls one after the other; the chapter tells how it works.
///
/// Any thread may call; a call that finds another at work waits for it, within its own timeout. Where a call has failed,
/// [#usable()] says whether the next one can go over the same connection; to open another is the caller's business.
public final class Connection implements AutoCloseable {
  /// What the server may send before it hears that there is more room: on each stream, and on the connection.
  static final int INTAKE = 1 << 20;
  /// The size of a header or trailer section.
  static final int HEADER_LIST_MAX = 32 * 1024;
  /// Frames that bring an answer no further, in one call.
  static final int ASIDES_MAX = 10_000;
  private static final int ABANDONED_MAX = 100;
  private static final int STREAM_LAST = Integer.MAX_VALUE - 2;
  private static final Duration LEAVE = Duration.ofSeconds(1);
  // Of the static table, RFC 7541, appendix A.
  private static final int AUTHORITY = 1;
  private static final int METHOD_POST = 3;
  private static final int PATH = 4;
  private static final int SCHEME_HTTP = 6;
  private static final int CONTENT_TYPE = 31;
  private static final int USER_AGENT = 58;
  private static final String CLOSED = "the connection was closed";

  private final Wire wire;
  private final String where;
  private final String authority;
  private final int messageMax;
  private final ReentrantLock lock = new ReentrantLock(); // held for a whole call
  private final FrameReader reader;
  private final FrameWriter writer;
  private final HpackDecoder hpack = new HpackDecoder(HEADER_LIST_MAX);
  private final PeerSettings peer = new PeerSettings();
  private final Window window = new Window(Window.DEFAULT);
  private final Intake intake = new Intake(INTAKE);
  private final Set<Integer> abandoned = new HashSet<>(); // streams that the server may still send on
  private boolean greeted;
  private boolean acknowledged;
  private int asides;
  private int lastStream = -1;
  private Exchange current;
  private Frame.GoAway goAway;
  private volatile String unusable = ""; // why, once it is

  private Connection(Wire wire, String where, String authority, int messageMax) {
    this.wire = wire;
    this.where = where;
    this.authority = authority;
    this.messageMax = messageMax;
    this.reader = new FrameReader(wire.in());
    this.writer = new FrameWriter(wire.out());
  }

  /// Begins HTTP/2 on `wire`, which belongs to the connection from now on, also where this fails. Returns when the server has
  /// said its first word.
  ///
  /// @param where what the errors begin with, an address with no secret in it
  /// @param authority what stands in `:authority`; `localhost` for a Unix socket
  /// @param messageMax the largest message that is taken, before and after decompression
  /// @throws GrpcException if the server speaks something else, or nothing
  public static Connection open(Wire wire, String where, String authority, int messageMax, Duration timeout)
      throws GrpcException, InterruptedException {
    var connection = new Connection(wire, where, authority, messageMax);
    try {
      wire.within(timeout);
      connection.greet();
      wire.unbounded();
      return connection;
    } catch (IOException failed) {
      throw connection.lost(failed, timeout, false);
    }
  }

  private void greet() throws IOException {
    writer.preface(List.of(new Frame.Setting(Frame.Setting.ENABLE_PUSH, 0),
        new Frame.Setting(Frame.Setting.INITIAL_WINDOW_SIZE, INTAKE),
        new Frame.Setting(Frame.Setting.MAX_HEADER_LIST_SIZE, HEADER_LIST_MAX)));
    writer.windowUpdate(0, INTAKE - Window.DEFAULT);
    writer.flush();
    if (!(reader.read() instanceof Frame.Settings settings)) {
      throw Violation.protocol("the first frame is not SETTINGS");
    }
    apply(settings);
    writer.flush();
    greeted = true;
  }

  /// Whether another call can go over this connection, as far as is known without asking.
  public boolean usable() { return unusable.isEmpty(); }

  /// Calls `path`, `/package.Service/Method`, with one message, and returns what the server made of it.
  ///
  /// @param timeout for all of it; the server is told. When it is over the connection is closed
  /// @throws IllegalArgumentException if `path` is none
  /// @throws GrpcException where there is no answer; but for [GrpcException.Kind#INVALID] by a fault of gRPC, as a message that is too
  ///   large, the connection is closed by then
  public Answer call(String path, byte[] request, Duration timeout) throws GrpcException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("path '" + Text.clean(path) + "', must be /package.Service/Method");
    }
    if (!lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw GrpcException.late(where, timeout, false, null);
    }
    try {
      if (!usable()) {
        throw GrpcException.cut(where, unusable, true, null);
      }
      wire.within(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      return exchange(path, request, timeout, deadline);
    } finally {
      current = null;
      lock.unlock();
    }
  }

  private Answer exchange(String path, byte[] request, Duration timeout, long deadline) throws GrpcException, InterruptedException {
    boolean inOrder = false;
    int before = lastStream;
    try {
      asides = 0;
      while (!peer.allowsStream()) {
        turn();
      }
      Answer answer = ask(path, request, deadline);
      wire.unbounded();
      inOrder = true;
      return answer;
    } catch (Unusable unfit) {
      wire.unbounded();
      inOrder = true;
      throw GrpcException.invalid(where, unfit.getMessage(), unfit);
    } catch (IOException failed) {
      throw lost(failed, timeout, lastStream != before);
    } finally {
      if (!inOrder) {
        end(CLOSED);
      }
    }
  }

  private Answer ask(String path, byte[] request, long deadline) throws IOException, Unusable {
    lastStream += 2;
    if (lastStream > STREAM_LAST) {
      unusable = "no number for another stream is left";
    }
    var exchange = new Exchange(lastStream, peer.window(), INTAKE, messageMax);
    current = exchange;
    writer.headers(lastStream, head(path, deadline), peer.payloadMax());
    byte[] body = prefixed(request);
    int sent = 0;
    try {
      while (exchange.answer() == null) {
        int room = (int) Math.min(Math.min(exchange.window().left(), window.left()), Math.min(peer.payloadMax(), body.length - sent));
        if (room > 0) {
          writer.data(lastStream, body, sent, room, sent + room == body.length);
          exchange.window().take(room);
          window.take(room);
          sent += room;
        } else {
          turn();
        }
      }
    } catch (Unusable unfit) {
      leave(exchange, sent == body.length);
      throw unfit;
    }
    leave(exchange, sent == body.length);
    return exchange.answer();
  }

  private byte[] head(String path, long deadline) {
    return new HpackEncoder()
        .indexed(METHOD_POST)
        .indexed(SCHEME_HTTP)
        .literal(PATH, path)
        .literal(AUTHORITY, authority)
        .literal("te", "trailers")
        .literal("grpc-timeout", Text.timeout(deadline - System.nanoTime()))
        .literal(CONTENT_TYPE, "application/grpc")
        .literal("grpc-accept-encoding", "gzip")
        .literal(USER_AGENT, "uservice")
        .toByteArray();
  }

  private static byte[] prefixed(byte[] message) {
    return ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array();
  }

  /// Ends this side of a stream whose outcome is known, where something is still open.
  private void leave(Exchange exchange, boolean sent) throws IOException {
    if (!exchange.wasReset() && !(exchange.ended() && sent)) {
      writer.rstStream(exchange.stream(), exchange.ended() ? ErrorCode.NO_ERROR : ErrorCode.CANCEL);
    }
    if (!exchange.ended()) {
      abandoned.add(exchange.stream());
      if (abandoned.size() >= ABANDONED_MAX) {
        unusable = ABANDONED_MAX + " calls were given up on it";
      }
    }
    writer.flush();
  }

  /// Sends what waits, reads one frame and does what it asks.
  private void turn() throws IOException, Unusable {
    writer.flush();
    Frame frame = reader.read();
    boolean mine = current != null && frame.stream() == current.stream();
    boolean advances = frame instanceof Frame.Data data && data.bytes().length > 0 || frame instanceof Frame.Headers;
    if (!(mine && advances) && ++asides > ASIDES_MAX) {
      throw Violation.calm("more than " + ASIDES_MAX + " frames in one call that bring it no further");
    }
    switch (frame) {
      case Frame.Data data -> take(data);
      case Frame.Headers headers -> take(headers);
      case Frame.RstStream reset -> {
        if (isCurrent(reset)) {
          current.reset(reset.code());
        }
      }
      case Frame.WindowUpdate more -> {
        if (more.stream() == 0) {
          window.change(more.increment(), "the connection");
        } else if (isCurrent(more)) {
          current.window().change(more.increment(), current.name());
        }
      }
      case Frame.Settings settings -> apply(settings);
      case Frame.SettingsAck _ -> {
        if (acknowledged) {
          throw Violation.protocol("SETTINGS acknowledged twice, were sent once");
        }
        acknowledged = true;
      }
      case Frame.Ping ping -> {
        if (!ping.ack()) {
          writer.pong(ping.opaque());
        }
      }
      case Frame.GoAway leaving -> take(leaving);
      case Frame.Ignored _ -> { }
    }
  }

  /// DATA counts for the connection's window, whatever becomes of it.
  private void take(Frame.Data data) throws IOException, Unusable {
    widen(0, intake.take(data.length(), "the connection"));
    if (isOpen(data, "DATA")) {
      int more = current.data(data);
      widen(data.stream(), current.ended() ? 0 : more);
    }
  }

  /// A header block is decoded, whatever becomes of it, since the next one may build on it.
  private void take(Frame.Headers headers) throws IOException, Unusable {
    List<HeaderField> fields = hpack.decode(headers.block());
    if (isOpen(headers, "HEADERS")) {
      current.headers(fields, headers.end());
    }
  }

  private void widen(int stream, int more) throws IOException {
    if (more > 0) {
      writer.windowUpdate(stream, more);
    }
  }

  /// Whether the frame is for the call that runs; else it must be for one that was.
  private boolean isCurrent(Frame frame) throws Violation {
    if (current != null && frame.stream() == current.stream()) {
      return true;
    }
    if (frame.stream() > lastStream || frame.stream() % 2 == 0) {
      throw Violation.protocol(frame.getClass().getSimpleName() + " on stream " + frame.stream() + ", which nobody has opened");
    }
    return false;
  }

  /// As [#isCurrent], for what must not come any more once the server has ended a stream.
  private boolean isOpen(Frame frame, String name) throws Violation {
    boolean mine = isCurrent(frame);
    if (!mine && !abandoned.contains(frame.stream())) {
      throw new Violation(ErrorCode.STREAM_CLOSED, name + " on stream " + frame.stream() + " after its end");
    }
    return mine;
  }

  private void apply(Frame.Settings settings) throws IOException {
    for (Frame.Setting setting : settings.settings()) {
      long before = peer.window();
      peer.apply(setting);
      if (current != null) {
        current.window().change(peer.window() - before, current.name());
      }
    }
    writer.settingsAck();
  }

  /// The last streams may end, a stream beyond the last the server has not touched.
  private void take(Frame.GoAway leaving) throws IOException {
    if (goAway != null && leaving.last() > goAway.last()) {
      throw Violation.protocol("GOAWAY up to stream " + leaving.last() + " after one up to " + goAway.last());
    }
    goAway = leaving;
    unusable = farewell();
    if (current == null || current.stream() > leaving.last()) {
      throw new Untouched(farewell());
    }
  }

  private String farewell() {
    String debug = goAway.debug().isEmpty() ? "" : ", " + Text.clean(goAway.debug());
    return "the server is going away: " + ErrorCode.name(goAway.code()) + debug;
  }

  /// The server took leave and has not begun with the call.
  private static final class Untouched extends IOException {
    Untouched(String why) {
      super(why);
    }
  }

  /// Closes after `failed` and says in which way the call went wrong.
  ///
  /// @param asked whether the server may have seen the request
  private GrpcException lost(IOException failed, Duration timeout, boolean asked) throws InterruptedException {
    boolean interrupted = Thread.interrupted(); // which closes channels and sockets
    if (failed instanceof Violation violation) {
      farewell(violation);
    }
    String why = Objects.requireNonNullElse(failed.getMessage(), failed.toString());
    end(why);
    if (interrupted) {
      throw new InterruptedException();
    }
    return switch (failed) {
      case Violation _ -> GrpcException.invalid(where, why, failed);
      case Stranger _ -> GrpcException.unreachable(where, why, failed);
      case Untouched _ -> GrpcException.cut(where, why, true, failed);
      case SocketTimeoutException _ -> GrpcException.late(where, timeout, asked, failed);
      default -> !greeted
          ? GrpcException.unreachable(where, "closed before it spoke HTTP/2, as by a server that expects TLS: " + why, failed)
          : GrpcException.cut(where, goAway == null ? why : why + "; " + farewell(), !asked, failed);
    };
  }

  private void farewell(Violation violation) {
    try {
      writer.goAway(violation.code(), violation.getMessage());
      writer.flush();
    } catch (IOException gone) {
      violation.addSuppressed(gone);
    }
  }

  private void end(String why) {
    if (usable()) {
      unusable = why;
    }
    wire.close();
  }

  /// Takes leave and closes; a call that runs on another thread fails.
  @Override public void close() {
    if (lock.tryLock()) {
      try {
        if (usable()) {
          wire.within(LEAVE);
          writer.goAway(ErrorCode.NO_ERROR, "");
          writer.flush();
        }
      } catch (IOException gone) {
        // Whom should one take leave of.
      } finally {
        lock.unlock();
      }
    }
    end(CLOSED);
  }
}
