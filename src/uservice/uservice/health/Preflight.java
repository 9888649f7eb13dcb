package uservice.health;

import module java.base;

/// What must succeed before the service starts (the sidecar is up, the database answers, a file was mounted), and what is
/// done at its end (a sidecar is told to quit, so that a job's pod can end).
public final class Preflight {
  private static final Duration UNLIMITED = Duration.ofDays(365); // each task ends by its own retries

  private Preflight() {}

  /// Tells which did not succeed and why: `preflight failed: db: db:5432: Connection refused (4 tries); …`.
  public static final class Failed extends Exception {
    private Failed(String message) {
      super(message);
    }
  }

  /// Waits until all of `tasks` have succeeded. They run side by side, and each gets all its tries, so that a failure names
  /// everything that is wrong.
  ///
  /// @throws Failed where at least one did not succeed with its last try
  /// @throws InterruptedException when interrupted; the tries are given up
  public static void run(Map<String, TaskConfig> tasks) throws Failed, InterruptedException {
    List<String> failures = Tasks.run("preflight", tasks, UNLIMITED);
    if (!failures.isEmpty()) {
      throw new Failed("preflight failed: " + String.join("; ", failures));
    }
  }

  /// Runs `tasks` side by side for at most `limit`. Failures are logged and returned, a line each.
  ///
  /// @throws InterruptedException when interrupted; the tries are given up
  public static List<String> atEnd(Map<String, TaskConfig> tasks, Duration limit) throws InterruptedException {
    List<String> failures = Tasks.run("shutdown", tasks, limit);
    failures.forEach(failure -> Notices.log(System.Logger.Level.WARNING, "shutdown check failed: " + failure));
    return failures;
  }
}
