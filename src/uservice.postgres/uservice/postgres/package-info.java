/// PostgreSQL behind the counter and the queue: a client for its protocol 3.0, servers 12 to 18, and two users of it.
///
/// Reading order: [PostgresBackend] (what the service loader finds), `Target` (what a URI says), `FrontendMessage` and `BackendMessage` (the
/// protocol, a record for each message), `MessageReader`, `Login` with [uservice.wire.Scram] and `SaslPrep` (who this is), `Session` (one connection and
/// its transactions), `Pool`, `Database` (what is tried again), `PostgresCounter`, `Sql` and `PostgresQueue`, with `Listener` and `Bell`
/// (who is woken).
///
/// ```
///   PostgresCounter ──┐                           ┌── Session ── Login, Scram
///                     ├── Database ── Pool ───────┤      │
///   PostgresQueue ────┘   (again)     (at most 8) └──    └── MessageReader ── Wire (TCP, TLS, Unix socket, deadlines)
///        └── Bell ◀── Listener ── a Session of its own ◀── NOTIFY
/// ```
///
/// ## URI
///
/// `postgres://user:password@host:port/database?name=value&…`, or `postgresql://`. Without a user it is the system's, without a database the
/// user's name, without a password that of `PGPASSWORD`; host and port are `localhost` and 5432.
///
/// | parameter | default | |
/// |---|---|---|
/// | `name` | `default` | which counter, or which queue, in the database |
/// | `sslmode` | `prefer` | `disable`, `allow`, `prefer`, `require`, `verify-ca`, `verify-full`, as libpq has them |
/// | `sslrootcert`, `sslcert`, `sslkey` | the JDK's authorities | PEM files: who is trusted, what this client shows |
/// | `channel_binding` | `prefer` | `disable`, `prefer`, `require`: ties the proof of the password to the TLS connection |
/// | `allow_plain` | `false` | a password by MD5 or in clear text, which a network may see, without TLS |
/// | `host` | | the folder of a Unix socket, in a URI without another host |
/// | `application_name` | `uservice` | what `pg_stat_activity` shows |
/// | `connect_timeout` | `2s` | up to the server's first `ReadyForQuery` |
/// | `timeout` | `5s` | a transaction; past it, it is cancelled |
/// | `pool`, `checkout_timeout` | 8, `2s` | most sessions, and how long to wait for one; a queue listens on one more |
///
/// ## Tables
///
/// They are made at the first use, under an advisory lock, where they are not there; the role needs `CREATE` on the schema only then. A
/// counter is a row of `uservice_counter (name, value)`. A queue is a row of `uservice_queue`, its jobs in `uservice_queue_job`, and the ids of
/// those submitted of late in `uservice_queue_seen`. Jobs are never to be added or removed by hand: the row counts them.
///
/// ## Why
///
/// - *One round trip, one transaction, one commit for a batch.* All statements of a call go out before one `Sync`, arrays carry the batch,
///   and no `BEGIN` is sent, so that no transaction can be left open.
/// - *What is known of a failure is said.* An error before the last statement was complete means that nothing was done; silence after the first byte
///   went out means that all of it may have been. Only the former is tried again here.
/// - *The counter takes numbers for all who wait.* Its row is one lock and each commit one write to disk: callers of one process share both. A
///   statement takes as many as it was told or none, which at the limit costs a few statements more and never a number.
/// - *The queue's row is locked by a statement before the one that counts.* A statement sees what was there when it began, so the lock
///   must be held by then; the bound is exact, at the price of one submit or acknowledgement at a time. Claims skip what is locked and wait
///   for nobody.
/// - *One call of a handle at a time waits for that row*, the others for their turn in this process: else a hundred submitters hold all sessions
///   to wait for one lock, and the workers get none. Of those who submit, one at a time stands in that line.
/// - *The server's clock counts.* Those of the workers may differ by more than a visibility timeout.
/// - *`NOTIFY` wakes, polls make sure.* A notification may be lost with a connection; nobody waits longer than a second for that.
/// - *Work runs on a thread of its own.* An interrupt closes the socket that a virtual thread reads from; an acknowledgement must not end so.
/// - *Text format, no types.* Parameters and columns are text, as `psql` shows them; the statements say what they are.
/// - *A pooler in between* must keep a session for each client, and let `default_transaction_isolation`, `enable_seqscan`, `enable_bitmapscan`, `enable_hashjoin`,
///   `enable_mergejoin`, `enable_sort` and `jit` pass as start-up parameters.
package uservice.postgres;
