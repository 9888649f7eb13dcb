package uservice.log;

import java.util.logging.LogRecord;

/// Makes a line of a record.
sealed interface LineFormat permits JsonFormat, TextFormat {
  /// Fills the empty `line` with the bytes of one record, its line feed included. For any number of threads.
  void format(LogRecord record, Line line);
}
