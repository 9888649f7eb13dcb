package uservice.hwaas;

import module java.base;
import uservice.queue.DeadJob;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.Queue;
import uservice.queue.QueueException;
import uservice.queue.QueueOptions;
import uservice.queue.QueueStats;
import uservice.queue.Queues;

/// A queue in memory behind a line that tests can cut: before a call arrives, or after it was done and before the answer is back.
final class Peer implements Queue {
  enum Line { WHOLE, UNREACHABLE, ANSWER_LOST }

  final Queue queue;
  final ConcurrentLinkedQueue<String> submitted = new ConcurrentLinkedQueue<>(); // the ids, each time they came
  final AtomicInteger calls = new AtomicInteger();
  volatile Line line = Line.WHOLE;
  volatile boolean acknowledging = true;

  Peer(Duration visibility) {
    QueueOptions is = QueueOptions.defaults();
    queue = Queues.open(URI.create("memory:/"), new QueueOptions(is.capacity(), visibility, is.retryDelay(), 1_000, is.duplicateWindow(), is.duplicateIds()));
  }

  private interface Ask<T> {
    T ask() throws QueueException, InterruptedException;
  }

  private <T> T ask(Ask<T> question) throws QueueException, InterruptedException {
    calls.incrementAndGet();
    if (line == Line.UNREACHABLE) {
      throw QueueException.unreachable("peer", new IOException("connection refused"));
    }
    T answer = question.ask();
    if (line == Line.ANSWER_LOST) {
      throw QueueException.unanswered("peer", new IOException("connection reset"));
    }
    return answer;
  }

  private <T> T now(Ask<T> question) throws QueueException {
    try {
      return ask(question);
    } catch (InterruptedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override public int submit(List<Job> jobs, Duration wait) throws QueueException, InterruptedException {
    jobs.forEach(job -> submitted.add(job.id()));
    return ask(() -> queue.submit(jobs, wait));
  }

  @Override public List<Delivery> claim(String consumer, int max, Duration wait) throws QueueException, InterruptedException {
    return ask(() -> queue.claim(consumer, max, wait));
  }

  @Override public int acknowledge(List<Delivery> done) throws QueueException {
    if (!acknowledging) {
      throw QueueException.unanswered("peer", new IOException("connection reset"));
    }
    return now(() -> queue.acknowledge(done));
  }

  @Override public void release(List<Delivery> untouched) throws QueueException {
    now(() -> {
      queue.release(untouched);
      return 0;
    });
  }

  @Override public void fail(Delivery failed, String reason) throws QueueException { throw new AssertionError("nobody fails a job"); }

  @Override public QueueStats stats() throws QueueException { return now(queue::stats); }

  @Override public List<DeadJob> dead(int max) throws QueueException { return now(() -> queue.dead(max)); }

  @Override public int requeue(Collection<String> ids) throws QueueException { return now(() -> queue.requeue(ids)); }

  @Override public int discard(Collection<String> ids) throws QueueException { return now(() -> queue.discard(ids)); }

  @Override public boolean drain(Duration wait) throws QueueException, InterruptedException { return ask(() -> queue.drain(wait)); }

  @Override public void close() { queue.close(); }
}
