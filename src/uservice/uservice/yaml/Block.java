package uservice.yaml;

import module java.base;
import uservice.yaml.Node.Scalar;

/// Documents, block mappings and block sequences (YAML 1.2.2, chapters 8 and 9).
///
/// `n` is the indentation of the collection that a node stands in, -1 around the root, as in the specification. What
/// is read ends at the first content of a later line: each method leaves the cursor there.
final class Block {
  /// What a node stands behind.
  private enum Place { MARKER, ITEM, KEY }

  /// Whether a block collection may start where a node starts.
  private enum Room {
    /// It may: its indentation is the column.
    OPEN,
    /// It may not: a tab stands before it.
    TABBED,
    /// It may not: its key, or `---`, stands on the same line.
    CLOSED
  }

  private static final String ONE_DOCUMENT = "second document, expected one document in a text";

  private final Cursor c;
  private final Plain plain;
  private final Quoted quoted;
  private final BlockScalar scalar;
  private final Flow flow;

  Block(Cursor cursor) {
    this.c = cursor;
    this.plain = new Plain(cursor);
    this.quoted = new Quoted(cursor);
    this.scalar = new BlockScalar(cursor);
    this.flow = new Flow(cursor, plain, quoted);
  }

  /// The whole text.
  Node document() throws YamlException {
    c.line(0);
    between();
    if (c.at >= c.end) {
      return new Scalar("", Style.PLAIN, Mark.FIRST, Mark.FIRST);
    }
    Node root;
    if (c.over) {
      c.at += 3;
      root = node(-1, Place.MARKER);
    } else {
      root = content(-1, c.tabbed ? Room.TABBED : Room.OPEN);
    }
    boolean ended = c.over;
    between();
    if (c.at < c.end) {
      throw ended ? c.lineFault(c.at, ONE_DOCUMENT) : misplaced(
          "expected the end of the document, found " + c.found(c.at));
    }
    return root;
  }

  /// Past what may stand around a document: byte order marks, comments, `...`. Directives are refused.
  private void between() throws YamlException {
    while (c.at < c.end) {
      if (c.over && c.text[c.at] == '.') {
        c.at += 3;
        c.endLine("'...'");
      } else if (c.at == c.lineStart && Utf8.isByteOrderMark(c.text, c.at)) {
        c.line(c.at + 3);
      } else if (c.at == c.lineStart && c.text[c.at] == '%') {
        throw c.lineFault(c.at, "directive is not supported, expected the document itself; it is read as YAML 1.2");
      } else {
        return;
      }
    }
  }

  /// The node behind `---`, `-` or `:`; it may be missing.
  private Node node(int n, Place place) throws YamlException {
    int after = c.at;
    int i = c.skipBlanks(after);
    if (c.text[i] != '\n' && c.text[i] != '#') {
      c.at = i;
      return content(n, place != Place.ITEM ? Room.CLOSED : c.tab(after, i) < i ? Room.TABBED : Room.OPEN);
    }
    c.line(i);
    // a sequence may stand at the indentation of the mapping whose value it is
    boolean within = c.indent > n || c.indent == n && place == Place.KEY && c.isIndicator('-');
    return c.over || !within ? c.nothing(after) : content(n, c.tabbed ? Room.TABBED : Room.OPEN);
  }

  /// The node that starts here.
  private Node content(int n, Room room) throws YamlException {
    int from = c.at;
    int fromLine = c.lineStart;
    int column = from - fromLine;
    if (c.isIndicator('-')) {
      checkRoom(room, "sequence");
      return sequence(column, column == n);
    } else if (c.isIndicator(':')) {
      checkRoom(room, "mapping");
      return mapping(column, c.nothing(from));
    }
    return switch (c.text[from]) {
      case '|', '>' -> scalar.read(n);
      case '[', '{' -> flow(n);
      default -> {
        Scalar text = scalar(n + 1);
        if (c.isKey(text, from, fromLine)) {
          checkRoom(room, "mapping");
          yield mapping(column, text);
        }
        c.endLine("the value");
        yield text;
      }
    };
  }

  private Node flow(int n) throws YamlException {
    int from = c.at;
    Node collection = flow.entry(n + 1);
    int after = c.at;
    c.at = c.skipBlanks(after);
    if (c.isIndicator(':')) {
      throw c.fault(from, after, "complex key is not supported, expected a scalar before ':'");
    }
    c.at = after;
    c.endLine("the value");
    return collection;
  }

  private Scalar scalar(int n) throws YamlException {
    byte first = c.text[c.at];
    return first == '"' || first == '\'' ? quoted.read(n) : plain.read(n, false);
  }

  private Node.Mapping mapping(int n, Scalar first) throws YamlException {
    c.enter();
    var entries = new Entries();
    for (Scalar key = first; key != null; key = c.over || c.indent < n ? null : key(n)) {
      entries.check(key);
      c.at++;
      entries.add(key, node(n, Place.KEY));
    }
    c.leave();
    return entries.close();
  }

  private Scalar key(int n) throws YamlException {
    if (c.tabbed || c.indent > n) {
      throw misplaced("line is indented by " + c.indent + ", expected the " + n + " of the keys around it");
    }
    int from = c.at;
    int fromLine = c.lineStart;
    if (c.isIndicator(':')) {
      return c.nothing(from);
    } else if (c.text[from] == '[' || c.text[from] == '{') {
      throw c.fault(from, from + 1, "expected a key, found " + c.found(from) + "; a complex key is not supported");
    } else if (c.isIndicator('-')) {
      throw c.fault(from, from + 1, "expected a key, found a sequence item '-'");
    }
    Scalar key = scalar(Plain.ONE_LINE);
    if (!c.isKey(key, from, fromLine)) {
      throw c.fault(from, c.at, "expected ': ' after this key");
    }
    return key;
  }

  /// `shared`: it stands at the indentation of the mapping whose value it is, which then goes on behind it.
  private Node.Sequence sequence(int n, boolean shared) throws YamlException {
    c.enter();
    Mark start = c.mark(c.at);
    var items = new ArrayList<Node>();
    do {
      c.at++;
      items.add(node(n, Place.ITEM));
      if (!c.over && (c.indent > n || c.indent == n && c.tabbed)) {
        throw misplaced("line is indented by " + c.indent + ", expected the " + n + " of the items around it");
      }
    } while (!c.over && c.indent == n && c.isIndicator('-'));
    if (!c.over && c.indent == n && !shared) {
      throw misplaced("expected another '- ', found " + c.found(c.at));
    }
    c.leave();
    return new Node.Sequence(items, start, items.getLast().end());
  }

  private void checkRoom(Room room, String kind) throws YamlException {
    switch (room) {
      case OPEN -> {}
      case TABBED -> throw c.tabFault(c.lineStart);
      case CLOSED -> throw c.fault(c.at, c.at + 1, kind
          + " cannot start on the line of its key or '---', expected it on the next line"
          + (kind.equals("mapping") ? "; text with ': ' in it is quoted" : ""));
    }
  }

  /// The fault that content stands where it should not; a tab before it is the reason, where there is one.
  private YamlException misplaced(String message) {
    return c.tabbed ? c.tabFault(c.lineStart) : c.lineFault(c.at, message);
  }
}
