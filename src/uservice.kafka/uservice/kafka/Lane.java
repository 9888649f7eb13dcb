package uservice.kafka;

import module java.base;
import uservice.wire.Backoff;

/// What a producer has for one partition: batches in turn, and those on their way. Guarded by the lock of its [Producer].
///
/// ```
///   messages ─▶ ready ─full, lingered─▶ sent ─────── acknowledged ──▶ ended
///                                       ▲  │ a no that passes, a gap, no answer
///                                       │  ▼
///                                       again ─ once none is on its way: in order, under the same numbers
///                                          │ one before it was given up: under the next epoch, from 0 on
///                                          └ may be there, and nobody can tell: given up, `mayHaveRun`
/// ```
///
/// A broker takes a batch only behind the one with the sequence before, and knows the last five by heart: what is sent again is written once.
/// An acknowledgement is one of all before it that were not refused, too. Five may be on their way at once; the first of an epoch goes alone,
/// since a broker that knows nothing of a producer takes any sequence for its first; without the broker's numbers each goes alone.
final class Lane {
  static final int SENT_MAX = 5;
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(20), Duration.ofSeconds(1));

  final TopicPartition partition;
  final String where; // for messages
  final ArrayDeque<Batch> ready = new ArrayDeque<>();
  final List<Batch> flight = new ArrayList<>(); // sent, or to go again
  Broker broker;
  boolean routing; // a broker is being looked for
  long notBefore; // as System.nanoTime, where there were failures
  int failures;
  KafkaException lastFailure;
  private final Collection<Batch> ended;
  private long producerId = -1;
  private int epoch;
  private int sequence;
  private boolean known; // to the broker, of this epoch
  private boolean unsettled; // a batch has to go again, or was given up
  private boolean broken; // a sequence was given up: what follows needs another epoch

  /// `ended` takes the batches that go no further, each once.
  Lane(TopicPartition partition, String where, Collection<Batch> ended) {
    this.partition = partition;
    this.where = where;
    this.ended = ended;
  }

  /// In their order.
  List<Batch> all() {
    var all = new ArrayList<>(flight);
    all.addAll(ready);
    return all;
  }

  boolean idle() { return ready.isEmpty() && flight.isEmpty(); }

  boolean identified() { return producerId >= 0; }

  /// Whether it needs an id that no lane has had before.
  boolean usedUp() { return epoch == Short.MAX_VALUE; }

  /// The producer's numbers, from now on.
  void identify(long id, int first) {
    producerId = id;
    epoch = first;
    sequence = 0;
    known = false;
  }

  /// The batch that takes a message of this charge, too; null where another has to be begun.
  Batch open(long charge, int most) {
    Batch last = ready.peekLast();
    if (last != null && last.bytes + charge - Batch.WAITER_BYTES > most) {
      last.closed = true;
    }
    return last == null || last.closed ? null : last;
  }

  /// When the oldest that somebody waits for was begun, as System.nanoTime; `otherwise` where nobody does.
  long oldest(long otherwise) {
    for (Batch batch : flight) {
      if (batch.failure == null) {
        return batch.created;
      }
    }
    return ready.isEmpty() ? otherwise : ready.peek().created;
  }

  /// The batch that may go now, on its way from now on; null for none. `due` says whether the first that is ready may.
  Batch next(boolean numbered, boolean due) {
    if (unsettled && !settle(numbered)) {
      return null;
    }
    Batch next = null;
    int sent = 0;
    for (Batch batch : flight) {
      sent += batch.sent ? 1 : 0;
      next = next == null && !batch.sent ? batch : next;
    }
    if (sent >= (numbered && known ? SENT_MAX : 1) || next == null && !due) {
      return null;
    }
    if (next == null) {
      next = ready.poll();
      flight.add(next);
    }
    if (numbered && next.sequence < 0) {
      if (!identified()) {
        return null; // it stays the first in line until there is an id
      }
      next.place(producerId, epoch, sequence);
      sequence = after(sequence, next.count());
    }
    next.sent = true;
    return next;
  }

  /// The sequence so many records later: behind the largest number comes 0.
  static int after(int sequence, int count) { return sequence + count & Integer.MAX_VALUE; }

  /// Once no batch is on its way any more: what is to become of those that are to go again.
  private boolean settle(boolean numbered) {
    for (Batch batch : flight) {
      if (batch.sent) {
        return false;
      }
    }
    if (numbered && (broken || !flight.isEmpty() && flight.getFirst().gap)) {
      for (Batch batch : List.copyOf(flight)) {
        batch.place(-1, -1, -1);
        if (batch.unknown) {
          fail(batch, KafkaException.late("the order of what was sent before broke: "
              + (lastFailure == null ? "a batch was given up" : lastFailure.getMessage()), true, lastFailure));
        }
      }
      if (usedUp()) {
        producerId = -1;
      } else {
        identify(producerId, epoch + 1);
      }
    }
    broken = false;
    unsettled = false;
    return true;
  }

  /// A broker has it, and those before it that were not refused.
  void acknowledge(Batch batch, long offset) {
    failures = 0;
    known = true;
    for (Batch each : List.copyOf(flight.subList(0, flight.indexOf(batch) + 1))) {
      if (each.sent || each.unknown) {
        flight.remove(each);
        if (each.failure == null) {
          each.offset = each == batch ? offset : Sent.UNKNOWN;
          ended.add(each);
        }
      }
    }
  }

  /// A broker said no, or nothing.
  void refuse(Batch batch, KafkaException why, long now) {
    if (!flight.contains(batch)) {
      return; // one behind it was acknowledged
    }
    lastFailure = why;
    batch.sent = false;
    batch.unknown |= why.mayHaveRun();
    batch.gap = why.code() == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    boolean fenced = Set.of(ErrorCode.UNKNOWN_PRODUCER_ID, ErrorCode.INVALID_PRODUCER_EPOCH, ErrorCode.PRODUCER_FENCED).contains(why.code());
    boolean first = !unsettled;
    unsettled = true;
    if (batch.failure == null && (batch.gap || fenced || why.retriable())) {
      broken |= fenced;
      if (first) {
        pause(why, now);
      }
      return;
    }
    broken = true;
    if (batch.failure == null && why.code() == ErrorCode.MESSAGE_TOO_LARGE && batch.count() > 1 && !batch.unknown) {
      flight.addAll(flight.indexOf(batch), batch.halves());
    } else if (batch.failure == null) {
      fail(batch, batch.unknown ? why.unsure() : why);
    }
    flight.remove(batch);
  }

  /// Where it went is away, or none was found: the next attempt is somewhat later, and looks anew.
  void pause(KafkaException why, long now) {
    lastFailure = why;
    notBefore = now + PAUSES.nanos(failures++);
    broker = null;
  }

  /// That the time is over for what it has, with what it met last.
  KafkaException late(String how) {
    return KafkaException.late(where + ": " + how + (lastFailure == null ? "" : ": " + lastFailure.getMessage()), false, lastFailure);
  }

  /// Gives up what is as old as `since`, or older.
  void expire(long since, KafkaException why) {
    for (Batch batch : all()) {
      if (batch.created - since <= 0 && batch.failure == null) {
        if (!batch.sent && batch.sequence >= 0) {
          broken = true;
          unsettled = true;
        }
        fail(batch, batch.unknown || batch.sent ? why.unsure() : why.again());
      }
    }
  }

  /// Gives up a batch; one on its way keeps its place until its answer comes.
  private void fail(Batch batch, KafkaException why) {
    if (!batch.sent && !flight.remove(batch)) {
      ready.remove(batch);
    }
    batch.failure = why;
    ended.add(batch);
  }
}
