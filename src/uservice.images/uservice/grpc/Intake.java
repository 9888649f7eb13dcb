package uservice.grpc;

import module java.base;

/// How many bytes of DATA the peer may still send, on a stream or on the connection: it is told of new room whenever half of
/// the window is used up.
final class Intake {
  private final int size;
  private int left;

  Intake(int size) {
    this.size = size;
    this.left = size;
  }

  /// Takes DATA of this length; returns by how much the window is to be widened now, often 0.
  int take(int length, String of) throws Violation {
    if (length > left) {
      throw Violation.flow("DATA of " + length + " bytes, the window of " + of + " has " + left + " left");
    }
    left -= length;
    if (left > size / 2) {
      return 0;
    }
    int more = size - left;
    left = size;
    return more;
  }
}
