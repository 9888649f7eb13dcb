package uservice.kafka;

import module java.base;
import uservice.queue.Job;

/// A job of the queue, as a message has it: the header `id` names it, the value is its body. A message without that header is known by its place. What is
/// known of it belongs to the lock of its [KafkaQueue].
final class KafkaJob {
  static final String ID = "id";
  /// Tells a job that comes back from the dead from the one that it was.
  static final String AGAIN = "again";

  final Taken taken;
  final Job job;
  /// By which it is recognised when it comes twice.
  final String key;
  Claim holder;

  private KafkaJob(Taken taken, Job job, String key) {
    this.taken = taken;
    this.job = job;
    this.key = key;
  }

  /// The job in a message; one that is none is an [IllegalArgumentException].
  static KafkaJob of(Taken taken) {
    Received message = taken.message;
    if (message.value() == null) {
      throw new IllegalArgumentException("the message has no value");
    }
    String id = id(message);
    return new KafkaJob(taken, new Job(id, message.value()), message.header(AGAIN).map(again -> id + "\n" + text(again)).orElse(id));
  }

  static String id(Received message) {
    return message.header(ID).map(KafkaJob::text).filter(id -> !id.isEmpty() && id.length() <= Job.ID_CHARS_MAX).orElse(message.place());
  }

  private static String text(byte[] bytes) { return new String(bytes, StandardCharsets.UTF_8); }
}
