/// The sample web service.
///
/// ```
/// GET /hello       {"hello":"world"}
/// GET /            {"hello":"world","request_num":N}     N = 1..limit, each once across all processes on one counter
///                  {"Go":"away!","request_num":100}      after that, with status 429
/// DELETE /counter  begins again at 1, where allow_reset
/// ```
///
/// ## Why
///
/// - **One atomic step.** The number is taken with [BoundedCounter#next()][uservice.counter.BoundedCounter#next()], never
///   read and written back: with two requests at once the latter repeats numbers and runs past the limit.
/// - **The counter is asked for in the background as well**, so that readiness falls when it is gone and rises by itself
///   when it is back, without a request having to fail first.
package uservice.hello;
