package uservice.cli;

import module java.base;

/// Whether a person watches.
public final class Terminal {
  private Terminal() {}

  /// Whether standard output is a terminal. On Linux the answer is the name behind file descriptor 1, which costs a system
  /// call where `System.console()` would load a line editor.
  public static boolean watched() {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/1"));
      return target.startsWith("/dev/pts") || target.startsWith("/dev/tty") || target.equals(Path.of("/dev/console"));
    } catch (IOException | UnsupportedOperationException elsewhere) {
      Console console = System.console();
      return console != null && console.isTerminal();
    }
  }
}
