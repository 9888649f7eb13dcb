package uservice.kafka;

import module java.base;
import uservice.queue.Delivery;
import uservice.queue.Job;

/// A job of a [KafkaQueue], in somebody's hands or at rest until its time is over. With each step of its way another one takes its place, so that a
/// delivery of before says nothing any more.
///
/// A message's header `id` names the job, its value is the body. Without that header it is known by its place; without a value it is no job.
final class KafkaJob implements Delivery {
  static final String ID = "id";
  /// Tells a job that comes back from the dead from the one that it was.
  static final String AGAIN = "again";

  final KafkaQueue queue;
  final Taken taken;
  /// Null where the message is none.
  final Job job;
  /// By which it is recognised when it comes twice.
  final String key;
  /// Why it goes to the dead; null where it does not.
  final String doom;
  /// When it may be handed out again.
  final long until;
  private final int attempt;

  private KafkaJob(KafkaQueue queue, Taken taken, Job job, String key, int attempt, String doom, long until) {
    this.queue = queue;
    this.taken = taken;
    this.job = job;
    this.key = key;
    this.doom = doom;
    this.until = until;
    this.attempt = attempt;
  }

  /// As it comes from the topic.
  static KafkaJob of(KafkaQueue queue, Taken taken) {
    Received message = taken.message;
    String id = id(message);
    String again = text(message, AGAIN);
    try {
      if (message.value() == null) {
        throw new IllegalArgumentException("the message has no value");
      }
      return new KafkaJob(queue, taken, new Job(id, message.value()), again.isEmpty() ? id : id + "\n" + again, 0, null, 0);
    } catch (IllegalArgumentException unfit) {
      return new KafkaJob(queue, taken, null, message.toString(), 0, "no job: " + unfit.getMessage(), 0);
    }
  }

  /// The next step of its way.
  KafkaJob next(int attempt, String doom, long until) { return new KafkaJob(queue, taken, job, key, attempt, doom, until); }

  static String id(Received message) {
    String id = text(message, ID);
    return id.isEmpty() || id.length() > Job.ID_CHARS_MAX ? message.toString() : id;
  }

  /// The text of the last header of this name; empty where there is none.
  static String text(Received message, String header) {
    return message.header(header).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
  }

  static byte[] bytes(String id) { return id.getBytes(StandardCharsets.UTF_8); }

  @Override public Job job() { return job; }

  @Override public int attempt() { return attempt; }
}
