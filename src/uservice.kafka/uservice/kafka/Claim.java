package uservice.kafka;

import uservice.queue.Delivery;
import uservice.queue.Job;

/// A job in a worker's hands, compared by identity: it is the claim.
final class Claim implements Delivery {
  final KafkaQueue queue;
  final KafkaJob of;
  final long until;
  private final int attempt;

  Claim(KafkaQueue queue, KafkaJob of, long until) {
    this.queue = queue;
    this.of = of;
    this.until = until;
    this.attempt = of.taken.attempts;
  }

  @Override public Job job() { return of.job; }

  @Override public int attempt() { return attempt; }
}
