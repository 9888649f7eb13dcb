/// The status page: `GET /` on the health port, one document that asks for the rest by itself.
///
/// Reading order: `StatusPage` (what the chassis finds, and the three routes), `Document` (the page and its policy), `Status` and
/// `Facts` (what it is told), `Sampler`, `Readings`, `Samples`, `Quantiles` (the numbers), `History` and `Warnings` (what happened).
/// The page itself is `page.html`, `page.css`, `page.js`.
///
/// ```
///  metrics ──▶ Readings ──▶ Samples   181 × 37 numbers, 53,576 bytes ─┐        GET /            the document, once
///  checks  ──▶ History                200 changes                    ─┼▶ Status GET /page/data   each 5 s while it is looked at
///  log     ──▶ Warnings               50 lines                       ─┘  Facts  GET /page/facts  when they are others
///  each 5 s, by one virtual thread
/// ```
///
/// The page polls while it is visible, backs off to half a minute where nobody answers, says since when it has heard nothing, and
/// whether it is the same process that answers again. All that comes from the service is written as text, never as markup.
///
/// ## Why
///
/// - *Samples are taken whether somebody looks or not.* Who opens the page wants the quarter of an hour before. A sample reads the
///   buckets of the data port's histogram and seven lines of the metrics page: 85 µs each 5 s, with 150 series and 10 checks; nothing is
///   computed of it before somebody asks.
/// - *Differences, not averages, in the ring.* What is kept are counts as they stood, so any stretch of the time can be told, and a
///   late sample makes no wrong rate.
/// - *Quantiles from buckets* as Prometheus guesses them: what the page says and what a dashboard says agree.
/// - *Polling, not a stream.* A stream would hold a connection and a thread of the health port for each tab; a poll of what is new
///   is a few hundred bytes beside the checks, and a tab that is hidden costs nothing.
/// - *Inline style and script with hashes*, made of the very bytes when the document is first asked for: no second request that
///   could fail, and a policy that allows nothing else, whatever finds its way into a message.
/// - *Relative links*, so that it works behind a proxy that puts a path in front, as `kubectl proxy` does.
package uservice.page;
