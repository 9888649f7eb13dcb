package uservice.yaml;

import module java.base;
import uservice.yaml.Node.Scalar;

/// Flow collections, `[a, b]` and `{a: b}`, over as many lines as they like (YAML 1.2.2, section 7.4).
///
/// `n` is the least indentation of each further line, inner closing brackets included; `open` is the bracket that is open.
final class Flow {
  private final Cursor c;
  private final Plain plain;
  private final Quoted quoted;
  private int outermost; // the bracket that a block collection's entry opened

  Flow(Cursor cursor, Plain plain, Quoted quoted) {
    this.c = cursor;
    this.plain = plain;
    this.quoted = quoted;
  }

  /// The collection of a block collection's entry, or of the document, whose opening bracket stands here.
  Node entry(int n) throws YamlException {
    outermost = c.at;
    return collection(n);
  }

  private Node collection(int n) throws YamlException {
    c.enter();
    Node collection = c.text[c.at] == '[' ? sequence(n) : mapping(n);
    c.leave();
    return collection;
  }

  private Node.Sequence sequence(int n) throws YamlException {
    int open = c.at;
    Mark start = c.mark(c.at++);
    var items = new ArrayList<Node>();
    while (!closes(n, open)) {
      items.add(item(n, open));
      next(n, open);
    }
    return new Node.Sequence(items, start, c.mark(c.at));
  }

  private Node.Mapping mapping(int n) throws YamlException {
    int open = c.at;
    Mark start = c.mark(c.at++);
    var entries = new Entries();
    while (!closes(n, open)) {
      int from = c.at;
      Scalar key = asKey(isEmptyKey() ? c.nothing(from) : node(n), from);
      int keyEnd = c.at;
      entries.check(key);
      separate(n, open);
      boolean colon = isColon(from);
      entries.add(key, colon ? value(n, open, from) : c.nothing(keyEnd));
      next(n, open);
    }
    return entries.close(start, c.mark(c.at));
  }

  /// An item of a sequence; `a: b` is a mapping of one entry, whose key is implicit and so stands on one line.
  private Node item(int n, int open) throws YamlException {
    int from = c.at;
    int fromLine = c.lineStart;
    Node node = isEmptyKey() ? c.nothing(from) : node(n);
    int after = c.at;
    c.at = c.skipBlanks(after);
    if (!isColon(from)) {
      c.at = after;
      return node;
    }
    Scalar key = asKey(node, from);
    c.checkKey(from, fromLine, c.at);
    c.enter();
    var entries = new Entries();
    entries.check(key);
    entries.add(key, value(n, open, from));
    c.leave();
    return entries.close();
  }

  private Node node(int n) throws YamlException {
    return switch (c.text[c.at]) {
      case '[', '{' -> collection(n);
      case '"', '\'' -> quoted.read(n);
      default -> plain.read(n, true);
    };
  }

  /// The value after the `:` here, which needs space behind it unless the key at `from` is quoted.
  private Node value(int n, int open, int from) throws YamlException {
    int after = ++c.at;
    separate(n, open);
    byte unit = c.text[c.at];
    if (unit == ',' || unit == ']' || unit == '}') {
      return c.nothing(after);
    } else if (c.at == after && !isQuote(from)) {
      throw c.fault(after - 1, after, "expected a space after ':'");
    }
    return node(n);
  }

  private Scalar asKey(Node node, int from) throws YamlException {
    if (node instanceof Scalar key) {
      return key;
    }
    throw c.fault(from, c.at, "complex key is not supported, expected a scalar before ':'");
  }

  private boolean isEmptyKey() { return c.text[c.at] == ':' && !Plain.isSafe(c.text[c.at + 1], true); }

  /// Whether this is the `:` of the key at `from`; behind a JSON-like key, any is (`{"a":1}`).
  private boolean isColon(int from) {
    return c.text[c.at] == ':' && (isJson(from) || !Plain.isSafe(c.text[c.at + 1], true));
  }

  private boolean isQuote(int from) { return c.text[from] == '"' || c.text[from] == '\''; }

  private boolean isJson(int from) { return isQuote(from) || c.text[from] == '[' || c.text[from] == '{'; }

  /// Whether the collection ends here, and then goes past its bracket.
  private boolean closes(int n, int open) throws YamlException {
    separate(n, open);
    boolean closes = c.text[c.at] == closing(open);
    c.at += closes ? 1 : 0;
    return closes;
  }

  /// Past the `,` to the next entry, or to the closing bracket.
  private void next(int n, int open) throws YamlException {
    separate(n, open);
    byte unit = c.text[c.at];
    if (unit == ',') {
      c.at++;
    } else if (unit != closing(open)) {
      throw c.fault(c.at, c.at + 1, "expected ',' or '" + closing(open) + "', found " + c.found(c.at));
    }
  }

  private String kind(int open) { return c.text[open] == '[' ? "flow sequence" : "flow mapping"; }

  private char closing(int open) { return c.text[open] == '[' ? ']' : '}'; }

  /// Past blanks, breaks and comments (section 6.7).
  private void separate(int n, int open) throws YamlException {
    int i = c.skipBlanks(c.at);
    if (c.text[i] == '#' && i == c.at && i > c.lineStart) {
      throw c.fault(i, i + 1, "expected a space before the comment");
    } else if (c.text[i] != '\n' && c.text[i] != '#') {
      c.at = i;
      return;
    }
    c.line(i);
    if (c.over) {
      throw c.fault(open, open + 1, kind(open) + " is not closed, expected '" + closing(open) + "' before the end of the document");
    } else if (c.indent < n && !isClosedAtKey(n, open)) {
      throw c.dedentFault(c.lineStart, n, open, kind(open), closing(open));
    }
  }

  /// Whether the line begins with the last closing bracket, as far left as the block collection around: the grammar wants
  /// it further right, every formatter of JSON puts it there, and it can mean one thing only.
  private boolean isClosedAtKey(int n, int open) {
    return open == outermost && c.indent == n - 1 && c.text[c.lineStart + c.indent] == closing(open);
  }
}
