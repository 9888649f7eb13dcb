/// Programs in any language beside the service, or run by it.
///
/// ```
///   program ──PUT /checks/NAME, POST …/kick──▶ ┌────────────┐ ─▶ PutChecks ─────▶ uservice.health  ─▶ probes
///           ──POST /metrics──────────────────▶ │  Listener   │ ─▶ PostedMetrics ─▶ uservice.metrics ─▶ scrape
///           ──POST /logs, PUT /log/LOGGER────▶ │ 127.0.0.1:  │ ─▶ PostedLines, Levels ─▶ uservice.log
///           ──GET /shutdown?wait─────────────▶ │    8078     │ ─▶ Stops ◀── the stop begins, has ended
///           ◀──────────stop has begun───────── └────────────┘
///     ▲
///     └── start, TERM, HUP, USR1, USR2, KILL ── Supervisor (where a command follows --)
/// ```
///
/// Reading order: [Control] (the section), `Listener` (what goes where), `Guard` (who may call), `PutChecks`, `Stops`, `PostedMetrics` with
/// `JsonSamples` and `TextSamples`, `PostedLines`, `Levels`, `OpenApi`; then [Child], `Supervisor`, `PrintedLines`, `ChildMetrics`, `Orphans`.
///
/// | metric | what |
/// |---|---|
/// | `uservice_control_refused_total{reason}` | requests turned away: `rate`, `browser`, `host`, `token` |
/// | `uservice_child_up` | whether the child runs |
/// | `uservice_child_restarts_total` | times that it was started again |
/// | `uservice_child_cpu_seconds_total`, `uservice_child_resident_memory_bytes` | from `/proc` |
///
/// ## Why
///
/// - **HTTP and JSON, no library.** Every language has them in its standard library; a binding for each would have to be kept for each.
/// - **The port closes last.** A program that drains still wants to say so, and to be told when all is over.
/// - **Text tells how things stand, JSON what changed.** A client library of another language writes its page of metrics and posts it whole;
///   a shell script adds one.
/// - **What a child said goes with it.** A check that a dead program put would say that all is well. Its kicked liveness goes too, or the
///   kubelet would kill the pod while the child is started again.
/// - **HUP, USR1, USR2 and orphans by the C library.** Java can send a process TERM and KILL, and can wait for none that it did not start. The
///   foreign function API can do both, and the chassis has it already for SIGQUIT. `PR_SET_CHILD_SUBREAPER` would bring orphans here where
///   this is not PID 1; there the system's own init takes them, so it is left out.
/// - **A child of a killed service lives on.** `kill -9` of PID 1 takes the container with it; outside of one, nothing of Java's can tell
///   the child.
package uservice.control;
