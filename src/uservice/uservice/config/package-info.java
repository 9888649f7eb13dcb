/// Configuration: records are the schema, a file and its overrides are bound to them, and everything that is wrong is said at once.
///
/// Reading order: [Schema] (what may be configured) and [Configuration] (what is); [Doc], [Default], [Range], [Pattern] (what
/// an author writes on a component); [Secret], [HostPort], [Size] (values of its own); [Problem], [Problems], [Origin] (what
/// an operator reads). Inside: `SchemaReader`, `Notes` (classes to types), `Overrides` (variables and settings to layers),
/// `Binder` (layers to records), `Interpolation`, `Scalars`, `Times` (texts to values), `Excerpt` (the marked line), and
/// `Effective`, `MarkdownTable`, `JsonSchema` (what is printed), `Values` (what other programs carry on).
///
/// ```
///   record classes ──SchemaReader──▶ Type, Key
///                                       │
///   app.yaml ──Yaml──▶ Node ──┐         ▼
///   USERVICE_HEALTH_PORT ─────┼──▶ layers ──Binder──▶ records ──Effective──▶ YAML
///   --set health.port=9000 ───┘         │
///                                       └──▶ Problems ──Excerpt──▶ text
/// ```
///
/// **Layers.** A variable or a setting becomes a small tree of its own, nested as its path is, above the file's. Mappings are
/// merged key by key; of a single value or a list the highest layer stands. So a default needs no tree, a problem knows the
/// text that it stands in, and `USERVICE_LOG_LEVELS_ORDERS=debug` leaves the file's other levels alone.
///
/// **Variables** are found by their name in capitals, with `_` for each dot. As keys hold `_` too, a name could mean two keys: the
/// schema refuses that when such a variable is set, and when it is printed. A single value is the text as it is; a list, mapping or
/// record is read as YAML. An empty variable takes an `Optional` away. What Kubernetes injects for a Service called `uservice`
/// or `uservice-health` is passed over, `USERVICE_HEALTH_PORT=tcp://…` too; everything else that begins with `USERVICE_` and
/// sets nothing is a problem.
///
/// **Types** come from the record, never from the look of a value: `no` and `1.10` are texts where a text is wanted, and
/// `"8080"` is no number. `~` and a bare `key:` are "nothing": an empty `Optional`, an empty record, and a problem elsewhere.
/// `off` is an empty `Optional<Duration>`.
///
/// **Secrets** are in no text that leaves this package. A [Secret] prints as `***`, and in a printed line of the source the
/// stars also stand for what is behind a key with a secret's name, or nearly its name, wherever it stands; where a file is
/// no YAML, for the whole line near such a key. Of a file put in by `${file:…}` nothing is shown either.
///
/// ## Why
///
/// - *Records, and no tree of options at run time.* A feature reads `config.workers()`, which the compiler checks; the schema,
///   the table and the editor's help come from the same lines and cannot drift.
/// - *Interpolation in the file only.* A variable's text is final: a password with a `$` in it must arrive as it is.
/// - *`$` before anything but `{` or `$` stays.* Others refuse it; regular expressions and passwords are full of them, and
///   nothing can be meant by it here. A value with `${…}` is typed as if plain, with quotes too, since a flow mapping cannot hold
///   it without.
/// - *Constants in lower snake case or exactly as in Java* (`get`, `GET`): HTTP methods and log levels are known in capitals.
/// - *`memory:` is read as `memory:/`*, because `java.net.URI` has none that ends behind its scheme.
/// - *The class file instead of reflection for annotations, and `switch` over enums instead of types.* This runs at every
///   start: the first annotation costs some 9 ms for the proxy classes that the platform spins, a `switch` over a sealed type
///   2 ms for its linking.
/// - *A section's record is read when it is configured.* To read one costs up to 1 ms of a start, and most of the sections that
///   a program could have, it has not.
/// - *No live view.* A reload binds anew and compares ([Configuration#changes]); half a configuration is never in force.
package uservice.config;
