package uservice.trace;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import testing.LogLines;
import testing.ManualClock;
import uservice.config.ConfigurationException;
import uservice.config.Configuration;
import uservice.config.Schema;
import uservice.config.Source;
import uservice.metrics.Format;
import uservice.metrics.Metrics;
import uservice.json.Utf8Buffer;

class TracerTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final Kept kept = new Kept();

  private Tracer tracer(double ratio, boolean parentBased) {
    return new Tracer(new Sampler(ratio, parentBased), new Propagation(List.of()), true, kept, clock, clock::nanos);
  }

  private static TraceContext caller(int flags) {
    return new TraceContext(1, 2, 3, flags, "a=1", true);
  }

  private Span remote(Tracer tracer, int flags) {
    return Span.passing(tracer, caller(flags), Carried.NOTHING);
  }

  @ParameterizedTest @CsvSource({
      // ratio, parent-based, the caller's flags or -1, recorded
      "1,true,-1,true", "0,true,-1,false", "1,true,0,false", "0,true,1,true", "1,false,0,true", "0,false,1,false", "1,false,-1,true", "0,false,-1,false"})
  void decidesAsItIsSet(double ratio, boolean parentBased, int flags, boolean recorded) {
    var tracer = tracer(ratio, parentBased);
    Span span = tracer.start("work", Span.Kind.SERVER, flags < 0 ? Span.NONE : remote(tracer, flags));
    assertEquals(recorded, span.recording());
    assertEquals(recorded, span.context().sampled());
    assertTrue(span.context().valid());
    assertFalse(span.context().remote());
    span.end();
    assertEquals(recorded ? 1 : 0, kept.spans.size());
    if (flags >= 0) {
      assertEquals(caller(flags).traceIdText(), span.context().traceIdText());
      assertNotEquals(3, span.context().spanId());
      assertEquals("a=1", span.context().state());
    }
  }

  @Test void unrecordedChildrenAreTheirParent() {
    var tracer = tracer(0, true);
    Span span = tracer.start("work", Span.Kind.SERVER);
    assertSame(span, tracer.start("below", Span.Kind.CLIENT, span));
    assertSame(span, span.child("below", Span.Kind.CLIENT));
  }

  @Test void sharesAreTakenFromTheRandomBitsOfTheId() {
    var third = new Sampler(0.25, true);
    assertTrue(third.samples(0x00ff_ffff_ffff_ffffL));
    assertTrue(third.samples(0x00c0_0000_0000_0000L), "the threshold itself");
    assertFalse(third.samples(0x00bf_ffff_ffff_ffffL));
    assertFalse(third.samples(0xffbf_ffff_ffff_ffffL), "the first byte does not count");
    assertTrue(new Sampler(1, true).samples(0));
    assertFalse(new Sampler(0, true).samples(-1));
    assertThrows(IllegalArgumentException.class, () -> new Sampler(1.01, true));
    assertThrows(IllegalArgumentException.class, () -> new Sampler(Double.NaN, true));
  }

  @Test void recordsAboutTheShareThatIsSet() {
    var tracer = tracer(0.1, true);
    for (int i = 0; i < 100_000; i++) {
      tracer.start("work", Span.Kind.SERVER, Span.NONE).end();
    }
    int recorded = kept.spans.size(); // 10,000 with a deviation of 95; twenty of these never happen
    assertTrue(recorded > 8_100 && recorded < 11_900, () -> recorded + " of 100000");
    assertEquals(recorded, kept.spans.stream().map(span -> span.context().traceIdText()).distinct().count());
  }

  @Test void aSmallerShareIsPartOfALargerOne() {
    var random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      long id = random.nextLong();
      assertTrue(!new Sampler(0.1, true).samples(id) || new Sampler(0.5, true).samples(id));
    }
  }

  @Test void theCurrentSpanIsThatOfTheWorkAndEndsWithIt() {
    var tracer = tracer(1, true);
    assertSame(Span.NONE, Tracer.current());
    Span outer = tracer.start("outer", Span.Kind.SERVER);
    outer.run(() -> {
      assertSame(outer, Tracer.current());
      Span inner = tracer.start("inner", Span.Kind.INTERNAL);
      String value = inner.call(() -> {
        assertSame(inner, Tracer.current());
        return "value";
      });
      assertEquals("value", value);
      assertSame(outer, Tracer.current());
      inner.end();
    });
    assertSame(Span.NONE, Tracer.current());
    outer.end();
    assertEquals(kept.spans.get(1).context().spanId(), kept.spans.get(0).parentId());
  }

  @Test void anotherThreadHasItWhenItIsHandedOver() throws Exception {
    Span span = tracer(1, true).start("outer", Span.Kind.SERVER);
    var seen = new CompletableFuture<List<Span>>();
    span.run(() -> Thread.ofVirtual().start(() -> {
      Span before = Tracer.current();
      seen.complete(List.of(before, span.call(Tracer::current)));
    }));
    assertEquals(List.of(Span.NONE, span), seen.get(20, TimeUnit.SECONDS));
  }

  @Test void callsEndTheirSpanAndKeepWhatTheyThrow() throws Exception {
    var tracer = tracer(1, true);
    Integer seven = tracer.call("fine", Span.Kind.CLIENT, span -> {
      span.attribute("k", 1);
      assertSame(span, Tracer.current());
      return 7;
    });
    assertEquals(7, seven);
    var thrown = new IOException("cut");
    assertSame(thrown, assertThrows(IOException.class, () -> tracer.<Void, IOException>call("broken", Span.Kind.CLIENT, _ -> { throw thrown; })));
    assertEquals(List.of("fine UNSET ", "broken ERROR cut"), kept.spans.stream().map(span -> span.name() + " " + span.status() + " " + span.message()).toList());
    assertSame(Span.NONE, Tracer.current());
  }

  @Test void recordsNothingOnceItIsClosed() throws Exception {
    var tracer = tracer(1, true);
    Span open = tracer.start("open", Span.Kind.INTERNAL);
    assertTrue(tracer.exporting());
    assertTrue(tracer.close(Duration.ofSeconds(3)));
    assertEquals(Duration.ofSeconds(3), kept.closedWithin);
    assertFalse(tracer.exporting());
    open.end();
    assertSame(Span.NONE, tracer.start("late", Span.Kind.INTERNAL));
    assertEquals(List.of(), kept.spans);
    assertTrue(tracer.close(Duration.ofSeconds(3)), "a second time is nothing");
  }

  @Test void histogramsShowTheTraceOfAValue() {
    var metrics = new Metrics();
    metrics.exemplars(() -> Tracer.current().exemplar());
    var waits = metrics.histogram("waits_seconds", "Waits.", 0.1, 1);
    var other = metrics.histogram("others_seconds", "Others.", 0.1);
    waits.observe(0.05);
    var tracer = tracer(1, true);
    Span span = tracer.start("work", Span.Kind.SERVER);
    span.run(() -> waits.observe(0.5));
    remote(tracer, 0).run(() -> waits.observe(0.6)); // not recorded, not shown
    other.observe(7, new uservice.metrics.Exemplar("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 1769767200007L));
    String page = page(metrics, Format.OPENMETRICS);
    assertTrue(page.contains("waits_seconds_bucket{le=\"0.1\"} 1\n"), page);
    assertTrue(page.contains("waits_seconds_bucket{le=\"1.0\"} 3 # {trace_id=\"" + span.context().traceIdText() + "\",span_id=\""
        + span.context().spanIdText() + "\"} 0.5 1769767200.000\n"), page);
    assertTrue(page.contains("others_seconds_bucket{le=\"+Inf\"} 1 # {trace_id=\"0af7651916cd43dd8448eb211c80319c\",span_id=\"b7ad6b7169203331\"} 7 1769767200.007\n"), page);
    assertFalse(page(metrics, Format.TEXT).contains("trace_id"), "the older format has no exemplars");
  }

  private static String page(Metrics metrics, Format format) {
    var out = new Utf8Buffer(1024);
    metrics.render(format, List.of(), out);
    return out.toString();
  }

  @Test void refusesExemplarsThatWouldBreakThePage() {
    for (String id : List.of("\"", "0af7651916cd43dd8448eb211c80319c0", "\u0661", "x")) {
      assertThrows(IllegalArgumentException.class, () -> new uservice.metrics.Exemplar(id, "b7ad6b7169203331", 1));
      assertThrows(IllegalArgumentException.class, () -> new uservice.metrics.Exemplar("0af7651916cd43dd8448eb211c80319c", id, 1));
    }
  }

  /// `trace:` as it stands in a file.
  record Root(Tracer.Config trace) {}

  private Tracer.Config config(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("test.yaml"), yaml);
    return Configuration.load(Optional.of(Source.of(file)), Map.of(), List.of(), Schema.of(Root.class), Set.of()).root(Root.class).trace();
  }

  @Test void readsItsSection() throws Exception {
    var usual = config("");
    assertEquals(Optional.empty(), usual.sample());
    assertTrue(usual.trustIncoming());
    assertEquals(Optional.of(0.01), config("trace: {sample: 0.01}").sample());
    assertEquals(List.of(Propagation.Format.TRACECONTEXT, Propagation.Format.B3MULTI), config("trace: {propagators: [tracecontext, b3multi]}").propagators());
    assertFalse(config("trace: {headers: {authorization: Bearer x7}}").toString().contains("x7"), "header values are secret");
  }

  @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "sample: 1.5|sample",
      "endpoint: 'collector:4318'|'collector:4318' is no address to send to: http://host:4318 or https://",
      "endpoint: 'ftp://c:4318'|is no address",
      "endpoint: 'http://me:secret7@c:4318'|has a user or password in it; 'headers' is the place",
      "propagators: [jaeger]|jaeger",
      "every: 0s|every"})
  void refusesWhatMakesNoSense(String line, String told) {
    var refused = assertThrows(ConfigurationException.class, () -> config("trace: {" + line + "}"));
    assertTrue(refused.getMessage().contains(told), refused.getMessage());
    assertFalse(refused.getMessage().contains("secret7"), refused.getMessage());
  }

  @Test void opensWithoutAnExporterAndStillCarriesOn() throws Exception {
    for (var environment : List.of(Map.<String, String>of(), Map.of("OTEL_SDK_DISABLED", "TRUE", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"))) {
      var tracer = Tracer.open(new SpanExporter.Setup(config(""), environment, "shop", "1", new Metrics()));
      assertFalse(tracer.exporting());
      assertSame(Span.NONE, tracer.start("work", Span.Kind.SERVER));
      var incoming = tracer.incoming(name -> name.equals("traceparent") ? List.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01") : null);
      assertEquals(Map.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), Propagation.headers(tracer.start("work", Span.Kind.SERVER, incoming)));
    }
  }

  @ParameterizedTest @CsvSource(delimiter = '|', value = {"b3|b3", "none|''", "b3multi , baggage|X-B3-TraceId,X-B3-SpanId,X-B3-Sampled", "xray,b3|b3", "xray|traceparent,b3", "' '|traceparent,b3"})
  void heedsThePropagatorsOfTheEnvironment(String variable, String written) throws Exception {
    Tracer tracer;
    try (var log = new LogLines("uservice.trace")) {
      tracer = Tracer.open(new SpanExporter.Setup(config(""), Map.of("OTEL_PROPAGATORS", variable), "shop", "1", new Metrics()));
      assertEquals(variable.contains("xray") ? List.of("WARNING OTEL_PROPAGATORS: 'xray' is not known here, one of tracecontext, baggage, b3, b3multi, none")
          : List.of(), log.lines());
    }
    var incoming = tracer.incoming(name -> name.equals("b3") ? List.of("4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1") : null);
    assertEquals(written.isEmpty() ? List.of() : List.of(written.split(",")), List.copyOf(Propagation.headers(incoming).keySet()));
  }
}
