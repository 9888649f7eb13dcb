/// Hello world as a service that loses nothing: `hwaas WORKERS CLIENTS`, and the section `hwaas:` of a configuration.
///
/// Reading order: [HwaasCommand][uservice.hwaas.HwaasCommand] (words to settings), [Hwaas][uservice.hwaas.Hwaas] (the
/// configuration, and the wiring), `Clients`, `Workers`, `Output` (what is printed, and what was), `Contact` (a queue that is
/// away), `Figures` (metrics and the report), `Live` (a line of a terminal that counts).
///
/// ```
///   client ──submit──▶ ┌───────┐ ──claim──▶ worker ──print, flush──▶ standard output
///   client ──submit──▶ │ queue │ ◀─acknowledge── │
///     …                └───────┘                 └ the id is known: a duplicate, acknowledged and not printed
/// ```
///
/// ## What is promised
///
/// - A job that counts as submitted is printed, or is dead, or is still in the queue. It counts when the queue has said so.
/// - Standard output has a line for each job and nothing else. A job is acknowledged when its line has left the process; a
///   worker that is killed before that has its jobs printed by another, perhaps once more. In one process that does not
///   happen, as far back as it knows the ids.
/// - Ctrl-C (and TERM): the clients stop; what is in a queue in memory is printed, elsewhere what is claimed; then one line on
///   standard error, `hwaas: submitted 3, printed 3, duplicate 0, dead 0, pending 0`, where pending is what waits or is claimed,
///   and exit 0. With a queue in memory submitted = printed + dead + pending. A second Ctrl-C ends at once. Whoever reads the
///   output and leaves, as `| head -1`, ends it in order as well; an output that fails otherwise, with exit 1.
/// - `--count N` ends the service when N jobs are submitted and a worker here has found the queue empty.
/// - A queue that is away is waited for, with growing pauses, and said once to be away and once to be back. Readiness falls meanwhile
///   (check `queue`) and comes back by itself; liveness (check `workers`) does not, since a restart would not help: it falls
///   when a worker has not come round for 30 s.
///
/// | metric | |
/// |---|---|
/// | `hwaas_submitted_total` `hwaas_printed_total` `hwaas_duplicate_total` | this process |
/// | `queue_redelivered_total` | deliveries to this process |
/// | `queue_depth` `queue_pending` `queue_dead` `queue_oldest_age_seconds` | the whole queue, at most a second old; absent while it is away |
///
/// ## Why
///
/// - **The command is `start` with settings.** One way to run, so that a container with `hwaas worker 4` has the probes,
///   metrics, reload and orderly end of any other service.
/// - **The log goes to standard error**, against the custom of containers, since the output is the product here:
///   `hwaas 1 1 | wc -l` has to count.
/// - **One output with one lock**, not one for each worker. Between asking whether an id is known and its line's way out there
///   is no gap in which another worker prints it, and a batch costs one system call.
/// - **Ids are remembered as they are, not as hashes.** Two ids with one hash would make a job that was never printed look
///   like one that was.
/// - **Missed beats are left out.** Clients that made up for an outage would do so all at once, on a queue that has just
///   come back; and they keep their places in the second, which spreads them for good.
/// - **The consumer's name holds the process id**: a container's is always the same, and two processes on one machine must not
///   take each other's claims.
package uservice.hwaas;
