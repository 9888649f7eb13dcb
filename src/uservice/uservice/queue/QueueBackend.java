package uservice.queue;

import module java.base;

import uservice.backend.Backend;

/// Opens queues for some schemes; provided by modules through [ServiceLoader].
public interface QueueBackend extends Backend {
  /// A handle on the queue that the URI names, in a way that the backend documents. Does not connect; a URI that makes
  /// no sense is an [IllegalArgumentException].
  Queue open(URI uri, QueueOptions options);
}
