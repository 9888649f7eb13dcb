package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.kafka.ConsumerMessages.Found;
import uservice.wire.Address.Host;

/// A member of a group at work: the partitions that are this process' at the moment, and all that goes on with them. They come and go with the
/// [Group], the [Fetcher] fills them, whoever works takes from them, and what is done is committed. One lock, held for a batch of messages at a time.
final class Shares implements Group.Owner, AutoCloseable {
  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final int BYTES_MAX = 8 << 20; // kept here that nobody has taken yet: of all partitions,
  private static final int BYTES_EACH_MAX = 1 << 20; // and of each
  private static final int BEGUN_EACH_MAX = 10_000; // while the oldest of the partition is not done
  private static final int GIVEN_COMMITS_MAX = 3;

  private final Cluster cluster;
  private final Group group;
  private final Fetcher fetcher;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition came = lock.newCondition(); // something to take, or the end of it; or nothing is in anybody's hands
  private final Condition room = lock.newCondition(); // something to fetch
  private final ReentrantLock committing = new ReentrantLock(); // taken before the other
  private List<Share> shares = List.of(); // a new one with each generation
  private int turn;
  private final AtomicBoolean started = new AtomicBoolean();
  private BooleanSupplier wanted;
  private Consumer<Share> onShare;
  volatile boolean closed;
  private volatile KafkaException trouble;

  Shares(Target target, Group.Terms terms, Begin begin) {
    cluster = new Cluster(target);
    group = new Group(cluster, terms, this, System::nanoTime);
    fetcher = new Fetcher(cluster, terms.group(), this, begin);
  }

  /// Joins the group, as soon as that is wanted, and tells of each partition as it comes. Again, it does nothing.
  void start(BooleanSupplier wanted, Consumer<Share> onShare) {
    if (started.compareAndSet(false, true)) {
      this.wanted = wanted;
      this.onShare = onShare;
      group.start();
      fetcher.start();
    }
  }

  // ---- what the group says ----

  @Override public boolean wanted() { return !closed && wanted.getAsBoolean(); }

  @Override public void assigned(SortedSet<TopicPartition> partitions) {
    List<Share> ours = partitions.stream().map(Share::new).toList();
    update(() -> shares = ours);
    ours.forEach(onShare);
  }

  @Override public void giveBack() { update(() -> shares.forEach(Share::giveBack)); }

  @Override public boolean idle() { return held() == 0; }

  @Override public void given() throws InterruptedException {
    for (int i = 0; i < GIVEN_COMMITS_MAX; i++) {
      try {
        commit();
        break;
      } catch (KafkaException unheard) {
        LOG.log(Level.INFO, "what was done last may come again, it could not be committed: " + unheard.getMessage());
      }
    }
    lost();
  }

  @Override public void lost() {
    committing.lock(); // a commit under way is of the old generation, and must not go out as one of the next
    try {
      update(() -> {
        shares.forEach(Share::lose);
        shares = List.of();
      });
    } finally {
      committing.unlock();
    }
  }

  @Override public void trouble(KafkaException why) {
    if (why != null && (trouble == null || !why.getMessage().equals(trouble.getMessage()))) {
      LOG.log(Level.WARNING, why.getMessage());
    }
    update(() -> trouble = why);
  }

  /// What keeps messages from coming, at the moment: of all partitions, or of one though all else is well; null where nothing does.
  KafkaException trouble() {
    return look(all -> {
      KafkaException why = trouble;
      for (Share share : all) {
        why = why == null && share.unreadable != null ? KafkaException.refused(share.unreadable, null) : why;
      }
      return why;
    });
  }

  // ---- taking, and being done ----

  /// Up to `max` messages of whatever partitions, waiting for the first; none where the wait is over, where there is trouble, or where whoever
  /// asks has something better to do.
  List<Taken> take(int max, long bytesMax, Duration wait, BooleanSupplier better) throws InterruptedException {
    var taken = new ArrayList<Taken>();
    await(came, wait, () -> {
      long bytes = 0;
      for (int i = 0; i < shares.size() && taken.size() < max && bytes < bytesMax; i++) {
        turn = (turn + 1) % shares.size();
        bytes += take(shares.get(turn), max, bytesMax - bytes, taken);
      }
      return !taken.isEmpty() || trouble() != null || better.getAsBoolean();
    });
    return taken;
  }

  /// Up to `max` messages of one partition, waiting for the first; none where the wait is over, or it may no longer be begun.
  List<Taken> take(Share share, int max, Duration wait) throws InterruptedException {
    var taken = new ArrayList<Taken>();
    await(came, wait, () -> take(share, max, Long.MAX_VALUE, taken) > 0 || !open(share));
    return taken;
  }

  private long take(Share share, int max, long bytesMax, List<Taken> taken) {
    long bytes = 0;
    while (taken.size() < max && bytes < bytesMax && share.begun.size() < BEGUN_EACH_MAX) {
      Taken next = share.take();
      if (next == null) {
        break;
      }
      bytes += next.message.bytes();
      taken.add(next);
    }
    if (share.waitingBytes < BYTES_EACH_MAX) {
      room.signalAll();
    }
    return bytes;
  }

