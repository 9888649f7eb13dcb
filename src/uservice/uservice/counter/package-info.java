/// A counter that many processes share and that stops at a limit: every number from 1 to the limit, each exactly once.
///
/// [Counters] opens a [BoundedCounter] by URI; `memory:` is here, other schemes come with modules as [CounterBackend]s.
///
/// ```
///   next()  1, 2, 3 … limit, empty, empty …      reset()  back to 1
/// ```
///
/// What every backend promises: no number is given twice and none beyond the limit, by however many threads and
/// processes, until somebody resets. What none can promise: that a number given was received. If the answer is lost on
/// the way, the number is spent; [CounterException#retrySafe()] says when that may have happened, so that whoever would
/// rather skip a number than fail may ask again.
///
/// ## Why
///
/// - *One operation, not read and write.* Two round trips are a race that hands out numbers twice and passes the limit;
///   each backend does it in one step (a script, an `UPDATE … RETURNING`, a compare-and-set).
/// - *An empty answer at the limit is data, not an exception*: it is the usual case of a counter that is full.
/// - *The limit belongs to the one who asks*, not to what is stored: two services may share a counter with two limits,
///   and a limit can be raised without a migration.
/// - *Opening does not connect.* A service starts, says that it is not ready, and heals when the counter comes.
package uservice.counter;
