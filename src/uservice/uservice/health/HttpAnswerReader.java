package uservice.health;

import module java.base;

/// Reads the answers on a connection of HTTP/1.1 (RFC 9112 sections 4, 6, 7), one after the other: the [head][#head], then where the
/// request is one whose answers have any, the [body][#body].
public final class HttpAnswerReader {
  static final int HEAD_BYTES_MAX = 16 * 1024;
  private static final int CHUNK_LINE_BYTES_MAX = 1024;

  private final InputStream in;
  private int budget; // bytes that lines may still take
  private int room; // bytes that the body may still take
  private boolean begun;
  private boolean persistent; // what the peer says of the connection
  private boolean whole;
  private int status;
  private long length; // of the body, -1 for all that comes
  private String coding; // of the transfer, empty where there is none
  private String retryAfter;

  /// `in` has a buffer.
  public HttpAnswerReader(InputStream in) {
    this.in = in;
  }

  /// Makes ready for the next answer: nothing of it has [come][#begun].
  public void next() {
    begun = false;
    whole = false;
  }

  /// Whether anything came of the answer.
  public boolean begun() { return begun; }

  /// Whether another request may follow on the connection: the peer keeps it, and the body came whole.
  public boolean keeps() { return persistent && whole; }

  /// The field `Retry-After`; empty where there is none.
  public String retryAfter() { return retryAfter; }

  /// Returns the status of the answer, past the interim ones.
  public int head() throws IOException {
    budget = HEAD_BYTES_MAX;
    do { // 1xx are interim
      String line = line();
      status = status(line);
      persistent = line.startsWith("HTTP/1.1");
      fields();
    } while (status < 200);
    return status;
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
    coding = "";
    retryAfter = "";
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("header without a colon: '" + begin(line) + "'");
      }
      String value = line.substring(colon + 1).strip();
      switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-length" -> {
          length = number(value, 10);
          if (length < 0) {
            throw new IOException("Content-Length '" + begin(value) + "' is no length");
          }
        }
        case "transfer-encoding" -> coding = value;
        case "connection" -> persistent &= !value.equalsIgnoreCase("close");
        case "retry-after" -> retryAfter = value;
        default -> { }
      }
    }
  }

  private static String begin(String line) { return Text.clean(line.substring(0, Math.min(line.length(), 40))); }

  /// Reads the body of the answer, [HttpCall#BODY_BYTES_MAX] of it at most: what comes is in `into`, even where it does not come whole.
  public void body(OutputStream into) throws IOException {
    room = HttpCall.BODY_BYTES_MAX;
    if (status == 204 || status == 304) {
      whole = true;
    } else if (coding.equalsIgnoreCase("chunked")) {
      whole = chunks(into);
    } else if (!coding.isEmpty()) {
      throw new IOException("Transfer-Encoding '" + begin(coding) + "' was not asked for");
    } else if (length >= 0) {
      whole = copy(length, into);
    } else {
      into.write(in.readNBytes(room));
    }
  }

  // chunk = 1*HEXDIG [ chunk-ext ] CRLF chunk-data CRLF, the last one of size 0, then trailers
  private boolean chunks(OutputStream into) throws IOException {
    while (true) {
      budget = CHUNK_LINE_BYTES_MAX;
      String line = line();
      int end = line.indexOf(';');
      long size = number((end < 0 ? line : line.substring(0, end)).strip(), 16);
      if (size < 0) {
        throw new IOException("chunk size '" + begin(line) + "' is no number");
      }
      if (size == 0) {
        return persistent && trailers();
      }
      if (!copy(size, into)) {
        return false;
      }
      if (!line().isEmpty()) {
        throw new IOException("chunk is longer than its size " + size);
      }
    }
  }

  /// They are of no interest; where they do not end, the connection is of no use, and the body is the body all the same.
  private boolean trailers() {
    try {
      while (!line().isEmpty()) { }
      return true;
    } catch (IOException cut) {
      return false;
    }
  }

  /// Returns whether there was room for all of so many bytes.
  private boolean copy(long count, OutputStream into) throws IOException {
    int wanted = (int) Math.min(count, room);
    byte[] bytes = in.readNBytes(wanted);
    into.write(bytes);
    if (bytes.length < wanted) {
      throw new EOFException("connection closed after " + bytes.length + " of at least " + wanted + " bytes of the body");
    }
    room -= wanted;
    return wanted == count;
  }

  /// Up to the next line feed, without it and a carriage return before it (RFC 9112 section 2.2).
  private String line() throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection was closed " + (begun ? "in the middle of the answer" : "without an answer"));
      }
      begun = true;
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
