package uservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import uservice.json.Utf8Buffer;

class ListeningTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Outlet outlet = new Outlet(out, 1_000, _ -> new Utf8Buffer(10).put("dropped\n"));
  private final LogHandler handler = new LogHandler(new JsonFormat("shop"), outlet);
  private final List<Entry> heard = new CopyOnWriteArrayList<>();

  private void log(Level level, String message, Object... parameters) {
    var record = new LogRecord(level, message);
    record.setLoggerName("shop.till");
    record.setParameters(parameters);
    handler.publish(record);
  }

  private List<String> messages() {
    return heard.stream().map(Entry::message).toList();
  }

  @Test void tellsOfLinesFromALevelOnUntilItIsClosed() {
    try (Listening listening = Logging.listen(Logging.Level.WARN, heard::add)) {
      log(Level.INFO, "fine");
      log(Level.WARNING, "odd {0}", 7);
      log(Level.SEVERE, "broken");
    }
    log(Level.SEVERE, "unheard");
    assertEquals(List.of("odd 7", "broken"), messages());
    assertEquals(List.of(Logging.Level.WARN, Logging.Level.ERROR), heard.stream().map(Entry::level).toList());
    assertEquals("shop.till", heard.getFirst().logger());
  }

  @Test void putsTheFieldsBehindTheMessage() {
    try (Listening listening = Logging.listen(Logging.Level.WARN, heard::add)) {
      LogContext.with(Field.of("trace_id", "4bf9")).run(() -> log(Level.WARNING, "odd", Field.of("order_id", 7), Field.of("why", "no idea")));
    }
    assertEquals(List.of("odd trace_id=4bf9 order_id=7 why=\"no idea\""), messages());
  }

  @Test void showsWhatWouldMoveOrTurnTheTextAsEscapes() {
    try (Listening listening = Logging.listen(Logging.Level.WARN, heard::add)) {
      log(Level.WARNING, "a\nb\u001b[2J\u202ec\u2066d\u0000");
    }
    assertEquals(List.of("a\\nb\\u001b[2J\\u202ec\\u2066d\\u0000"), messages());
  }

  @Test void cutsWhatIsLong() {
    try (Listening listening = Logging.listen(Logging.Level.WARN, heard::add)) {
      var record = new LogRecord(Level.WARNING, "x".repeat(100_000));
      record.setLoggerName("l".repeat(100_000));
      record.setThrown(new IOException("y".repeat(100_000)));
      record.setParameters(new Object[] {Field.of("z", "z".repeat(100_000))});
      handler.publish(record);
    }
    Entry entry = heard.getFirst();
    assertTrue(entry.message().length() <= 1024 + Text.MARK_BYTES_MAX, () -> "" + entry.message().length());
    assertTrue(entry.error().length() <= 1024 + Text.MARK_BYTES_MAX, () -> "" + entry.error().length());
    assertTrue(entry.logger().length() <= 256 + Text.MARK_BYTES_MAX, () -> "" + entry.logger().length());
    assertTrue(entry.message().contains("…(+"), entry.message());
  }

  @Test void namesTheErrorOnOneLine() {
    try (Listening listening = Logging.listen(Logging.Level.WARN, heard::add)) {
      for (Throwable thrown : Arrays.asList(new IOException("line\ntwo"), new IllegalStateException(), null)) {
        var record = new LogRecord(Level.SEVERE, "broken");
        record.setThrown(thrown);
        handler.publish(record);
      }
    }
    assertEquals(List.of("java.io.IOException: line\\ntwo", "java.lang.IllegalStateException", ""), heard.stream().map(Entry::error).toList());
  }

  @Test void aListenerThatFailsCostsNoLineAndNoOtherListener() throws Exception {
    try (Listening broken = Logging.listen(Logging.Level.WARN, _ -> { throw new StackOverflowError(); });
        Listening listening = Logging.listen(Logging.Level.WARN, heard::add)) {
      log(Level.WARNING, "odd");
    }
    assertEquals(List.of("odd"), messages());
    assertTrue(outlet.flush(Duration.ofSeconds(20)));
    assertEquals(0, outlet.dropped());
    assertTrue(out.toString(StandardCharsets.UTF_8).contains("\"odd\""));
  }

  @Test void hearsWhoeverInstallsTheLogAnew() {
    try (Listening listening = Logging.listen(Logging.Level.WARN, heard::add)) {
      log(Level.WARNING, "one");
      var record = new LogRecord(Level.WARNING, "two");
      new LogHandler(new JsonFormat("shop"), outlet).publish(record);
    }
    assertEquals(List.of("one", "two"), messages());
  }
}
