package uservice.kafka;

import module java.base;
import uservice.wire.Backoff;

/// What a producer has for one partition: batches in turn, and those on their way. Guarded by the lock of its producer.
///
/// ```
///   messages ─▶ ready ─full, lingered─▶ sent ─────── acknowledged ──▶ done
///                                       ▲  │ a no that passes, a gap, no answer
///                                       │  ▼
///                                       again ─ once none is on its way: in order, under the same numbers
///                                          │ one before it was given up: under the next epoch, from 0 on
///                                          └ may be there, and nobody can tell: given up, `mayHaveRun`
/// ```
///
/// A broker takes a batch only behind the one with the sequence before, and knows the last five by heart: what is sent again is written once.
/// An acknowledgement is one of all before it, too. Five may be on their way at once, without the broker's numbers one.
final class Lane {
  static final int SENT_MAX = 5;
  private static final Backoff PAUSES = new Backoff(Duration.ofMillis(20), Duration.ofSeconds(1));

  final String topic;
  final int partition;
  final ArrayDeque<Batch> ready = new ArrayDeque<>();
  final List<Batch> flight = new ArrayList<>();
  Broker broker;
  boolean routing; // a broker is being looked for
  long notBefore; // as System.nanoTime, where there were failures
  int failures;
  KafkaException lastFailure;
  private long producerId = -1;
  private short epoch;
  private int sequence;
  private long lastOrdinal;
  private long acknowledged; // the highest ordinal
  private boolean unsettled; // a batch has to go again, or was given up
  private boolean broken; // a sequence was given up: what follows needs another epoch

  Lane(String topic, int partition) {
    this.topic = topic;
    this.partition = partition;
  }

  /// What came of a batch that goes no further.
  interface Ending {
    void done(Batch batch, Lane lane, long offset);

    void failed(Batch batch, KafkaException why);
  }

  boolean idle() { return ready.isEmpty() && flight.isEmpty(); }

  boolean identified() { return producerId >= 0; }

  /// Whether it needs an id that no lane has had before.
  boolean usedUp() { return epoch == Short.MAX_VALUE; }

  /// The producer's numbers, from now on.
  void identify(long id, short first) {
    producerId = id;
    epoch = first;
    sequence = 0;
  }

  /// When the oldest that somebody waits for was begun, as System.nanoTime; `otherwise` where nobody does.
  long oldest(long otherwise) {
    for (Batch batch : flight) {
      if (!batch.given) {
        return batch.created;
      }
    }
    return ready.isEmpty() ? otherwise : ready.peek().created;
  }

  /// The batch that may go now, on its way from now on; null for none.
  Batch next(boolean numbered, Predicate<Batch> due, Ending ending) {
    if (unsettled && !settle(numbered, ending)) {
      return null;
    }
    Batch next = null;
    for (Batch batch : flight) {
      if (batch.state == Batch.State.AGAIN) {
        next = batch;
        break;
      }
    }
    if (next == null) {
      Batch first = ready.peek();
      if (first == null || flight.size() >= (numbered ? SENT_MAX : 1) || !first.closed && !due.test(first)) {
        return null;
      }
      next = ready.poll();
      next.closed = true;
      flight.add(next);
    }
    if (numbered && !identified()) {
      next.state = Batch.State.AGAIN; // stays the first in line until there is an id
      return null;
    }
    if (next.ordinal == 0) {
      next.place(++lastOrdinal, numbered ? producerId : -1, numbered ? epoch : -1, numbered ? sequence : -1);
      sequence = after(sequence, next.count());
    }
    next.state = Batch.State.SENT;
    return next;
  }

  /// The sequence so many records later: behind the largest number comes 0.
  static int after(int sequence, int count) { return sequence + count & Integer.MAX_VALUE; }

  /// Once no batch is on its way any more: what is to become of those that are to go again.
  private boolean settle(boolean numbered, Ending ending) {
    if (flight.stream().anyMatch(batch -> batch.state == Batch.State.SENT)) {
      return false;
    }
    take(batch -> batch.ordinal > 0 && batch.ordinal <= acknowledged && numbered, batch -> ending.done(batch, this, Sent.UNKNOWN));
    broken |= !flight.isEmpty() && flight.getFirst().gap;
    if (broken && numbered) {
      take(batch -> batch.unknown, batch -> ending.failed(batch, KafkaException.late("the order of what was sent before broke: "
          + (lastFailure == null ? "a batch was given up" : lastFailure.getMessage()), true, lastFailure)));
      flight.forEach(Batch::unplace);
      if (usedUp()) {
        producerId = -1;
      } else {
        identify(producerId, (short) (epoch + 1));
      }
    }
    broken = false;
    unsettled = false;
    return true;
  }

  private void take(Predicate<Batch> which, Consumer<Batch> then) {
    for (Batch batch : flight.stream().filter(which).toList()) {
      flight.remove(batch);
      then.accept(batch);
    }
  }

  /// A broker has it.
  void acknowledge(Batch batch, long offset, Ending ending) {
    flight.remove(batch);
    acknowledged = Math.max(acknowledged, batch.ordinal);
    failures = 0;
    ending.done(batch, this, offset);
  }

  /// A broker said no, or nothing.
  void refuse(Batch batch, KafkaException why, boolean gzip, long now, Ending ending) {
    lastFailure = why;
    batch.unknown |= why.mayHaveRun();
    batch.gap = why.code() == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    boolean fenced = why.code() == ErrorCode.UNKNOWN_PRODUCER_ID || why.code() == ErrorCode.INVALID_PRODUCER_EPOCH || why.code() == ErrorCode.PRODUCER_FENCED;
    boolean first = !unsettled;
    unsettled = true;
    if (batch.given) {
      flight.remove(batch);
      broken = true;
    } else if (why.code() == ErrorCode.MESSAGE_TOO_LARGE && batch.count() > 1 && !batch.unknown) {
      int at = flight.indexOf(batch);
      flight.remove(at);
      flight.addAll(at, batch.halves(gzip));
      broken = true;
    } else if (batch.gap || fenced || why.retriable()) {
      batch.state = Batch.State.AGAIN;
      broken |= fenced;
      if (first) {
        pause(why, now);
      }
    } else {
      flight.remove(batch);
      broken = true;
      ending.failed(batch, batch.unknown ? why.unsure() : why);
    }
  }

  /// Where it went is away, or none was found: the next attempt is somewhat later, and looks anew.
  void pause(KafkaException why, long now) {
    lastFailure = why;
    notBefore = now + PAUSES.nanos(failures++);
    broker = null;
  }

  /// Gives up what is as old as `since`, or older; a batch on its way keeps its place until its answer comes.
  void expire(long since, Function<Batch, KafkaException> why, Ending ending) {
    for (Batch first = ready.peek(); first != null && first.created - since <= 0; first = ready.peek()) {
      ready.poll();
      ending.failed(first, why.apply(first));
    }
    for (Batch batch : List.copyOf(flight)) {
      if (batch.created - since <= 0 && !batch.given) {
        if (batch.state == Batch.State.SENT) {
          batch.given = true;
        } else {
          flight.remove(batch);
          broken |= batch.ordinal > 0;
          unsettled = true;
        }
        ending.failed(batch, why.apply(batch));
      }
    }
  }
}
