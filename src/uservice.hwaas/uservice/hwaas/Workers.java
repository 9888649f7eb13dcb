package uservice.hwaas;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.cli.Exit;
import uservice.health.Kick;
import uservice.queue.Delivery;
import uservice.queue.Queue;
import uservice.queue.QueueException;

/// Those who print: each claims a batch, prints it, and acknowledges it when it has left.
///
/// ```
///   claim ──▶ print ──▶ acknowledge ──▶ claim …
///     │         │            └ no answer: again, until there is one
///     │         └ nobody takes it: release, the service stops
///     └ no answer: pause
/// ```
///
/// Killed before the acknowledgement, a batch comes again after the visibility timeout, to any worker; one of this process
/// recognises what was printed here.
final class Workers {
  /// How long [#finish()] takes at most.
  static final Duration FINISHING = Duration.ofSeconds(20);
  private static final Duration DRAINING = Duration.ofSeconds(17);
  private static final Duration WAIT = Duration.ofSeconds(1);
  private static final Duration LAST_WAIT = Duration.ofMillis(100);
  private static final int BATCH = 512;
  private static final Path HOST = Path.of("/proc/sys/kernel/hostname");
  private static final Logger LOG = System.getLogger("uservice.hwaas");

  private final Queue queue;
  private final Output output;
  private final Figures figures;
  private final ObjIntConsumer<String> stop;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Contact claiming = new Contact("workers", ended);
  private final Contact acknowledging = new Contact("workers with what they printed", ended);
  private final Rounds rounds;
  private final List<Thread> threads = new ArrayList<>();
  private volatile Runnable onEmpty;
  private volatile boolean draining;

  /// So many workers on one queue and one output. `alive` is kicked when all of them have come round; `stop` is told, with
  /// an exit code, why they cannot go on.
  Workers(int count, Queue queue, Output output, Figures figures, Kick alive, ObjIntConsumer<String> stop) {
    this.queue = queue;
    this.output = output;
    this.figures = figures;
    this.stop = stop;
    this.rounds = new Rounds(count, alive::kick);
    String name = host() + "-" + ProcessHandle.current().pid() + "-";
    for (int i = 0; i < count; i++) {
      int number = i;
      threads.add(Thread.ofVirtual().name("hwaas-worker-" + i).unstarted(() -> run(number, name + number)));
    }
  }

  void start() { threads.forEach(Thread::start); }

  /// Has `then` run when, from now on, a worker asks and the queue has nothing for it.
  void onEmpty(Runnable then) { onEmpty = then; }

  /// Takes nothing new, finishes what would be lost otherwise, and waits until the workers have gone.
  ///
  /// @throws TimeoutException if that takes too long: what is left comes again to others, where the queue outlives the process
  void finish() throws QueueException, InterruptedException, TimeoutException {
    draining = true;
    try {
      if (!output.failed() && !queue.drain(DRAINING)) {
        throw new TimeoutException("jobs are left after " + DRAINING.toSeconds() + " s");
      }
    } finally {
      ended.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private void run(int number, String consumer) {
    try {
      work(number, consumer);
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error bug) {
      LOG.log(Level.ERROR, "a worker failed", bug);
      stop.accept("a worker failed: " + bug, Exit.FAILED.code());
    }
  }

  private void work(int number, String consumer) throws InterruptedException {
    boolean going = true;
    for (int failures = 0; going; ) {
      rounds.come(number);
      boolean last = draining; // read before the claim, so that an empty one means that all is done
      Runnable then = onEmpty;
      try {
        List<Delivery> batch = queue.claim(consumer, BATCH, last || then != null ? LAST_WAIT : WAIT);
        claiming.reached();
        failures = 0;
        if (!batch.isEmpty()) {
          going = handle(number, batch);
        } else if (last) {
          going = false;
        } else if (then != null) {
          then.run();
        }
      } catch (QueueException away) {
        going = !last && claiming.pause(away, failures++);
      }
    }
  }

  private boolean handle(int number, List<Delivery> batch) throws InterruptedException {
    try {
      int fresh = output.print(batch);
      figures.printed.add(fresh);
      figures.duplicate.add(batch.size() - fresh);
    } catch (IOException closed) {
      release(batch);
      stop.accept("standard output: " + closed.getMessage(), (Output.closed(closed) ? Exit.FINE : Exit.FAILED).code());
      return false;
    }
    return acknowledge(number, batch);
  }

  private boolean acknowledge(int number, List<Delivery> batch) throws InterruptedException {
    for (int failures = 0; ; failures++) {
      try {
        queue.acknowledge(batch);
        acknowledging.reached();
        return true;
      } catch (QueueException away) {
        rounds.come(number);
        if (!acknowledging.pause(away, failures)) {
          return false;
        }
      }
    }
  }

  private void release(List<Delivery> batch) {
    try {
      queue.release(batch);
    } catch (QueueException away) {
      LOG.log(Level.WARNING, "jobs come again after the visibility timeout, they could not be given back: " + away.getMessage());
    }
  }

  /// The machine's name, which in a pod is the pod's; with the process id, two processes on a machine differ, and a
  /// container that starts again keeps its name.
  private static String host() {
    String given = System.getenv("HOSTNAME");
    if (given != null && !given.isBlank()) {
      return given.strip();
    }
    try {
      return Files.readString(HOST).strip();
    } catch (IOException elsewhere) {
      return "localhost";
    }
  }

  /// Kicks when every worker has come round since the last kick, so that one that hangs is noticed.
  static final class Rounds {
    private final int count;
    private final Runnable kick;
    private final AtomicLongArray came;
    private final AtomicInteger missing;
    private volatile long round = 1;

    Rounds(int count, Runnable kick) {
      this.count = count;
      this.kick = kick;
      this.came = new AtomicLongArray(count);
      this.missing = new AtomicInteger(count);
    }

    void come(int worker) {
      long now = round;
      if (came.get(worker) != now) {
        came.set(worker, now);
        if (missing.decrementAndGet() == 0) {
          missing.set(count); // before the round begins: until then all of them have come
          round = now + 1;
          kick.run();
        }
      }
    }
  }
}
