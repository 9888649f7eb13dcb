package uservice.http;

import module java.base;
import uservice.json.Json;
import uservice.json.JsonWriter;

/// An answer: a status, header fields, and a body. Immutable, so that one can be made once and sent
/// many times.
///
/// ```java
/// Reply.json(order).status(201).header("Location", "/orders/7")
/// ```
///
/// The server adds `Content-Length`, `Date`, and `Connection` where it closes. A body of bytes is
/// not copied: leave the array alone.
public final class Reply {
  /// Writes a body piece by piece.
  @FunctionalInterface public interface Writer {
    /// What is written leaves in chunks; `out.flush()` sends at once what there is. The server
    /// closes `out`. Where this throws, the connection is broken off, so that the client can tell
    /// that the body is not complete.
    void write(OutputStream out) throws Exception;
  }

  private static final byte[] EMPTY = {};
  private static final Fields TEXT = Fields.of("Content-Type", "text/plain; charset=utf-8");
  private static final Fields JSON = Fields.of("Content-Type", "application/json");
  private static final Fields PROBLEM = Fields.of("Content-Type", "application/problem+json");

  private final int status;
  private final Fields fields;
  private final Body body;

  /// What a body is made from.
  sealed interface Body {
    /// The bytes that answer a request for `path` with `status`; null for a stream.
    byte[] bytes(int status, String path);
  }

  record Bytes(byte[] bytes) implements Body {
    @Override public byte[] bytes(int status, String path) { return bytes; }
  }

  record Streamed(Writer writer) implements Body {
    @Override public byte[] bytes(int status, String path) { return null; }
  }

  /// A problem gets its `instance` from the request that it answers.
  record Problem(String title, String detail) implements Body {
    @Override public byte[] bytes(int status, String path) {
      var json = new JsonWriter().object()
          .name("type").value("about:blank")
          .name("title").value(title)
          .name("status").value(status);
      if (detail != null) {
        json.name("detail").value(detail);
      }
      if (path != null) {
        json.name("instance").value(path);
      }
      return json.end().toByteArray();
    }
  }

  private Reply(int status, Fields fields, Body body) {
    this.status = status;
    this.fields = fields;
    this.body = body;
  }

  /// 200 with text in UTF-8.
  public static Reply text(String text) {
    return new Reply(200, TEXT, new Bytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// 200 with the JSON of a plain value, see [Json#of(Object)].
  public static Reply json(Object plain) { return json(Json.of(plain)); }

  /// 200 with JSON.
  public static Reply json(Json json) {
    return new Reply(200, JSON, new Bytes(new JsonWriter().value(json).toByteArray()));
  }

  /// 200 with bytes of a media type.
  public static Reply bytes(String type, byte[] bytes) {
    return new Reply(200, Fields.of("Content-Type", type), new Bytes(Objects.requireNonNull(bytes)));
  }

  /// A status from 200 to 599 with no body.
  public static Reply of(int status) {
    return new Reply(200, Fields.NONE, new Bytes(EMPTY)).status(status);
  }

  /// 204.
  public static Reply noContent() { return of(204); }

  /// A problem as `application/problem+json` (RFC 9457) of type `about:blank`; its `instance` is
  /// the path of the request. `title` is the same for all problems of the status, `detail` for this
  /// one.
  public static Reply problem(int status, String title, String detail) {
    return new Reply(500, PROBLEM, new Problem(Objects.requireNonNull(title), detail)).status(status);
  }

  /// 200 with a body of unknown length: chunked, and for HTTP/1.0 until the connection's end.
  public static Reply stream(String type, Writer writer) {
    return new Reply(200, Fields.of("Content-Type", type), new Streamed(Objects.requireNonNull(writer)));
  }

  /// The same with another status, from 200 to 599.
  public Reply status(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status " + status + ", one from 200 to 599");
    }
    return new Reply(status, fields, body);
  }

  /// The same with one more header field. A field that is there already is replaced if it is
  /// `Content-Type`, else it gets one more line.
  ///
  /// @throws IllegalArgumentException if the name is no token, or the value has control characters
  ///   (CR and LF among them) or others beyond Latin-1, or the field is one that the server sets
  ///   itself. `Connection` can be `close`.
  public Reply header(String name, String value) {
    return new Reply(status, fields.with(name, value), body);
  }

  public int status() { return status; }

  /// The first value of a header field of this answer.
  public Optional<String> header(String name) { return fields.first(name); }

  Fields fields() { return fields; }

  Body body() { return body; }

  byte[] bytes(String path) { return body.bytes(status, path); }
}
