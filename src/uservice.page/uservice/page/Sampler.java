package uservice.page;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.metrics.Metrics;

/// The thread that takes a sample and looks at the checks each [Samples#STEP], whether somebody watches or not: the quarter of
/// an hour before somebody does is what they want to see.
final class Sampler implements AutoCloseable {
  private static final Logger LOG = System.getLogger("uservice.page");
  private static final Duration FIRST = Duration.ofSeconds(1); // out of the way of the start

  private final Readings readings;
  private final History history;
  private final Samples samples = new Samples();
  private final ReentrantLock lock = new ReentrantLock(); // guards the samples and readings
  private final Thread thread = Thread.ofVirtual().name("page-sampler").unstarted(this::run);
  private boolean failing;

  Sampler(Metrics metrics, History history, InstantSource wall, LongSupplier nanos) {
    this.readings = new Readings(metrics, wall, nanos);
    this.history = history;
  }

  void start() {
    thread.start();
  }

  /// Has `reader` read the samples, while none is taken.
  <T> T read(BiFunction<Samples, Readings, T> reader) {
    lock.lock();
    try {
      return reader.apply(samples, readings);
    } finally {
      lock.unlock();
    }
  }

  /// Takes one sample; what fails is told once, and tried again at the next step.
  void sample() {
    try {
      history.look();
      lock.lock();
      try {
        samples.add(readings.take());
      } finally {
        lock.unlock();
      }
      failing = false;
    } catch (RuntimeException broken) {
      if (!failing) {
        LOG.log(Level.WARNING, "the status page has no sample", broken);
      }
      failing = true;
    }
  }

  private void run() {
    try {
      Thread.sleep(FIRST);
      while (true) {
        sample();
        Thread.sleep(Samples.STEP);
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  @Override public void close() {
    thread.interrupt();
  }
}
