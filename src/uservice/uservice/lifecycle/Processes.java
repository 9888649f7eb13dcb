package uservice.lifecycle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import module java.base;

/// What [Process] cannot do for other processes: any signal, and burying the dead that nobody waits for. Both are calls of the C library
/// through the foreign function API, which the JVM allows with `--enable-native-access=uservice` and warns of without.
public final class Processes {
  private static final int WNOHANG = 1;

  private Processes() {}

  /// Sends signal `name` (`HUP`, without `SIG`) to a process that this one may send it to; returns whether the system took it.
  ///
  /// @throws IllegalArgumentException if the platform has no such signal, or native calls are denied
  public static boolean signal(long pid, String name) {
    return call("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), (int) pid, Signals.number(name)) == 0;
  }

  /// Takes a child that has ended out of the system's books, without waiting for one that has not; returns whether it did. For orphans
  /// that the system gave to this process, never for a [Process], whose exit code would be lost.
  ///
  /// @throws IllegalArgumentException if native calls are denied
  public static boolean bury(long pid) {
    return call("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), (int) pid, MemorySegment.NULL, WNOHANG) == pid;
  }

  @SuppressWarnings("restricted") // this is what native access is for
  private static int call(String function, FunctionDescriptor shape, Object... arguments) {
    try {
      Linker linker = Linker.nativeLinker();
      MemorySegment address = linker.defaultLookup().find(function).orElseThrow(() -> new IllegalArgumentException("the C library has no '" + function + "'"));
      return (int) linker.downcallHandle(address, shape).invokeWithArguments(arguments);
    } catch (IllegalCallerException denied) {
      throw new IllegalArgumentException("native access is denied: the JVM needs --enable-native-access=uservice", denied);
    } catch (RuntimeException | Error asIs) {
      throw asIs;
    } catch (Throwable impossible) {
      throw new IllegalStateException("BUG: " + function + " throws nothing", impossible);
    }
  }
}
