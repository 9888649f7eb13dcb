package uservice.kafka;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.kafka.ConsumerMessages.Found;
import uservice.kafka.ConsumerMessages.Joined;
import uservice.wire.Backoff;

/// One member of a group of consumers: joins, shares out where it leads, keeps its place by heartbeats, and joins anew whenever the group
/// is divided anew. All of it on one thread of its own, whatever the work takes that the member has.
///
/// ```
///          wanted: joined, synced
///   AWAY ────────────────────────────▶ MEMBER ──▶ heartbeat each third of the session
///    ▲ ▲ └ no coordinator: pause         │ │
///    │ │                                 │ └ REBALANCE_IN_PROGRESS, or the topics have other partitions; not wanted
///    │ │                                 │      ▼
///    │ └───────── all is given back ─── GIVING_BACK: work in hand ends, or the rebalance timeout does; heartbeats go on
///    │                                   │
///    └─────────── all is lost ───────────┤ ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, the session is over without an answer
///                                        │
///                                        └──▶ OUT: FENCED_INSTANCE_ID, another has this place
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

  enum State { AWAY, MEMBER, GIVING_BACK, OUT }

  private static final Logger LOG = System.getLogger("uservice.kafka");
  private static final Duration BEAT_MAX = Duration.ofSeconds(3);
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));
  private static final Duration LEAVING = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(10); // how often a leader looks for new partitions
  private static final int MEMBER_ID_ROUNDS_MAX = 3;
  private static final int FAILURES_HIDDEN = 3; // in a row: what passes by itself is nobody's trouble

  private final Cluster cluster;
  private final Terms terms;
  private final Owner owner;
  private final LongSupplier nanos;
  private final Duration beat;
  private final String name;
  private final Semaphore kicks = new Semaphore(0); // reasons to look at once
  private final Thread thread;
  private volatile Joined who = Joined.NOBODY;
  volatile State state = State.AWAY;
  private volatile boolean closing;
  private long beaten; // when the coordinator knew us last
  private long looked; // when the leader looked for partitions last
  private Set<String> topics; // of all members; on the leader
  private Map<String, Integer> counts; // how many partitions these had when they were shared out

  Group(Cluster cluster, Terms terms, Owner owner, LongSupplier nanos) {
    this.cluster = cluster;
    this.terms = terms;
    this.owner = owner;
    this.nanos = nanos;
    this.beat = Collections.min(List.of(terms.session().dividedBy(3), BEAT_MAX));
    this.name = "group '" + terms.group() + "'";
    this.thread = Thread.ofVirtual().name("kafka-group-" + terms.group()).unstarted(this::run);
  }

  void start() { thread.start(); }

  /// Has the thread look at once: whether it is wanted, whether all is given back, whether the group knows it still.
  void kick() { kicks.release(); }

  // ---- the thread ----

  private void run() {
    try {
      for (int failures = 0; !closing; ) {
        try {
          step();
          failures = 0;
        } catch (KafkaException | RuntimeException failed) {
          if (!(failed instanceof KafkaException away)) {
            LOG.log(Level.ERROR, name, failed);
            lose();
          } else if (failures >= FAILURES_HIDDEN || !away.retriable()) {
            owner.trouble(away);
          }
          loseIfOver();
          await(Duration.ofNanos(PAUSES.nanos(failures++)));
        }
      }
    } catch (InterruptedException closed) {
      // Whatever it waited for, it leaves.
    }
    leave();
  }

  private void step() throws KafkaException, InterruptedException {
    if (state == State.GIVING_BACK) {
      giveBack();
    } else if (state == State.MEMBER) {
      beat();
      look();
      if (state == State.MEMBER) {
        await(beat);
        state = owner.wanted() || terms.instance() != null ? state : State.GIVING_BACK;
      }
    } else if (state == State.AWAY && owner.wanted()) {
      join();
    } else {
      await(BEAT_MAX);
    }
  }

  /// Waits so long, or until [#kick()].
  private void await(Duration most) throws InterruptedException {
    if (kicks.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
      kicks.drainPermits();
    }
  }

  private <T> T ask(Api api, Consumer<BytesWriter> body, Duration time, Broker.Reading<T> reading) throws KafkaException, InterruptedException {
    return cluster.ask(terms.group(), api, body, time, reading);
  }

  // ---- joining ----

  private void join() throws KafkaException, InterruptedException {
    if (terms.instance() != null && cluster.coordinator(terms.group()).version(Api.JOIN_GROUP) < Api.JOIN_GROUP.most()) {
      throw KafkaException.refused(name + ": instance '" + terms.instance() + "' needs a broker of 2.3 or later", null);
    }
    Joined joined = Joined.NOBODY;
    for (int round = 0; round == 0 || joined.error() != ErrorCode.NONE; round++) { // who has no id yet is given one to join with
      if (round == MEMBER_ID_ROUNDS_MAX) {
        throw KafkaException.of(name, joined.error());
      }
      joined = ask(Api.JOIN_GROUP, out -> ConsumerMessages.join(out, terms, who), terms.rebalance().plus(terms.session()), ConsumerMessages::joined);
      if (joined.error() == ErrorCode.NONE || joined.error() == ErrorCode.MEMBER_ID_REQUIRED) {
        who = joined;
      } else {
        refused(joined.error());
      }
      if (state == State.OUT) {
        return;
      }
    }
    Map<String, List<TopicPartition>> shares = joined.leads() ? shares(joined) : Map.of();
    var synced = ask(Api.SYNC_GROUP, out -> ConsumerMessages.sync(out, terms, who, shares), terms.rebalance(), ConsumerMessages::synced);
    if (synced.getKey() != ErrorCode.NONE) {
      refused(synced.getKey());
      return;
    }
    beaten = nanos.getAsLong();
    state = State.MEMBER;
    LOG.log(Level.DEBUG, name + ": generation " + joined.generation() + (joined.leads() ? ", which this leads" : "") + ", gives " + synced.getValue());
    owner.trouble(null);
    owner.assigned(synced.getValue());
  }

  /// Who gets what; on the leader.
  private Map<String, List<TopicPartition>> shares(Joined joined) throws KafkaException, InterruptedException {
    Assignor assignor = terms.assignors().stream().filter(each -> each.protocol().equals(joined.protocol())).findFirst()
        .orElseThrow(() -> KafkaException.refused(name + ": has chosen the assignor '" + joined.protocol() + "', which was not offered", null));
    var wants = new TreeMap<Assignor.Member, Set<String>>();
    topics = new TreeSet<>();
    for (var member : joined.members().entrySet()) {
      try {
        wants.put(member.getKey(), ConsumerMessages.topics(member.getValue()));
        topics.addAll(wants.get(member.getKey()));
      } catch (ProtocolException odd) {
        LOG.log(Level.WARNING, name + ": member '" + member.getKey().id() + "' gets nothing, what it wants cannot be read: " + odd.getMessage());
      }
    }
    counts = cluster.counts(topics);
    looked = nanos.getAsLong();
    return assignor.assign(counts, wants);
  }

  // ---- being a member ----

  private void beat() throws KafkaException, InterruptedException {
    ErrorCode error = ask(Api.HEARTBEAT, out -> ConsumerMessages.heartbeat(out, terms, who), terms.session().dividedBy(2), ConsumerMessages::error);
    if (error == ErrorCode.NONE || error == ErrorCode.REBALANCE_IN_PROGRESS) {
      beaten = nanos.getAsLong();
    }
    if (error != ErrorCode.NONE) {
      refused(error);
    }
  }

  /// A leader notices when a topic gets more partitions, or comes to be.
  private void look() throws KafkaException, InterruptedException {
    if (state == State.MEMBER && who.leads() && nanos.getAsLong() - looked >= LOOK.toNanos()) {
      looked = nanos.getAsLong();
      cluster.stale();
      Map<String, Integer> now = cluster.counts(topics);
      if (!now.equals(counts)) {
        LOG.log(Level.INFO, name + ": the topics have other partitions than before, it is divided anew: " + now);
        state = State.GIVING_BACK;
      }
    }
  }

  /// What a coordinator's no means for the member.
  private void refused(ErrorCode error) throws KafkaException {
    if (error == ErrorCode.REBALANCE_IN_PROGRESS) {
      state = state == State.MEMBER ? State.GIVING_BACK : state;
    } else if (error == ErrorCode.ILLEGAL_GENERATION) {
      lose();
    } else if (error == ErrorCode.UNKNOWN_MEMBER_ID) {
      lose();
      who = Joined.NOBODY;
    } else if (error == ErrorCode.FENCED_INSTANCE_ID) {
      lose();
      state = State.OUT;
      owner.trouble(KafkaException.of(name + ", instance '" + terms.instance() + "'", error));
    } else {
      if (error.retriable()) {
        cluster.forgetCoordinator(terms.group());
      }
      throw KafkaException.of(name, error);
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
      state = State.AWAY;
    }
  }

  private void loseIfOver() {
    if ((state == State.MEMBER || state == State.GIVING_BACK) && nanos.getAsLong() - beaten >= terms.session().toNanos()) {
      LOG.log(Level.WARNING, name + ": the coordinator could not be reached for " + terms.session().toMillis() + " ms, others may have the partitions by now");
      lose();
    }
  }

  private void lose() {
    if (state != State.OUT) {
      owner.lost();
      state = State.AWAY;
    }
  }

  /// Keeps these marks at the coordinator; what it says of each partition.
  List<Found> commit(Map<TopicPartition, Mark> marks) throws KafkaException, InterruptedException {
    Joined speaker = who; // of one generation, whatever comes
    List<Found> committed = ask(Api.OFFSET_COMMIT, out -> ConsumerMessages.commit(out, terms, speaker, marks), cluster.target().timeout(), ConsumerMessages::committed);
    for (Found each : committed) {
      if (each.error() != ErrorCode.NONE) {
        cluster.forgetCoordinator(terms.group()); // perhaps: it is looked for anew
        kick();
      }
    }
    return committed;
  }

  // ---- the end ----

  /// Leaves the group, so that others have the partitions at once; a static member stays, for its process to come back. Work in hand is not waited for.
  @Override public void close() {
    closing = true;
    kick();
    if (state == State.AWAY) {
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
        ask(Api.LEAVE_GROUP, out -> ConsumerMessages.leave(out, terms, who), LEAVING, BytesReader::rest);
      } catch (KafkaException unheard) {
        LOG.log(Level.DEBUG, name + " was left without a word, it notices by itself: " + unheard.getMessage());
      }
      who = Joined.NOBODY;
    }
  }
}
