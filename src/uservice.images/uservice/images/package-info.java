/// Counts a container runtime's images: an event loop that at each trigger asks the runtime's CRI socket and sets a gauge.
///
/// ```
///   SIGUSR1 ──────────────┐                  connect       ListImages
///   every: 5m ────────────┼──▶ Loop ──▶ ContainerRuntime ─────────────▶ images, images_bytes
///   POST /images/refresh ─┘     │                                       images_last_success_timestamp_seconds
///   the start                   └──▶ log, images_refresh_total{result}, readiness
/// ```
///
/// Reading order: [Images] (the wiring), `Loop` (when), `ContainerRuntime` (what), `Place` and `SocketFile` (where, and why
/// not), `Image` and `ProtoReader` (the bytes).
///
/// | metric | what |
/// |---|---|
/// | `images` | images that the runtime has; what was listed last, however long ago |
/// | `images_bytes` | the bytes they take, the sum of the sizes that the runtime tells |
/// | `images_last_success_timestamp_seconds` | when that was |
/// | `images_refresh_total{result}` | `success`, `unreachable`, `timeout`, `cut`, `invalid`, `refused`, `error` |
///
/// The route is there where another feature has opened the data port. It answers 202 at once; a refresh that fails shows
/// in the metrics.
///
/// ## Why
///
/// - **`images`, and not `images_total`.** `_total` is a counter's ending; a gauge that has it is refused by Prometheus' own
///   linter, and by OpenMetrics.
/// - **Triggers are joined.** A list that was asked for before a trigger may not show what the trigger was about, so one more
///   follows; two more would show the same.
/// - **The old number stays when a refresh fails.** A gap or a zero would look like images that are gone. The timestamp tells its age.
/// - **Off unless configured.** Whoever may open the runtime's socket may do anything on the node.
package uservice.images;
