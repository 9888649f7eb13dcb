package uservice.health;

import module java.base;

/// Reads one HTTP/1.1 answer (RFC 9112 sections 4, 6, 7) from a connection that is closed after it.
final class HttpAnswerReader {
  static final int HEAD_BYTES_MAX = 16 * 1024;
  private static final int CHUNK_LINE_BYTES_MAX = 1024;

  private final InputStream in;
  private int budget; // bytes that lines may still take
  private long length; // of the body, -1 for all that comes
  private boolean chunked;

  HttpAnswerReader(InputStream in) {
    this.in = in;
  }

  /// @param bodiless whether the answer is to a request such as HEAD, whose answers have no body
  HttpCall.Answer read(boolean bodiless) throws IOException {
    budget = HEAD_BYTES_MAX;
    int status;
    do { // 1xx are interim
      status = status(line());
      fields();
    } while (status < 200);
    if (bodiless || status == 204 || status == 304) {
      return new HttpCall.Answer(status, new byte[0]);
    }
    return new HttpCall.Answer(status, chunked ? chunks() : plain());
  }

  // status-line = HTTP-version SP 3DIGIT SP [ reason-phrase ]
  private static int status(String line) throws IOException {
    boolean http = line.startsWith("HTTP/1.") && line.length() >= 12 && line.charAt(8) == ' '
        && (line.length() == 12 || line.charAt(12) == ' ');
    long status = http ? number(line.substring(9, 12), 10) : -1;
    if (status < 100 || status > 599) {
      throw new IOException("not an HTTP/1.1 answer: '" + begin(line) + "'");
    }
    return (int) status;
  }

  private void fields() throws IOException {
    length = -1;
    chunked = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("header without a colon: '" + begin(line) + "'");
      }
      String name = line.substring(0, colon);
      String value = line.substring(colon + 1).strip();
      if (name.equalsIgnoreCase("Content-Length")) {
        length = number(value, 10);
        if (length < 0) {
          throw new IOException("Content-Length '" + Text.clean(value) + "' is no length");
        }
      } else if (name.equalsIgnoreCase("Transfer-Encoding")) {
        chunked = value.equalsIgnoreCase("chunked");
        if (!chunked) {
          throw new IOException("Transfer-Encoding '" + Text.clean(value) + "' was not asked for");
        }
      }
    }
  }

  private static String begin(String line) {
    return Text.clean(line.substring(0, Math.min(line.length(), 40)));
  }

  private byte[] plain() throws IOException {
    if (length < 0) {
      return in.readNBytes(HttpCall.BODY_BYTES_MAX);
    }
    return exactly((int) Math.min(length, HttpCall.BODY_BYTES_MAX));
  }

  // chunk = 1*HEXDIG [ chunk-ext ] CRLF chunk-data CRLF, the last one of size 0; the trailers are of no interest
  private byte[] chunks() throws IOException {
    var body = new ByteArrayOutputStream();
    while (body.size() < HttpCall.BODY_BYTES_MAX) {
      budget = CHUNK_LINE_BYTES_MAX;
      String line = line();
      int end = line.indexOf(';');
      long size = number((end < 0 ? line : line.substring(0, end)).strip(), 16);
      if (size < 0) {
        throw new IOException("chunk size '" + begin(line) + "' is no number");
      }
      if (size == 0) {
        break;
      }
      body.write(exactly((int) Math.min(size, HttpCall.BODY_BYTES_MAX - body.size())));
      if (body.size() < HttpCall.BODY_BYTES_MAX && !line().isEmpty()) {
        throw new IOException("chunk is longer than its size " + size);
      }
    }
    return body.toByteArray();
  }

  private byte[] exactly(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("connection closed after " + bytes.length + " of at least " + count + " bytes of the body");
    }
    return bytes;
  }

  /// Up to the next line feed, without it and a carriage return before it (RFC 9112 section 2.2).
  private String line() throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("connection closed before the end of the answer's head");
      }
      if (--budget <= 0) {
        throw new IOException("answer's head is longer than " + HEAD_BYTES_MAX + " bytes");
      }
      line.append((char) b);
    }
    budget--;
    if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return line.toString();
  }

  /// Digits alone, no sign, at most 15; -1 for anything else.
  private static long number(String digits, int radix) {
    long number = digits.isEmpty() || digits.length() > 15 ? -1 : 0;
    for (int i = 0; i < digits.length() && number >= 0; i++) {
      int digit = digits.charAt(i) < 0x80 ? Character.digit(digits.charAt(i), radix) : -1;
      number = digit < 0 ? -1 : number * radix + digit;
    }
    return number;
  }
}
