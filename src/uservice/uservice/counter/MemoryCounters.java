package uservice.counter;

import module java.base;

/// The counters of this process: `memory:/` (see [uservice.backend.Backends#uri]) and `memory:NAME`.
/// A counter lasts as long as someone has it open.
final class MemoryCounters implements CounterBackend {
  private final ConcurrentHashMap<String, Shared> open = new ConcurrentHashMap<>();

  @Override public Set<String> schemes() {
    return Set.of("memory");
  }

  @Override public BoundedCounter open(URI uri, long limit) {
    String name = uri.getSchemeSpecificPart();
    var shared = open.compute(name, (_, was) -> was == null ? new Shared(new AtomicLong(), 1) : was.users(+1));
    return new MemoryCounter(shared.given, limit, () -> open.compute(name, (_, was) -> was.users(-1)));
  }

  /// What is shared under a name, and by how many; gone with the last of them.
  private record Shared(AtomicLong given, int users) {
    Shared users(int more) {
      return users + more == 0 ? null : new Shared(given, users + more);
    }
  }
}
