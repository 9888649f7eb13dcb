/// The ground under the clients of Redis, PostgreSQL and whatever else is spoken to over a connection.
///
/// Reading order: [Address] (the parts of a URI), [Access] (what most of them say: TLS, password, timeouts), [Tls] (whom to trust, and who
/// one is), [Wire] (one connection), `Deadlines` (who closes a connection that is late), [Sasl] (as whom to log in), [Scram] (how both
/// ends prove that they know a password), [Backoff] (how long to leave a server alone that is away).
///
/// ```
///   URI ──Address──▶ host, port ──Wire.connect──▶ Wire ──secure(Tls)──▶ the same Wire, encrypted: Access does both
///                                                  │ within(2s)
///                        Deadlines ── closes it ───┘ then reads and writes say: no answer within 2s
/// ```
///
/// ## Why
///
/// - **A deadline closes the connection**, and is no property of a single read. A peer that sends one byte a second never
///   exceeds the timeout of a read, a peer that does not read blocks a write, for which the JDK has no timeout at all, and a
///   Unix socket has neither. And after a timeout a connection is of no use: what comes next on it is the late answer.
/// - **One thread watches all connections**, every 20 ms, and sleeps where none has a deadline: setting one is a write to memory,
///   cheap enough to do for each command.
/// - **PEM files are read for each connection**, so that a certificate renewed on disk is taken without a restart.
/// - **Host names with `_`**, which compose files are full of, are no host names to [java.net.URI]: the authority is taken apart here.
package uservice.wire;
