package uservice.json;

import module java.base;

/// A growable buffer of UTF-8 text that is kept and filled again: numbers and text go in without a `String` or an array
/// in between. For one thread at a time.
public final class Utf8Buffer {
  /// The most that one buffer holds.
  public static final int BYTES_MAX = 1 << 30;

  private static final int LONG_BYTES_MAX = 20;
  private static final int POINT_BYTES_MAX = 4;
  private static final int REPLACEMENT = 0xFFFD;
  private static final double WHOLE_MAX = 1e15;
  private static final boolean[] ALL = new boolean[0x80];

  static {
    Arrays.fill(ALL, true);
  }

  private final StringBuilder digits = new StringBuilder(LONG_BYTES_MAX + POINT_BYTES_MAX);
  private byte[] bytes;
  private int size;

  public Utf8Buffer(int bytes) { this.bytes = new byte[bytes]; }

  /// One byte: an ASCII character, or a part of a longer one.
  public Utf8Buffer put(int b) {
    reserve(1);
    bytes[size++] = (byte) b;
    return this;
  }

  public Utf8Buffer put(byte[] more) {
    reserve(more.length);
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
    return this;
  }

  public Utf8Buffer put(Utf8Buffer more) {
    reserve(more.size);
    System.arraycopy(more.bytes, 0, bytes, size, more.size);
    size += more.size;
    return this;
  }

  /// Text as UTF-8; a lone surrogate becomes U+FFFD.
  public Utf8Buffer put(CharSequence text) {
    for (int i = 0; i < text.length(); ) {
      i = putAscii(text, i, text.length(), ALL);
      if (i < text.length()) {
        i += putPoint(text, i);
      }
    }
    return this;
  }

  public Utf8Buffer put(long value) {
    reserve(LONG_BYTES_MAX);
    if (value < 0) {
      bytes[size++] = '-';
    }
    long rest = value < 0 ? value : -value; // negative, since -Long.MIN_VALUE does not exist
    size += digits(rest);
    int at = size;
    do {
      bytes[--at] = (byte) ('0' - rest % 10);
      rest /= 10;
    } while (rest != 0);
    return this;
  }

  /// The shortest text that reads back as the same double: `0.25`, `1.0E-7`, and `3` for a whole number.
  public Utf8Buffer put(double value) {
    long whole = (long) value;
    if (whole == value && Math.abs(value) < WHOLE_MAX && (whole != 0 || 1 / value > 0)) {
      return put(whole);
    }
    digits.setLength(0);
    return put(digits.append(value));
  }

  public int size() { return size; }

  /// Forgets everything from there on; 0 makes it ready for use again.
  public Utf8Buffer truncate(int bytes) {
    size = Math.min(size, Objects.checkIndex(bytes, size + 1));
    return this;
  }

  public byte[] toByteArray() { return Arrays.copyOf(bytes, size); }

  /// Writes it all with one `write`.
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
  }

  @Override public String toString() { return new String(bytes, 0, size, StandardCharsets.UTF_8); }

  /// Copies characters while they are in the set of ASCII given; the index of the first that is not.
  int putAscii(CharSequence text, int from, int to, boolean[] set) {
    reserve(to - from);
    byte[] target = bytes;
    int at = size;
    int i = from;
    for (; i < to; i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || !set[c]) {
        break;
      }
      target[at++] = (byte) c;
    }
    size = at;
    return i;
  }

  /// Encodes the code point there; how many characters it took.
  int putPoint(CharSequence text, int i) {
    reserve(POINT_BYTES_MAX);
    int point = Character.codePointAt(text, i);
    int chars = Character.charCount(point);
    if (chars == 1 && Character.isSurrogate((char) point)) {
      point = REPLACEMENT;
    }
    if (point < 0x80) {
      bytes[size++] = (byte) point;
    } else { // a lead byte 110xxxxx, 1110xxxx or 11110xxx, and as many tails 10xxxxxx as it has ones but one
      int tails = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
      bytes[size++] = (byte) (-0x80 >> tails | point >> 6 * tails);
      for (int shift = 6 * (tails - 1); shift >= 0; shift -= 6) {
        bytes[size++] = (byte) (0x80 | point >> shift & 0x3F);
      }
    }
    return chars;
  }

  /// How many bytes the text is in UTF-8; a surrogate counts two, since a pair is four.
  static long length(CharSequence text) {
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return length;
  }

  private static int digits(long negative) {
    int digits = 1;
    for (long rest = negative; rest <= -10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private void reserve(int more) {
    if (more > bytes.length - size) {
      if (more > BYTES_MAX - size) {
        throw new IllegalStateException("text of more than " + BYTES_MAX + " bytes");
      }
      bytes = Arrays.copyOf(bytes, Math.min(BYTES_MAX, Math.max(size + more, 2 * bytes.length)));
    }
  }
}
