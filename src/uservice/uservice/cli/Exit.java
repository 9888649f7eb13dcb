package uservice.cli;

/// The exit codes of every command.
public enum Exit {
  /// It did what was asked; for `probe`: the answer is yes.
  FINE(0),
  /// It failed while running, or was cut off; for `probe`: the answer is no, or there was none.
  FAILED(1),
  /// The command line was wrong; nothing was done.
  USAGE(2),
  /// The configuration was refused; nothing was started.
  REFUSED(3);

  private final int code;

  Exit(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
