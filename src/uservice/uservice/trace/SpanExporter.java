package uservice.trace;

import module java.base;
import uservice.metrics.Metrics;

/// Where spans go when they have ended. A module `provides` one, which `ServiceLoader` makes; without any that
/// [starts][#start], spans cost nothing.
public interface SpanExporter {
  /// What an exporter starts with.
  ///
  /// @param service the service's name
  /// @param version the service's version
  record Setup(Tracer.Config config, Map<String, String> environment, String service, String version, Metrics metrics) {}

  /// Starts it where configuration or environment ask for it, and returns what it wants recorded; empty where they do not.
  /// Called once, before all else; it does not wait for the network.
  ///
  /// @throws IllegalArgumentException if what they say makes no sense
  Optional<Sampler> start(Setup setup);

  /// Takes a span that was sampled. Called by any thread, in the middle of its work: it neither waits nor throws, and what it
  /// has no room for it counts and forgets.
  void ended(SpanData span);

  /// Hands over everything that it was given, for at most `limit`, and stops; returns whether all of it got there.
  boolean close(Duration limit) throws InterruptedException;
}
