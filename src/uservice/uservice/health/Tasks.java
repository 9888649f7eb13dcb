package uservice.health;

import module java.base;

/// Runs tasks side by side, each with its retries. A try has a thread of its own, which is left behind where it does not end.
final class Tasks {
  private Tasks() {}

  /// Returns a line `name: why` for each that failed; empty where all went well. What `limit` cuts off has failed.
  static List<String> run(String kind, Map<String, TaskConfig> tasks, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    var running = new LinkedHashMap<String, FutureTask<String>>();
    var failures = new ArrayList<String>();
    try {
      tasks.forEach((name, config) -> {
        var task = new FutureTask<>(() -> reach(kind + " " + name, config));
        running.put(name, task);
        Thread.ofVirtual().name(kind + "-" + name).start(task); // it only waits; the tries have platform threads
      });
      for (var task : running.entrySet()) {
        String why = outcome(task.getValue(), Math.max(0, end - System.nanoTime()), limit);
        if (!why.isEmpty()) {
          failures.add(task.getKey() + ": " + why);
        }
      }
      return failures;
    } finally {
      running.values().forEach(task -> task.cancel(true));
    }
  }

  private static String outcome(FutureTask<String> task, long nanos, Duration limit) throws InterruptedException {
    try {
      return task.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      return "cut off after " + Text.of(limit);
    } catch (ExecutionException failed) {
      return Text.of(failed.getCause());
    }
  }

  private static String reach(String what, TaskConfig config) throws InterruptedException {
    for (int tries = 1;; tries++) {
      String why = once(what, config);
      if (why.isEmpty()) {
        return "";
      }
      if (tries > config.retries()) {
        return why + (tries == 1 ? " (1 try)" : " (" + tries + " tries)");
      }
      Notices.log(System.Logger.Level.INFO, what + ": " + why + " (try " + tries + " of " + (config.retries() + 1) + ")");
      Thread.sleep(config.every());
    }
  }

  private static String once(String what, TaskConfig config) throws InterruptedException {
    var attempt = new FutureTask<String>(() -> {
      config.target().reach(config.timeout());
      return "";
    });
    try {
      Thread.ofPlatform().daemon().name(what).start(attempt);
      return outcome(attempt, config.timeout().toNanos(), config.timeout());
    } finally {
      attempt.cancel(true);
    }
  }
}
