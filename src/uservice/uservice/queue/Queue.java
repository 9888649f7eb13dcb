package uservice.queue;

import module java.base;

/// A queue of jobs, each delivered at least once until it is acknowledged. Safe for any threads.
///
/// ```java
/// while (running) {
///   for (Delivery delivery : queue.claim("worker-1", 256, Duration.ofSeconds(1))) {
///     handle(delivery.job());                                  // on failure: queue.fail(delivery, reason)
///     done.add(delivery);
///   }
///   queue.acknowledge(done);
/// }
/// ```
///
/// Waits are bounded by the caller; zero does not wait. Every call but [#close()] raises a [QueueException] once the queue
/// is closed. What differs between backends stands in the package's chapter.
public interface Queue extends AutoCloseable {
  /// Puts jobs in, in their order, waiting while the queue is full; returns how many of them, from the first on, are in.
  /// Fewer than all means that it was full until the wait was over. A job whose id was submitted before within the
  /// window counts as in, and is not queued again.
  int submit(List<Job> jobs, Duration wait) throws QueueException, InterruptedException;

  /// Hands out 1 to `max` jobs, waiting for the first; none where the wait was over, or where the queue is
  /// [drained][#drain]. They are the consumer's until the visibility timeout is over, then whoever claims next gets
  /// them. The name is this worker's own and stays the same over restarts (a pod's name and a number, say), so that a
  /// backend can keep a list for it.
  List<Delivery> claim(String consumer, int max, Duration wait) throws QueueException, InterruptedException;

  /// These jobs are done. Returns how many were ended by this call: others were acknowledged before by a second
  /// delivery, or are dead.
  int acknowledge(List<Delivery> done) throws QueueException;

  /// Gives back jobs that were not begun: they wait again, at the head, and the attempt does not count. Those no longer
  /// held by their delivery stay as they are.
  void release(List<Delivery> untouched) throws QueueException;

  /// This attempt failed: the job rests for the retry delay, or is dead where it was the last. Nothing happens where the
  /// job is no longer held by this delivery.
  void fail(Delivery failed, String reason) throws QueueException;

  QueueStats stats() throws QueueException;

  /// The first jobs of the dead-letter list, at most `max`, those dead for longest first.
  List<DeadJob> dead(int max) throws QueueException;

  /// Moves dead jobs with these ids to the end of the queue, their attempts forgotten; returns how many.
  int requeue(Collection<String> ids) throws QueueException;

  /// Removes dead jobs with these ids for good; returns how many.
  int discard(Collection<String> ids) throws QueueException;

  /// Takes no more jobs from here on ([#submit] is refused), and waits until those that would be lost with this handle
  /// are gone or dead: for a queue in memory all of them, so its workers keep claiming; elsewhere those that this handle
  /// has claimed, and claims give nothing more. False where the wait was over before.
  boolean drain(Duration wait) throws QueueException, InterruptedException;

  /// Gives up connections and wakes whoever waits; claimed jobs come back after their visibility timeout, where the queue
  /// outlives the process. Closing again does nothing.
  @Override void close();
}
