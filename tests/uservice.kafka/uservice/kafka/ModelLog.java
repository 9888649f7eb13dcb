package uservice.kafka;

import module java.base;

/// One partition as a broker keeps it: the values of its records, and of each producer the epoch and the last batches, by which it knows what
/// was written before.
final class ModelLog {
  private static final int REMEMBERED = 5;
  private static final int BEHIND_PLACE = Long.BYTES + Short.BYTES + Integer.BYTES + Integer.BYTES; // id, epoch, sequence, count

  /// What it says of a batch.
  record Outcome(ErrorCode code, long offset) {}

  private record Written(int first, int last, long offset) {}

  private static final class Producer {
    int epoch;
    final ArrayDeque<Written> batches = new ArrayDeque<>();
  }

  final List<String> values = new ArrayList<>();
  private final boolean old;
  private final Map<Long, Producer> producers = new HashMap<>();

  /// An `old` broker wants the beginning of a row that it does not know; those from 2.5 on take any part of it for that.
  ModelLog(boolean old) { this.old = old; }

  /// Takes a batch, or says why not.
  Outcome append(RecordBatch batch) throws ProtocolException {
    var place = ByteBuffer.wrap(batch.records().array()).position(batch.records().at() - BEHIND_PLACE);
    long id = place.getLong();
    int epoch = place.getShort();
    int sequence = place.getInt();
    if (id < 0) {
      return written(batch);
    }
    Producer producer = producers.get(id);
    if (producer == null) {
      if (old && sequence != 0) {
        return new Outcome(ErrorCode.UNKNOWN_PRODUCER_ID, -1);
      }
      producer = new Producer();
      producers.put(id, producer);
      producer.epoch = epoch;
    }
    if (epoch < producer.epoch) {
      return new Outcome(ErrorCode.INVALID_PRODUCER_EPOCH, -1);
    }
    int last = sequence + batch.count - 1;
    if (epoch > producer.epoch) {
      if (sequence != 0) {
        return new Outcome(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1);
      }
      producer.epoch = epoch;
      producer.batches.clear();
    }
    for (Written each : producer.batches) {
      if (each.first == sequence && each.last == last) {
        return new Outcome(ErrorCode.NONE, each.offset);
      }
    }
    if (!producer.batches.isEmpty() ? sequence != producer.batches.getLast().last + 1 : old && sequence != 0) {
      return new Outcome(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1);
    }
    var outcome = written(batch);
    producer.batches.add(new Written(sequence, last, outcome.offset()));
    if (producer.batches.size() > REMEMBERED) {
      producer.batches.poll();
    }
    return outcome;
  }

  private Outcome written(RecordBatch batch) throws ProtocolException {
    long offset = values.size();
    batch.forEach("", 0, 0, each -> values.add(new String(each.value(), StandardCharsets.UTF_8)));
    return new Outcome(ErrorCode.NONE, offset);
  }

  /// Of each producer only the last batch is known any more, as after a restart from a snapshot.
  void restart() {
    producers.values().forEach(producer -> {
      while (producer.batches.size() > 1) {
        producer.batches.poll();
      }
    });
  }

  /// No producer is known any more, but for one that may send its first batch again: that would be written twice, whoever sends it.
  void forget() { producers.values().removeIf(producer -> producer.batches.size() == REMEMBERED && producer.batches.peek().first > 0); }
}
