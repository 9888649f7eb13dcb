package uservice.kafka;

import module java.base;

/// A member of a group at work: its connections, its [Group], its [Fetcher] and its [Shares], from the start to the end.
final class Member implements AutoCloseable {
  private final Cluster cluster;
  private final Shares shares;
  private final Group group;
  private final Fetcher fetcher;
  private final AtomicBoolean started = new AtomicBoolean();

  Member(Target target, Group.Terms terms, Begin begin, FetchMessages.Limits limits, Shares.Room room) {
    cluster = new Cluster(target);
    shares = new Shares(room, target.timeout());
    group = new Group(cluster, terms, shares, System::nanoTime);
    fetcher = new Fetcher(cluster, group, shares, begin, limits, target.timeout());
  }

  Shares shares() { return shares; }

  /// Joins the group, as soon as that is wanted. Again, it does nothing.
  void start(BooleanSupplier wanted) {
    if (started.compareAndSet(false, true)) {
      shares.start(group);
      shares.want(wanted);
      fetcher.start();
    }
  }

  @Override public void close() {
    shares.close();
    fetcher.close();
    cluster.close();
  }
}
