package uservice.trace;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import testing.ManualClock;
import uservice.trace.Propagation.Format;

/// What comes in is what goes out, with and without somebody who records.
class PropagationTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";

  private final ManualClock clock = new ManualClock();
  private final Kept kept = new Kept();

  private Tracer tracer(boolean exporting, Format... formats) {
    return new Tracer(new Sampler(1, true), new Propagation(List.of(formats)), true, exporting ? kept : null, clock, clock::nanos);
  }

  private static Function<String, List<String>> fields(String... namesAndValues) {
    var fields = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.computeIfAbsent(namesAndValues[i], _ -> new ArrayList<>()).add(namesAndValues[i + 1]);
    }
    return fields::get;
  }

  private static Map<String, String> passed(Tracer tracer, String... fields) {
    Span span = tracer.start("work", Span.Kind.SERVER, tracer.incoming(fields(fields)));
    try {
      return span.call(Propagation::headers);
    } finally {
      span.end();
    }
  }

  @Test void carriesEverythingOnWhereNobodyRecords() {
    assertEquals(Map.of("traceparent", PARENT, "tracestate", "a=1,b=2", "baggage", "k=v", "x-request-id", "r-7"),
        passed(tracer(false), "Traceparent", PARENT, "Tracestate", "a=1", "Tracestate", "b=2", "Baggage", "k=v", "X-Request-Id", "r-7"));
  }

  @Test void putsItsOwnSpanInWhereSomebodyRecords() {
    Map<String, String> out = passed(tracer(true), "traceparent", PARENT, "tracestate", "a=1", "baggage", "k=v");
    SpanData span = kept.only();
    assertEquals(Map.of("traceparent", "00-" + TRACE + "-" + span.context().spanIdText() + "-01", "tracestate", "a=1", "baggage", "k=v"), out);
    assertEquals(SPAN, HexFormat.of().toHexDigits(span.parentId()));
    assertTrue(span.parentRemote());
    assertNotEquals(SPAN, span.context().spanIdText());
  }

  @Test void keepsTheRandomFlagOfTheCaller() {
    assertTrue(passed(tracer(true), "traceparent", PARENT.substring(0, 53) + "03").get("traceparent").endsWith("-03"));
    assertTrue(passed(tracer(true), "traceparent", PARENT.substring(0, 53) + "02").get("traceparent").endsWith("-02"));
    assertTrue(passed(tracer(true)).get("traceparent").endsWith("-03"), "a trace of our own is random");
  }

  @Test void carriesNothingWhereNothingCame() {
    assertEquals(Map.of(), passed(tracer(false)));
    assertSame(Span.NONE, tracer(false).incoming(fields()));
    assertEquals(Map.of(), Propagation.headers());
  }

  @ParameterizedTest @ValueSource(strings = {"00-x", "", "00-" + TRACE + "-0000000000000000-01"})
  void dropsTheStateOfATraceThatIsNone(String traceparent) {
    assertEquals(Map.of(), passed(tracer(false), "traceparent", traceparent, "tracestate", "a=1"));
  }

  @Test void refusesTwoTraceparents() {
    assertEquals(Map.of(), passed(tracer(false), "traceparent", PARENT, "traceparent", PARENT));
  }

  @Test void keepsTheTraceWhereItsStateIsWrong() {
    assertEquals(Map.of("traceparent", PARENT), passed(tracer(false), "traceparent", PARENT, "tracestate", "not a state"));
  }

  @ParameterizedTest @CsvSource({
      TRACE + "-" + SPAN + "-1," + TRACE + "-" + SPAN + "-1,01",
      TRACE + "-" + SPAN + "-0," + TRACE + "-" + SPAN + "-0,00",
      TRACE + "-" + SPAN + "-d," + TRACE + "-" + SPAN + "-d,01",
      TRACE + "-" + SPAN + "," + TRACE + "-" + SPAN + ",00",
      TRACE + "-" + SPAN + "-1-05e3ac9a4f6e3b90," + TRACE + "-" + SPAN + "-1,01",
      "a3ce929d0e0e4736-" + SPAN + "-1,0000000000000000a3ce929d0e0e4736-" + SPAN + "-1,01"})
  void answersB3InB3(String in, String out, String flags) {
    Map<String, String> headers = passed(tracer(false), "B3", in);
    assertEquals(Map.of("traceparent", "00-" + out.substring(0, 32) + "-" + SPAN + "-" + flags, "b3", out), headers);
  }

  @ParameterizedTest @ValueSource(strings = {"0", "1", "d"})
  void carriesADecisionWithoutIds(String state) {
    assertEquals(Map.of("b3", state), passed(tracer(false), "b3", state));
  }

  @ParameterizedTest @ValueSource(strings = {"", "2", "x", "-", "--", "0-1", TRACE, TRACE + "-", TRACE + "-" + SPAN + "-", TRACE + "-" + SPAN + "-2",
      TRACE + "-" + SPAN + "-1-", TRACE + "-" + SPAN + "-1-abc", TRACE + "-" + SPAN + "-1-" + SPAN + "-1", "00000000000000000000000000000000-" + SPAN + "-1",
      TRACE + "-0000000000000000-1", "4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-1", TRACE + "1-" + SPAN + "-1", "a3ce929d0e0e473-" + SPAN + "-1"})
  void refusesWhatIsNoB3(String b3) {
    assertEquals(Map.of(), passed(tracer(false), "b3", b3));
  }

  @ParameterizedTest @CsvSource(nullValues = "-", value = {
      "1,-,X-B3-Sampled,1,01", "0,-,X-B3-Sampled,0,00", "true,-,X-B3-Sampled,1,01", "false,-,X-B3-Sampled,0,00", "0,1,X-B3-Flags,1,01", "-,1,X-B3-Flags,1,01"})
  void readsTheFormOfSeveralFields(String sampled, String flags, String outName, String outValue, String traceFlags) {
    var given = new ArrayList<>(List.of("x-b3-traceid", TRACE, "x-b3-spanid", SPAN, "x-b3-parentspanid", "05e3ac9a4f6e3b90"));
    if (sampled != null) {
      given.addAll(List.of("x-b3-sampled", sampled));
    }
    if (flags != null) {
      given.addAll(List.of("x-b3-flags", flags));
    }
    assertEquals(Map.of("traceparent", "00-" + TRACE + "-" + SPAN + "-" + traceFlags, "X-B3-TraceId", TRACE, "X-B3-SpanId", SPAN, outName, outValue),
        passed(tracer(false), given.toArray(String[]::new)));
  }

  @Test void leavesAnOpenDecisionOpen() {
    assertEquals(Map.of("traceparent", "00-" + TRACE + "-" + SPAN + "-00", "X-B3-TraceId", TRACE, "X-B3-SpanId", SPAN),
        passed(tracer(false), "X-B3-TraceId", TRACE, "X-B3-SpanId", SPAN));
    assertEquals(Map.of("X-B3-Sampled", "0"), passed(tracer(false), "X-B3-Sampled", "0"));
    assertEquals(Map.of(), passed(tracer(false), "X-B3-Sampled", "maybe", "X-B3-TraceId", TRACE, "X-B3-SpanId", SPAN));
    assertEquals(Map.of(), passed(tracer(false), "X-B3-TraceId", TRACE));
  }

  @Test void prefersTheNewerHeader() {
    assertEquals(Map.of("traceparent", PARENT), passed(tracer(false), "traceparent", PARENT, "b3", "0", "X-B3-Sampled", "0"));
    assertEquals(Map.of("traceparent", PARENT, "b3", TRACE + "-" + SPAN + "-1"),
        passed(tracer(false), "b3", TRACE + "-" + SPAN + "-1", "X-B3-TraceId", TRACE, "X-B3-SpanId", "ffffffffffffffff"));
  }

  @Test void recordsAsB3Decides() {
    passed(tracer(true), "b3", "0");
    passed(tracer(true), "b3", TRACE + "-" + SPAN + "-0");
    assertEquals(List.of(), kept.spans);
    var never = new Tracer(new Sampler(0, true), new Propagation(List.of()), true, kept, clock, clock::nanos);
    passed(never, "b3", TRACE + "-" + SPAN);
    assertEquals(List.of(), kept.spans, "nobody had decided, and the share is none");
    assertTrue(passed(never, "b3", "1").get("b3").endsWith("-1"));
    assertTrue(passed(never, "b3", "d").get("b3").endsWith("-d"), "debug stays debug");
    assertTrue(passed(tracer(true), "b3", TRACE + "-" + SPAN).get("b3").matches(TRACE + "-[0-9a-f]{16}-1"), "decided by us");
    assertEquals(3, kept.spans.size());
  }

  @Test void writesWhatIsConfiguredAlone() {
    String b3 = TRACE + "-" + SPAN + "-1";
    assertEquals(Map.of("b3", b3), passed(tracer(false, Format.B3), "b3", b3, "traceparent", PARENT, "baggage", "a=1"));
    assertEquals(Map.of("X-B3-TraceId", TRACE, "X-B3-SpanId", SPAN, "X-B3-Sampled", "1"), passed(tracer(false, Format.B3MULTI), "b3", b3));
    assertEquals(Map.of("traceparent", PARENT, "b3", b3), passed(tracer(false, Format.TRACECONTEXT, Format.B3), "traceparent", PARENT));
    assertEquals(Map.of("baggage", "a=1"), passed(tracer(false, Format.BAGGAGE), "traceparent", PARENT, "baggage", "a=1"));
    assertEquals(Map.of(), passed(tracer(false, Format.NONE), "traceparent", PARENT, "baggage", "a=1", "x-request-id", "7"));
  }

  @Test void letsNothingInAtAPublicEdge() {
    var edge = new Tracer(new Sampler(1, true), new Propagation(List.of()), false, kept, clock, clock::nanos);
    Map<String, String> out = passed(edge, "traceparent", PARENT, "baggage", "k=v", "x-request-id", "7");
    assertEquals(Set.of("traceparent"), out.keySet());
    assertFalse(out.get("traceparent").contains(TRACE));
    assertEquals(0, kept.only().parentId());
  }

  @Test void refusesRequestIdsThatCannotGoOn() {
    assertEquals(Map.of("x-request-id", "i".repeat(256)), passed(tracer(false), "x-request-id", "i".repeat(256)));
    assertEquals(Map.of(), passed(tracer(false), "x-request-id", "i".repeat(257)));
    assertEquals(Map.of(), passed(tracer(false), "x-request-id", "\u00e9"));
    assertEquals(Map.of(), passed(tracer(false), "x-request-id", "a", "x-request-id", "b"));
  }

  @Test void givesTheBaggageToWhoeverAsks() {
    var tracer = tracer(false);
    tracer.incoming(fields("baggage", "user=al%20ice;p=1,node=7")).run(() -> assertEquals(Map.of("user", "al ice", "node", "7"), Propagation.baggage()));
    assertEquals(Map.of(), Propagation.baggage());
  }

  @Test void survivesAnyFields() {
    var random = new Random(11);
    String alphabet = "00-4bf92f3577b34da6,=; ;%d1\u0001\u00e9\t";
    for (int i = 0; i < 20_000; i++) {
      var given = new ArrayList<String>();
      for (String name : List.of("traceparent", "tracestate", "baggage", "b3", "X-B3-TraceId", "X-B3-SpanId", "X-B3-Sampled", "x-request-id")) {
        for (int n = random.nextInt(3); n > 0; n--) {
          var value = new StringBuilder(random.nextBoolean() ? PARENT.substring(0, random.nextInt(PARENT.length())) : "");
          for (int c = random.nextInt(60); c > 0; c--) {
            value.append(alphabet.charAt(random.nextInt(alphabet.length())));
          }
          given.addAll(List.of(name, value.toString()));
        }
      }
      passed(tracer(false), given.toArray(String[]::new)).forEach((name, value) -> assertTrue(value.matches("[ -~]+"), name + ": " + value));
    }
  }
}
