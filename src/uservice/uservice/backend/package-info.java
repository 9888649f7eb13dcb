/// How a URI in the configuration finds the code that speaks its scheme.
///
/// `uservice.queue` and `uservice.counter` each have an interface, an implementation in memory for `memory:`, and a
/// service type that extends [Backend]. Modules provide more of them: `redis:` is served where `uservice.redis` is on the
/// module path, and where it is not, the configuration is refused in a line that names the module to add.
///
/// ## Why
///
/// - *The table of modules stands here*, the one place where the chassis knows a feature module's name, and only as a
///   word in an error. The alternative, "unknown scheme 'redis'", sends people to read a manual.
/// - *`ServiceLoader.load` is called by the packages that own the service types*, since a module declares its `uses` for
///   each type; what is shared is the choice, and the words.
/// - *Memory is asked first.* A service without a backend in its configuration never touches the service loader.
/// - *No part of a URI but its scheme is ever shown*: user, password, host and path of a queue are nobody's business in
///   a log.
package uservice.backend;
