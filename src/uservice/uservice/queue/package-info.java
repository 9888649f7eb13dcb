/// Queues of jobs that no crash loses: at-least-once, with claims that expire, a count of attempts and a dead-letter list.
///
/// Reading order: [Queue] (the promises, call by call), [Job] and [Delivery], [QueueOptions] (the limits),
/// [QueueException], [RecentIds] and [Hands] (for backends), [QueueBackend] and [Queues] (how a URI becomes a queue), `MemoryQueue` (the one for `memory:`).
///
/// ```
///            submit              claim                    acknowledge
///   (full? wait) ──▶ waiting ──────────▶ claimed ──────────────────────▶ gone
///                      ▲  ▲               │  │ └─ visibility over: claimed by the next who asks
///                      │  └── release ────┘  │ fail
///                      │                     ▼
///              requeue │   retry delay    resting ──▶ claimed by the next who asks
///                      │                     │
///                      └────── dead ◀────────┴─ instead, after max_attempts claims: fail, or visibility over
/// ```
///
/// ## What is promised
///
/// | | every backend | and then |
/// |---|---|---|
/// | loss | a job that `submit` counted is acknowledged, dead or still there | memory: unless the process ends; Redis: as durable as its AOF; Kafka: as its replicas |
/// | twice | a job may be delivered again, always after a crash; make handlers idempotent by [Job#id()] | |
/// | order | about the order of submission; redelivered jobs come before new ones | Kafka: exact in a partition while nothing fails |
/// | duplicates | an id submitted again within the window is not queued again, but counted | Kafka: recognised on the consumer's side |
/// | bound | `submit` waits while `capacity` is reached | memory, Redis, PostgreSQL: exact; Kafka: about, by a batch for each submitter |
/// | attempts | each claim counts one; [Queue#release] takes it back | Kafka: counted for the batch's oldest, once a crash came between |
/// | figures | of [QueueStats], for the whole queue | Kafka: from offsets, so jobs acknowledged out of order count until the older ones are |
///
/// Acknowledgements may come in any order. A backend that can only move one mark forward, as Kafka, keeps those that came
/// early in memory, and redelivers them after a crash.
///
/// ## Why
///
/// - *Claim and acknowledge, not pop.* A pop loses whatever its worker held when it died.
/// - *Lists everywhere.* A round trip or a lock for each job caps throughput at what a round trip costs; a batch of 256
///   divides that by 256. Single jobs are lists of one.
/// - *An acknowledgement counts, whoever holds the job by then.* The work is done; a worker that was late by a second
///   should not cause it to be done a third time.
/// - *`fail` and `release` differ.* A worker that stops gives back what it had not begun, and that is no attempt: else a
///   few restarts in a row would send healthy jobs to the dead-letter list.
/// - *A failed job rests.* Without a delay, a database that is away for a second would burn all attempts of every job.
/// - *Dead jobs take room.* A dead-letter list of its own bound would drop the oldest at some point, silently or not; this
///   queue says full instead, and an operator requeues or discards.
/// - *Time is monotonic time*, handed in; a wall clock that jumps must not redeliver everything at once.
package uservice.queue;
