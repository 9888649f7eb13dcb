package uservice.kafka;

import module java.base;
import uservice.queue.Job;
import uservice.queue.QueueOptions;
import uservice.queue.RecentIds;

/// Puts jobs into the topic, while there is room: how much there is, is asked now and then, and what was submitted here since is counted on top.
final class Submitting {
  private static final int STEP = 512;
  private static final long MEASURE_NANOS = 1_000_000_000; // how old a measure may be
  private static final long FULL_MILLIS_MIN = 5;
  private static final long FULL_MILLIS_MAX = 200;

  private final QueueTopics topics;
  private final QueueOptions options;
  private final LongSupplier nanos;
  private final LongAdder duplicates;
  private final ReentrantLock lock = new ReentrantLock();
  private final RecentIds known; // guarded by lock, as are the next three
  private boolean measured;
  private long measuredAt;
  private long depth;

  Submitting(QueueTopics topics, QueueOptions options, LongSupplier nanos, LongAdder duplicates) {
    this.topics = topics;
    this.options = options;
    this.nanos = nanos;
    this.duplicates = duplicates;
    this.known = new RecentIds(options.duplicateIds(), options.duplicateWindow().toNanos());
  }

  /// As [uservice.queue.Queue#submit] has it; ends early where `open` says no.
  int submit(List<Job> jobs, Duration wait, BooleanSupplier open) throws KafkaException, InterruptedException {
    topics.make();
    long deadline = nanos.getAsLong() + wait.toNanos();
    long pause = FULL_MILLIS_MIN;
    int in = 0;
    while (in < jobs.size() && open.getAsBoolean()) {
      if (known(jobs.get(in).id())) {
        duplicates.increment();
        in++; // though it may be full
        continue;
      }
      int room = room(Math.min(STEP, jobs.size() - in), pause > FULL_MILLIS_MIN);
      if (room > 0) {
        List<Job> step = jobs.subList(in, in + room);
        int taken = 0;
        try {
          taken = send(step);
        } catch (KafkaException failed) {
          if (in == 0) {
            throw failed;
          }
        }
        in += taken;
        if (taken < room) {
          return in; // these are in, whatever became of the rest: it is submitted again, and recognised
        }
        pause = FULL_MILLIS_MIN;
      } else {
        long left = (deadline - nanos.getAsLong()) / 1_000_000;
        if (left <= 0) {
          return in;
        }
        TimeUnit.MILLISECONDS.sleep(Math.min(left, pause));
        pause = Math.min(pause * 2, FULL_MILLIS_MAX);
      }
    }
    return in;
  }

  /// How many of so many there is room for; taken at once.
  private int room(int wanted, boolean anew) throws KafkaException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long now = nanos.getAsLong();
      if (anew || !measured || now - measuredAt >= MEASURE_NANOS || depth + wanted > options.capacity()) {
        depth = topics.size();
        measured = true;
        measuredAt = nanos.getAsLong();
      }
      int room = Math.clamp(options.capacity() - depth, 0, wanted);
      depth += room;
      return room;
    } finally {
      lock.unlock();
    }
  }

  /// Sends these, and returns how many of them, from the first on, are in; throws where that is none.
  private int send(List<Job> jobs) throws KafkaException, InterruptedException {
    var sent = new ArrayList<CompletableFuture<Sent>>();
    var ids = new HashSet<String>();
    boolean remembers = options.duplicateIds() > 0 && options.duplicateWindow().isPositive();
    for (Job job : jobs) {
      boolean fresh = (ids.add(job.id()) || !remembers) && !known(job.id());
      sent.add(fresh ? topics.send(job) : null);
    }
    for (int i = 0; i < sent.size(); i++) {
      try {
        if (sent.get(i) == null) {
          duplicates.increment();
        } else {
          QueueTopics.await(sent.get(i));
          remember(jobs.get(i).id());
        }
      } catch (KafkaException failed) {
        if (i == 0) {
          throw failed;
        }
        return i;
      }
    }
    return sent.size();
  }

  private boolean known(String id) {
    lock.lock();
    try {
      return known.contains(id, nanos.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  private void remember(String id) {
    lock.lock();
    try {
      known.add(id, nanos.getAsLong());
    } finally {
      lock.unlock();
    }
  }
}
