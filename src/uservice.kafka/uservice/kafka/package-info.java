/// Kafka, from its protocol up.
///
/// Reading order: `BytesReader`, `BytesWriter` (what numbers, texts and lists look like), `Api` (what is asked, in which versions), `ErrorCode`
/// (a broker's no), [KafkaException], `Target` (what a URI says), `Broker` (one connection), `Metadata`, `Cluster` (who leads what, and a
/// connection to each), `RecordBatch`; for sending [Message], [Sent], `Partitioner`, `ProducerSettings`, `Batch`, `Lane` (what
/// goes to one partition), [Producer]; for receiving [Received], `ConsumerMessages`, [Assignor],
/// `Mark`, `Group` (one member), `Log`, `Fetcher`, `Share` (one partition), `Taken`, `Shares` (all of these at work), [Handler], [Consumption],
/// [Kafka], [KafkaFeature]; for the queue `QueueSettings`, `KafkaJob`, `QueueTopics`, `KafkaQueue`.
///
/// ```
/// kafka://[USER:PASSWORD@]HOST[:9092][,HOST[:9092]…][/TOPIC][?…]     kafkas://… the same over TLS
/// ```
///
/// | parameter | default | |
/// |---|---|---|
/// | `sasl` | `scram-sha-512` | how the user logs in: that, `scram-sha-256`, or `plain`, which shows the password to whoever can listen |
/// | `password_file` | | a file that holds the password |
/// | `connect_timeout` | `5s` | for a connection, and for each step of its greeting |
/// | `timeout` | `10s` | for an answer |
/// | `client` | `uservice` | what brokers' metrics and quotas see |
/// | `tls_verify` | `full` | of `kafkas`: `full` (authority and host name), `chain` (authority), `none` |
/// | `tls_ca`, `tls_cert`, `tls_key` | | of `kafkas`, PEM: whom to trust; what to show |
/// | `batch_bytes` | `65536` | sending: a batch goes when it is as large, before it is compressed |
/// | `linger` | `5ms` | sending: or as old; `0` for at once |
/// | `buffer_bytes` | `8388608` | sending: how much may wait to be acknowledged; who sends more waits |
/// | `delivery_timeout` | `30s` | sending: how long a message may take until it is acknowledged |
/// | `compression` | `none` | sending: or `gzip` |
///
/// ## Sending
///
/// ```
///   threads ──send──▶ Lane of each partition: batches ──▶ one request for each broker ──▶ Broker ──▶ all replicas in sync
///      ▲                    │ open, full, sent, again                                                    │
///      └── Sent(partition, offset), or KafkaException: retriable? may it have run? ◀─ acknowledged ───────┘
/// ```
///
/// What is promised:
///
/// - An acknowledged message is written by all replicas in sync (`acks=all`; how many that are at least is the topic's `min.insync.replicas`).
/// - It is written once, however often it had to be sent, and behind those sent to its partition before: batches carry the producer's id, its epoch
///   and a sequence (`InitProducerId`). A user without the right to that produces without, which is logged: then what is sent again may be there twice.
/// - A message that fails is not there; or its exception says that it may be (`mayHaveRun`): its time was over while nobody could tell.
///   Sending it again is up to the caller, who alone knows whether twice is worse than never.
/// - Its partition is what the standard client would have chosen: murmur2 of the key; without a key one partition for a batch, then another.
///
/// What is sent within a span carries its trace in headers, and is handled within one below it (W3C `traceparent`, OpenTelemetry's conventions for Kafka).
///
/// What fails for a while (a broker down, a leader moved, too few replicas) is tried again after 20 ms, doubled up to 1 s, until the time for the
/// delivery is over. What fails for good (no right, no such partition, larger than `max.message.bytes`) fails at once, with its sentence;
/// a batch that is too large for its topic is halved until it fits.
///
/// ## Receiving
///
/// ```
///   Group ──assigned, give back, lost──▶ Shares ◀──batches── Fetcher: one request at a time to each leader, while there is room
///     ▲ heartbeats, on its own thread     │ ▲
///     │                              take │ │ done
///     └────────── commit: as far ─────────│─┘        Consumption: a thread for each partition ──▶ Handler
///                 as all is done          └────────▶ KafkaQueue: whoever claims
/// ```
///
/// - A message is handled at least once: its offset is committed after its handler returned, each second, when the group is divided anew, and at
///   the end. After a crash those of the last second come again; make handlers idempotent.
/// - Those of a partition are handled in their order, one after the other. One that fails is tried again in its place, and holds up those behind it; after
///   `max_attempts` it goes to the topic with `.dead` behind the name, with `attempts`, `reason` and `from` in headers. A message that ends its process is
///   noticed too: how often the oldest was begun is kept beside the group's offset, and from the third time on it is handed out alone.
/// - A handler that is slow is not overrun: 1 MiB of each partition waits here, 8 MiB in all.
/// - When the group is divided anew, messages in hand may end, as long as `rebalance_timeout` is; what has not ended then comes again, to whoever has the
///   partition. A process that is silent for `session_timeout` is left behind, and hears of it when it comes back.
/// - Transactions are not waited for: messages of one that is open, or was aborted, come too.
///
/// ## The queue
///
/// `kafka://HOST:9092/TOPIC` is a queue in a topic, made with its first use where it is not there; the dead are in `TOPIC.dead`.
///
/// | parameter | default | |
/// |---|---|---|
/// | `group` | `workers` | the consumer group |
/// | `partitions`, `replicas` | `8`, the cluster's usual | of the topic, where it is made: at most so many processes claim at the same time |
/// | `session_timeout` | `10s` | how long a process may be silent before others have its jobs; the broker's `group.min.session.timeout.ms` is 6 s as a rule |
/// | `instance` | | the place of a process that keeps its partitions over a restart |
///
/// A job is a message: the header `id` names it, the value is its body, its key is the id, so that jobs of one id are in one partition. What others send has no such
/// header, and is known by its place, `TOPIC-PARTITION@OFFSET`; a message without a value is no job, and goes to the dead.
///
/// A log of partitions is not a queue. What of a queue's promises it keeps, and how:
///
/// | | |
/// |---|---|
/// | loss | none, as long as the replicas keep the topic: its `retention.ms`, a week as a rule, takes away jobs that nobody handled for as long |
/// | acknowledgement | the group has one mark for each partition. What is done behind an older job is kept here, and comes again after a crash, or when the partition goes to another process: twice then |
/// | visibility | within a process, exact. A process that dies has its jobs come to others after `session_timeout`, all of its partitions' that are not behind the mark |
/// | attempts | counted by the process; those of a partition's oldest job are kept beside the mark, so that a crash counts. From its third attempt on it is handed out alone, so that it answers for no other; to die of crashes it takes three at least |
/// | retry delay, release | by the process that has the partition; when that goes to another, the job is simply next |
/// | duplicates | an id is recognised by the process that submits it again, and by the one that claims it, if it is the same that did the other |
/// | bound | what is not committed and what is dead is asked for each second at the latest: about, by what others submit meanwhile |
/// | figures | from offsets. Others' jobs in hand count as waiting, those done behind an older one too |
/// | the dead | a compacted topic with the id as its key: requeued or discarded, a tombstone follows |
/// | at most | 10,000 jobs of a partition are begun while its oldest is not done |
///
/// A process that has not claimed for its visibility, or its session where that is longer, leaves the group, so that its partitions are others'.
///
/// ## Why
///
/// - **No flexible versions.** Each request has a version of the old encoding that brokers from 2.1 to 4.x take, so that tagged fields and compact
///   lengths are read and written nowhere. What newer versions add is not needed here.
/// - **Connections by use.** A broker answers a connection's requests one after the other: behind a fetch that waits, or a join, everything
///   would wait. Records, groups, and questions have connections of their own, and a producer shares none with a consumer.
/// - **The deadline closes the connection.** What comes late on it is the answer to something given up; with numbers that count up, it could be
///   told apart, but a broker that is late with one is late with all behind it.
/// - **An epoch for each partition.** A gap in a partition's sequence (a batch was refused or given up) is closed by the next epoch, from 0 on, for
///   that partition alone: a broker takes a higher epoch from whoever has the id, and nobody else has it.
/// - **The first batch of an epoch goes alone.** A broker that knows nothing of a producer takes any sequence for its first: with several on their way,
///   the second could be written and acknowledged where the first was refused a moment before, and nothing would miss that.
/// - **A batch that may be there is never given other numbers.** It would be written twice. It is sent again under its own numbers until
///   it is acknowledged, or known not to be there, or its time is over.
/// - **Eager and classic.** Members give all back when the group is divided anew, as range and round-robin of the standard client do: all that a group has is in
///   one of two hands at any time. The classic protocol is what brokers from 2.1 to 4.x share.
/// - **A commit of the old generation is over before the next begins.** Else a mark could go out under the next generation, for a partition that is somebody else's.
/// - **Batches wait as they came.** A message of ten bytes takes two hundred as an object; unpacked when it is their turn, a MiB stays one.
/// - **Only gzip.** It is in the JDK. Other codecs are refused by name rather than half supported.
package uservice.kafka;
