package uservice.http;

import module java.base;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;

/// Sends one reply: the one place that calls the JDK's `sendResponseHeaders`, whose length argument
/// means unknown at 0, none at -1, and something else again for HEAD and 304.
///
/// An [IOException] that leaves here, or [#finish()], must reach the JDK's server: only then does
/// it forget the connection. `HttpExchange.close()` in its place closes the socket, yet the
/// connection stays in the server's books, and counts towards `jdk.httpserver.maxConnections` for
/// ever.
final class Answer {
  private static final List<String> CLOSE = List.of("close");

  /// The most bytes that are handed to the socket at once: the JDK keeps a buffer of twice the
  /// largest write for as long as the connection lasts.
  private static final int SLICE_BYTES = 16 << 10;

  private final Request request;
  private final HttpExchange exchange;
  private long bytes;
  private OutputStream open; // sent, but not closed yet
  private boolean sending; // stays true where sending failed

  Answer(Request request) {
    this.request = request;
    this.exchange = request.exchange();
  }

  /// The bytes of the body sent so far.
  long bytes() { return bytes; }

  /// Whether it was the connection that failed, not who wrote the body.
  boolean isPeerGone() { return sending; }

  /// Sends `reply`; all of it has been given to the system when this returns.
  void send(Reply reply, boolean closing) throws Exception {
    Headers headers = exchange.getResponseHeaders();
    reply.fields().putInto(headers);
    byte[] body = reply.bytes(request.path());
    boolean closeDelimited = body == null && exchange.getProtocol().equals("HTTP/1.0");
    if (closing || closeDelimited || request.framing().closing()) {
      headers.remove("Keep-Alive");
      headers.put("Connection", CLOSE);
    }
    request.committed(reply.status());
    if (request.isHead() || Status.bodiless(reply.status())) {
      sendHeader(reply.status(), Status.bodiless(reply.status()) ? null : body);
    } else if (reply.body() instanceof Reply.Streamed(Reply.Writer writer)) {
      stream(reply, writer);
    } else if (body.length == 0) {
      sendHeader(reply.status(), null);
    } else {
      sendBody(reply.status(), body);
    }
  }

  /// An answer without a body ends within `sendResponseHeaders`, so what is unread of the request
  /// is drained before.
  private void sendHeader(int status, byte[] unsent) throws IOException {
    if (unsent != null) {
      exchange.getResponseHeaders().put("Content-Length", List.of(Integer.toString(unsent.length)));
    }
    sending = true;
    if (request.framing().unread()) {
      request.framing().drain(exchange.getRequestBody(), Framing.DRAIN_BYTES_MAX);
    }
    exchange.sendResponseHeaders(status, -1);
    sending = false;
  }

  private void sendBody(int status, byte[] body) throws IOException {
    sending = true;
    exchange.sendResponseHeaders(status, body.length);
    OutputStream out = exchange.getResponseBody();
    for (int at = 0; at < body.length; at += SLICE_BYTES) {
      out.write(body, at, Math.min(SLICE_BYTES, body.length - at));
    }
    bytes = body.length;
    end(out);
    sending = false;
  }

  private void stream(Reply reply, Reply.Writer writer) throws Exception {
    exchange.sendResponseHeaders(reply.status(), 0);
    OutputStream out = exchange.getResponseBody();
    writer.write(new Counted(out));
    sending = true;
    end(out);
    sending = false;
  }

  private void end(OutputStream out) throws IOException {
    if (request.framing().unread()) {
      out.flush();
      open = out; // closing drains, and that may take the client's time
    } else {
      exchange.getRequestBody().read(); // at its end already; else the JDK allocates 2 KiB to find that out
      out.close();
    }
  }

  /// Whether [#finish()] has something to do that may take the client's time.
  boolean lingers() { return open != null; }

  /// Reads what the client still sends, up to a limit, and ends the exchange.
  void finish() throws IOException {
    request.framing().drain(exchange.getRequestBody(), Framing.LINGER_BYTES_MAX);
    open.close();
  }

  /// The stream that a writer sees: it counts, and is not closed by the writer.
  private final class Counted extends OutputStream {
    private final OutputStream out;

    Counted(OutputStream out) {
      this.out = out;
    }

    @Override public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override public void write(byte[] source, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, source.length);
      sending = true;
      for (int at = 0; at < length; at += SLICE_BYTES) {
        int n = Math.min(SLICE_BYTES, length - at);
        out.write(source, offset + at, n);
        bytes += n;
      }
      sending = false;
    }

    @Override public void flush() throws IOException {
      sending = true;
      out.flush();
      sending = false;
    }
  }
}
