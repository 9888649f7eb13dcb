/// Metrics: a registry, handles that count on the hot path, and pages in the two formats that Prometheus reads.
///
/// Reading order: [Metrics], the registry; [Counter], [Gauge], [Histogram], the handles; [Family], which binds label values
/// to them, and `Children` beneath it; `Callback` and [Emitter], for values that are kept elsewhere; `Names`, the rules;
/// `Description` and `Exposition`, the bytes; `Negotiation`, who gets what; [ProcessMetrics].
///
/// ## How it works
///
/// A family makes a handle for each set of label values and with it, once, the bytes that stand in front of its numbers.
/// Counting is then one `LongAdder`; a scrape copies prepared bytes and writes digits behind them:
///
/// ```
/// http_server_request_duration_seconds_bucket{method="GET",route="/hello",status="2xx",le="0.005"} 4711
/// └─ when the handle was bound ────────────────────────────────────────────────────────────┘└─────┘└──┘
///                                                            when the family was registered ┘  at the scrape
/// ```
///
/// Sample lines are the same in text 0.0.4 and in OpenMetrics 1.0; the lines in front of a family differ, and the end. Which of
/// the two a scraper gets is decided by its `Accept` header.
///
/// ```
///   counter, gauge, histogram ──▶ Family ──with──▶ handle ◀── increment, observe   (any thread, no lock)
///                                   │
///   collect ──────────────────▶ Callback ◀── asked at each scrape
///                                   ▼
///   Accept ──▶ Negotiation ──▶ Metrics.render ──▶ Utf8Buffer ──(gzip)──▶ Page
/// ```
///
/// A page is made in memory and handed out when it is whole. Families stand in the order in which they were registered, series
/// in the order in which they were bound; a family without series is not on the page.
///
/// ## Why
///
/// - **A registry is an object, not a global.** Two services in one JVM, or two tests, do not meet.
/// - **A limit on label values.** A label whose values come from outside is the classic way for a client to use up a
///   server's memory. Past the limit samples are still counted, under `other`, and a counter tells.
/// - **Refused where it is made.** A name that Prometheus rejects spoils the whole page, at three in the morning; here it fails
///   the start, with the rule. Names that differ and whose lines would not (histogram `x`, counter `x_count_total`) are refused
///   too, since OpenMetrics cuts `_total` off.
/// - **Label values are found by hash in a table that is read without a lock.** A map keyed by lists would make a list for each
///   look-up; a lock around it would put all requests in one line.
/// - **A histogram's count is made of its buckets**, read once: with a count of its own, a scrape beside an observation shows
///   a `+Inf` bucket that differs from `_count`.
/// - **`le` is written alike in both formats** (`1.0`, not `1`): the text is the label, and a series should not change when
///   the scraper's preference does.
/// - **Callbacks are taken first and written then**, so that one that throws loses its own family only. Its errors stand at the
///   end of the very page that it is missing from. Values for the same labels add up, because a series that is twice on a page
///   makes Prometheus refuse all of it.
/// - **An infinite value does not enter a histogram's sum**, which it would spoil for as long as the process runs.
/// - **`/proc/self/status` for memory**, although `stat` has it too: there it is counted in pages, whose size Java does not tell.
/// - **No `java.management`.** It costs a module and start-up time; what `/proc` and `Runtime` tell is what dashboards use. Hence
///   no series about collectors, pools and threads of the JVM.
/// - **No `_created` lines**: they double the series for what a query of `process_start_time_seconds` answers. **No exemplars**
///   yet: a slot a bucket beside its `LongAdder`, and a suffix of the bucket's line, is where they go.
/// - **No stateset of OpenMetrics**: it wants the label to be called as the metric, which `uservice_state{state="ready"}` is not.
package uservice.metrics;
