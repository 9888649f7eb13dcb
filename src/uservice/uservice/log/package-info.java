/// Where log lines go: one JSON object a line on standard output, or text for people.
///
/// Reading order: [Logging][uservice.log.Logging] (what the executable installs, and its configuration), `LogHandler` (record
/// to line), `JsonFormat` and `TextFormat` (how a line looks), `Message`, `Fields`, `Stack`, `Timestamp`, `Text` (its parts), `Line`
/// (the buffer), `Outlet` (the way to the stream). Libraries need [Field][uservice.log.Field] and
/// [LogContext][uservice.log.LogContext] alone.
///
/// ## How it works
///
/// Libraries log through `System.Logger`, which hands on to `java.util.logging`, where one handler stands. In the thread
/// that logs, it makes the line's bytes in a buffer that is used again, and copies them into the outlet; a thread of its
/// own writes what has gathered, whole lines in one call.
///
/// ```
///   caller: record → line (bytes) ──▶ outlet ≤ log.queue lines, ≤ 4 MiB ──▶ thread "log" ──▶ stdout
///              ▲                         └ full: dropped and counted; the next batch ends with a note of how many
///   Fields among the parameters, LogContext
/// ```
///
/// A line is at most 16 KiB: message, fields and exception have limits of their own, and `…(+12345 bytes)` stands where
/// something was cut. It is one line of valid JSON and UTF-8 whatever it holds. Of a stream that fails in the middle of a
/// batch, what is torn ends there: the next batch begins on a new line.
///
/// At the end of a process nothing is lost that a shutdown hook or the last thread logs: [Logging][uservice.log.Logging] has
/// a hook of its own that writes out what waits, and from then on a line returns to its caller when it is written. What is
/// lost is what waits when the JVM is killed or halts: a millisecond's lines.
///
/// ## Why
///
/// - **The executable decides.** A library that brings its own logging fights with the next one; here it logs through the
///   platform, and only `start` installs a handler. A program with a `System.LoggerFinder` of its own keeps it.
/// - **A line is made in the caller's thread**, since what it logs may change once the call returns, and its context is there.
/// - **Dropping, not waiting.** Whoever reads standard output can stall. A probe that waits for a log line would take the
///   service out of traffic for it.
/// - **A millisecond of gathering** after each write: a stream of lines then costs a thousand writes a second, not one each,
///   and who logs need not wake the writer. A line after a pause is written at once.
/// - **A line stays below 16 KiB.** Container runtimes split longer ones, and half an object is no object.
/// - **Straight into a `Utf8Buffer`, not through `JsonWriter`.** The shape of a line is fixed, so nothing need watch over it;
///   every value has a limit and a mark that says how much is missing; and it takes a third of the time.
/// - **Lone surrogates** become U+FFFD, as there; controls, bidirectional overrides, U+2028 and U+2029 are escaped in
///   either format.
/// - **A clash of names** is settled by an underscore in front of the caller's, so that who reads `level` or `time` reads
///   the line's own. Nesting the caller's fields instead would make every query longer for the sake of the rare clash.
/// - **A `LogManager` of its own** ([Logging.Manager][uservice.log.Logging.Manager]) that reads no file and resets nothing.
///   The JDK's takes all handlers away in a shutdown hook, beside the other hooks. It is in place unless the program made a
///   logger before the installation; then the handler puts itself back, and what is lost
///   are the levels: hooks log at `info`.
/// - **Format and queue are not reloaded**: a stream that changes its format midway is read by nobody.
package uservice.log;
