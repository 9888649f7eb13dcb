package uservice.log;

import module java.base;
import uservice.json.Utf8Buffer;

/// Writes an instant as RFC 3339 in UTC with microseconds, `2026-01-30T10:00:00.123456Z`. The part up to the second is
/// kept, since most lines share it with the line before. For any number of threads.
final class Timestamp {
  private static final long FIRST = -62_167_219_200L; // 0000-01-01T00:00:00Z; RFC 3339 has years of four digits
  private static final long LAST = 253_402_300_799L; // 9999-12-31T23:59:59Z
  private static final int NANOS_PER_MICRO = 1000;

  private record Second(long epoch, byte[] text) {}

  private volatile Second last = second(0);

  void write(Instant time, Utf8Buffer out) {
    Second second = last;
    if (second.epoch() != time.getEpochSecond()) {
      second = second(time.getEpochSecond());
      last = second;
    }
    Text.digits(time.getNano() / NANOS_PER_MICRO, 6, out.put(second.text()));
    out.put('Z');
  }

  private static Second second(long epoch) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(Math.clamp(epoch, FIRST, LAST), 0, ZoneOffset.UTC);
    var text = new Utf8Buffer(20);
    Text.digits(time.getYear(), 4, text);
    Text.digits(time.getMonthValue(), 2, text.put('-'));
    Text.digits(time.getDayOfMonth(), 2, text.put('-'));
    clock(time, text.put('T'));
    return new Second(epoch, text.put('.').toByteArray());
  }

  /// `10:00:00`.
  static void clock(LocalDateTime time, Utf8Buffer out) {
    Text.digits(time.getHour(), 2, out);
    Text.digits(time.getMinute(), 2, out.put(':'));
    Text.digits(time.getSecond(), 2, out.put(':'));
  }
}
