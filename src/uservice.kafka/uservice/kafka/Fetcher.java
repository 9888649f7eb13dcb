package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.kafka.FetchMessages.Fetched;
import uservice.kafka.FetchMessages.Limits;
import uservice.kafka.GroupMessages.Mark;
import uservice.kafka.GroupMessages.Marked;
import uservice.wire.Backoff;

/// Keeps [Shares] filled: finds where each partition begins, then fetches from its leader, one request at a time from each broker and none for
/// partitions that have enough waiting.
///
/// ```
///   position unknown ──the group's mark──▶ known ──fetch──▶ batches waiting ──▶ taken
///         │ no mark: earliest or latest      ▲      │
///         └──────────────────────────────────┴──────┘ OFFSET_OUT_OF_RANGE: earliest or latest
/// ```
final class Fetcher implements AutoCloseable {
  static final Limits USUAL = new Limits(Duration.ofMillis(500), 1, 4 << 20, 1 << 20);
  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(3));
  private static final int FAILURES_SHOWN = 3; // in a row: what passes by itself is nobody's trouble

  private final Cluster cluster;
  private final Group group;
  private final Shares shares;
  private final Begin begin;
  private final Limits limits;
  private final Duration timeout;
  private final Set<Share> busy = ConcurrentHashMap.newKeySet();
  private final Set<Broker> asked = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile int failures;

  Fetcher(Cluster cluster, Group group, Shares shares, Begin begin, Limits limits, Duration timeout) {
    this.cluster = cluster;
    this.group = group;
    this.shares = shares;
    this.begin = begin;
    this.limits = limits;
    this.timeout = timeout;
  }

  void start() { thread("kafka-fetcher", this::run); }

  private void thread(String name, Runnable task) {
    Thread thread = Thread.ofVirtual().name(name).unstarted(() -> {
      try {
        task.run();
      } finally {
        threads.remove(Thread.currentThread());
      }
    });
    threads.add(thread);
    thread.start();
  }

  private void run() {
    while (!shares.closed()) {
      try {
        List<Share> want = shares.wanting(share -> !busy.contains(share), LOOK);
        List<Share> unknown = want.stream().filter(share -> share.position() == Share.UNKNOWN).toList();
        if (!unknown.isEmpty()) {
          place(unknown);
        } else if (!want.isEmpty()) {
          fetch(want);
        }
      } catch (KafkaException away) {
        failed(away);
      } catch (InterruptedException closed) {
        return;
      } catch (RuntimeException bug) {
        LOG.log(Level.ERROR, "fetching", bug);
        pause();
      }
    }
  }

  /// Says so where it goes on, and lets some time pass.
  private void failed(KafkaException away) {
    failures = Math.min(failures + 1, 30);
    if (failures >= FAILURES_SHOWN || !away.retriable()) {
      shares.trouble(away);
    }
    pause();
  }

  private void well() {
    if (failures > 0) {
      failures = 0;
      shares.trouble(null);
    }
  }

  private void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(PAUSES.nanos(failures));
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- where to begin ----

  private void place(List<Share> unknown) throws KafkaException, InterruptedException {
    Map<TopicPartition, Share> of = unknown.stream().collect(Collectors.toMap(share -> share.partition, share -> share));
    var unmarked = new HashMap<Share, Mark>();
    for (Marked each : group.marks(of.keySet(), timeout)) {
      if (each.error() != ErrorCode.NONE) {
        throw KafkaException.of("the group's offset of " + each.partition(), each.error());
      }
      Share share = of.get(each.partition());
      if (share != null && each.mark().offset() >= 0) {
        shares.update(() -> share.begin(each.mark().offset(), each.mark()));
      } else if (share != null) {
        unmarked.put(share, each.mark());
      }
    }
    for (Share share : unmarked.keySet()) {
      long offset = Offsets.ask(cluster, Set.of(share.partition), begin.time, timeout).get(share.partition);
      shares.update(() -> share.begin(offset, Mark.NONE));
    }
    well();
  }

  // ---- fetching ----

  private void fetch(List<Share> want) throws KafkaException, InterruptedException {
    var byLeader = new HashMap<Broker, List<Share>>();
    for (Share share : want) {
      byLeader.computeIfAbsent(cluster.leader(share.partition.topic(), share.partition.partition()), _ -> new ArrayList<>()).add(share);
    }
    boolean any = false;
    for (var each : byLeader.entrySet()) {
      if (asked.add(each.getKey())) {
        any = true;
        busy.addAll(each.getValue());
        thread("kafka-fetch", () -> fetch(each.getKey(), each.getValue()));
      }
    }
    if (!any) {
      shares.awaitChange(LOOK);
    }
  }

  /// One request to one broker.
  private void fetch(Broker leader, List<Share> want) {
    try {
      List<Share> some = want.stream().filter(Share::alone).findFirst().map(List::of).orElse(want);
      var offsets = new HashMap<TopicPartition, Long>();
      var of = new HashMap<TopicPartition, Share>();
      for (Share share : some) {
        offsets.put(share.partition, share.position());
        of.put(share.partition, share);
      }
      List<Fetched> fetched = leader.ask(Api.FETCH, out -> FetchMessages.fetch(out, limits, offsets), limits.patience().plus(timeout), FetchMessages::fetched);
      KafkaException failed = null;
      for (Fetched each : fetched) {
        try {
          if (of.containsKey(each.partition())) {
            take(of.get(each.partition()), offsets.get(each.partition()), each);
          }
        } catch (KafkaException one) {
          failed = one; // the others are fine
        }
      }
      if (failed != null) {
        throw failed;
      }
      well();
    } catch (KafkaException away) {
      cluster.stale();
      failed(away);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } finally {
      asked.remove(leader);
      want.forEach(busy::remove);
      shares.update(() -> {});
    }
  }

  private void take(Share share, long asked, Fetched fetched) throws KafkaException, InterruptedException {
    switch (fetched.error()) {
      case NONE -> add(share, asked, fetched);
      case OFFSET_OUT_OF_RANGE -> {
        long offset = Offsets.ask(cluster, Set.of(share.partition), begin.time, timeout).get(share.partition);
        LOG.log(Level.WARNING, share.partition + " has no offset " + asked + " (any more): goes on at " + offset + ", the "
            + begin.name().toLowerCase(Locale.ROOT));
        shares.update(() -> share.jump(offset));
      }
      default -> throw KafkaException.of("fetch from " + share.partition, fetched.error());
    }
  }

  private void add(Share share, long asked, Fetched fetched) throws KafkaException {
    var batches = new ArrayList<RecordBatch>();
    boolean bytes = fetched.records() != null && fetched.records().remaining() > 0;
    try {
      BytesReader in = fetched.records();
      for (RecordBatch batch = bytes ? RecordBatch.read(in) : null; batch != null; batch = RecordBatch.read(in)) {
        if (batch.nextOffset() > asked) {
          batches.add(batch);
        }
      }
    } catch (ProtocolException damaged) {
      throw KafkaException.unanswered("fetch from " + share.partition + ": " + damaged.getMessage(), damaged);
    }
    shares.update(() -> {
      if (share.position() != asked) {
        return; // it has jumped meanwhile
      }
      if (batches.isEmpty() && bytes) {
        share.fetchAlone(fetched.end());
      } else {
        share.add(batches, fetched.end());
      }
    });
  }

  @Override public void close() {
    threads.forEach(Thread::interrupt);
  }
}
