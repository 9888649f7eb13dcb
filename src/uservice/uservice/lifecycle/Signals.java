package uservice.lifecycle;

import module java.base;
import sun.misc.Signal;

/// The signals of the operating system. This is the one class that names `sun.misc.Signal`, which javac warns of in a way
/// that no annotation silences; the build passes `-XDignore.symbol.file` for it.
public final class Signals {
  private Signals() {}

  /// Runs `action` at each signal `name` (`TERM`, `HUP`, without `SIG`), on a thread of the JVM's that serves this signal only.
  /// The last action registered for a signal is the one that runs.
  ///
  /// `QUIT`, otherwise the JVM's thread dump, is taken from it through the foreign function API, which the JVM allows with
  /// `--enable-native-access=uservice` and warns of without.
  ///
  /// @throws IllegalArgumentException if the platform has no such signal, the JVM keeps it, or `QUIT` cannot be had here
  public static void on(String name, Runnable action) {
    if (name.equals("QUIT")) {
      QuitSignal.on(action);
      return;
    }
    try {
      Signal.handle(new Signal(name), _ -> action.run());
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException("signal '" + name + "' cannot be handled: " + refused.getMessage(), refused);
    }
  }

  /// The number that the platform gives signal `name`.
  ///
  /// @throws IllegalArgumentException if it has none of that name
  static int number(String name) {
    return new Signal(name).getNumber();
  }

  /// Sends signal `name` to this process.
  public static void raise(String name) {
    Signal.raise(new Signal(name));
  }
}
