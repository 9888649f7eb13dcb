package uservice.log;

import module java.base;
import uservice.json.Utf8Buffer;

/// The way of finished lines to the stream: a queue with two bounds, and one thread that writes what has gathered in one
/// call. Whoever logs waits for nothing but the copying of bytes; when the stream does not take them, lines are dropped and
/// counted, and the first batch that is written after that ends with a note that says how many.
///
/// ```
///   put ──▶ queued ≤ linesMax, ≤ 4 MiB ──swap──▶ batch ──one write──▶ stream
///             └ full: dropped                      └ refused: dropped
/// ```
final class Outlet {
  /// How much may wait; as much again may be on its way out.
  static final int BYTES_MAX = 4 << 20;

  private static final int CAPACITY = 64 * 1024;
  private static final int KEEP = 1 << 20; // a buffer that grew beyond this is let go
  private static final long GATHER_NANOS = 1_000_000;

  private final OutputStream out;
  private final int linesMax;
  private final LongFunction<Utf8Buffer> note;

  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong untold = new AtomicLong(); // how many of these no note has told

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition(); // the writer waits here
  private final Condition emptied = lock.newCondition();
  private Utf8Buffer queued = new Utf8Buffer(CAPACITY); // this and all below by the lock
  private int lines; // in queued
  private long taken; // lines that found room, since the start
  private long done; // how many of these have left: written, or refused by the stream
  private int waiting; // threads that wait for lines to leave
  private boolean idle; // the writer waits for a line
  private boolean closed;
  private long lateNanos = 1_000_000_000; // for which lines after close() still wait, all of them together

  /// Writes to `out`; `note` makes the line that tells of so many dropped.
  Outlet(OutputStream out, int linesMax, LongFunction<Utf8Buffer> note) {
    this.out = out;
    this.linesMax = linesMax;
    this.note = note;
    Thread.ofPlatform().daemon().name("log").start(this::writeAll);
  }

  /// Takes one line with its line feed.
  void put(Utf8Buffer line) {
    lock.lock();
    try {
      if (lines >= linesMax || queued.size() + line.size() > BYTES_MAX) {
        drop();
        return;
      }
      queued.put(line);
      lines++;
      taken++;
      if (idle || lines == linesMax / 2) {
        filled.signal();
      }
      if (closed) {
        awaitLate();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Counts a line that does not get out; without the lock, so that it can be done when the stack is nearly used up.
  void drop() {
    dropped.incrementAndGet();
    untold.incrementAndGet();
  }

  long dropped() {
    return dropped.get();
  }

  /// Waits until everything that was put before has left, at most `time`; returns whether it has.
  boolean flush(Duration time) throws InterruptedException {
    lock.lock();
    try {
      return awaitDone(TimeUnit.NANOSECONDS.convert(time)) > 0;
    } finally {
      lock.unlock();
    }
  }

  /// Flushes; from now on [#put] returns when its line has left. The writer stays for that, as a daemon.
  boolean close(Duration time) throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      return flush(time);
    } finally {
      lock.unlock();
    }
  }

  /// Waits for what was taken so far; how much of the time is left, 0 where it was not enough.
  private long awaitDone(long nanos) throws InterruptedException {
    long target = taken;
    long left = Math.max(1, nanos);
    waiting++;
    try {
      filled.signal();
      while (done < target && left > 0) {
        left = emptied.awaitNanos(left);
      }
    } finally {
      waiting--;
    }
    return done < target ? 0 : Math.max(1, left);
  }

  /// Waits although the thread may have been interrupted: this is the last chance of a line.
  private void awaitLate() {
    boolean interrupted = Thread.interrupted();
    try {
      lateNanos = lateNanos == 0 ? 0 : awaitDone(lateNanos);
    } catch (InterruptedException again) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll() {
    Utf8Buffer batch = new Utf8Buffer(CAPACITY);
    long count = 0;
    long told = 0;
    boolean whole = true;
    while (true) {
      lock.lock();
      try {
        done += count;
        if (!whole) {
          dropped.addAndGet(count);
          untold.addAndGet(count + told);
        }
        emptied.signalAll();
        awaitLines();
        Utf8Buffer empty = batch;
        batch = queued;
        queued = empty;
        count = lines;
        lines = 0;
        told = untold.getAndSet(0);
      } finally {
        lock.unlock();
      }
      whole = write(batch, told, whole);
      batch = batch.size() > KEEP ? new Utf8Buffer(CAPACITY) : batch.truncate(0);
    }
  }

  /// Waits for a line, and for a moment more where one was written just now: many lines then cost a write a millisecond, not
  /// one each, and who logs need not wake this thread.
  private void awaitLines() {
    if (lines < linesMax / 2 && waiting == 0) {
      try {
        filled.awaitNanos(GATHER_NANOS);
      } catch (InterruptedException nobodyDoes) {
        // Gathering less is all that comes of it.
      }
    }
    idle = true;
    while (lines == 0) {
      filled.awaitUninterruptibly();
    }
    idle = false;
  }

  /// Writes whole lines; returns whether the stream took them. What a failure has torn ends where the next batch begins.
  private boolean write(Utf8Buffer batch, long told, boolean whole) {
    try {
      if (told > 0) {
        batch.put(note.apply(told));
      }
      if (!whole) {
        out.write('\n');
      }
      batch.writeTo(out);
      out.flush();
      return true;
    } catch (Throwable refused) { // there is nowhere to tell; the count does
      return false;
    }
  }
}
