package uservice.grpc;

/// How many bytes of DATA may still be sent, on a stream or on the connection. A peer that lowers the first window of streams
/// may drive it below zero (RFC 9113, section 6.9.2).
final class Window {
  /// What each window is until somebody says more.
  static final int DEFAULT = 65_535;
  static final long MAX = Integer.MAX_VALUE;

  private long left;

  Window(long left) {
    this.left = left;
  }

  long left() { return left; }

  void take(int bytes) {
    left -= bytes;
  }

  void change(long by, String of) throws Violation {
    left += by;
    if (left > MAX) {
      throw Violation.flow("the window of " + of + " becomes " + left + ", at most " + MAX);
    }
  }
}
