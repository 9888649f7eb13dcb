/// How a service lives and ends: its states, the request to stop, the steps of an orderly end, signals, and the file watch
/// behind `reload: watch`.
///
/// ## How it works
///
/// ```
///              STARTED             STOP               DRAINED              FINISHED
///   STARTING ──────────▶ READY ──────────▶ DRAINING ──────────▶ STOPPING ──────────▶ STOPPED
///       │                                                          ▲
///       └────────────────────────── STOP ──────────────────────────┘
/// ```
///
/// [State][uservice.lifecycle.State] is the whole of that picture, as one function. [Lifecycle][uservice.lifecycle.Lifecycle]
/// holds the present state, the first request to stop with its reason, and the stop actions. When the end has been asked
/// for, the thread that started the service runs it down as an [Ending][uservice.lifecycle.Ending]: steps on one budget of
/// time. The order of these steps stands in `uservice.Service`, in one method.
///
/// ## Why
///
/// - **Signals, not shutdown hooks.** Hooks run all at once, in no order, beside the one with which `java.util.logging`
///   closes its handlers, so that what a hook logs is lost. With a handler on TERM the JVM is whole until the last step.
/// - **A step runs on a thread of its own.** A stop action that hangs can then be left behind, and what comes after it,
///   flushing the logs that name it, still happens.
/// - **A stop before the start is complete** goes straight to STOPPING: no traffic was ever led here, so nothing is waited for.
/// - **HUP is always handled.** Unhandled, it ends a JVM.
package uservice.lifecycle;
