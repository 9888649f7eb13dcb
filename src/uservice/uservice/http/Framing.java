package uservice.http;

import module java.base;

/// Where a request's body ends, how much of it was read, and whether the connection can carry
/// another request after it (RFC 9112, section 6).
///
/// A chunked request always ends its connection. The JDK reads chunk sizes leniently (it lets them
/// overflow, and takes an empty line for the last chunk), so what it takes for the end of the body
/// may not be the end that a proxy in front saw. When the connection ends there, the rest is never
/// read as a request.
final class Framing {
  /// The most bytes of a body nobody read that are read so that the connection can be kept.
  static final long DRAIN_BYTES_MAX = 64 << 10;

  /// The most bytes that are read from a client that still sends while its answer, `Connection:
  /// close`, waits to be read; a connection closed with bytes unread is reset, and takes the answer
  /// with it.
  static final long LINGER_BYTES_MAX = 1 << 20;

  private static final int AT_ONCE = 64 << 10;

  private final long contentLength; // -1: chunked
  private long read;
  private boolean ended;
  private boolean broken;
  private boolean closing;

  Framing(long contentLength, boolean closing) {
    this.contentLength = contentLength;
    this.closing = closing || contentLength < 0;
    this.ended = contentLength == 0;
  }

  boolean hasBody() { return contentLength != 0; }

  /// The length that the header told, or -1.
  long contentLength() { return contentLength; }

  /// Ends the connection after this answer.
  void close() { closing = true; }

  /// Whether this answer is the last on its connection.
  boolean closing() { return closing || broken || contentLength - read > DRAIN_BYTES_MAX; }

  /// Whether part of the body has not been read.
  boolean unread() { return !ended; }

  /// Reads and forgets up to `most` bytes, so that the client gets to reading its answer. Fails
  /// where reading has failed before: such an exchange must not be closed in order, since the JDK
  /// takes some of these bodies for complete and some not, and with assertions on its dispatcher
  /// ends over the contradiction.
  void drain(InputStream raw, long most) throws IOException {
    if (broken) {
      throw new IOException("the body was broken");
    }
    byte[] buffer = new byte[8192];
    for (long left = most; left > 0 && !ended; ) {
      left -= read(raw, buffer, 0, (int) Math.min(left, buffer.length));
    }
  }

  private int read(InputStream raw, byte[] bytes, int offset, int length) throws IOException {
    try {
      int n = raw.read(bytes, offset, length);
      read += Math.max(n, 0);
      ended |= n < 0 || read == contentLength;
      return n;
    } catch (IOException | IndexOutOfBoundsException malformed) { // chunk size that looks negative
      broken = true;
      throw malformed instanceof IOException cut ? cut : new IOException("invalid chunk size", malformed);
    }
  }

  /// The body as a stream that refuses more than `most` bytes with 413.
  ///
  /// @throws ProblemException with 413 if the header already tells more
  InputStream limited(InputStream raw, long most) {
    if (contentLength > most) {
      throw tooLarge(most);
    }
    return new FilterInputStream(raw) {
      @Override public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int n = Framing.this.read(in, bytes, offset, length);
        if (read > most) {
          throw tooLarge(most);
        }
        return n;
      }

      @Override public long skip(long n) throws IOException {
        return Math.max(0, read(new byte[(int) Math.min(Math.max(n, 0), 8192)]));
      }

      @Override public void close() {
        // The rest is drained, or the connection closed, once the answer is out.
      }
    };
  }

  private static ProblemException tooLarge(long most) {
    return new ProblemException(413, "the body is larger than " + most + " bytes");
  }

  /// Reads to the end. Memory grows with what comes, not with what the header announces.
  ///
  /// @throws ProblemException with 400 if the end does not come, 413 if too much does
  static byte[] readAll(InputStream limited, long contentLength) {
    try {
      if (contentLength < 0 || contentLength > AT_ONCE) {
        return limited.readAllBytes();
      }
      byte[] bytes = new byte[(int) contentLength];
      if (limited.readNBytes(bytes, 0, bytes.length) == bytes.length) {
        return bytes;
      }
      throw new EOFException();
    } catch (IOException broken) {
      throw new ProblemException(400, "the body is not complete, or its chunks are malformed", broken);
    }
  }
}
