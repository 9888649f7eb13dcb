package uservice.kafka;

import module java.base;
import uservice.wire.Address.Host;

/// One partition that is this member's: what was fetched, what is in somebody's hands, and how far all is done. Guarded by the lock of its
/// [Shares].
///
/// ```
///   committed     oldest begun        next      position       end
///       │   done, not    │ begun, some  │  fetched │             │
///   ────┴─── committed ──┴──of it done──┴──────────┴─────────────┴──▶ offsets
///                        └ the mark: what is committed next
/// ```
final class Share {
  /// An offset, or a leader, that has to be asked for.
  static final int UNKNOWN = -1;
  /// Who is asked is not known yet.
  static final Host NOBODY = new Host("", 0);
  /// Begun so often and not ended, a message is handed out alone.
  static final int ALONE_ATTEMPTS = 2;

  final TopicPartition partition;
  private final Queue<RecordBatch> batches = new ArrayDeque<>(); // fetched, in their order
  private final Queue<Received> ready = new ArrayDeque<>(); // of the first batch
  final Deque<Taken> begun = new ArrayDeque<>(); // in their order; what is done leaves as soon as it is the oldest
  int held; // of these, those in somebody's hands
  private long firstTaken = UNKNOWN;
  int waitingBytes;
  private long next; // behind what was handed out, or passed over
  private long afterBatch;
  long position = UNKNOWN; // what is fetched next
  Host leader = NOBODY; // who is asked for it, where that and the position are known
  boolean alone; // the next batch is larger than its part of a fetch
  private long end = UNKNOWN;
  Mark committed;
  private Mark before; // what is known from those who had it before
  String unreadable; // why what comes next cannot be read, by nobody here; null where all is well
  private volatile boolean givingBack;
  volatile boolean lost;

  Share(TopicPartition partition) { this.partition = partition; }

  /// Begins at `offset`, with the group's note beside it.
  void begin(long offset, String note) {
    position = offset;
    next = offset;
    before = Mark.of(offset, note);
    committed = before;
  }

  /// Goes on at another offset, since there is nothing at the old one. What is begun is of no use then.
  void jump(long offset) {
    forget();
    unreadable = null;
    position = offset;
    next = offset;
  }

  private void forget() {
    batches.clear();
    ready.clear();
    waitingBytes = 0;
    for (Taken each : begun) {
      each.done = true;
    }
    begun.clear();
    held = 0;
  }

  /// Takes in what a fetch at `position` brought: whole batches, or `alone` the beginning of one.
  void add(List<RecordBatch> fetched, long end, boolean alone) {
    this.end = end;
    this.alone = alone;
    for (RecordBatch batch : fetched) {
      batches.add(batch);
      waitingBytes += batch.records().remaining();
      position = Math.max(position, batch.nextOffset());
    }
  }

  /// The next message, now in somebody's hands; null where none is here.
  Taken take() {
    unpack();
    if (!open() || ready.isEmpty() || !begun.isEmpty() && suspect(begun.peek().message.offset())) {
      return null;
    }
    Received message = ready.poll();
    next = ready.isEmpty() ? afterBatch : message.offset() + 1;
    firstTaken = firstTaken == UNKNOWN ? message.offset() : firstTaken;
    var taken = new Taken(this, message, message.offset() == before.offset() ? before.attempts() : 0);
    begun.add(taken);
    held++;
    return taken;
  }

  /// Whether this one may be what ended those who had it before: it is handed out alone then, so that the count is its own.
  private boolean suspect(long offset) { return before.attempts() >= ALONE_ATTEMPTS && offset <= before.until(); }

  /// Has the next messages ready, where there is a batch with some, and passes over those without.
  private void unpack() {
    while (open() && unreadable == null && ready.isEmpty() && !batches.isEmpty()) {
      RecordBatch batch = batches.peek();
      try {
        batch.forEach(partition.topic(), partition.partition(), next, ready::add);
      } catch (ProtocolException unfit) {
        ready.clear();
        unreadable = unfit.getMessage();
        return;
      }
      batches.poll();
      waitingBytes -= batch.records().remaining();
      afterBatch = Math.max(next, batch.nextOffset());
      next = ready.isEmpty() ? afterBatch : next;
    }
  }

  /// Whether the group should know that this one is begun before it is: the first that is taken here, and each that is handed out alone.
  boolean watched(long offset) { return offset == firstTaken || suspect(offset); }

  /// Ends it; false where that was so before, or where it is no longer ours to end.
  boolean done(Taken taken) {
    boolean ours = taken.ours();
    hold(taken, false);
    taken.done = true;
    while (!begun.isEmpty() && begun.peek().done) {
      begun.poll();
    }
    return ours;
  }

  /// In somebody's hands, or not for the time being.
  void hold(Taken taken, boolean hold) {
    if (taken.ours() && taken.held != hold) {
      taken.held = hold;
      held += hold ? 1 : -1;
    }
  }

  /// What is to be committed: the oldest offset that is not done, and how often that was begun, with what else is.
  Mark mark() {
    Taken oldest = begun.peek();
    return oldest == null ? new Mark(next, 0, 0) : new Mark(oldest.message.offset(), oldest.attempts, begun.peekLast().message.offset());
  }

  /// Whether the group does not know yet what stands in the mark.
  boolean uncommitted() { return !lost && position != UNKNOWN && !mark().equals(committed); }

  /// Messages that are there and not committed; 0 where it is not known yet.
  long lag() { return end < 0 ? 0 : Math.max(0, end - committed.offset()); }

  /// Nothing new of it is begun; what was begun may end.
  void giveBack() { givingBack = true; }

  /// Whether something of it may be begun.
  boolean open() { return !givingBack && !lost; }

  /// It is others' by now.
  void lose() {
    lost = true;
    forget();
  }
}
