package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.kafka.GroupMessages.Committed;
import uservice.kafka.GroupMessages.Mark;

/// The partitions that are this process' at the moment, and all that goes on with them: they come and go with the [Group], the [Fetcher] fills
/// them, whoever works takes from them, and what is done is committed. One lock, held for a batch of messages at a time.
final class Shares implements Group.Owner, AutoCloseable {
  /// How much is kept here that nobody has taken yet: of all partitions, and of each. And how many messages of a partition may be begun while its
  /// oldest is not done.
  record Room(int bytes, int bytesEach, int begunEach) {
    static final Room USUAL = new Room(8 << 20, 1 << 20, 10_000);
  }

  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final int GIVEN_COMMITS_MAX = 3;

  private final Room room;
  private final Duration timeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition came = lock.newCondition(); // something to take, or the end of it
  private final Condition quiet = lock.newCondition(); // nothing is in anybody's hands
  private final Condition wanting = lock.newCondition(); // something to fetch
  private final ReentrantLock committing = new ReentrantLock(); // taken before the other
  private List<Share> shares = List.of(); // a new one with each generation
  private int turn;
  private Group group;
  private Consumer<Share> onShare = _ -> {};
  private volatile BooleanSupplier wanted = () -> false;
  private volatile boolean closed;
  private volatile KafkaException trouble;
  private volatile boolean member;

  Shares(Room room, Duration timeout) {
    this.room = room;
    this.timeout = timeout;
  }

  void start(Group group) {
    this.group = group;
    group.start();
  }

  /// Tells of each partition as it comes.
  void onShare(Consumer<Share> then) { onShare = then; }

  /// Who says whether the partitions are wanted, from now on.
  void want(BooleanSupplier wanted) {
    this.wanted = wanted;
    group.kick();
  }

  // ---- what the group says ----

  @Override public boolean wanted() { return !closed && wanted.getAsBoolean(); }

  @Override public void assigned(SortedSet<TopicPartition> partitions) {
    List<Share> ours = partitions.stream().map(Share::new).toList();
    locked(() -> {
      shares = ours;
      member = true;
      wanting.signalAll();
    });
    ours.forEach(onShare);
  }

  @Override public void giveBack() {
    locked(() -> {
      shares.forEach(Share::giveBack);
      came.signalAll();
    });
  }

