/// The top: the program's commands, the features it finds, and the one service that it runs.
///
/// ## How it works
///
/// `Main` hands its words to [Uservice][uservice.Uservice], which finds the [Feature][uservice.Feature]s and commands of all
/// modules. The features' sections and the chassis' own make up the configuration. `start` reads it, sends log lines on
/// their way, and runs a [Service][uservice.Service]:
///
/// ```
/// start()  signals ─▶ health port (503 starting) ─▶ preflight ─▶ each feature ─▶ data port, if there are routes
///            ─▶ checks begin ─▶ 200 ready ─▶ until somebody asks for the end
/// end()    1 ready is 503  ─▶ 2 shutdown.delay, still serving ─▶ 3 nothing new, requests in flight end
///            ─▶ 4 stop actions, the last first; shutdown checks ─▶ 5 the log is written out ─▶ 6 the health port goes
/// ```
///
/// Both are one method each. What fails in `start()` ends in `end()` as well, so that whatever had been started is stopped in
/// the same order. All of `end()` has one budget, `shutdown.grace`; a thread that only sleeps ends the process should even
/// that be overrun.
///
/// A reload reads and checks everything first. Then the chassis takes over its part (levels, checks, the access log's share),
/// each running feature is offered its section, and a warning names the keys that wait for the next start.
///
/// ## Why
///
/// - **Wired by hand.** Every object that runs can be followed from `main`, in one file, without a container in between.
/// - **The chassis names no feature.** A module on the path is the whole of its installation; its absence is the whole of its
///   removal.
/// - **The health port opens first and closes last.** Who probes always gets an answer, and the answer says `starting` or
///   `stopping` where a refused connection would say nothing.
/// - **Probes are answered by routes, not by a server of another kind**: the wrapper in `uservice.http` closes the traps of
///   the JDK's server for both ports.
/// - **A feature that was given by hand runs without a section.** Who writes `Uservice.run(args, new Orders())` wants it to.
package uservice;
