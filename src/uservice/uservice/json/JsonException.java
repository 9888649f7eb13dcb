package uservice.json;

import module java.base;

/// Text that is not JSON, or JSON that is not what was asked for: where, what, and what would be right.
///
/// The message is one line for people, `line 3, column 9, byte 41, at /orders/0/id: number '01' has a leading zero`.
/// For a value of the wrong kind the place in the text is not known, only the path: `at /id: expected a string, found a
/// number`. Values that may be secrets (strings) are never part of it.
public final class JsonException extends RuntimeException {
  private final String path;
  private final String reason;
  private final int line;
  private final int column;
  private final long offset;

  /// The value at `path` is not what was wanted.
  JsonException(String path, String reason) {
    this(path.isEmpty() ? "" : "at " + path + ": ", path, reason, 0, 0, -1);
  }

  private JsonException(String where, String path, String reason, int line, int column, long offset) {
    super(where + reason);
    this.path = path;
    this.reason = reason;
    this.line = line;
    this.column = column;
    this.offset = offset;
  }

  /// The text is wrong where `before` ends.
  static JsonException in(String before, String path, String reason) {
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int column = 1 + before.codePointCount(before.lastIndexOf('\n') + 1, before.length());
    long offset = Utf8Buffer.length(before);
    String where = "line " + line + ", column " + column + ", byte " + offset
        + (path.isEmpty() ? ": " : ", at " + path + ": ");
    return new JsonException(where, path, reason, line, column, offset);
  }

  /// What is wrong, without the place.
  public String reason() { return reason; }

  /// The value concerned as a JSON pointer (RFC 6901), long names shortened; empty for the whole document.
  public String path() { return path; }

  /// The line from 1, or 0 where the text is not at hand.
  public int line() { return line; }

  /// The column from 1 in code points, or 0.
  public int column() { return column; }

  /// The offset from 0 in bytes of UTF-8, or -1.
  public long offset() { return offset; }
}
