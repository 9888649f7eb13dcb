package uservice.images;

/// Bytes that are no message of the kind they should be.
final class Malformed extends Exception {
  Malformed(String what) {
    super(what);
  }
}
