package uservice.otlp;

import module java.base;
import uservice.trace.Span;
import uservice.trace.SpanData;
import uservice.trace.TraceContext;

/// Spans for the tests.
final class Spans {
  static final long START = 1544712660_000000000L;
  static final Map<String, String> RESOURCE = Collections.unmodifiableMap(new LinkedHashMap<>(Map.of("service.name", "shop")));

  private Spans() {}

  /// One with nothing but what it must have.
  static SpanData plain(String name) {
    var random = ThreadLocalRandom.current();
    return new SpanData(new TraceContext(random.nextLong(), random.nextLong() | 1, random.nextLong() | 1, 1, "", false), 0, false, name,
        Span.Kind.INTERNAL, START, START + 1, List.of(), 0, List.of(), 0, List.of(), 0, Span.Status.UNSET, "");
  }

  /// One with all that there is.
  static SpanData full() {
    var context = new TraceContext(0x5b8efff798038103L, 0xd269b633813fc60cL, 0xeee19b7ec3c1b174L, 3, "a=1,b=2", false);
    var other = new TraceContext(1, 2, 3, 1, "c=3", true);
    return new SpanData(context, 0xeee19b7ec3c1b173L, true, "GET /users/{id}", Span.Kind.SERVER, START, START + 1_000_000_000,
        List.of(attribute("text", "é\u0000\"\\\n😀"), attribute("empty", ""), attribute("whole", 200L), attribute("least", Long.MIN_VALUE), attribute("zero", 0L),
            attribute("part", 0.25), attribute("none", 0.0), attribute("yes", true), attribute("no", false), attribute("list", List.of("a", "")), attribute("nothing", List.of())), 4,
        List.of(new SpanData.Event(START + 5, "retry", List.of(attribute("attempt", 2L))), new SpanData.Event(START + 6, "bare", List.of())), 5,
        List.of(new SpanData.Link(other, List.of(attribute("why", "batch"))), new SpanData.Link(context, List.of())), 6, Span.Status.ERROR, "the ledger is closed");
  }

  static SpanData.Attribute attribute(String key, Object value) {
    return new SpanData.Attribute(key, value);
  }
}
