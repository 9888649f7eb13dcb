package uservice.images;

/// What became of one refresh.
sealed interface Outcome {
  /// The runtime has so many images, which take so many bytes.
  record Listed(int images, double bytes) implements Outcome {
    @Override public Result result() { return Result.SUCCESS; }
  }

  /// There is no list.
  ///
  /// @param kind what a further failure must have in common with this one to be no news
  /// @param text what is wrong, for an operator
  record Failed(Result result, String kind, String text) implements Outcome {}

  Result result();

  /// The values of the label `result`.
  enum Result {
    SUCCESS,
    /// No connection, or none that speaks HTTP/2.
    UNREACHABLE,
    /// No answer in time.
    TIMEOUT,
    /// The connection ended before the answer was there.
    CUT,
    /// An answer that is none by the rules of HTTP/2, gRPC or protobuf.
    INVALID,
    /// The runtime's own no.
    REFUSED,
    /// A fault of this program's.
    ERROR
  }
}
