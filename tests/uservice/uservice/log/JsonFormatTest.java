package uservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uservice.log.Records.record;
import static uservice.log.Records.thrown;

import module java.base;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import uservice.json.Json;

class JsonFormatTest {
  private static final JsonFormat FORMAT = new JsonFormat("shop");
  private static final Set<String> FIXED = Set.of("time", "level", "logger", "message", "service", "thread");

  @Test void cutsALongMessageAndSaysHowMuch() {
    String message = string(object(record("x".repeat(1 << 20))), "message");
    int kept = message.indexOf('…');
    assertEquals("…(+" + ((1 << 20) - kept) + " bytes)", message.substring(kept));
    assertTrue(kept > 4096, () -> "kept " + kept);
  }

  @Test void cutsBetweenCharacters() {
    for (String unit : List.of("ä", "€", "😀", "\n", "\u0001", "\"", "\ud800")) {
      for (int before = 0; before < 7; before++) {
        String message = "a".repeat(before) + unit.repeat(20_000);
        String told = string(object(record(message)), "message");
        int kept = told.lastIndexOf('…');
        String expected = message.replace('\ud800', '\ufffd');
        assertTrue((unit.length() == 2 ? message : expected).startsWith(told.substring(0, kept)), told.substring(kept - 5));
      }
    }
  }

  @Test void staysBelowTheLimitWithEverythingAtItsLongest() {
    String worst = "\u0001".repeat(100_000);
    Throwable cause = new IllegalStateException(worst);
    for (int i = 0; i < 30; i++) {
      cause = new IllegalStateException(worst, cause);
      cause.addSuppressed(new IOException(worst));
    }
    LogRecord record = record(worst + " {0}", Stream.concat(Stream.of(worst),
        IntStream.range(0, 200).mapToObj(i -> Field.of(i + worst, worst))).toArray());
    record.setLoggerName(worst);
    record.setThrown(cause);
    Json.Obj line = object(record, new JsonFormat(worst));
    assertEquals(new Json.Num("198"), line.members().get("fields_cut"));
    assertEquals(2, line.members().keySet().stream().filter(name -> name.contains("\u0001")).count());
    assertTrue(string((Json.Obj) line.members().get("error"), "stack").length() > 500);
  }

  @Test void keepsTheWholeOfAnOrdinaryStack() {
    String stack = string((Json.Obj) object(thrown(new IOException("one", new IOException("two")))).members().get("error"), "stack");
    assertFalse(stack.contains("…"), stack);
    assertTrue(stack.contains("Caused by: java.io.IOException: two\n"), stack);
  }

  @Test void writesAHugeExponentAsItIs() {
    assertEquals("1E+100000000 left", string(object(record("{0} left", new BigDecimal("1E+100000000"))), "message"));
    assertEquals("1E-100000000 left", string(object(record("{0} left", new BigDecimal("1E-100000000"))), "message"));
    assertEquals("1E+2147483647 left", string(object(record("{0} left", new BigDecimal(BigInteger.ONE, -Integer.MAX_VALUE))), "message"));
    assertEquals(MessageFormat.format("{0} left", 1234.5), string(object(record("{0} left", new BigDecimal("1234.5"))), "message"));
  }

  @Test void replacesALoneSurrogateInANameToo() {
    assertEquals(new Json.Num("1"), object(record("x", Field.of("a\ud800", 1))).members().get("a\ufffd"));
  }

  @Test void countsFieldsBeyondTheMost() {
    Json.Obj line = object(record("many", IntStream.range(0, 100).mapToObj(i -> Field.of("f" + i, i)).toArray()));
    assertEquals(new Json.Num("36"), line.members().get("fields_cut"));
    assertEquals(new Json.Num("63"), line.members().get("f63"));
  }

  @Test void tellsAVirtualThreadByItsNumber() throws Exception {
    var line = new AtomicReference<Json.Obj>();
    Thread thread = Thread.ofVirtual().start(() -> line.set(object(record("hello"))));
    thread.join();
    assertEquals("virtual-" + thread.threadId(), string(line.get(), "thread"));
  }

