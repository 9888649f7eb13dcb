package uservice.yaml;

/// A place in the text, as editors count: lines from 1, columns from 1 in code points (a tab is one column).
/// A byte order mark at the start of the text has no column.
public record Mark(int line, int column) {
  static final Mark FIRST = new Mark(1, 1);

  /// The place of byte `to` of a UTF-8 text with `\n` for line breaks, seen from the place of byte `from`.
  Mark after(byte[] text, int from, int to) {
    int toLine = line;
    int toColumn = column;
    for (int i = from; i < to; i++) {
      byte unit = text[i];
      if (unit == '\n') {
        toLine++;
        toColumn = 1;
      } else if (unit > Utf8.CONTINUATION_MAX) {
        toColumn++;
      }
    }
    return new Mark(toLine, toColumn);
  }
}
