package uservice.log;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// A program that logs `line` with numbers from 0 and ends in the way its argument names; [ExitTest] runs it.
final class LastLines {
  static final int LINES = 2000;
  static final int IN_HOOK = 20;

  private LastLines() {}

  public static void main(String[] arguments) throws Exception {
    String way = arguments[0];
    Logger log = way.equals("early") ? System.getLogger("last") : null; // makes the JDK's own manager
    var config = new Logging.Config(Logging.Level.DEBUG, Map.of(), Logging.Format.JSON, 8192);
    Logging logging = Logging.install(config, "last", new FileOutputStream(FileDescriptor.out), false);
    Logger last = log == null ? System.getLogger("last") : log;
    if (way.equals("hook") || way.equals("early")) {
      Level level = way.equals("hook") ? Level.DEBUG : Level.INFO;
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> inHook(last, level)));
    }
    for (int i = 0; i < LINES; i++) {
      last.log(Level.INFO, "line", Field.of("i", i));
    }
    switch (way) {
      case "exit" -> Runtime.getRuntime().exit(3);
      case "uncaught" -> throw new IllegalStateException("nobody catches this");
      case "closed" -> {
        logging.close(Duration.ofSeconds(20));
        last.log(Level.INFO, "line", Field.of("i", LINES));
        Runtime.getRuntime().halt(4); // no hook runs
      }
      default -> {
        // The end of main, and the hook where there is one.
      }
    }
  }

  /// Logs when the JDK's hook and that of `Logging` have done their worst.
  private static void inHook(Logger last, Level level) {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("Logging-Cleaner") || thread.getName().equals("log-exit")) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
    for (int i = LINES; i < LINES + IN_HOOK; i++) {
      last.log(level, "line", Field.of("i", i));
    }
  }
}
