package uservice.hwaas;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.queue.Delivery;
import uservice.queue.Job;
import uservice.queue.RecentIds;

/// Standard output: a line for each job, once. The workers take turns, so that between the question whether a job was printed
/// before and the moment when it has left, nobody else prints it.
///
/// A line is a line: control characters in a body, which another program may have submitted, become `?`. On a terminal each
/// line is written by itself, elsewhere a batch at once. After a failure nothing is written any more.
final class Output {
  private static final Logger LOG = System.getLogger("uservice.hwaas");

  /// How many ids of printed jobs are known; the oldest are forgotten first.
  static final int KNOWN_MAX = 32_768;
  private static final int ROOM = 8 * 1024; // what the JDK writes without another copy on the heap

  private final OutputStream out;
  private final boolean lineByLine;
  private final ReentrantLock lock = new ReentrantLock();
  private final RecentIds known = new RecentIds(KNOWN_MAX, 1);
  private final byte[] line = new byte[ROOM];
  private int size;
  private volatile IOException failure;

  /// Writes to `out`, which has no buffer of its own.
  Output(OutputStream out, boolean lineByLine) {
    this.out = out;
    this.lineByLine = lineByLine;
  }

  boolean failed() { return failure != null; }

  /// Prints those of the batch that have not been printed, and returns their number once they have left.
  ///
  /// @throws IOException where the stream does not take them, now or before: none of the batch counts as printed then
  int print(List<Delivery> batch) throws IOException {
    lock.lock();
    try {
      if (failure != null) {
        throw failure;
      }
      int fresh = 0;
      for (Delivery delivery : batch) {
        Job job = delivery.job();
        if (known.add(job.id(), 0)) {
          fresh++;
          put(job.body());
        }
      }
      flush();
      return fresh;
    } catch (IOException failed) {
      fail(failed);
      throw failed;
    } finally {
      lock.unlock();
    }
  }

  private void fail(IOException failed) {
    if (failure == null && !closed(failed)) {
      LOG.log(Level.ERROR, "standard output: " + failed.getMessage() + "; what is not printed stays in the queue");
    }
    failure = failed;
  }

  /// Whether whoever reads has gone, as `head` does when it has seen enough: an end, and no fault.
  static boolean closed(IOException failure) { return "Broken pipe".equals(failure.getMessage()); }

  private void put(byte[] body) throws IOException {
    for (byte b : body) {
      put(control(b) ? (byte) '?' : b);
    }
    put((byte) '\n');
    if (lineByLine) {
      flush();
    }
  }

  private void put(byte b) throws IOException {
    if (size == line.length) {
      flush();
    }
    line[size++] = b;
  }

  private void flush() throws IOException {
    if (size > 0) {
      out.write(line, 0, size);
      size = 0;
    }
  }

  static boolean printable(byte[] body) {
    for (byte b : body) {
      if (control(b)) {
        return false;
      }
    }
    return true;
  }

  private static boolean control(byte b) { return b >= 0 && b < ' ' || b == 0x7f; }
}
