package uservice.grpc;

import module java.base;

/// Puts together the one message of a unary response, from DATA frames that cut it anywhere.
///
/// ```
/// CC LL LL LL LL  CC: 0, or 1 for compressed; L: the length of what follows
/// ```
final class MessageReader {
  private static final int PREFIX_BYTES = 5;
  private static final int FIRST_ROOM = 64 * 1024;

  private final int max;
  private final byte[] prefix = new byte[PREFIX_BYTES];
  private int prefixRead;
  private int length;
  private byte[] message = {};
  private int read;

  /// @param max the largest message, compressed or not
  MessageReader(int max) {
    this.max = max;
  }

  /// Takes the next bytes of the body.
  void take(byte[] bytes) throws Unusable {
    int at = 0;
    while (at < bytes.length && prefixRead < PREFIX_BYTES) {
      prefix[prefixRead++] = bytes[at++];
      if (prefixRead == PREFIX_BYTES) {
        begin();
      }
    }
    int more = bytes.length - at;
    if (more > length - read) {
      throw new Unusable("more than one message in the answer to a unary call");
    }
    if (read + more > message.length) {
      message = Arrays.copyOf(message, Math.clamp(2L * message.length, Math.max(read + more, Math.min(length, FIRST_ROOM)), length));
    }
    System.arraycopy(bytes, at, message, read, more);
    read += more;
  }

  private void begin() throws Unusable {
    if (prefix[0] != 0 && prefix[0] != 1) {
      throw new Unusable("a message whose compressed flag is " + (prefix[0] & 0xff) + ", must be 0 or 1");
    }
    long announced = ByteBuffer.wrap(prefix).getInt(1) & 0xffff_ffffL;
    if (announced > max) {
      throw new Unusable("a message of " + announced + " bytes, at most " + max);
    }
    length = (int) announced;
  }

  /// The message, now that the body has ended.
  ///
  /// @param encoding what `grpc-encoding` of the response says, empty where it says nothing
  byte[] whole(String encoding) throws Unusable {
    if (prefixRead == 0) {
      throw new Unusable("status OK and no message");
    }
    if (prefixRead < PREFIX_BYTES || read < length) {
      throw new Unusable("the answer ends after " + (prefixRead + read) + " bytes, in the middle of its message");
    }
    if (prefix[0] == 0) {
      return message;
    }
    if (!encoding.equals("gzip")) {
      throw new Unusable("a message compressed with '" + Text.clean(encoding) + "', gzip is what was offered");
    }
    return unzipped();
  }

  private byte[] unzipped() throws Unusable {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(message))) {
      byte[] plain = in.readNBytes(max);
      if (plain.length == max && in.read() >= 0) {
        throw new Unusable("a message that is more than " + max + " bytes when uncompressed");
      }
      return plain;
    } catch (IOException broken) {
      throw new Unusable("a message that says it is gzip and is not: " + broken.getMessage());
    }
  }
}
