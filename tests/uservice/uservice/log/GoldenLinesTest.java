package uservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static uservice.log.Records.at;
import static uservice.log.Records.record;
import static uservice.log.Records.thrown;

import module java.base;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class GoldenLinesTest {
  private static final Path DATA = Path.of("tests/data/log");

  @Test void writesJsonAsInTheFile() throws Exception {
    assertGolden("lines.json", new JsonFormat("shop"));
  }

  @Test void writesTextAsInTheFile() throws Exception {
    assertGolden("lines.txt", new TextFormat(false, ZoneId.of("Europe/Berlin")));
  }

  @Test void writesColoursAsInTheFile() throws Exception {
    assertGolden("lines-colours.txt", new TextFormat(true, ZoneOffset.UTC));
  }

  private static void assertGolden(String file, LineFormat format) throws Exception {
    var text = new StringBuilder();
    Records.on("packer-1", () -> LogContext.with(Field.of("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"), Field.of("span_id", "00f067aa0ba902b7"))
        .run(() -> text.append(Records.line(format, record("in a span", Field.of("trace_id", "mine"))))));
    Records.on("packer-1", () -> records().forEach(record -> text.append(Records.line(format, record))));
    assertEquals(Files.readString(DATA.resolve(file)), text.toString());
  }

  private static List<LogRecord> records() {
    var deep = at(new IllegalStateException("outer\nsecond line"), "sell", "handle", "run");
    deep.initCause(at(new IOException("inner"), "read", "sell", "handle", "run"));
    deep.addSuppressed(at(new IOException(), "close", "run"));
    deep.getCause().initCause(deep);
    return List.of(
        record("sold"),
        record("sold {0} of {1}", 7, "soap", Field.of("order_id", 7), Field.of("rest", null), Field.of("gift", true)),
        record(Level.FINER, "trace"), record(Level.FINE, "debug"), record(Level.CONFIG, "configured"), record(Level.WARNING, "warn"),
        record(Level.SEVERE, "error"),
        record(null), record(""),
        record("quote \" backslash \\ tab \t line\nreturn\r bell \u0007 escape \u001b[31m delete \u007f next line \u0085"),
        record("ä € 😀 lone \ud800 pair reversed \udc00\ud800 separators \u2028\u2029 override \u202e"),
        record("broken {0", 1, null), record("it's {braces}", 1), record("it''s {0}", 1), record("{1} {0} {2}", "a", null),
        record("numbers", Field.of("long", Long.MIN_VALUE), Field.of("short", (short) -1), Field.of("double", 0.125), Field.of("whole", 3.0),
            Field.of("small", 1e-7), Field.of("nan", Double.NaN), Field.of("float", 0.1f), Field.of("infinite", Float.NEGATIVE_INFINITY),
            Field.of("big", new BigInteger("123456789012345678901234567890")), Field.of("decimal", new BigDecimal("1E+3")),
            Field.of("atomic", new AtomicLong(5))),
        record("clash", Field.of("level", "mine"), Field.of("time", 1), Field.of("error", "e"), Field.of("twice", 1), Field.of("twice", 2)),
        record("values", Field.of("text", "two words"), Field.of("empty", ""), Field.of("list", List.of(1, 2)), Field.of("char", 'c'), Field.of("", 0)),
        thrown(at(new IllegalArgumentException(), "check")),
        thrown(deep));
  }
}
