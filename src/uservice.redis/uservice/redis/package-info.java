/// Redis (6.2 to 8, and Valkey) behind the counter and the queue.
///
/// Reading order: `Settings` (what a URI says), `Reply`, `ReplyReader`, `Command` (what goes over the wire), `Connection` (one of them,
/// shared), `Redis` (made, lost and made again), `Refusals` (what a server's no means), `Script`, `RedisCounter`, then `Scripts`,
/// `Entry` and `RedisQueue`.
///
/// ```
/// redis://[[USER]:PASSWORD@]HOST[:6379][/DATABASE][?…]     rediss://… the same over TLS     redis+unix:///PATH[?db=DATABASE&…]
/// ```
///
/// | parameter | default | |
/// |---|---|---|
/// | `name` | `default` | which counter, which queue: what the keys end with |
/// | `connect_timeout`, `timeout` | `2s` | for a connection with its greeting; for an answer |
/// | `client` | `uservice` | what `CLIENT LIST` shows |
/// | `password_file` | | a file that holds the password |
/// | `tls_verify` | `full` | of `rediss`: `full` (authority and host name), `chain` (authority), `none` |
/// | `tls_ca`, `tls_cert`, `tls_key` | | of `rediss`, PEM: whom to trust; what to show |
///
/// ## The counter
///
/// A string under `uservice:counter:NAME`, and a script that compares and increments in one step of the server. Any other client may read
/// it; `SET` begins elsewhere, `DEL` at 1.
///
/// ## The queue
///
/// | key | |
/// |---|---|
/// | `uservice:queue:NAME` | a stream; an entry has the fields `id` and `body`; consumer group `workers` |
/// | `uservice:queue:NAME:dead` | a stream of the dead: `attempts`, `reason`, `id`, `body` |
/// | `uservice:queue:NAME:ids` | a sorted set: the ids known, by the time of submission |
///
/// ```
///   XADD ──▶ new ──XREADGROUP──▶ pending (consumer, deliveries, idle) ──XACK, XDEL──▶ gone
///                                   │ fail, release: XCLAIM to (resting), idle as is due
///                                   │ idle for the visibility: XAUTOCLAIM by whoever claims next
///                                   └ over max_attempts: XADD dead, XACK, XDEL
/// ```
///
/// Anybody may submit: `XADD uservice:queue:NAME * body 'hello, world!'`. Without a field `id` a job is known by its entry; an entry
/// without a `body` goes to the dead. Times are the server's. The bound holds for what is submitted here, and is exact.
///
/// ## What is promised, and what is up to the server
///
/// - At least once, as long as the server keeps what it has acknowledged: with `appendonly yes` it writes before it answers, and to the disk
///   each second (`appendfsync everysec`: a machine that loses its power loses a second) or each time (`always`). Without, a restart
///   loses all since the last snapshot, and the counter gives numbers again: this is logged when the connection is made. A failover to a
///   replica may lose what the replica had not got yet.
/// - A command that was sent and not answered may have run; it is not sent again here. Jobs are recognised by their ids when they are
///   submitted again; of the counter a number may be skipped.
/// - Down, a call fails within its timeout, and at once between two attempts to connect; it comes back by itself.
///
/// ## Why
///
/// - **One connection for all**, not a pool: the protocol answers in order, so that thousands of virtual threads share one, and the more of them
///   ask at once, the more goes into one packet. Commands that block have connections of their own, sixteen at most.
/// - **Whoever writes yields once before.** The others that are about to ask append meanwhile: twice the requests a second on a
///   busy service, nothing lost on an idle one.
/// - **Scripts for what must be whole.** `MULTI` cannot decide in the middle; and between an `XACK` and an `XDEL` a crash would leave an entry that
///   nobody ever sees again, and that takes room.
/// - **Releases are claims by nobody**, idle for as long as the visibility: a stream cannot take an entry back, and this way those given back are
///   the first that the next one gets.
/// - **`retry_delay` may not be above `visibility`**: a job that rests is one that was idle for a while, and no entry can have been idle for a
///   negative time.
/// - **A cluster is refused.** One queue's keys lie in one slot anyway, so that a cluster gives nothing but redirections to follow.
package uservice.redis;
