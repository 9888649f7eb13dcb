package uservice.kafka;

import module java.base;

/// Messages that go to one partition together, and whoever waits for them. Guarded by the lock of its producer.
final class Batch {
  /// Where it stands: in turn, on its way, or to go once more.
  enum State { READY, SENT, AGAIN }

  private static final int WAITER_BYTES = 96;

  final long created; // as System.nanoTime
  State state = State.READY;
  boolean closed; // takes no more
  boolean unknown; // it may have been written by an attempt that was not answered
  boolean gap; // the broker's last word was that one before it is missing
  boolean given; // nobody waits for it any more
  long ordinal; // its place among those of its lane, 0 while it has none
  long producerId = -1;
  short epoch = -1;
  int sequence = -1;
  private final RecordBatchWriter records;
  private final List<CompletableFuture<Sent>> waiting = new ArrayList<>();
  private int charge;
  private byte[] encoded;

  Batch(boolean gzip, long created) {
    this.records = new RecordBatchWriter(gzip);
    this.created = created;
  }

  int count() { return records.count(); }

  int bytes() { return records.bytes(); }

  void add(long timestamp, byte[] key, byte[] value, List<Header> headers, CompletableFuture<Sent> who) {
    records.add(timestamp, key, value, headers);
    waiting.add(who);
    charge += Math.toIntExact(charge(key, value, headers));
  }

  /// What a message takes of the producer's room, with whoever waits for it.
  static long charge(byte[] key, byte[] value, List<Header> headers) { return RecordBatchWriter.bytes(key, value, headers) + WAITER_BYTES; }

  /// Whether a message of this charge goes into a batch of `most` bytes, too.
  boolean fits(long charge, int most) { return bytes() + charge - WAITER_BYTES <= most; }

  /// What it takes of the producer's room.
  int charge() { return charge; }

  /// Who waits, in the order of the records.
  List<CompletableFuture<Sent>> waiting() { return waiting; }

  /// Its place in what the producer sends to the partition.
  void place(long ordinal, long producerId, short epoch, int sequence) {
    this.ordinal = ordinal;
    this.producerId = producerId;
    this.epoch = epoch;
    this.sequence = sequence;
    encoded = null;
  }

  void unplace() { place(0, -1, (short) -1, -1); }

  /// As it goes over the wire; made once for each place. By the thread that sends.
  byte[] encoded() {
    if (encoded == null) {
      encoded = records.finish(producerId, epoch, sequence);
    }
    return encoded;
  }

  /// Whether it may be written though nobody said so.
  boolean unsure() { return unknown || state == State.SENT; }

  /// Two batches of half the records each, for one that is too large for its topic.
  List<Batch> halves(boolean gzip) {
    int half = count() / 2;
    var halves = List.of(new Batch(gzip, created), new Batch(gzip, created));
    var at = new int[1];
    try {
      RecordBatch.read(new BytesReader("batch", encoded())).forEach("", 0, 0, each -> {
        int i = at[0]++;
        halves.get(i < half ? 0 : 1).add(each.timestamp(), each.key(), each.value(), each.headers(), waiting.get(i));
      });
    } catch (ProtocolException unfit) {
      throw new IllegalStateException("BUG: " + unfit, unfit);
    }
    halves.forEach(each -> {
      each.closed = true;
      each.state = State.AGAIN;
    });
    return halves;
  }
}
