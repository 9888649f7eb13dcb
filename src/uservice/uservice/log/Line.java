package uservice.log;

import uservice.json.Utf8Buffer;

/// One line in the making: its bytes, and the fields that go on it. Kept and used again, for one thread at a time.
final class Line {
  private static final int CAPACITY = 1024;

  final Utf8Buffer bytes = new Utf8Buffer(CAPACITY);
  final Fields fields = new Fields();

  void clear() {
    bytes.truncate(0);
    fields.clear();
  }
}
