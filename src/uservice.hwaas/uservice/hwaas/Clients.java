package uservice.hwaas;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.metrics.Counter;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;

/// Those who submit, each at its own rate, their beats spread evenly over the period.
///
/// A job counts when the queue has said that it is in. Where the answer is lost, the same job with the same id is submitted
/// again, and the queue recognises it. Beats that pass while a client waits for the queue are left out, not made up for:
/// a client that could not submit for a minute does not do so sixty times at once.
final class Clients {
  private static final Logger LOG = System.getLogger("uservice.hwaas");
  private static final Duration WAIT = Duration.ofMillis(500);
  private static final int BATCH = 256;
  private static final int IN_HAND_MAX = 32 * 1024; // jobs made and not yet in the queue, of all clients
  private static final long LATE_NANOS_MAX = 100_000_000; // what a beat may be late and still count
  private static final double PERIOD_NANOS_MAX = 1e16;
  private static final int ID_BYTES = 10; // of chance: enough that no two processes ever have the same

  private final Queue queue;
  private final Counter submitted;
  private final BooleanSupplier wanted;
  private final Runnable counted;
  private final byte[] message;
  private final long period; // in nanoseconds; 0 without a pause
  private final int batch;
  private final AtomicLong left; // to be submitted yet, of all clients
  private final AtomicInteger busy;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Contact contact = new Contact("clients", ended);
  private final List<Thread> threads = new ArrayList<>();

  /// The clients that `config` asks for, who go on as long as `wanted`; `counted` runs when as many as asked are submitted.
  Clients(Hwaas.Config config, Queue queue, Counter submitted, BooleanSupplier wanted, Runnable counted) {
    this.queue = queue;
    this.submitted = submitted;
    this.wanted = wanted;
    this.counted = counted;
    this.message = config.message().getBytes(StandardCharsets.UTF_8);
    this.period = config.rate() == 0 ? 0 : Math.max(1, (long) Math.min(PERIOD_NANOS_MAX, 1e9 / config.rate()));
    this.batch = Math.clamp(IN_HAND_MAX / config.clients(), 1, BATCH);
    this.left = new AtomicLong(config.count() == 0 ? Long.MAX_VALUE : config.count());
    this.busy = new AtomicInteger(config.clients());
    var chance = new byte[ID_BYTES];
    new SecureRandom().nextBytes(chance);
    String process = new BigInteger(1, chance).toString(Character.MAX_RADIX) + "-";
    long now = System.nanoTime();
    for (int i = 0; i < config.clients(); i++) {
      String name = process + i + "-";
      long first = now + (long) (period * ((double) i / config.clients()));
      threads.add(Thread.ofVirtual().name("hwaas-client-" + i).unstarted(() -> run(name, first)));
    }
  }

  void start() { threads.forEach(Thread::start); }

  /// Waits until each has its last answer.
  void stop() throws InterruptedException {
    ended.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void run(String name, long first) {
    try {
      submitAll(name, first);
    } catch (InterruptedException cut) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error bug) {
      LOG.log(Level.ERROR, "a client failed", bug);
    }
    if (busy.decrementAndGet() == 0 && left.get() <= 0) {
      counted.run();
    }
  }

  private void submitAll(String name, long first) throws InterruptedException {
    long next = first;
    for (long number = 0; !ended.await(next - System.nanoTime(), TimeUnit.NANOSECONDS) && wanted.getAsBoolean(); ) {
      int due = due(next, System.nanoTime());
      int jobs = Math.clamp(left.getAndAdd(-due), 0, due);
      if (jobs == 0 || !submit(name, number, jobs)) {
        return;
      }
      number += jobs;
      next = following(next + due * period, System.nanoTime());
    }
  }

  /// How many beats have come from `next` on, as far as a batch holds them.
  private int due(long next, long now) {
    return period == 0 ? batch : (int) Math.min(batch, 1 + Math.max(0, now - next) / period);
  }

  /// The next beat: `next`, or where that is long over, one that keeps the beat.
  private long following(long next, long now) {
    long late = now - LATE_NANOS_MAX - next;
    return period == 0 ? now : late <= 0 ? next : next + (late / period + 1) * period;
  }

  /// Submits until all are in; false where the end came before.
  private boolean submit(String name, long number, int count) throws InterruptedException {
    var jobs = new ArrayList<Job>(count);
    for (long i = number; i < number + count; i++) {
      jobs.add(new Job(name + i, message));
    }
    int in = 0;
    for (int failures = 0; in < count && wanted.getAsBoolean(); ) {
      try {
        int more = queue.submit(in == 0 ? jobs : jobs.subList(in, count), WAIT);
        submitted.add(more);
        in += more;
        contact.reached();
        failures = 0;
      } catch (QueueException away) {
        if (!contact.pause(away, failures++)) {
          return false;
        }
      }
    }
    return in == count;
  }
}
