package uservice.control;

import static uservice.health.Checks.manual;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.Service;
import uservice.cli.Failure;
import uservice.config.Times;
import uservice.health.Manual;
import uservice.lifecycle.Processes;
import uservice.log.Field;

/// Keeps one child: starts it, starts it again, passes signals on, and ends it.
///
/// ```
///            ┌──────────── back-off ◀───────────┐ code not 0, restart, fewer than the limit
///            ▼                                  │
/// start ─▶ runs ─────────────────────────▶ has ended ─▶ the service ends with its code
///            │ end: TERM or INT                 ▲
///            └─▶ drains ─▶ (too long) KILL ─────┘
/// ```
///
/// One thread waits for the child; signals and the end come from others.
final class Supervisor {
  /// A child that ran this long is started again as if it were for the first time.
  static final Duration STEADY = Duration.ofMinutes(1);
  static final Duration BACKOFF_MAX = Duration.ofSeconds(30);
  private static final Logger LOG = System.getLogger("uservice.child");
  private static final Duration LAST_LINES = Duration.ofSeconds(1);
  private static final Duration AFTER_KILL = Duration.ofSeconds(1);
  private static final int KILLED = 128 + 9;

  private final Service service;
  private final Child.Config config;
  private final Listener listener;
  private final List<String> command;
  private final Manual running;
  private final ReentrantLock lock = new ReentrantLock(); // held to start a child, and to forbid that
  private final CountDownLatch ending = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1); // no child, and none to come
  private volatile Process process;
  private volatile int restarts;
  private long startedNanos; // used by the thread that starts a child, as is the next
  private List<Thread> readers = List.of();

  Supervisor(Service service, Child.Config config, Listener listener) {
    this.service = service;
    this.config = config;
    this.listener = listener;
    this.command = service.command();
    this.running = service.health().ready("child", manual(false));
  }

  /// @throws Failure if it cannot be started
  void start() throws Failure {
    try {
      spawn();
    } catch (IOException refused) {
      over.countDown();
      throw new Failure(reason(refused), refused);
    }
    Thread.ofPlatform().daemon().name("child").start(this::watch);
  }

  /// Starts a child; false where none is to be started any more.
  private boolean spawn() throws IOException {
    var builder = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(listener.environment());
    if (config.log() == Child.Output.PASS) {
      builder.inheritIO();
    }
    lock.lock();
    try {
      if (ending.getCount() == 0) {
        return false;
      }
      process = builder.start();
    } finally {
      lock.unlock();
    }
    startedNanos = System.nanoTime();
    running.set(true, "");
    LOG.log(Level.INFO, "child started", Field.of("pid", process.pid()), Field.of("command", command.getFirst()));
    if (config.log() == Child.Output.WRAP) {
      readers = List.of(PrintedLines.follow(process.getInputStream(), "stdout"), PrintedLines.follow(process.getErrorStream(), "stderr"));
    }
    return true;
  }

  private String reason(IOException refused) {
    String why = String.valueOf(refused.getMessage());
    return "cannot run '" + command.getFirst() + "': " + (why.contains("No such file") ? "there is no such program" : why.substring(why.lastIndexOf(": ") + 1).strip());
  }

  /// Waits for one child after the other, until there is none to come.
  private void watch() {
    try {
      Duration backoff = config.backoff();
      for (int row = 1; ; row++) {
        int code = process.waitFor();
        for (Thread reader : readers) { // what was printed last; who inherited the pipe may keep it open
          reader.join(LAST_LINES);
        }
        boolean steady = System.nanoTime() - startedNanos > STEADY.toNanos();
        row = steady ? 1 : row;
        backoff = steady ? config.backoff() : backoff;
        boolean again = config.restart() == Child.Restart.ON_FAILURE && code != 0 && row <= config.restartLimit() && ending.getCount() > 0;
        ended(code, again ? ", started again in " + Times.format(backoff) : "");
        if (!again || ending.await(backoff.toMillis(), TimeUnit.MILLISECONDS)) {
          give(code, row);
          return;
        }
        backoff = backoff.multipliedBy(2).compareTo(BACKOFF_MAX) < 0 ? backoff.multipliedBy(2) : BACKOFF_MAX;
        if (!spawn()) { // the end came while it was to be started again: the child that ended is the last
          give(code, row);
          return;
        }
        restarts++;
      }
    } catch (IOException refused) {
      over.countDown();
      service.stop(reason(refused), 1);
    } catch (InterruptedException cut) {
      throw new IllegalStateException("BUG: nobody interrupts the thread that waits for the child", cut);
    }
  }

  private void ended(int code, String next) {
    String how = "ended " + how(code) + next;
    running.set(false, how);
    listener.ended();
    LOG.log(code == 0 || ending.getCount() == 0 ? Level.INFO : Level.WARNING, "child " + how, Field.of("exit_code", code), Field.of("pid", process.pid()));
  }

  private static String how(int code) {
    return code <= 128 ? "with exit code " + code : "by signal " + (code - 128);
  }

  /// Nothing is left to serve, so that traffic need not be led away first.
  private void give(int code, int row) {
    over.countDown();
    service.stop("the child ended " + how(code) + (row > 1 ? ", having been started " + row + " times" : ""), code);
    service.exitCode(code);
    service.skipDelay();
  }

  /// Passes a signal on to the child, if there is one.
  void signal(String name) {
    Process now = process;
    if (now == null || !now.isAlive()) {
      return;
    }
    try {
      Processes.signal(now.pid(), name);
      LOG.log(Level.DEBUG, "passed on to the child: SIG" + name);
    } catch (IllegalArgumentException denied) {
      LOG.log(Level.ERROR, "SIG" + name + " cannot be passed on to the child: " + denied.getMessage());
    }
  }

  /// Ends the child: the signal that asked the service to end, then KILL when its time is over. What it started and left behind goes as well.
  void end() throws Exception {
    lock.lock();
    try {
      ending.countDown();
    } finally {
      lock.unlock();
    }
    Process last = process;
    if (last == null) {
      return;
    }
    List<ProcessHandle> below = last.descendants().toList();
    try {
      if (last.isAlive()) {
        interrupt(last);
      }
      if (!over.await(config.drain().toMillis(), TimeUnit.MILLISECONDS)) {
        kill(last);
        throw new TimeoutException("killed, since it did not end within " + Times.format(config.drain()));
      }
    } catch (InterruptedException hurried) {
      kill(last);
      throw hurried;
    } finally {
      Stream.concat(below.stream(), last.descendants()).forEach(ProcessHandle::destroyForcibly);
    }
  }

  private void interrupt(Process child) {
    if (service.reason().equals("SIGINT")) {
      signal("INT");
    } else {
      child.destroy(); // TERM
    }
  }

  private void kill(Process child) {
    child.destroyForcibly();
    service.exitCode(KILLED);
    try {
      over.await(AFTER_KILL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  boolean up() {
    return pid() != 0;
  }

  int restarts() {
    return restarts;
  }

  /// The number of the process that runs, 0 where none does.
  long pid() {
    Process now = process;
    return now != null && now.isAlive() ? now.pid() : 0;
  }
}
