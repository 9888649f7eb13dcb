package uservice.kafka;

import module java.base;

/// What a queue's handle has begun and not ended, by what becomes of it next. Guarded by the lock of its [KafkaQueue].
///
/// ```
///   claimed ──release──▶ first again ─────────▶ claimed
///     │ └──────fail────▶ resting ──delay over──▶ claimed
///     └──── visibility over, and somebody asks ─▶ claimed
/// ```
final class Claims {
  private final long retryDelay;
  private final Deque<Claim> claimed = new ArrayDeque<>(); // in their order, which is that of their ends
  private final Deque<KafkaJob> first = new ArrayDeque<>();
  private final Deque<Resting> resting = new ArrayDeque<>(); // in their order, since the delay is the same for all

  private record Resting(KafkaJob job, long until) {}

  Claims(Duration retryDelay) { this.retryDelay = retryDelay.toNanos(); }

  void claimed(Claim claim) {
    claim.of.holder = claim;
    claimed.add(claim);
  }

  /// The next that may be handed out again; null where none may yet.
  KafkaJob next(long now) {
    while (!claimed.isEmpty() && (!holds(claimed.peek()) || claimed.peek().until - now <= 0)) {
      Claim over = claimed.poll();
      if (holds(over)) {
        over.of.holder = null;
        return over.of;
      }
    }
    for (KafkaJob job = first.poll(); job != null; job = first.poll()) {
      if (alive(job)) {
        return job;
      }
    }
    while (!resting.isEmpty() && (!alive(resting.peek().job()) || resting.peek().until() - now <= 0)) {
      KafkaJob job = resting.poll().job();
      if (alive(job)) {
        return job;
      }
    }
    return null;
  }

  /// How long it is until [#next] may have one; [Long#MAX_VALUE] where that is not known.
  long dueIn(long now) {
    if (!first.isEmpty()) {
      return 0;
    }
    long claim = claimed.isEmpty() ? Long.MAX_VALUE : claimed.peek().until - now;
    long rest = resting.isEmpty() ? Long.MAX_VALUE : resting.peek().until() - now;
    return Math.max(0, Math.min(claim, rest));
  }

  static boolean holds(Claim claim) { return claim.of.holder == claim && alive(claim.of); }

  private static boolean alive(KafkaJob job) { return !job.taken.done && !job.taken.share.lost(); }

  void release(KafkaJob job) {
    job.holder = null;
    first.addFirst(job);
  }

  void rest(KafkaJob job, long now) {
    job.holder = null;
    resting.add(new Resting(job, now + retryDelay));
  }
}
