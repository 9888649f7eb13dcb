/// Traces: which piece of work belongs to which request, across services.
///
/// Reading order: [TraceContext] (the ids), [Span] (a piece of work), [Tracer] (begins spans, knows the current one, the
/// section `trace:` of the configuration), [Propagation] (header fields in and out), `Baggage`, `TraceState`, `B3` (what is in
/// them), [Sampler], [SpanExporter] and [SpanData] (where ended
/// spans go).
///
/// ```
/// header fields ─▶ Tracer.incoming ─▶ start ─▶ Span.call { handler } ─▶ end ─▶ SpanData ─▶ SpanExporter
///                                        ▲        │    │                                    (a module of its own)
///                       the current span ┘        │    └▶ trace_id, span_id on log lines
///                                                 └▶ Propagation.headers() ─▶ header fields of the next call
/// ```
///
/// What becomes of a span that is begun:
///
/// | above it | nothing exports | something exports |
/// |---|---|---|
/// | nothing | nothing | a new trace, recorded for the share that is configured |
/// | a context that came in | that context itself, as it came | a span of its own; recorded where the caller records, or by the share where nobody decided |
/// | a span here that is recorded | – | recorded |
/// | a span here that is not | that span itself | that span itself |
///
/// ## Why
///
/// - *Whoever does not export does not pay.* No ids are made up, nothing is allocated but what carries the caller's context on.
///   Dropping the context instead would cut the traces of the services before and behind in two.
/// - *The current span is a scoped value*, not a thread-local: it cannot be left behind on a thread, ends with the work, and
///   subtasks of a structured scope inherit it. Other threads are handed the span and run their part in [Span#run].
/// - *An unrecorded span's child is that span.* A service that records one request in a hundred makes one object for each of
///   the others, however deep its code nests spans.
/// - *The share is taken from the id's random bits*, so that services with one share agree without talking to each other.
/// - *Times below one span of this process come from the clock that does not jump*; only the first asks the wall clock. A
///   child that begins before its parent is what readers of traces stumble over most.
/// - *B3 is answered in B3* where it came in and nothing was configured: an older mesh goes on seeing its traces, and nobody
///   else gets header fields that they did not ask for.
/// - *Everything has a most*: attributes, events, links, the characters of each, baggage, `tracestate`. All of it may come
///   from outside.
package uservice.trace;
