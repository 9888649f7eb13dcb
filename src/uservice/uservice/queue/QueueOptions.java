package uservice.queue;

import module java.base;

import uservice.config.Default;
import uservice.config.Doc;
import uservice.config.Range;

/// The limits of a queue, as they stand in a configuration.
public record QueueOptions(
    @Doc("Most jobs in the queue: waiting, claimed and dead.")
    @Range(min = 1, max = 100_000_000) @Default("100000") int capacity,
    @Doc("How long a claimed job is its worker's alone; longer than a job takes.")
    @Range(min = 1, max = 86_400_000) @Default("30s") Duration visibility,
    @Doc("How long a failed job rests before it is tried again.")
    @Range(min = 0, max = 86_400_000) @Default("1s") Duration retryDelay,
    @Doc("How often a job is tried before it goes to the dead-letter list.")
    @Range(min = 1, max = 1_000) @Default("5") int maxAttempts,
    @Doc("How long a job's id is remembered, to recognise a job submitted twice.")
    @Range(min = 0, max = 86_400_000) @Default("5m") Duration duplicateWindow,
    @Doc("Most ids remembered; the oldest are forgotten first.")
    @Range(min = 0, max = 100_000_000) @Default("100000") int duplicateIds) {

  /// What stands in the annotations.
  public static QueueOptions defaults() {
    return new QueueOptions(100_000, Duration.ofSeconds(30), Duration.ofSeconds(1), 5, Duration.ofMinutes(5), 100_000);
  }
}