  @Test void tellsTheThreadThatMadeTheRecord() {
    LogRecord record = record("kept back");
    record.setLongThreadID(Long.MAX_VALUE);
    assertEquals("thread-" + Long.MAX_VALUE, string(object(record), "thread"));
  }

  @Test void writesTimesOfFourDigitYears() {
    Map<String, String> times = Map.of(
        "1969-12-31T23:59:59.000000999Z", "1969-12-31T23:59:59.000000Z",
        "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z",
        "0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000000Z",
        "+10000-01-01T00:00:00Z", "9999-12-31T23:59:59.000000Z",
        "-0001-01-01T00:00:00Z", "0000-01-01T00:00:00.000000Z");
    times.forEach((given, expected) -> {
      LogRecord record = record("then");
      record.setInstant(Instant.parse(given));
      assertEquals(expected, string(object(record), "time"));
    });
  }

  @Test void agreesWithTheJdkOnTimes() {
    var random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      LogRecord record = record("then");
      record.setInstant(Instant.ofEpochSecond(random.nextLong(-62_167_219_200L, 253_402_300_800L), 1000L * random.nextInt(1_000_000)));
      assertEquals(record.getInstant(), Instant.parse(string(object(record), "time")));
    }
  }

  @Test void survivesWhatParametersAndExceptionsDo() {
    Object throwing = new Object() {
      @Override public String toString() { throw new IllegalStateException("no"); }
    };
    Object recursing = new Object() {
      @Override public String toString() { return "again " + this; }
    };
    Object silent = new Object() {
      @Override public String toString() { return null; }
    };
    Number liar = new Number() {
      @Override public int intValue() { throw new AssertionError(); }
      @Override public long longValue() { throw new AssertionError(); }
      @Override public float floatValue() { throw new AssertionError(); }
      @Override public double doubleValue() { throw new AssertionError(); }
      @Override public String toString() { return "}\n{"; }
    };
    Json.Obj line = object(record("{0} {1} {2}", throwing, recursing, silent, Field.of("a", throwing), Field.of("b", recursing),
        Field.of("c", silent), Field.of("d", liar), Field.of(null, 1)));
    assertTrue(string(line, "message").startsWith("<toString of "), line.toString());
    assertTrue(string(line, "a").endsWith(" threw java.lang.IllegalStateException>"), line.toString());
    assertTrue(string(line, "b").endsWith(" threw java.lang.StackOverflowError>"), line.toString());
    assertEquals("null", string(line, "c"));
    assertEquals("}\n{", string(line, "d"));
    assertEquals("pattern {0} [}\n{]", string(object(record("pattern {0}", liar)), "message"));
    Throwable hostile = new RuntimeException() {
      @Override public String getMessage() { throw new IllegalStateException(); }
      @Override public String toString() { throw new IllegalStateException(); }
      @Override public StackTraceElement[] getStackTrace() { return null; }
      @Override public Throwable getCause() { return new Endless(); }
    };
    Json.Obj error = (Json.Obj) object(thrown(hostile)).members().get("error");
    assertTrue(string(error, "message").startsWith("<getMessage of "), error.toString());
  }

  static final class Endless extends RuntimeException {
    @Override public Throwable getCause() { return new Endless(); }
  }

  @Test void countsNoFieldAmongTheParametersOfTheMessage() {
    assertEquals("a b", string(object(record("{0} {1}", Field.of("f", 1), "a", Field.of("g", 2), "b")), "message"));
  }

  @Test void localizesByTheRecordsBundle() {
    var bundle = new ListResourceBundle() {
      @Override protected Object[][] getContents() { return new Object[][] {{"sold", "verkauft {0}"}, {"number", 7}}; }
    };
    for (var each : Map.of("sold", "verkauft 7", "number", "number", "absent", "absent").entrySet()) {
      LogRecord record = record(each.getKey(), "7");
      record.setResourceBundle(bundle);
      assertEquals(each.getValue(), string(object(record), "message"));
    }
  }

  /// Whatever is logged: one line, below the limit, valid UTF-8, strict JSON without a name twice, and what is short is whole.
  @Test void isOneValidObjectWhateverIsLogged() {
    for (int seed = 0; seed < 5000; seed++) {
      var random = new Random(seed);
      String message = nasty(random);
      Object[] parameters = Stream.generate(() -> random.nextBoolean() ? Field.of(nasty(random), value(random)) : value(random))
          .limit(random.nextInt(6)).toArray();
      LogRecord record = record(List.of(Level.INFO, Level.FINEST, Level.SEVERE, Level.OFF).get(random.nextInt(4)), message, parameters);
      record.setLoggerName(random.nextInt(9) == 0 ? null : nasty(random));
      if (random.nextInt(4) == 0) {
        record.setThrown(exception(random, 0));
      }
      Field[] context = Stream.generate(() -> Field.of(nasty(random), value(random))).limit(random.nextInt(3)).toArray(Field[]::new);
      LogContext.with(context).run(() -> {
        Json.Obj line = object(record);
        assertTrue(line.members().keySet().containsAll(FIXED), line.toString());
        assertEquals(record.getThrown() != null, line.members().containsKey("error"));
        if (parameters.length == 0 && message.length() < 1000) {
          assertEquals(new String(message.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16), string(line, "message"));
        }
      });
    }
  }

  private static Throwable exception(Random random, int depth) {
    Throwable thrown = random.nextBoolean() ? new IOException(nasty(random)) : new Error();
    if (depth < 5 && random.nextBoolean()) {
      thrown.initCause(exception(random, depth + 1));
      thrown.addSuppressed(exception(random, depth + 1));
    }
    return thrown;
  }

  private static Object value(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> null;
      case 1 -> random.nextLong();
      case 2 -> Double.longBitsToDouble(random.nextLong());
      case 3 -> random.nextBoolean();
      case 4 -> new BigDecimal(new BigInteger(200, random), random.nextInt(-400, 400));
      case 5 -> Float.intBitsToFloat(random.nextInt());
      case 6 -> new Object() {
        @Override public String toString() { throw new UncheckedIOException(new IOException()); }
      };
      default -> nasty(random);
    };
  }

  private static final List<String> PIECES = List.of("\n", "\r\n", "\u0000", "\u001b[2J", "\"", "\\", "{0}", "{1,number}", "{", "}", "'", "''", "{0", "{9}",
      "{0,choice,0#{0}|1#x}", "\u2028", "\u2029", "\ud83d", "\ude00", "😀", "ä", "\u0085", "\ufeff", "\uffff", "time", "level", "fields_cut", "_time",
      "trace_id", "\t", "\u007f", "\u202e", "</script>", "%s%n", "plain words");

  private static String nasty(Random random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(5); i >= 0; i--) {
      text.append(random.nextInt(4) == 0 ? Character.toString((char) random.nextInt(0x10000)) : PIECES.get(random.nextInt(PIECES.size())));
    }
    return random.nextInt(50) == 0 ? text.toString().repeat(1000) : text.toString();
  }

  private static Json.Obj object(LogRecord record) {
    return object(record, FORMAT);
  }

  private static Json.Obj object(LogRecord record, JsonFormat format) {
    var line = new Line();
    format.format(record, line);
    byte[] bytes = line.bytes.toByteArray();
    assertTrue(bytes.length <= JsonFormat.LINE_BYTES_MAX, () -> "a line of " + bytes.length + " bytes");
    for (int i = 0; i < bytes.length; i++) {
      assertEquals(i == bytes.length - 1, bytes[i] == '\n');
      assertTrue(i == bytes.length - 1 || bytes[i] >= ' ' || bytes[i] < 0, "a control character");
    }
    return (Json.Obj) Json.parse(bytes);
  }

  private static String string(Json.Obj object, String name) {
    return ((Json.Str) object.members().get(name)).value();
  }
}
