package testing;

import module java.base;

/// An input stream that behaves as a bad network does: it gives at most so many bytes a read, and ends or fails at an offset.
public final class FaultyStream extends InputStream {
  private final byte[] bytes;
  private final int most;
  private final int cut;
  private final boolean fails;
  private int at;

  private FaultyStream(byte[] bytes, int most, int cut, boolean fails) {
    this.bytes = bytes;
    this.most = most;
    this.cut = cut;
    this.fails = fails;
  }

  /// Gives `bytes` one at a time.
  public static FaultyStream trickle(byte[] bytes) {
    return new FaultyStream(bytes, 1, bytes.length, false);
  }

  /// Ends after the first `cut` of `bytes`, as when the peer closes.
  public static FaultyStream endingAt(byte[] bytes, int cut) {
    return new FaultyStream(bytes, Integer.MAX_VALUE, cut, false);
  }

  /// Fails with an `IOException` after the first `cut` of `bytes`, as when the connection is reset.
  public static FaultyStream failingAt(byte[] bytes, int cut) {
    return new FaultyStream(bytes, Integer.MAX_VALUE, cut, true);
  }

  @Override public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override public int read(byte[] into, int from, int length) throws IOException {
    if (at >= cut) {
      if (fails) {
        throw new IOException("connection reset at byte " + at);
      }
      return -1;
    }
    int count = Math.min(Math.min(length, most), cut - at);
    System.arraycopy(bytes, at, into, from, count);
    at += count;
    return count;
  }
}
