package uservice.trace;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import testing.ManualClock;

class SpanTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-30T10:00:00.000000001Z"));
  private final Kept kept = new Kept();
  private final Tracer tracer = new Tracer(new Sampler(1, true), new Propagation(List.of()), true, kept, clock, clock::nanos);

  private static final long START = 1769767200_000000001L;

  @Test void keepsWhatItIsTold() {
    Span span = tracer.start("charge", Span.Kind.CLIENT).attribute("text", "t").attribute("whole", 7).attribute("part", 0.5)
        .attribute("truth", true).attribute("list", List.of("a", "b")).attribute("text", "again");
    clock.advance(Duration.ofMillis(3));
    span.event("retry", "attempt", 2, "why", "late", "share", 0.5f, "on", false, "none", null, "path", Path.of("x"));
    clock.advance(Duration.ofMillis(4));
    span.name("charge it").end();
    SpanData data = kept.only();
    assertEquals("charge it", data.name());
    assertEquals(Span.Kind.CLIENT, data.kind());
    assertEquals(START, data.startNanos());
    assertEquals(START + 7_000_000, data.endNanos());
    assertEquals(0, data.parentId());
    assertEquals(List.of(new SpanData.Attribute("text", "again"), new SpanData.Attribute("whole", 7L), new SpanData.Attribute("part", 0.5),
        new SpanData.Attribute("truth", true), new SpanData.Attribute("list", List.of("a", "b"))), data.attributes());
    assertEquals(List.of(new SpanData.Event(START + 3_000_000, "retry", List.of(new SpanData.Attribute("attempt", 2L), new SpanData.Attribute("why", "late"),
        new SpanData.Attribute("share", 0.5), new SpanData.Attribute("on", false), new SpanData.Attribute("path", "x")))), data.events());
    assertEquals(Span.Status.UNSET, data.status());
  }

  @Test void leavesOutWhatIsNoAttribute() {
    tracer.start("work", Span.Kind.INTERNAL).attribute("", "x").attribute("none", (String) null).attribute("nan", Double.NaN)
        .attribute("inf", Double.NEGATIVE_INFINITY).end();
    assertEquals(List.of(), kept.only().attributes());
    assertEquals(2, kept.only().attributesDropped());
  }

  @Test void refusesKeysWithoutValues() {
    Span span = tracer.start("work", Span.Kind.INTERNAL);
    assertThrows(IllegalArgumentException.class, () -> span.event("e", "key"));
    Span.NONE.event("e", "key"); // nobody looks at it
  }

  @Test void dropsAndCountsWhatIsTooMuch() {
    Span span = tracer.start("work", Span.Kind.INTERNAL);
    var other = new TraceContext(1, 2, 3, 1, "", true);
    for (int i = 0; i < 130; i++) {
      span.attribute("k" + i, i).event("e" + i).link(other, "i", i);
    }
    span.attribute("k0", "replaced").end();
    SpanData data = kept.only();
    assertEquals(List.of(128, 2, 128, 2, 128, 2), List.of(data.attributes().size(), data.attributesDropped(), data.events().size(), data.eventsDropped(),
        data.links().size(), data.linksDropped()));
    assertEquals("replaced", Kept.attributes(data).get("k0"));
  }

  @Test void cutsLongTexts() {
    String pair = "\ud83d\ude00";
    tracer.start("n".repeat(2000), Span.Kind.INTERNAL).attribute("k", "v".repeat(2000)).attribute("pair", "v".repeat(1023) + pair)
        .attribute("list", Collections.nCopies(200, "w".repeat(2000))).event("e".repeat(2000)).failed("m".repeat(2000)).end();
    SpanData data = kept.only();
    assertEquals("n".repeat(1024), data.name());
    assertEquals("v".repeat(1024), Kept.attributes(data).get("k"));
    assertEquals("v".repeat(1023), Kept.attributes(data).get("pair"), "no pair is cut in two");
    assertEquals(Collections.nCopies(128, "w".repeat(1024)), Kept.attributes(data).get("list"));
    assertEquals(1024, data.events().getFirst().name().length());
    assertEquals(1024, data.message().length());
  }

  @Test void endsOnce() {
    Span span = tracer.start("work", Span.Kind.INTERNAL);
    span.end();
    clock.advance(Duration.ofSeconds(1));
    span.attribute("late", 1).event("late").link(new TraceContext(1, 2, 3, 1, "", true)).failed("late").name("late").end();
    span.close();
    assertEquals("work", kept.only().name());
    assertEquals(START, kept.only().endNanos());
    assertEquals(List.of(), kept.only().attributes());
    assertEquals(Span.Status.UNSET, kept.only().status());
  }

  @Test void keepsTheFirstFailureAndLetsWellBeFinal() {
    tracer.start("a", Span.Kind.INTERNAL).failed("first").failed("second").end();
    tracer.start("b", Span.Kind.INTERNAL).failed("first").ok().failed("second").end();
    assertEquals(List.of("ERROR first", "OK "), kept.spans.stream().map(span -> span.status() + " " + span.message()).toList());
  }

  @Test void keepsAnException() {
    var thrown = new IllegalStateException("the ledger is closed");
    tracer.start("a", Span.Kind.INTERNAL).failed(thrown).end();
    SpanData data = kept.only();
    assertEquals(Map.of("error.type", "java.lang.IllegalStateException"), Kept.attributes(data));
    assertEquals("the ledger is closed", data.message());
    var event = data.events().getFirst().attributes();
    assertEquals("exception", data.events().getFirst().name());
    assertEquals(new SpanData.Attribute("exception.type", "java.lang.IllegalStateException"), event.get(0));
    assertEquals(new SpanData.Attribute("exception.message", "the ledger is closed"), event.get(1));
    assertTrue(event.get(2).value().toString().startsWith("java.lang.IllegalStateException: the ledger is closed\n\tat "), event::toString);
    assertTrue(event.get(2).value().toString().length() <= 4096);
  }

  @Test void timesOfAChildLieWithinItsParentWhateverTheWallClockDoes() {
    Span parent = tracer.start("parent", Span.Kind.SERVER);
    clock.advance(Duration.ofMillis(1));
    clock.jump(Duration.ofHours(-1));
    Span child = parent.child("child", Span.Kind.CLIENT);
    clock.advance(Duration.ofMillis(1));
    child.end();
    clock.advance(Duration.ofMillis(1));
    parent.end();
    SpanData inner = kept.spans.get(0);
    SpanData outer = kept.spans.get(1);
    assertEquals(outer.startNanos() + 1_000_000, inner.startNanos());
    assertEquals(outer.startNanos() + 2_000_000, inner.endNanos());
    assertEquals(outer.startNanos() + 3_000_000, outer.endNanos());
    assertEquals(outer.context().spanId(), inner.parentId());
    assertFalse(inner.parentRemote());
    assertEquals(outer.context().traceIdText(), inner.context().traceIdText());
  }

  @Test void noSpanTakesEverythingAndCostsNothing() {
    Span none = Span.NONE;
    assertSame(none, none.attribute("k", 1).attribute("k", "v").attribute("k", List.of("a")).attribute("k", 0.5).event("e", "k", 1)
        .link(new TraceContext(1, 2, 3, 1, "", true)).failed("x").failed(new Error()).ok().name("n").child("c", Span.Kind.CLIENT));
    none.end();
    assertFalse(none.recording());
    assertNull(none.exemplar());
  }

  @Test void takesManyThreadsAtOnce() throws Exception {
    Span span = tracer.start("shared", Span.Kind.INTERNAL);
    try (var scope = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < 8; t++) {
        int thread = t;
        scope.submit(() -> {
          for (int i = 0; i < 1000; i++) {
            span.attribute("k" + (i + thread) % 100, i).event("e").link(new TraceContext(1, 2, 3, 1, "", true));
          }
        });
      }
    }
    span.end();
    SpanData data = kept.only();
    assertEquals(100, data.attributes().size());
    assertEquals(8000, data.events().size() + data.eventsDropped());
    assertEquals(8000, data.links().size() + data.linksDropped());
  }

  @Test void handsOverOnceWhoeverEndsFirst() throws Exception {
    for (int i = 0; i < 200; i++) {
      Span span = tracer.start("race", Span.Kind.INTERNAL);
      var go = new CountDownLatch(1);
      try (var scope = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int t = 0; t < 4; t++) {
          scope.submit(() -> {
            go.await();
            span.end();
            return null;
          });
        }
        go.countDown();
      }
    }
    assertEquals(200, kept.spans.size());
  }
}
