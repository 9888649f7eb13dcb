package uservice.grpc;

import module java.base;

/// A server that answers in another protocol, recognised by the first bytes it says. As HTTP/2 they would be a frame of some
/// megabytes, and a riddle.
final class Stranger extends IOException {
  private static final int ALERT = 0x15;
  private static final int HANDSHAKE = 0x16;
  private static final int VERSION_MAJOR = 3;

  private Stranger(String what) {
    super(what);
  }

  static void refuse(byte[] begin) throws Stranger {
    if (begin.length > 2 && (begin[0] == ALERT || begin[0] == HANDSHAKE) && begin[1] == VERSION_MAJOR) {
      throw new Stranger("the server speaks TLS on this port; a port or socket without TLS is what can be used here");
    }
    String text = new String(begin, StandardCharsets.ISO_8859_1);
    if (text.startsWith("HTTP/")) {
      throw new Stranger("the server speaks HTTP/1 on this port, gRPC needs HTTP/2");
    }
    if (text.startsWith("SSH-")) {
      throw new Stranger("the server speaks SSH on this port, gRPC needs HTTP/2");
    }
  }
}
