package uservice.otlp;

import module java.base;

/// Reads the answers of one connection (RFC 9112, sections 4, 6 and 7). Of a body only so much is kept as a message to people
/// needs; where it is longer, or does not come whole, the status stands all the same and the connection is not kept.
final class AnswerReader {
  static final int HEAD_BYTES_MAX = 16 * 1024;
  static final int BODY_BYTES_MAX = 64 * 1024;

  private static final int CHUNK_LINE_BYTES_MAX = 1024;

  private final InputStream in;
  private int budget; // bytes that lines may still take
  private boolean begun;
  private boolean keeps;
  private long length; // of the body, -1 for all that comes
  private boolean chunked;
  private String retryAfter;

  AnswerReader(InputStream in) {
    this.in = in;
  }

  /// Makes ready for the next answer.
  void next() {
    begun = false;
    keeps = false;
  }

  /// Whether anything came of the answer.
  boolean begun() { return begun; }

  /// Whether another request may follow on the connection.
  boolean keeps() { return keeps; }

  Collector.Answer read() throws IOException {
    budget = HEAD_BYTES_MAX;
    int status;
    do { // 1xx are interim
      String line = line();
      status = status(line);
      keeps = line.startsWith("HTTP/1.1");
      fields();
    } while (status < 200);
    return new Collector.Answer(status, retryAfter, status == 204 || status == 304 ? new byte[0] : body());
  }

  // status-line = HTTP-version SP 3DIGIT SP [ reason-phrase ]
  private static int status(String line) throws IOException {
    boolean http = line.startsWith("HTTP/1.") && line.length() >= 12 && line.charAt(8) == ' '
        && (line.length() == 12 || line.charAt(12) == ' ');
    long status = http ? number(line.substring(9, 12), 10) : -1;
    if (status < 100 || status > 599) {
      throw new IOException("the answer is no HTTP/1.1: it begins with '" + begin(line) + "'");
    }
    return (int) status;
  }

  private void fields() throws IOException {
    length = -1;
    chunked = false;
    retryAfter = "";
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("the answer has a header field without a colon: '" + begin(line) + "'");
      }
      String value = line.substring(colon + 1).strip();
      switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-length" -> {
          length = number(value, 10);
          if (length < 0) {
            throw new IOException("the answer's Content-Length '" + begin(value) + "' is no length");
          }
        }
        case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
        case "connection" -> keeps &= !value.equalsIgnoreCase("close");
        case "retry-after" -> retryAfter = value;
        default -> { }
      }
    }
  }

  private byte[] body() {
    var body = new ByteArrayOutputStream();
    boolean whole = false;
    try {
      whole = chunked ? chunks(body) : length >= 0 ? exactly(length, body) : exactly(BODY_BYTES_MAX, body) && false;
    } catch (IOException cut) {
      // The status has come, and that is what counts.
    }
    keeps &= whole;
    return body.toByteArray();
  }

  // chunk = 1*HEXDIG [ chunk-ext ] CRLF chunk-data CRLF, the last one of size 0, then trailers
  private boolean chunks(ByteArrayOutputStream body) throws IOException {
    while (true) {
      budget = CHUNK_LINE_BYTES_MAX;
      String line = line();
      int end = line.indexOf(';');
      long size = number((end < 0 ? line : line.substring(0, end)).strip(), 16);
      if (size == 0) {
        while (!line().isEmpty()) { } // trailers are of no interest
        return true;
      }
      if (size < 0 || !exactly(size, body) || !line().isEmpty()) {
        return false;
      }
    }
  }

  /// Whether so many bytes came, and found room.
  private boolean exactly(long count, ByteArrayOutputStream body) throws IOException {
    int room = (int) Math.min(count, BODY_BYTES_MAX - body.size());
    byte[] bytes = in.readNBytes(room);
    body.writeBytes(bytes);
    return bytes.length == count;
  }

  /// Up to the next line feed, without it and a carriage return before it (RFC 9112, section 2.2).
  private String line() throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection was closed " + (begun ? "in the middle of the answer" : "without an answer"));
      }
      begun = true;
      if (--budget <= 0) {
        throw new IOException("the answer's head is longer than " + HEAD_BYTES_MAX + " bytes");
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

  private static String begin(String line) {
    var shown = new StringBuilder();
    for (int i = 0; i < Math.min(line.length(), 40); i++) {
      shown.append(line.charAt(i) < ' ' || line.charAt(i) > '~' ? '?' : line.charAt(i));
    }
    return shown.toString();
  }
}
