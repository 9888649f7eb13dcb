package uservice.cli;

import module java.base;

/// Whether a person watches.
public final class Terminal {
  private Terminal() {}

  /// Whether standard output is a terminal. On Linux the answer is the name behind file descriptor 1, which costs a system
  /// call where `System.console()` would load a line editor.
  public static boolean watched() {
    return watched(1);
  }

  /// Whether standard error is one.
  public static boolean errorsWatched() {
    return watched(2);
  }

  /// Whether colours, and other sequences that a terminal acts on, are wanted by whoever set up this environment: not where
  /// `NO_COLOR` is there and not empty (no-color.org), and not on a terminal that is `dumb`.
  public static boolean colours(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty() && !dumb(environment);
  }

  /// Whether the terminal can do nothing but print.
  public static boolean dumb(Map<String, String> environment) {
    return environment.getOrDefault("TERM", "").equals("dumb");
  }

  private static boolean watched(int descriptor) {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return target.startsWith("/dev/pts") || target.startsWith("/dev/tty") || target.equals(Path.of("/dev/console"));
    } catch (IOException | UnsupportedOperationException elsewhere) {
      Console console = System.console();
      return console != null && console.isTerminal();
    }
  }
}
