package uservice.kafka;

import module java.base;
import uservice.kafka.GroupMessages.Mark;

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
  /// Not begun yet: the offset to begin at has to be asked for.
  static final long UNKNOWN = -1;
  /// Begun so often and not ended, a message is handed out alone.
  static final int ALONE_ATTEMPTS = 2;

  final TopicPartition partition;
  private final Queue<RecordBatch> batches = new ArrayDeque<>(); // fetched, in their order
  private final Deque<Received> ready = new ArrayDeque<>(); // of the first batch
  private final Deque<Taken> begun = new ArrayDeque<>(); // in their order; what is done leaves as soon as it is the oldest
  private int held;
  private long firstTaken = UNKNOWN;
  private int waitingBytes;
  private long next = UNKNOWN; // behind what was handed out, or passed over
  private long afterBatch;
  private long position = UNKNOWN; // what is fetched next
  private long end = UNKNOWN;
  private Mark committed = Mark.NONE;
  private Attempts before = Attempts.NONE; // what is known from those who had it before
  private String unreadable;
  private boolean alone; // the next batch is larger than its part of a fetch
  private boolean givingBack;
  private volatile boolean lost;

  Share(TopicPartition partition) { this.partition = partition; }

  /// Begins at `offset`; what is there of the group's mark may be none.
  void begin(long offset, Mark mark) {
    position = offset;
    next = offset;
    committed = mark.offset() < 0 ? new Mark(offset, "") : mark;
    before = Attempts.parse(committed);
  }

  /// Goes on at another offset, since there is nothing at the old one. What is begun is of no use then.
  void jump(long offset) {
    batches.clear();
    ready.clear();
    waitingBytes = 0;
    unreadable = null;
    position = offset;
    next = offset;
    begun.forEach(each -> each.done = true);
    begun.clear();
    held = 0;
  }

  /// Takes in what a fetch at `position` brought.
  void add(List<RecordBatch> fetched, long end) {
    this.end = end;
    alone = false;
    for (RecordBatch batch : fetched) {
      batches.add(batch);
      waitingBytes += batch.records().remaining();
      position = Math.max(position, batch.nextOffset());
    }
  }

  /// A fetch brought the beginning of a batch, and no more.
  void fetchAlone(long end) {
    this.end = end;
    alone = true;
  }

  /// The next message, now in somebody's hands; null where none is here.
  Taken take() {
    if (ready.isEmpty()) {
      unpack();
    }
    if (!waiting() || ready.isEmpty()) {
      return null;
    }
    if (!begun.isEmpty() && suspect(begun.peek().message.offset())) {
      return null;
    }
    Received message = ready.poll();
    next = ready.isEmpty() ? afterBatch : message.offset() + 1;
    var taken = new Taken(this, message);
    taken.attempts = before.of(message.offset());
    firstTaken = firstTaken == UNKNOWN ? message.offset() : firstTaken;
    begun.add(taken);
    held++;
    return taken;
  }

  /// Whether this one may be what ended those who had it before: it is handed out alone then, so that the count is its own.
  private boolean suspect(long offset) { return before.attempts() >= ALONE_ATTEMPTS && offset <= before.until(); }

  /// Has the next messages ready, where there is a batch with some, and passes over those without.
  private void unpack() {
    while (ready.isEmpty() && waiting()) {
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

  /// Why what comes next cannot be read, by nobody here; null where all is well.
  String unreadable() { return unreadable; }

  /// Whether the group should know that this one is begun before it is: the first that is taken here, and each that is handed out alone.
  boolean watched(long offset) { return offset == firstTaken || suspect(offset); }

  /// Ends it; false where that was so before, or where it is no longer ours to end.
  boolean done(Taken taken) {
    if (lost || taken.done) {
      return false;
    }
    held -= taken.held ? 1 : 0;
    taken.held = false;
    taken.done = true;
    while (!begun.isEmpty() && begun.peek().done) {
      begun.poll();
    }
    return true;
  }

  /// In somebody's hands, or not for the time being.
  void hold(Taken taken, boolean hold) {
    if (!lost && !taken.done && taken.held != hold) {
      taken.held = hold;
      held += hold ? 1 : -1;
    }
  }

  /// What is to be committed: the oldest offset that is not done, and how often that was begun, with what else is.
  Mark mark() {
    Taken oldest = begun.peek();
    return oldest == null ? new Mark(next, "") : new Mark(oldest.message.offset(), Attempts.note(oldest.attempts, begun.peekLast().message.offset()));
  }

  /// Whether the group does not know yet what stands in the mark.
  boolean uncommitted() { return !lost && position != UNKNOWN && !mark().equals(committed); }

  Mark committed() { return committed; }

  void committed(Mark mark) { committed = mark; }

  /// Messages begun and not out of the way, done ones behind an older one included.
  int begun() { return begun.size(); }

  /// The oldest message that is not done; null where none is begun.
  Taken oldest() { return begun.peek(); }

  int held() { return held; }

  long position() { return position; }

  boolean fetchable(int waitingBytesMax) { return !givingBack && !lost && position != UNKNOWN && waitingBytes < waitingBytesMax; }

  int waitingBytes() { return waitingBytes; }

  boolean waiting() { return !givingBack && !lost && unreadable == null && !(ready.isEmpty() && batches.isEmpty()); }

  boolean alone() { return alone; }

  /// Messages that are there and not committed; 0 where it is not known yet.
  long lag() { return end < 0 || committed.offset() < 0 ? 0 : Math.max(0, end - committed.offset()); }

  void giveBack() { givingBack = true; }

  boolean givingBack() { return givingBack; }

  void lose() {
    lost = true;
    held = 0;
    batches.clear();
    ready.clear();
    begun.clear();
  }

  boolean lost() { return lost; }
}
