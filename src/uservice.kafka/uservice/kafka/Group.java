package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.kafka.GroupMessages.Committed;
import uservice.kafka.GroupMessages.Joined;
import uservice.kafka.GroupMessages.JoinedMember;
import uservice.kafka.GroupMessages.Mark;
import uservice.kafka.GroupMessages.Marked;
import uservice.kafka.GroupMessages.Speaker;
import uservice.kafka.GroupMessages.Synced;
import uservice.wire.Backoff;

/// One member of a group of consumers: joins, shares out where it leads, keeps its place by heartbeats, and joins anew whenever the group
/// is divided anew. All of it on one thread of its own, whatever the work takes that the member has.
///
/// ```
///            wanted          joined, synced
///   AWAY ─────────▶ JOINING ────────────────▶ MEMBER ──▶ heartbeat each third of the session
///    ▲                ▲  └ no coordinator: pause │ │
///    │                │                          │ └ REBALANCE_IN_PROGRESS, or the topics have other partitions
///    │                │                          │      ▼
///    │                ├──── all is given back ─── GIVING BACK: work in hand ends, or the rebalance timeout does; heartbeats go on
///    │                │                          │
///    │                └──── all is lost ─────────┤ ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, the session is over without an answer
///    │ not wanted, closed: given back, left      │
///    └───────────────────────────────────────────┴──▶ OUT: FENCED_INSTANCE_ID, another has this place
/// ```
final class Group implements AutoCloseable {
  /// Whose partitions they are. Called on the group's thread.
  interface Owner {
    /// These are ours from now on.
    void assigned(SortedSet<TopicPartition> partitions);

    /// Begin nothing new; what was begun may end.
    void giveBack();

    /// Whether nothing that was begun is left.
    boolean idle();

    /// They are no longer ours; what is done of them may still be committed before this returns.
    void given() throws InterruptedException;

    /// They have not been ours for a while, perhaps: nothing of them may be committed.
    void lost();

    /// Whether there is somebody who wants them, still.
    boolean wanted();

    /// Joined, or why not; null where all is well.
    void trouble(KafkaException why);
  }

  /// As which member of which group, and for how long.
  ///
  /// @param instance the place of a static member, which outlives the process; null for none
  record Terms(String group, String instance, Set<String> topics, List<Assignor> assignors, Duration session, Duration rebalance) {}

