package uservice.metrics;

import uservice.json.Utf8Buffer;

/// A family as a page shows it.
abstract sealed class Series permits Family, Callback {
  final Description description;
  volatile boolean failing; // as of the last page, so that the log tells of a change once

  Series(Description description) {
    this.description = description;
  }

  /// Writes its sample lines, which are the same in both formats.
  abstract void write(Format format, Utf8Buffer out);
}
