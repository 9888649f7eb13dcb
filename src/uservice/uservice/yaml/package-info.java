/// The YAML that configuration is written in: what it accepts means exactly what YAML 1.2 says, all else is refused.
///
/// Reading order: [Yaml] (the door, and its limits), [Node] and [Mark] (what comes out), [YamlException] (or that),
/// `Utf8` (bytes to checked bytes), `Cursor` (lines and indentation), `Block` (documents, mappings, sequences), `Flow`
/// (`[a]`, `{a: b}`), `Plain`, `Quoted`, `BlockScalar` (the scalars), `Entries` (keys), `CoreSchema` (what `8080` means).
///
/// ```
///   byte[] ──Utf8──▶ checked text ──▶ Block ──▶ Node ──CoreSchema──▶ Long, Boolean, …
///                     (Cursor)       │  ▲ │
///                                    ▼  │ └──▶ BlockScalar
///                                 Flow ─┴────▶ Plain, Quoted
/// ```
///
/// Accepted: block and flow mappings and sequences, nested up to 64; plain, single- and double-quoted scalars with all
/// escapes of YAML 1.2 and line folding; literal and folded blocks with chomping and indentation indicators; comments;
/// `---` and `...` around one document; a byte order mark; `\n`, `\r\n` and `\r`; tabs wherever YAML has them
/// separate things; keys and values left out. At most 1 MiB.
///
/// Refused, each by name and place: tabs as indentation, a key twice in a mapping, anchors, aliases, tags, merge keys,
/// directives, a second document, complex keys (`? ` and collections), control characters, other encodings, invalid UTF-8.
///
/// The parser follows the productions of YAML 1.2.2 by recursive descent: `n` in the code is the specification's `n`.
/// It reads each byte a small, fixed number of times; the depth limit bounds the stack. What it needs to see ahead is
/// one line: an implicit key ends on the line it starts on.
///
/// ## Why
///
/// - *A subset.* Anchors and aliases are how a file of a kilobyte becomes a gigabyte, tags are how text becomes objects;
///   no configuration of a service needs them, and the file stays what it looks like.
/// - *Types are asked for, not found.* A node keeps its text and style; whoever wants a number asks for one, so `1.10`,
///   `no` and `0755` are whatever the reader's record says. [Node.Scalar#value()] is the core schema for all others.
/// - *Keys are compared by their text.* By the letter `1` and `"1"` differ in tag and may stand side by side; in a
///   configuration that is a mistake, and there is only one of them to look up.
/// - *The letter of indentation, but for one line.* A flow collection's further lines are indented more than the key that it
///   belongs to (7.4, 8.1). Its own closing bracket, first on a line, may stand below that key: the grammar wants it
///   further right, every formatter of JSON puts it there, every reader takes it, and it can mean one thing only.
/// - *A block scalar at the root with an indentation indicator* counts from -1, the root's indentation (9.1.3, 8.1.1.1).
/// - *The end of the text ends a line.* A block scalar whose last line has no break gets one, unless it is stripped
///   (`|-`): an editor's habit at the end of the file changes no value. The public test suite has it so.
/// - *DEL and the C1 controls are refused in quotes too*, where YAML lets them stand for JSON's sake: nobody means them,
///   and terminals obey them. Their escapes are accepted. So is an escaped pair of surrogates, as JSON writes `😀`.
/// - *Bytes, not characters.* A scalar on one line is one slice of the input; nothing is decoded that nobody asks for.
/// - *Marks are counted in one pass*, because nodes are made in the order of the text; only an error counts from the top.
/// - *Messages quote no values*, only keys and single characters: a value may be a secret.
/// - *Only the first fault is told.* Behind a fault in the syntax, each further one would be a guess.
package uservice.yaml;
