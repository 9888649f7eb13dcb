package uservice.config;

/// Where a value stands that something is wrong with.
///
/// @param source a file's name as it was given, `environment variable USERVICE_X`, or `--set health.port`
/// @param line from 1 as editors count; 0 where the source is the place: a variable, an option, a file as a whole
/// @param column from 1, in code points; 0 with line 0
/// @param endColumn the column behind the last character on that line that is meant
public record Origin(String source, int line, int column, int endColumn) {
  /// The source as a whole.
  static Origin of(String source) {
    return new Origin(source, 0, 0, 0);
  }

  /// `app.yaml:3:5`, or the source alone.
  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line + ":" + column;
  }
}
