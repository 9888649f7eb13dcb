package uservice.queue;

import module java.base;

import uservice.backend.Backends;

/// Opens queues by URI.
public final class Queues {
  private static final QueueBackend MEMORY = new Memory();

  private Queues() {}

  /// The queue at the URI. `memory:` is a new one with each call, gone with the process: hand it around.
  public static Queue open(URI uri, QueueOptions options) {
    return require(uri).open(uri, options);
  }

  /// The backend for the URI, or an [IllegalArgumentException] that names the module to add; opens nothing.
  public static QueueBackend require(URI uri) {
    return Backends.find(uri, MEMORY, ServiceLoader.load(QueueBackend.class));
  }

  private record Memory() implements QueueBackend {
    @Override public Set<String> schemes() { return Set.of("memory"); }

    @Override public Queue open(URI uri, QueueOptions options) {
      return new MemoryQueue(options, System::nanoTime);
    }
  }
}
