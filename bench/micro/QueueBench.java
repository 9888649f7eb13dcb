package micro;

import module java.base;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;
import uservice.queue.Queues;

/// Jobs through the queue in memory, each submitted, claimed and acknowledged: one thread brings them, ten take them away.
/// The time is that for one job.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueueBench {
  private static final int JOBS = 200_000;
  private static final int WORKERS = 10;
  private static final int BATCH = 256;
  private static final Duration WAIT = Duration.ofSeconds(30);

  private static final byte[] BODY = "{\"order\":7}".getBytes(StandardCharsets.US_ASCII);

  @Benchmark @OperationsPerInvocation(JOBS) public long tenWorkers() throws Exception {
    try (Queue queue = Queues.open(URI.create("memory:/"), QueueOptions.defaults());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var workers = new ArrayList<Future<Long>>();
      for (int i = 0; i < WORKERS; i++) {
        String name = "worker-" + i;
        workers.add(threads.submit(() -> work(queue, name)));
      }
      var jobs = new ArrayList<Job>(BATCH);
      for (int i = 0; i < JOBS; i += jobs.size()) {
        jobs.clear();
        for (int k = i; k < Math.min(i + BATCH, JOBS); k++) {
          jobs.add(new Job(Integer.toString(k), BODY));
        }
        if (queue.submit(jobs, WAIT) < jobs.size()) {
          throw new IllegalStateException("the queue stayed full");
        }
      }
      if (!queue.drain(WAIT)) {
        throw new IllegalStateException("the queue was not emptied");
      }
      long done = 0;
      for (Future<Long> worker : workers) {
        done += worker.get();
      }
      if (done != JOBS) {
        throw new IllegalStateException(done + " jobs were done of " + JOBS);
      }
      return done;
    }
  }

  private static long work(Queue queue, String name) throws QueueException, InterruptedException {
    long done = 0;
    List<Delivery> claimed;
    while (!(claimed = queue.claim(name, BATCH, WAIT)).isEmpty()) {
      done += queue.acknowledge(claimed);
    }
    return done;
  }
}
