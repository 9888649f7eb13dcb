package uservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import uservice.json.Utf8Buffer;

@Timeout(60) // a hang is a failure
class OutletTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Valve valve = new Valve();

  @Test void writesWholeLinesInOrder() throws Exception {
    Outlet outlet = outlet(100_000);
    put(outlet, 0, 10_000);
    assertTrue(outlet.flush(LONG));
    assertEquals(numbers(0, 10_000), valve.lines());
    assertEquals(0, outlet.dropped());
    assertTrue(valve.writes() < 1000, () -> valve.writes() + " writes for 10000 lines");
  }

  @Test void dropsAndCountsWhileTheStreamIsBlocked() throws Exception {
    valve.shut();
    Outlet outlet = outlet(100);
    put(outlet, 0, 1);
    valve.awaitWrites(1);
    put(outlet, 1, 1000);
    assertEquals(899, outlet.dropped());
    valve.open();
    assertTrue(outlet.flush(LONG));
    var expected = new ArrayList<>(numbers(0, 101));
    expected.add("dropped 899");
    assertEquals(expected, valve.lines());
    put(outlet, 5000, 5001);
    assertTrue(outlet.flush(LONG));
    assertEquals("5000", valve.lines().getLast());
  }

  @Test void dropsByBytesAsWell() throws Exception {
    valve.shut();
    Outlet outlet = outlet(1_000_000);
    put(outlet, 0, 1);
    valve.awaitWrites(1);
    var line = new Utf8Buffer(10).put("x".repeat(9999)).put('\n');
    for (int i = 0; i < 1000; i++) {
      outlet.put(line);
    }
    assertEquals(1000 - Outlet.BYTES_MAX / 10_000, outlet.dropped());
    valve.open();
    assertTrue(outlet.flush(LONG));
    assertEquals("dropped " + outlet.dropped(), valve.lines().getLast());
  }

  @Test void neverBlocksOnAPipeThatNobodyReads() throws Exception {
    var pipe = new PipedInputStream(16);
    Outlet outlet = new Outlet(new PipedOutputStream(pipe), 100, OutletTest::note);
    put(outlet, 0, 10_000);
    assertFalse(outlet.flush(Duration.ofMillis(20)));
    assertTrue(outlet.dropped() > 0);
    var reader = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8));
    int read = 0;
    long told = 0;
    while (read + told < 10_000) {
      String line = reader.readLine();
      if (line.startsWith("dropped ")) {
        told += Long.parseLong(line.substring("dropped ".length()));
      } else {
        read++;
      }
    }
    assertEquals(outlet.dropped(), told);
    assertEquals(10_000, read + told);
  }

  @Test void countsWhatABrokenStreamRefusesAndTellsWhenItMends() throws Exception {
    valve.breakAfter(4);
    Outlet outlet = outlet(100);
    for (int i = 0; i < 3; i++) {
      put(outlet, 10 * i, 10 * i + 10);
      assertTrue(outlet.flush(LONG));
    }
    assertEquals(30, outlet.dropped());
    int writes = valve.writes();
    valve.mend();
    put(outlet, 100, 101);
    assertTrue(outlet.flush(LONG));
    assertEquals(List.of("100", "dropped 30"), valve.lines().subList(valve.lines().size() - 2, valve.lines().size()));
    assertTrue(valve.text().contains("\n100\n"), valve.text());
    assertTrue(writes < 20, () -> writes + " writes, it spins");
  }

  @Test void survivesAStreamThatThrowsWhatItShouldNot() throws Exception {
    var calls = new AtomicInteger();
    Outlet outlet = new Outlet(new OutputStream() {
      @Override public void write(int b) { throw new AssertionError(); }
      @Override public void write(byte[] bytes, int from, int length) { calls.incrementAndGet(); throw new IllegalStateException(); }
    }, 100, OutletTest::note);
    put(outlet, 0, 1);
    assertTrue(outlet.flush(LONG));
    put(outlet, 1, 2);
    assertTrue(outlet.flush(LONG));
    assertEquals(2, outlet.dropped());
  }

  @Test void flushEndsAtItsDeadline() throws Exception {
    valve.shut();
    Outlet outlet = outlet(100);
    assertTrue(outlet.flush(Duration.ZERO));
    put(outlet, 0, 10);
    assertFalse(outlet.flush(Duration.ofMillis(5)));
    assertFalse(outlet.flush(Duration.ZERO));
    assertFalse(outlet.close(Duration.ofMillis(5)));
    valve.open();
    assertTrue(outlet.flush(ChronoUnit.FOREVER.getDuration()));
    assertEquals(numbers(0, 10), valve.lines());
  }

  @Test void flushWaitsForEarlierLinesOnly() throws Exception {
    Outlet outlet = outlet(1_000_000);
    var stop = new AtomicBoolean();
    Thread busy = Thread.ofPlatform().start(() -> {
      while (!stop.get()) {
        put(outlet, 7, 8);
      }
    });
    try {
      for (int i = 0; i < 20; i++) {
        assertTrue(outlet.flush(LONG));
      }
    } finally {
      stop.set(true);
      busy.join();
    }
  }

  @Test void writesALateLineBeforeItReturns() throws Exception {
    Outlet outlet = outlet(100);
    put(outlet, 0, 1);
    assertTrue(outlet.close(LONG));
    for (int i = 1; i < 50; i++) {
      Thread.currentThread().interrupt();
      put(outlet, i, i + 1);
      assertTrue(Thread.interrupted());
      assertEquals(numbers(0, i + 1), valve.lines());
    }
  }

  @Test void keepsALateLineFromWaitingForEver() throws Exception {
    Outlet outlet = outlet(100);
    assertTrue(outlet.close(LONG));
    valve.shut();
    put(outlet, 0, 50); // waits a second, once
    valve.open();
    assertTrue(outlet.flush(LONG));
    assertEquals(numbers(0, 50), valve.lines());
  }

  private Outlet outlet(int lines) {
    return new Outlet(valve, lines, OutletTest::note);
  }

  private static Utf8Buffer note(long dropped) {
    return new Utf8Buffer(10).put("dropped " + dropped).put('\n');
  }

  private static void put(Outlet outlet, int from, int to) {
    for (int i = from; i < to; i++) {
      outlet.put(new Utf8Buffer(10).put((long) i).put('\n'));
    }
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }
}
