package uservice.counter;

import module java.base;

import uservice.backend.Backend;

/// Opens counters for some schemes; provided by modules through [ServiceLoader].
public interface CounterBackend extends Backend {
  /// A counter up to `limit` (at least 1), which counter being part of the URI in a way that the backend documents.
  /// Everyone who opens the same URI shares it. Does not connect; a URI that makes no sense is an
  /// [IllegalArgumentException].
  BoundedCounter open(URI uri, long limit);
}
