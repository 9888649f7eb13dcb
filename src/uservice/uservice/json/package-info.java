/// JSON as RFC 8259 has it: a strict reader, a tree, and a writer of bytes that allocates nothing once warm.
///
/// Reading order: [Json] (the tree, and what may be asked of it), [JsonException] (where and what), `JsonParser` (text
/// to tree), [JsonWriter] (values to text), [Utf8Buffer] (the bytes beneath it), `Plain` (Java values to tree).
///
/// ```
///   byte[] ──JsonParser──▶ Json ──JsonWriter──▶ Utf8Buffer ──▶ byte[], OutputStream
///                           ▲                        ▲
///   records, maps ──Plain───┘        log lines, metrics pages
/// ```
///
/// What is read is refused unless it is exactly JSON: comments, trailing commas, leading zeros, bare control characters,
/// a byte order mark, invalid UTF-8, escapes of lone surrogates, a member name twice in one object, text after the value.
/// Size and depth are limited, so that time and stack are bounded by what the caller allows; time is linear in the size.
/// What is written is always valid JSON in valid UTF-8, on one line, whatever the strings hold.
///
/// ## Why
///
/// - *Strict.* Two readers that disagree on a document are a way around whoever checked it first (RFC 8259, section 4
///   leaves duplicate names open; attackers do not). A service should read what every other reader would read.
/// - *A name twice is refused*, not resolved: first-wins and last-wins are both somebody's security hole.
/// - *Lone surrogates* cannot be UTF-8. The reader refuses them; the writer puts U+FFFD, since a log line must be
///   written whatever it holds. An escape would keep them, and make a document that this very reader refuses.
/// - *Numbers keep their text.* `1.10`, `1e400` and 20-digit ids survive a round trip; the question whether one fits a
///   `long` is asked where somebody wants a `long`.
/// - *The reader decodes first and then parses characters.* The JDK decodes UTF-8 at memory speed and knows its rules;
///   byte offsets are only needed for errors, and are counted then.
/// - *[JsonException] is unchecked*, so that accessors work inside `Optional` and streams; whoever parses text from
///   outside handles it at that one place.
/// - *DEL, U+2028 and U+2029 are escaped.* RFC 8259 lets them stand; terminals and JavaScript take them for control
///   characters and line ends, and a log line shall be one line for every reader.
/// - *No binding from JSON to records.* Configuration is bound from YAML; for request bodies the accessors say where
///   and what in a line each, and stay readable without knowing a mapper's rules.
package uservice.json;
