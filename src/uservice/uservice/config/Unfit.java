package uservice.config;

/// A text that is no value of its type. The message is what would have been right.
final class Unfit extends Exception {
  /// What is wrong with it.
  enum Fault { TYPE, RANGE, PATTERN }

  private final Fault fault;

  Unfit(Fault fault, String right) {
    super(right, null, false, false);
    this.fault = fault;
  }

  boolean range() {
    return fault == Fault.RANGE;
  }

  /// The problem, for a value that is shown as `value`.
  Problem problem(Origin at, String path, String value) {
    return switch (fault) {
      case TYPE -> new Problem.WrongType(at, path, value, getMessage());
      case RANGE -> new Problem.OutOfRange(at, path, value, getMessage());
      case PATTERN -> new Problem.NoMatch(at, path, value, getMessage());
    };
  }
}