  /// Waits so long; false where the partition is no longer ours before, or soon will be.
  boolean pause(Share share, Duration time) throws InterruptedException { return !await(came, time, () -> !open(share)); }

  /// Whether messages of it may be begun.
  boolean open(Share share) { return !closed && share.open(); }

  /// These are done; returns how many of them by this call, and are still ours.
  int done(List<Taken> done) {
    return look(_ -> {
      int ended = 0;
      boolean full = false;
      for (Taken each : done) {
        full |= each.share.begun.size() >= BEGUN_EACH_MAX;
        ended += each.share.done(each) ? 1 : 0;
      }
      told(full);
      return ended;
    });
  }

  /// These are in somebody's hands, or not for the time being.
  void hold(List<Taken> all, boolean hold) {
    look(_ -> {
      all.forEach(each -> each.share.hold(each, hold));
      told(!hold);
      return all;
    });
  }

  private void told(boolean more) {
    boolean idle = idle();
    if (idle && !shares.isEmpty() && !shares.getFirst().open()) {
      group.kick();
    }
    if (idle || more) {
      came.signalAll();
    }
  }

  /// How many messages are in somebody's hands.
  int held() { return look(all -> all.stream().mapToInt(share -> share.held).sum()); }

  /// Waits until none is; false where that takes longer.
  boolean awaitIdle(Duration wait) throws InterruptedException { return await(came, wait, this::idle); }

  // ---- commits ----

  /// Tells the coordinator how far all is done, where it does not know; several that ask at once share one request.
  void commit() throws KafkaException, InterruptedException {
    if (uncommitted().isEmpty()) {
      return;
    }
    committing.lockInterruptibly();
    try {
      Map<TopicPartition, Mark> marks = uncommitted();
      var kept = new HashSet<TopicPartition>();
      KafkaException failed = null;
      for (Found each : marks.isEmpty() ? List.<Found>of() : group.commit(marks)) {
        ErrorCode error = each.error();
        if (error == ErrorCode.NONE) {
          kept.add(each.partition());
        } else if (error == ErrorCode.ILLEGAL_GENERATION || error == ErrorCode.UNKNOWN_MEMBER_ID || error == ErrorCode.FENCED_INSTANCE_ID) {
          lost(); // others have them; the group's thread hears the same by its next heartbeat
        } else {
          failed = KafkaException.of("commit of " + each.partition(), error);
        }
      }
      marks.keySet().retainAll(kept);
      look(all -> {
        all.forEach(share -> share.committed = marks.getOrDefault(share.partition, share.committed));
        return null;
      });
      if (failed != null) {
        throw failed;
      }
    } finally {
      committing.unlock();
    }
  }

  /// The same, where that can be done at the moment; else with what is done next.
  void commitIfAble() throws InterruptedException {
    try {
      commit();
    } catch (KafkaException away) {
      LOG.log(Level.DEBUG, "not committed yet: " + away.getMessage());
    }
  }

  private Map<TopicPartition, Mark> uncommitted() {
    return look(all -> all.stream().filter(Share::uncommitted).collect(Collectors.toMap(share -> share.partition, Share::mark)));
  }

  // ---- what is to be fetched ----

  /// Waits, but no longer than so, until a leader can be asked for more: of these partitions. [Share#NOBODY] has those of which it is to be found out.
  List<Share> wanting(Host leader, Duration wait) throws InterruptedException {
    var want = new ArrayList<Share>();
    await(room, wait, () -> {
      boolean more = leader == Share.NOBODY || shares.stream().mapToInt(share -> share.waitingBytes).sum() < BYTES_MAX;
      shares.stream().filter(share -> more && share.leader.equals(leader) && open(share) && share.waitingBytes < BYTES_EACH_MAX).forEach(want::add);
      return !want.isEmpty();
    });
    return want;
  }

  // ---- the lock ----

  /// Sees the partitions that are here, under the lock.
  <T> T look(Function<List<Share>, T> at) {
    lock.lock();
    try {
      return at.apply(shares);
    } finally {
      lock.unlock();
    }
  }

  /// Changes something about them, and has everybody look again.
  void update(Runnable change) {
    look(_ -> {
      change.run();
      came.signalAll();
      room.signalAll();
      return null;
    });
  }

  /// Waits until it is so, looking again with each signal; false where the wait is over, or all of it.
  private boolean await(Condition signal, Duration wait, BooleanSupplier so) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = wait.toNanos();
      boolean is = so.getAsBoolean();
      while (!is && left > 0 && !closed) {
        left = signal.awaitNanos(left);
        is = so.getAsBoolean();
      }
      return is;
    } finally {
      lock.unlock();
    }
  }

  /// Commits what is done and leaves the group; what is in hand is no longer ours.
  @Override public void close() {
    closed = true;
    update(() -> {});
    group.close();
    lost();
    fetcher.close();
    cluster.close();
  }
}
