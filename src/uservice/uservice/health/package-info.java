/// Checks, and the verdicts on alive, ready and startup that they make.
///
/// Reading order: [Health], the registry; [Checks], the words a check is described in; [Verdict] and [Detail], the answers;
/// then the three kinds of [Check]: [Polled], [Kick], [Manual]; then what the configuration can check ([CheckConfig],
/// [HttpCall]) and what is done once, before the start and at the end ([Preflight]).
///
/// ```
///    program          configuration                     probe asks
///  set  kick            tcp http dns file                   │
///   │    │                     │                            ▼
///   ▼    ▼       callback      ▼        last result   ┌───────────┐  verdict
///  Manual Kick   Polled ◀── a thread of its own ────▶ │   Board   │ ─────────▶ 200 or 503
///                  ▲                                  └───────────┘
///                  │ due, overdue                 a change   │
///               Watcher, asleep until the next moment        ▼
///               that matters: a run, a timeout,           Notices ──▶ log, listeners
///               a kick that is late
/// ```
///
/// A question is answered from what is known: an array of checks that is replaced as a whole, one volatile field each. No
/// lock is taken and no foreign code runs on the way. Whatever may turn a verdict (a result, a setting, a late kick, a hold)
/// makes the board compare its verdicts with those last told, under a lock that is never held while foreign code runs.
///
/// Threads, all of them platform daemons: the watcher, the teller of changes, and one for each callback that is running,
/// at most [Health#CHECKS_MAX]. A callback that hangs keeps its thread and nothing else.
///
/// ## Why
///
/// - **Results are kept and age; probes do not run checks.** The kubelet gives a probe one second. A check on the request path
///   makes liveness as slow as the slowest database.
/// - **A kick is judged when it is asked about**, by the monotonic clock, so that there is no tick to be late by and no wall
///   clock to step. The watcher is there for the log alone, since the kubelet shows no bodies.
/// - **Kicks are not polled callbacks in disguise.** A kick is one volatile write and one volatile read. `late` is raised before
///   `last` is read a second time, and `last` is written before `late` is read: one of the two sides always sees the other.
/// - **Platform threads for callbacks.** A callback that spins on a virtual thread takes a carrier away from the data plane,
///   which on two cores is half of it.
/// - **An interrupt is sent under the check's lock**, which the end of the run takes too: pooled threads go on to other
///   checks, which it must not hit (the pool clears what is left of it before it does).
/// - **A run that does not end is not followed by another**: one thread a check is the bound.
/// - **Undecided is valid for alive, invalid for ready and startup**, as the kubelet's own first assumptions are.
/// - **Ready needs started, once.** A startup check that fails again later shows in startup, which nobody asks any more; were
///   it to take ready away too, a migration check would become a readiness check that nobody wrote.
/// - **A socket client instead of `java.net.http`**, whose module is not in the image and whose selector thread and classes
///   would cost `uservice probe` more than the JVM's own start. `Connection: close` and one deadline are all a check needs.
///   It speaks HTTP/1.1, since proxies of meshes refuse 1.0.
/// - **Redirects are not followed**: a check that is sent to a login page is not fine.
/// - **Liveness may depend on something outside, and is warned about**: it is how restart storms are made, and yet a container
///   that exists for one peer may want it.
package uservice.health;