  private enum State { AWAY, JOINING, MEMBER, GIVING_BACK, OUT }

  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final Duration BEAT_MAX = Duration.ofSeconds(3);
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));
  private static final Duration LEAVING = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(10); // how often a leader looks for new partitions
  private static final int MEMBER_ID_ROUNDS_MAX = 3;
  private static final int FAILURES_SHOWN = 4; // in a row: what passes by itself is nobody's trouble

  private final Cluster cluster;
  private final Terms terms;
  private final Owner owner;
  private final LongSupplier nanos;
  private final Duration beat;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private volatile Speaker who;
  private volatile State state = State.AWAY;
  private boolean kicked; // look at once; guarded by lock
  private volatile boolean closing;
  private boolean again; // the heartbeat that had no answer, without waiting for the next
  private long beaten; // when the coordinator knew us last
  private long looked; // when the leader looked for partitions last
  private boolean leads;
  private Set<String> wants = Set.of(); // the topics of all members; on the leader
  private Map<String, Integer> counts = Map.of(); // how many partitions these had when they were shared out

  Group(Cluster cluster, Terms terms, Owner owner, LongSupplier nanos) {
    this.cluster = cluster;
    this.terms = terms;
    this.owner = owner;
    this.nanos = nanos;
    this.beat = Collections.min(List.of(terms.session().dividedBy(3), BEAT_MAX));
    this.who = new Speaker(terms.group(), -1, "", terms.instance());
    this.thread = Thread.ofVirtual().name("kafka-group-" + terms.group()).unstarted(this::run);
  }

  void start() { thread.start(); }

  /// Has the thread look at once: whether it is wanted, whether all is given back, whether the group knows it still.
  void kick() {
    lock.lock();
    kicked = true;
    changed.signalAll();
    lock.unlock();
  }

  /// For messages, and for tests.
  String state() { return state.name().toLowerCase(Locale.ROOT).replace('_', ' '); }

  // ---- the thread ----

  private void run() {
    int failures = 0;
    while (!closing) {
      try {
        step();
        failures = 0;
      } catch (KafkaException failed) {
        failures = Math.min(failures + 1, 30);
        if (!failed.retriable() || failures >= FAILURES_SHOWN) {
          owner.trouble(failed);
        }
        loseIfOver();
        pause(failures);
        again = true;
      } catch (InterruptedException closed) {
        break;
      } catch (RuntimeException bug) {
        LOG.log(Level.ERROR, "group '" + terms.group() + "'", bug);
        lose();
        pause(++failures);
      }
    }
    leave();
  }

  private void step() throws KafkaException, InterruptedException {
    switch (state) {
      case AWAY -> {
        if (owner.wanted()) {
          state = State.JOINING;
        } else {
          await(BEAT_MAX);
        }
      }
      case JOINING -> join();
      case MEMBER -> {
        if (!again) {
          await(beat);
        }
        again = false;
        if (!owner.wanted() && terms.instance() == null) {
          state = State.GIVING_BACK;
        } else {
          beat();
          look();
        }
      }
      case GIVING_BACK -> giveBack();
      case OUT -> await(BEAT_MAX);
    }
  }

  /// Waits so long, or until [#kick()].
  private void await(Duration most) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = most.toNanos();
      while (!kicked && !closing && left > 0) {
        left = changed.awaitNanos(left);
      }
      kicked = false;
    } finally {
      lock.unlock();
    }
  }

  private void pause(int failures) {
    try {
      await(Duration.ofNanos(PAUSES.nanos(failures)));
    } catch (InterruptedException closed) {
      closing = true;
    }
  }

  private <T> T ask(Api api, Consumer<BytesWriter> body, Duration time, Broker.Reading<T> reading) throws KafkaException, InterruptedException {
    return cluster.ask(terms.group(), api, body, time, reading);
  }

  // ---- joining ----

  private void join() throws KafkaException, InterruptedException {
    if (!owner.wanted()) {
      state = State.AWAY;
      return;
    }
    Joined joined = joined();
    who = new Speaker(terms.group(), joined.generation(), joined.member(), terms.instance());
    leads = joined.leads();
    Map<String, List<TopicPartition>> shares = leads ? shares(joined) : Map.of();
    Synced synced = ask(Api.SYNC_GROUP, out -> GroupMessages.sync(out, who, shares), terms.rebalance(), GroupMessages::synced);
    if (synced.error() != ErrorCode.NONE) {
      refused(synced.error());
      return;
    }
    beaten = nanos.getAsLong();
    state = State.MEMBER;
    LOG.log(Level.DEBUG, "group '" + terms.group() + "': generation " + joined.generation() + (joined.leads() ? ", which this leads" : "") + ", gives "
        + synced.partitions());
    owner.trouble(null);
    owner.assigned(synced.partitions());
  }

  /// Joins, once or twice: a member that has no id yet is given one to join with.
  private Joined joined() throws KafkaException, InterruptedException {
    ErrorCode last = ErrorCode.NONE;
    for (int round = 0; round < MEMBER_ID_ROUNDS_MAX && state == State.JOINING; round++) {
      if (terms.instance() != null && cluster.coordinator(terms.group()).version(Api.JOIN_GROUP) < Api.JOIN_GROUP.most()) {
        throw KafkaException.refused("group '" + terms.group() + "': instance '" + terms.instance() + "' needs a broker of 2.3 or later", null);
      }
      Joined joined = ask(Api.JOIN_GROUP,
          out -> GroupMessages.join(out, who, terms.session(), terms.rebalance(), terms.assignors(), ConsumerProtocol.subscription(terms.topics())),
          terms.rebalance().plus(terms.session()), GroupMessages::joined);
      last = joined.error();
      switch (last) {
        case NONE -> {
          return joined;
        }
        case MEMBER_ID_REQUIRED -> who = new Speaker(terms.group(), -1, joined.member(), terms.instance());
        default -> refused(last);
      }
    }
    throw KafkaException.of("group '" + terms.group() + "'", last);
  }

  /// Who gets what; on the leader.
  private Map<String, List<TopicPartition>> shares(Joined joined) throws KafkaException, InterruptedException {
    var members = new ArrayList<Assignor.Member>();
    var topics = new TreeSet<String>();
    for (JoinedMember each : joined.members()) {
      try {
        Set<String> wants = ConsumerProtocol.topics(each.subscription());
        members.add(new Assignor.Member(each.id(), each.instance(), wants));
        topics.addAll(wants);
      } catch (ProtocolException odd) {
        LOG.log(Level.WARNING, "group '" + terms.group() + "': member '" + each.id() + "' gets nothing, what it wants cannot be read: " + odd.getMessage());
      }
    }
    Assignor assignor = Assignor.of(joined.protocol())
        .orElseThrow(() -> KafkaException.refused("group '" + terms.group() + "': has chosen the assignor '" + joined.protocol() + "', which was not offered", null));
    wants = topics;
    counts = cluster.counts(topics);
    looked = nanos.getAsLong();
    return assignor.assign(counts, members);
  }

  // ---- being a member ----

  private void beat() throws KafkaException, InterruptedException {
    ErrorCode error = ask(Api.HEARTBEAT, out -> GroupMessages.heartbeat(out, who), terms.session().dividedBy(2), GroupMessages::beaten);
    if (error == ErrorCode.NONE || error == ErrorCode.REBALANCE_IN_PROGRESS) {
      beaten = nanos.getAsLong();
    }
    if (error == ErrorCode.REBALANCE_IN_PROGRESS && state == State.GIVING_BACK) {
      return;
    }
    if (error != ErrorCode.NONE) {
      refused(error);
    }
  }

  /// A leader notices when a topic gets more partitions, or comes to be.
  private void look() throws KafkaException, InterruptedException {
    if (state == State.MEMBER && leads && nanos.getAsLong() - looked >= LOOK.toNanos()) {
      looked = nanos.getAsLong();
      cluster.stale();
      Map<String, Integer> now = cluster.counts(wants);
      if (!now.equals(counts)) {
        LOG.log(Level.INFO, "group '" + terms.group() + "': the topics have other partitions than before, it is divided anew: " + now);
        state = State.GIVING_BACK;
      }
    }
  }

  /// What a coordinator's no means for the member.
  private void refused(ErrorCode error) throws KafkaException {
    switch (error) {
      case REBALANCE_IN_PROGRESS -> state = state == State.MEMBER ? State.GIVING_BACK : State.JOINING;
      case UNKNOWN_MEMBER_ID -> {
        lose();
        who = new Speaker(terms.group(), -1, "", terms.instance());
      }
      case ILLEGAL_GENERATION -> lose();
      case FENCED_INSTANCE_ID -> {
        lose();
        state = State.OUT;
        owner.trouble(KafkaException.of("group '" + terms.group() + "', instance '" + terms.instance() + "'", error));
      }
      default -> {
        if (error.retriable()) {
          cluster.forgetCoordinator(terms.group());
        }
        throw KafkaException.of("group '" + terms.group() + "'", error);
      }
    }
  }

  private void giveBack() throws InterruptedException {
    owner.giveBack();
    long end = nanos.getAsLong() + terms.rebalance().toNanos() - beat.toNanos();
    while (!owner.idle() && state == State.GIVING_BACK && !closing && end - nanos.getAsLong() > 0) {
      await(beat);
      try {
        beat();
      } catch (KafkaException away) {
        loseIfOver();
      }
    }
    if (state == State.GIVING_BACK) {
      owner.given();
      if (!owner.wanted()) {
        sayLeft();
      }
      state = State.JOINING;
    }
  }

  private void loseIfOver() {
    if ((state == State.MEMBER || state == State.GIVING_BACK) && nanos.getAsLong() - beaten >= terms.session().toNanos()) {
      LOG.log(Level.WARNING, "group '" + terms.group() + "': the coordinator could not be reached for " + terms.session().toMillis()
          + " ms, others may have the partitions by now");
      lose();
    }
  }

  private void lose() {
    if (state != State.OUT) {
      owner.lost();
      state = State.JOINING;
    }
  }

  // ---- offsets ----

  /// Keeps these marks at the coordinator; what it says of each partition.
  List<Committed> commit(Map<TopicPartition, Mark> marks, Duration timeout) throws KafkaException, InterruptedException {
    Speaker speaker = who;
    List<Committed> committed = ask(Api.OFFSET_COMMIT, out -> GroupMessages.commit(out, speaker, marks), timeout, GroupMessages::committed);
    for (Committed each : committed) {
      if (each.error() != ErrorCode.NONE) {
        cluster.forgetCoordinator(terms.group()); // perhaps: it is looked for anew
        kick();
      }
    }
    return committed;
  }

  /// What the group has kept of these partitions.
  List<Marked> marks(Collection<TopicPartition> partitions, Duration timeout) throws KafkaException, InterruptedException {
    List<Marked> marked = ask(Api.OFFSET_FETCH, out -> GroupMessages.marks(out, terms.group(), partitions), timeout, GroupMessages::marked);
    if (marked.stream().anyMatch(each -> each.error() != ErrorCode.NONE)) {
      cluster.forgetCoordinator(terms.group());
    }
    return marked;
  }

  // ---- the end ----

  /// Leaves the group, so that others have the partitions at once; a static member stays, for its process to come back. Work in hand is not waited for.
  @Override public void close() {
    closing = true;
    kick();
    if (state == State.JOINING) {
      thread.interrupt(); // an answer to a join may take as long as others need to give back
    }
    try {
      if (thread.isAlive() && !thread.join(CLOSING)) {
        thread.interrupt();
        thread.join(CLOSING);
      }
    } catch (InterruptedException cut) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void leave() {
    try {
      if (state == State.MEMBER || state == State.GIVING_BACK) {
        owner.giveBack();
        owner.given();
      }
      sayLeft();
    } catch (InterruptedException cut) {
      owner.lost();
    }
    state = State.AWAY;
  }

  private void sayLeft() throws InterruptedException {
    if (!who.member().isEmpty() && terms.instance() == null) {
      try {
        ask(Api.LEAVE_GROUP, out -> GroupMessages.leave(out, who), LEAVING, BytesReader::rest);
      } catch (KafkaException unheard) {
        LOG.log(Level.DEBUG, "group '" + terms.group() + "' was left without a word, it notices by itself: " + unheard.getMessage());
      }
      who = new Speaker(terms.group(), -1, "", null);
    }
  }
}
