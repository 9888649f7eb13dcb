/// Kafka, from its protocol up.
///
/// Reading order: `BytesReader`, `BytesWriter` (what numbers, texts and lists look like), `Api` (what is asked, in which versions), `ErrorCode`
/// (a broker's no), [KafkaException], `Target` (what a URI says), `Node`, `Broker` (one connection), `Metadata`, `Cluster` (who leads what, and a
/// connection to each), `RecordBatch`, `RecordBatchWriter`; for sending [Message], [Sent], `Partitioner`, `ProducerSettings`, `Batch`, `Lane` (what
/// goes to one partition), `ProduceMessages`, `Sender` (takes it there), [Producer].
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
///   threads ──send──▶ Lane of each partition: batches ──▶ Sender: one request for each broker ──▶ Broker ──▶ all replicas in sync
///      ▲                    │ open, full, sent, again                                                            │
///      └── Sent(partition, offset), or KafkaException: retriable? may it have run? ◀───────── acknowledged ───────┘
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
/// What fails for a while (a broker down, a leader moved, too few replicas) is tried again after 20 ms, doubled up to 1 s, until the time for the
/// delivery is over. What fails for good (no right, no such partition, larger than `max.message.bytes`) fails at once, with its sentence;
/// a batch that is too large for its topic is halved until it fits.
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
/// - **A batch that may be there is never given other numbers.** It would be written twice. It is sent again under its own numbers until
///   it is acknowledged, or known not to be there, or its time is over.
/// - **Only gzip.** It is in the JDK. Other codecs are refused by name rather than half supported.
package uservice.kafka;
