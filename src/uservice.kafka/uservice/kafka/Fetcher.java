package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.kafka.ConsumerMessages.Found;
import uservice.wire.Address.Host;
import uservice.wire.Backoff;

/// Keeps [Shares] filled. One thread finds out where each partition begins and who leads it; one for each leader asks for more of what that leads, one
/// request at a time, and none for partitions that have enough waiting.
///
/// ```
///   position unknown ──the group's mark──▶ known ──leader──▶ fetched, again and again ──▶ batches waiting ──▶ taken
///         │ no mark: earliest or latest      ▲ ▲               │      │
///         └──────────────────────────────────┘ └─── it fails ──┘      └ OFFSET_OUT_OF_RANGE: earliest or latest
/// ```
final class Fetcher implements AutoCloseable {
  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(3));
  private static final Duration PATIENCE = Duration.ofMillis(500); // of a broker that has nothing
  private static final int BYTES_MAX = 4 << 20; // of an answer
  private static final int FAILURES_HIDDEN = 2; // in a row: what passes by itself is nobody's trouble

  private final Cluster cluster;
  private final String group;
  private final Shares shares;
  private final Begin begin;
  private final Map<Host, Thread> threads = new ConcurrentHashMap<>(); // by leaders

  Fetcher(Cluster cluster, String group, Shares shares, Begin begin) {
    this.cluster = cluster;
    this.group = group;
    this.shares = shares;
    this.begin = begin;
  }

  void start() { start(Share.NOBODY); }

  private void start(Host leader) {
    threads.computeIfAbsent(leader, _ -> Thread.ofVirtual().name("kafka-fetch-" + leader).start(() -> run(leader)));
  }

  private void run(Host leader) {
    int failures = 0; // in a row
    while (!shares.closed) {
      try {
        List<Share> want = shares.wanting(leader, LOOK);
        try {
          if (!want.isEmpty()) {
            go(leader, want);
          }
          if (failures > 0) {
            failures = 0;
            shares.trouble(null);
          }
        } catch (KafkaException | RuntimeException failed) {
          if (!(failed instanceof KafkaException away)) {
            LOG.log(Level.ERROR, "fetching", failed);
          } else if (failures >= FAILURES_HIDDEN || !away.retriable()) {
            shares.trouble(away);
          }
          cluster.stale();
          TimeUnit.NANOSECONDS.sleep(PAUSES.nanos(failures++));
          shares.update(() -> {
            for (Share share : want) {
              share.leader = leader.equals(share.leader) ? Share.NOBODY : share.leader;
            }
          });
        }
      } catch (InterruptedException closed) {
        return;
      }
    }
  }

  /// One request to one broker, and what follows of it for each partition.
  private void go(Host leader, List<Share> want) throws KafkaException, InterruptedException {
    var found = new HashMap<TopicPartition, Found>();
    for (Found each : leader == Share.NOBODY ? marks(want) : fetch(want)) {
      found.put(each.partition(), each);
    }
    KafkaException failed = null;
    for (Share share : want) {
      try {
        if (leader == Share.NOBODY) {
          place(share, found.get(share.partition));
        } else {
          take(share, found.get(share.partition));
        }
      } catch (KafkaException one) {
        failed = one; // the others are fine
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  // ---- where to begin, and whom to ask ----

  private List<Found> marks(List<Share> want) throws KafkaException, InterruptedException {
    List<TopicPartition> unknown = want.stream().filter(share -> share.position == Share.UNKNOWN).map(share -> share.partition).toList();
    return unknown.isEmpty() ? List.of() : Log.marks(cluster, group, unknown);
  }

  private void place(Share share, Found mark) throws KafkaException, InterruptedException {
    TopicPartition partition = share.partition;
    if (mark == null && share.position == Share.UNKNOWN) {
      throw KafkaException.unanswered("the group's offset of " + partition + ": the answer does not hold it", null);
    }
    Host leader = cluster.leaderNode(partition.topic(), partition.partition());
    long offset = mark == null ? share.position : mark.offset() < 0 ? Log.offset(cluster, partition, begin) : mark.offset();
    shares.update(() -> {
      if (mark != null) {
        share.begin(offset, mark.note());
      }
      share.leader = leader;
    });
    start(leader);
  }

  // ---- fetching ----

  private List<Found> fetch(List<Share> want) throws KafkaException, InterruptedException {
    var offsets = new HashMap<TopicPartition, Long>();
    List<Share> some = want.stream().filter(share -> share.alone).findFirst().map(List::of).orElse(want);
    some.forEach(share -> offsets.put(share.partition, share.position));
    return Log.fetch(cluster, offsets, PATIENCE, BYTES_MAX);
  }

  private void take(Share share, Found fetched) throws KafkaException, InterruptedException {
    if (fetched == null) {
      return; // it was not asked for: another one is larger
    }
    if (fetched.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
      long offset = Log.offset(cluster, share.partition, begin);
      LOG.log(Level.WARNING, share.partition + " has no offset " + share.position + " (any more): goes on at " + offset + ", the "
          + begin.name().toLowerCase(Locale.ROOT));
      shares.update(() -> share.jump(offset));
      return;
    }
    boolean some = fetched.records() != null && fetched.records().remaining() > 0;
    List<RecordBatch> batches = Log.batches(cluster, fetched, share.position);
    shares.update(() -> share.add(batches, fetched.offset(), some && batches.isEmpty()));
  }

  @Override public void close() { threads.values().forEach(Thread::interrupt); }
}
