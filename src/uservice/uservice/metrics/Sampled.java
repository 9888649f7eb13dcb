package uservice.metrics;

import uservice.json.Utf8Buffer;

/// What stands under one set of label values.
abstract sealed class Sampled permits Counter, Gauge, Histogram {
  /// Writes its lines. `prefixes` are what [Description#prefixes] made for it.
  abstract void write(Description family, byte[][] prefixes, Format format, Utf8Buffer out);
}
