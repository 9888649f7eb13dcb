package uservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import uservice.json.Json;

@Timeout(60) // a hang is a failure
class LoggingTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Valve valve = new Valve();
  private final java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
  private Handler[] handlers;
  private java.util.logging.Level level;

  @BeforeEach void keep() {
    handlers = root.getHandlers();
    level = root.getLevel();
  }

  @AfterEach void restore() {
    Stream.of(root.getHandlers()).forEach(root::removeHandler);
    Stream.of(handlers).forEach(root::addHandler);
    root.setLevel(level);
  }

  @Test void writesWhatIsLoggedThroughSystemLogger() throws Exception {
    Logging logging = install(config("info", Map.of()));
    Logger log = System.getLogger("test.through");
    log.log(Level.INFO, "sold {0}", "soap", Field.of("order_id", 7));
    log.log(Level.INFO, () -> "supplied");
    log.log(Level.ERROR, "broken", new IOException("why"));
    log.log(Level.DEBUG, "too little");
    List<Json.Obj> lines = lines(logging);
    assertEquals(List.of("sold soap", "supplied", "broken"), lines.stream().map(line -> string(line, "message")).toList());
    assertEquals(new Json.Num("7"), lines.get(0).members().get("order_id"));
    assertEquals("why", string((Json.Obj) lines.get(2).members().get("error"), "message"));
    assertEquals("test.through", string(lines.get(0), "logger"));
    assertFalse(Logging.foreign());
  }

  @Test void takesTheFieldsOfTheContext() throws Exception {
    Logging logging = install(config("info", Map.of()));
    Logger log = System.getLogger("test.context");
    LogContext.with(Field.of("order_id", 7), Field.of("step", "pack")).run(() ->
        LogContext.with(Field.of("step", "send")).run(() -> {
          log.log(Level.INFO, "inside");
          Thread other = Thread.ofVirtual().start(() -> log.log(Level.INFO, "elsewhere"));
          join(other);
        }));
    log.log(Level.INFO, "outside");
    List<Json.Obj> lines = lines(logging);
    assertEquals(new Json.Num("7"), lines.get(0).members().get("order_id"));
    assertEquals("send", string(lines.get(0), "step"));
    for (Json.Obj line : lines.subList(1, 3)) {
      assertFalse(line.members().containsKey("order_id"), line.toString());
    }
    assertEquals(9, (int) LogContext.with(Field.of("a", 1)).call(() -> 9));
  }

  @Test void hasLevelsPerLoggerThatAReloadChanges() {
    Logging logging = install(config("warn", Map.of("test.levels", "debug", "test.levels.quiet", "off", "test.other", "trace")));
    assertLevels("test.levels", Level.DEBUG);
    assertLevels("test.levels.below", Level.DEBUG);
    assertLevels("test.levels.quiet.below", Level.OFF);
    assertLevels("test.other", Level.ALL);
    assertLevels("test.unnamed", Level.WARNING);
    logging.apply(config("error", Map.of("test.levels.quiet", "info")));
    assertLevels("test.levels", Level.ERROR);
    assertLevels("test.levels.quiet", Level.INFO);
    assertLevels("test.other", Level.ERROR);
    assertLevels("test.unnamed", Level.ERROR);
    logging.apply(config("off", Map.of()));
    assertLevels("test.levels.quiet", Level.OFF);
  }

  @Test void aLevelCanBeSetUntilTheNextReload() {
    Logging logging = install(config("warn", Map.of("test.set", "debug")));
    logging.level("test.set", Optional.of(Logging.Level.TRACE));
    logging.level("test.other", Optional.of(Logging.Level.ERROR));
    logging.level("", Optional.of(Logging.Level.OFF));
    assertLevels("test.set.below", Level.ALL);
    assertLevels("test.other", Level.ERROR);
    assertLevels("test.unnamed", Level.OFF);
    for (String name : List.of("test.set", "test.other", "", "test.never")) {
      logging.level(name, Optional.empty());
    }
    assertLevels("test.set", Level.DEBUG);
    assertLevels("test.other", Level.WARNING);
    assertLevels("test.unnamed", Level.WARNING);
    logging.level("test.other", Optional.of(Logging.Level.ERROR));
    logging.apply(config("info", Map.of()));
    assertLevels("test.other", Level.INFO);
  }

  @Test void keepsALevelAlthoughNobodyHoldsTheLogger() throws Exception {
    install(config("info", Map.of("test.collected", "debug")));
    var gone = new WeakReference<>(new Object());
    var queue = new ReferenceQueue<Object>();
    var loggers = new ArrayList<WeakReference<Object>>();
    for (int i = 0; i < 100; i++) {
      loggers.add(new WeakReference<>(java.util.logging.Logger.getLogger("test.collected.not." + i), queue));
    }
    Valve.await(() -> {
      System.gc();
      return gone.refersTo(null) && loggers.stream().allMatch(logger -> logger.refersTo(null));
    }, () -> "nothing is collected");
    assertLevels("test.collected", Level.DEBUG);
  }

  @Test void takesThePlaceOfWhatWasThereAndComesBackAfterAReset() throws Exception {
    install(config("info", Map.of()));
    Logging logging = install(config("warn", Map.of("test.reset", "debug")));
    assertEquals(1, root.getHandlers().length);
    LogManager.getLogManager().reset();
    System.getLogger("test.reset").log(Level.WARNING, "after");
    assertEquals("after", string(lines(logging).getFirst(), "message"));
    assertEquals(1, root.getHandlers().length);
  }

  @Test void logsFromWithinAToString() throws Exception {
    Logging logging = install(config("info", Map.of()));
    Logger log = System.getLogger("test.within");
    log.log(Level.INFO, "outer {0}", new Object() {
      @Override public String toString() {
        log.log(Level.INFO, "inner");
        return "done";
      }
    });
    assertEquals(List.of("inner", "outer done"), lines(logging).stream().map(line -> string(line, "message")).toList());
  }

  @Test void countsALineThatCannotBeMade() throws Exception {
    Logging logging = install(config("info", Map.of()));
    Stream.of(root.getHandlers()).forEach(handler -> handler.publish(null));
    assertEquals(1, logging.dropped());
    System.getLogger("test.made").log(Level.INFO, "next");
    Json.Obj note = lines(logging).getLast();
    assertEquals(new Json.Num("1"), note.members().get("dropped"));
    assertEquals("WARN", string(note, "level"));
  }

  @Test void neverWaitsForABlockedStream() throws Exception {
    Logging logging = install(new Logging.Config(Logging.Level.INFO, Map.of(), Logging.Format.JSON, 16));
    valve.shut();
    Logger log = System.getLogger("test.blocked");
    for (int i = 0; i < 10_000; i++) {
      log.log(Level.INFO, "line");
    }
    assertTrue(logging.dropped() > 9900, () -> logging.dropped() + " dropped");
    assertFalse(logging.flush(Duration.ofMillis(1)));
    valve.open();
    List<Json.Obj> lines = lines(logging);
    assertEquals(10_000, lines.stream().filter(line -> string(line, "message").equals("line")).count() + logging.dropped());
    assertEquals(logging.dropped(), lines.stream().filter(line -> line.members().containsKey("dropped"))
        .mapToLong(line -> ((Json.Num) line.members().get("dropped")).longValue()).sum());
  }

  @Test void keepsEveryLineWholeAndInOrderFromManyThreads() throws Exception {
    int threads = 16;
    int count = 10_000;
    Logging logging = install(new Logging.Config(Logging.Level.INFO, Map.of(), Logging.Format.JSON, 1_000_000));
    Logger log = System.getLogger("test.many");
    var running = new ArrayList<Thread>();
    for (int t = 0; t < threads; t++) {
      int id = t;
      running.add((t % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).name("t").start(() -> {
        for (int i = 0; i < count; i++) {
          log.log(Level.INFO, "line", Field.of("t", id), Field.of("i", i));
          if (i % 200 == 0) {
            flush(logging);
          }
        }
      }));
    }
    for (Thread thread : running) {
      thread.join();
    }
    long[] next = new long[threads];
    for (Json.Obj line : lines(logging)) {
      int t = (int) ((Json.Num) line.members().get("t")).longValue();
      assertEquals(next[t]++, ((Json.Num) line.members().get("i")).longValue());
    }
    assertTrue(LongStream.of(next).allMatch(n -> n == count), () -> Arrays.toString(next));
    assertEquals(0, logging.dropped());
  }

  @Test void choosesTheFormatByTheTerminal() throws Exception {
    for (var format : Logging.Format.values()) {
      for (boolean terminal : new boolean[] {false, true}) {
        var stream = new Valve();
        Logging logging = Logging.install(new Logging.Config(Logging.Level.INFO, Map.of(), format, 100), "shop", stream, terminal);
        System.getLogger("test.format").log(Level.INFO, "hello");
        assertTrue(logging.flush(LONG));
        boolean json = format == Logging.Format.JSON || format == Logging.Format.AUTO && !terminal;
        assertEquals(json, stream.text().startsWith("{"), stream.text());
        assertTrue(terminal || stream.text().indexOf('\u001b') < 0);
      }
    }
  }

  @Test void refusesALevelForTheNamelessLogger() {
    assertThrows(IllegalArgumentException.class, () -> config("info", Map.of("", "debug")));
  }

  private Logging install(Logging.Config config) {
    return Logging.install(config, "shop", valve, false);
  }

  private static Logging.Config config(String level, Map<String, String> levels) {
    var named = levels.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, each -> level(each.getValue())));
    return new Logging.Config(level(level), named, Logging.Format.AUTO, 8192);
  }

  private static Logging.Level level(String name) {
    return Logging.Level.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /// That a logger takes `least` and above, and nothing below.
  private static void assertLevels(String logger, Level least) {
    for (Level each : List.of(Level.TRACE, Level.DEBUG, Level.INFO, Level.WARNING, Level.ERROR)) {
      assertEquals(each.getSeverity() >= least.getSeverity(), System.getLogger(logger).isLoggable(each), () -> logger + " at " + each);
    }
  }

  private List<Json.Obj> lines(Logging logging) throws InterruptedException {
    assertTrue(logging.flush(LONG));
    return valve.lines().stream().map(line -> (Json.Obj) Json.parse(line)).toList();
  }

  private static String string(Json.Obj object, String name) {
    return ((Json.Str) object.members().get(name)).value();
  }

  private static void flush(Logging logging) {
    try {
      assertTrue(logging.flush(LONG));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
