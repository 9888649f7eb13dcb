/// The exporter of spans: OTLP over HTTP, in binary protobuf or JSON.
///
/// Reading order: `Otlp` (what the chassis finds), `Options` with `Variables` (configuration, environment, defaults, in that
/// order), `Exporter` (queue, batches, tries, what is counted and told), `Collector` with `RetryAfter` (the
/// connection), `Encoding`: `JsonSpans`, and `ProtobufSpans` with `Proto`.
///
/// ```
/// any thread ─▶ ended ─▶ queue (2048) ─▶ worker: batch (512, or 5 s) ─▶ Encoding ─▶ Collector ─▶ POST /v1/traces
///                  └▶ full: dropped                                                      └▶ 429 502 503 504, none: again
/// ```
///
/// What becomes of an answer (opentelemetry-proto, docs/specification.md):
///
/// | answer | what follows |
/// |---|---|
/// | 200 | the spans are exported; those that `partialSuccess` rejects have failed, and are not sent again |
/// | 429, 502, 503, 504 | after a pause, as long as `Retry-After` says, at most 60 s, else 1, 2, 4, 8 s less up to half of it by chance; five tries |
/// | no answer, no connection | the same |
/// | any other | the spans have failed |
///
/// ## Why
///
/// - *The newest is dropped where there is no room.* What waits is about to leave, and a span that ends asks for one lock, never
///   for time.
/// - *A [Wire][uservice.wire.Wire] of our own, not `HttpURLConnection`*: that has no limit for the whole of an exchange (a
///   collector that sends a byte a second holds it for ever, one that reads nothing holds it longer), may send a POST twice by
///   itself, and shares proxies, cookies and authenticators with the program around it. `java.net.http` is a module that
///   nothing else here needs.
/// - *One line when it stops working, one when it works again.* A collector that is away for a day is one fact, not seventeen
///   thousand; how much was lost is a metric.
/// - *At the end a collector that is known to be down gets one more try*, not five, so that a stop does not wait for it.
/// - *A request of more than 4 MiB is sent as two*, since collectors refuse large ones whole.
package uservice.otlp;