  @Override public boolean idle() { return locked(() -> shares.stream().allMatch(share -> share.held() == 0)); }

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
      locked(() -> {
        shares.forEach(Share::lose);
        shares = List.of();
        member = false;
        came.signalAll();
        quiet.signalAll();
      });
    } finally {
      committing.unlock();
    }
  }

  @Override public void trouble(KafkaException why) {
    if (why != null && (trouble == null || !why.getMessage().equals(trouble.getMessage()))) {
      LOG.log(Level.WARNING, why.getMessage());
    }
    trouble = why;
    locked(came::signalAll);
  }

  /// What keeps messages from coming, at the moment; null where nothing does.
  KafkaException trouble() { return trouble; }

  /// Whether this process is a member of the group at the moment, whatever it got.
  boolean member() { return member; }

  // ---- taking, and being done ----

  /// Up to `max` messages of whatever partitions, waiting for the first; none where the wait is over, where there is trouble, or where whoever
  /// asks has something better to do.
  List<Taken> take(int max, long bytesMax, Duration wait, BooleanSupplier better) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = wait.toNanos();
      while (true) {
        List<Taken> taken = take(max, bytesMax);
        if (!taken.isEmpty() || left <= 0 || closed || trouble != null || unreadable().isPresent() || better.getAsBoolean()) {
          return taken;
        }
        left = came.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Taken> take(int max, long bytesMax) {
    var taken = new ArrayList<Taken>();
    long bytes = 0;
    for (int i = 0; i < shares.size() && taken.size() < max && bytes < bytesMax; i++) {
      Share share = shares.get(turn++ % shares.size());
      bytes += take(share, max, bytesMax - bytes, taken);
    }
    turn = shares.isEmpty() ? 0 : turn % shares.size();
    return taken;
  }

  private long take(Share share, int max, long bytesMax, List<Taken> taken) {
    long bytes = 0;
    boolean wasFull = share.waitingBytes() >= room.bytesEach();
    while (taken.size() < max && bytes < bytesMax && share.begun() < room.begunEach()) {
      Taken next = share.take();
      if (next == null) {
        break;
      }
      bytes += next.message.bytes();
      taken.add(next);
    }
    if (!wasFull || share.waitingBytes() < room.bytesEach()) {
      wanting.signalAll();
    }
    return bytes;
  }

  /// Up to `max` messages of one partition, waiting for the first; none where the wait is over. Null where it is given back, or lost.
  List<Taken> take(Share share, int max, Duration wait) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = wait.toNanos();
      while (!share.lost() && !share.givingBack() && !closed) {
        var taken = new ArrayList<Taken>();
        take(share, max, Long.MAX_VALUE, taken);
        if (!taken.isEmpty() || left <= 0) {
          return taken;
        }
        left = came.awaitNanos(left);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /// These are done; returns how many of them by this call, and are still ours.
  int done(List<Taken> done) {
    return locked(() -> {
      int ended = 0;
      boolean full = false;
      for (Taken each : done) {
        full |= each.share.begun() >= room.begunEach();
        ended += each.share.done(each) ? 1 : 0;
      }
      told(full);
      return ended;
    });
  }

  /// One more attempt begins, or is taken back.
  void attempt(Taken taken, int more) { locked(() -> taken.attempts += more); }

  /// These are in somebody's hands, or not for the time being; returns those of them that are still ours to work on.
  List<Taken> hold(List<Taken> all, boolean hold) {
    return locked(() -> {
      all.forEach(each -> each.share.hold(each, hold));
      told(!hold);
      return all.stream().filter(Taken::ours).toList();
    });
  }

  /// Waits until nothing is in anybody's hands; false where that takes longer.
  boolean awaitIdle(Duration wait) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = wait.toNanos();
      while (shares.stream().anyMatch(share -> share.held() > 0) && left > 0 && !closed) {
        left = quiet.awaitNanos(left);
      }
      return shares.stream().allMatch(share -> share.held() == 0);
    } finally {
      lock.unlock();
    }
  }

  private void told(boolean more) {
    boolean idle = shares.stream().allMatch(share -> share.held() == 0);
    if (idle) {
      quiet.signalAll();
    }
    if (idle && !shares.isEmpty() && shares.getFirst().givingBack()) {
      group.kick();
    }
    if (more) {
      came.signalAll();
    }
  }

  /// Waits so long; false where the partition is no longer ours before, or soon will be.
  boolean pause(Share share, Duration time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = time.toNanos();
      while (left > 0 && !share.lost() && !share.givingBack() && !closed) {
        left = came.awaitNanos(left);
      }
      return left <= 0;
    } finally {
      lock.unlock();
    }
  }

  /// Whether it may be begun.
  boolean beginnable(Taken taken) { return locked(() -> !taken.share.lost() && !taken.share.givingBack() && !closed); }

  /// What comes next in a partition and cannot be read here.
  private Optional<String> unreadable() { return shares.stream().map(Share::unreadable).filter(Objects::nonNull).findFirst(); }

  /// Why a partition does not go on, though all else is well.
  Optional<String> stuck() { return locked(this::unreadable); }

  /// Sees the partitions that are here, under the lock.
  <T> T look(Function<List<Share>, T> at) { return locked(() -> at.apply(shares)); }

  // ---- commits ----

  /// Tells the coordinator how far all is done, where it does not know; several that ask at once share one request.
  void commit() throws KafkaException, InterruptedException {
    if (!locked(() -> shares.stream().anyMatch(Share::uncommitted))) {
      return;
    }
    committing.lockInterruptibly();
    try {
      var marks = new HashMap<TopicPartition, Mark>();
      List<Share> then = locked(() -> {
        shares.stream().filter(Share::uncommitted).forEach(share -> marks.put(share.partition, share.mark()));
        return shares;
      });
      if (!marks.isEmpty()) {
        committed(then, marks, group.commit(marks, timeout));
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

  private void committed(List<Share> then, Map<TopicPartition, Mark> marks, List<Committed> answer) throws KafkaException {
    KafkaException failed = null;
    for (Committed each : answer) {
      if (each.error() == ErrorCode.NONE) {
        locked(() -> then.stream().filter(share -> share.partition.equals(each.partition())).forEach(share -> share.committed(marks.get(each.partition()))));
      } else if (each.error() == ErrorCode.ILLEGAL_GENERATION || each.error() == ErrorCode.UNKNOWN_MEMBER_ID || each.error() == ErrorCode.FENCED_INSTANCE_ID) {
        locked(() -> then.forEach(Share::lose)); // others have them; the group's thread hears the same by its next heartbeat
      } else {
        failed = KafkaException.of("commit of " + each.partition(), each.error());
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  // ---- what is to be fetched ----

  /// Waits until there is something to fetch, or for so long; the partitions without a place to begin at first, then those with room.
  List<Share> wanting(Predicate<Share> free, Duration wait) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = wait.toNanos();
      while (!closed) {
        int waiting = shares.stream().mapToInt(Share::waitingBytes).sum();
        List<Share> want = shares.stream()
            .filter(share -> !share.lost() && !share.givingBack() && (share.position() == Share.UNKNOWN || waiting < room.bytes() && share.fetchable(room.bytesEach())))
            .filter(free).toList();
        if (!want.isEmpty() || left <= 0) {
          return want;
        }
        left = wanting.awaitNanos(left);
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until something about the partitions changes, or for so long.
  void awaitChange(Duration most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      wanting.awaitNanos(most.toNanos());
    } finally {
      lock.unlock();
    }
  }

  /// Changes something about a partition that was fetched from, and has everybody look again.
  void update(Runnable change) {
    locked(() -> {
      change.run();
      came.signalAll();
      wanting.signalAll();
      quiet.signalAll();
    });
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  boolean closed() { return closed; }

  @Override public void close() {
    closed = true;
    update(() -> {});
    if (group != null) {
      group.close();
    }
    lost();
  }
}
