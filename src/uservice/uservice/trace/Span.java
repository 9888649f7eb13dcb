package uservice.trace;

import module java.base;
import uservice.log.Field;
import uservice.log.LogContext;
import uservice.metrics.Exemplar;

/// A piece of work as a part of a trace: begun, told about, ended once. Only what is sampled, and that only where something
/// exports, is recorded; the others take the same calls and forget them, and still carry the trace on to the next service.
///
/// ```java
/// try (Span span = Tracer.current().child("charge", Span.Kind.CLIENT)) {
///   span.attribute("peer.service", "ledger");
///   span.call(() -> ledger.charge(order, Propagation.headers()));
/// }
/// ```
///
/// For any number of threads. The work inside sees the span as [Tracer#current()]; another thread does when it is handed the
/// span and runs its part in [#run]. After [#end()] nothing changes any more.
public final class Span implements AutoCloseable {
  /// What the span is to the one at the other end.
  public enum Kind { INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER }

  /// How it went.
  public enum Status {
    /// Nothing was said.
    UNSET,
    /// Well, and that is final.
    OK,
    ERROR
  }

  /// No span: carries nothing, records nothing.
  public static final Span NONE = new Span(null, TraceContext.NONE, Carried.NOTHING, null);

  /// The most attributes of a span, and of an event or link.
  public static final int ATTRIBUTES_MAX = 128;
  public static final int EVENTS_MAX = 128;
  public static final int LINKS_MAX = 128;
  /// The most characters of a name, a key or a text; more are cut off.
  public static final int TEXT_CHARS_MAX = 1024;

  private static final int STACK_CHARS_MAX = 4096;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Tracer tracer; // null for NONE alone
  private final TraceContext context;
  private final Carried carried;
  private final Recording recording; // null where nothing is kept

  /// What a span gathers until its end.
  private static final class Recording {
    final ReentrantLock lock = new ReentrantLock();
    final TraceContext parent;
    final Kind kind;
    final long startNanos;
    final long startTicks;
    final Attributes attributes = new Attributes(ATTRIBUTES_MAX);
    final List<SpanData.Event> events = new ArrayList<>(0);
    final List<SpanData.Link> links = new ArrayList<>(0);
    String name;
    Status status = Status.UNSET;
    String message = "";
    int eventsDropped;
    int linksDropped;
    boolean ended;

    Recording(String name, Kind kind, TraceContext parent, long startNanos, long startTicks) {
      this.name = Chars.cut(name, TEXT_CHARS_MAX);
      this.kind = Objects.requireNonNull(kind, "kind");
      this.parent = parent;
      this.startNanos = startNanos;
      this.startTicks = startTicks;
    }

    long at(long ticks) { return startNanos + Math.max(0, ticks - startTicks); }
  }

  private Span(Tracer tracer, TraceContext context, Carried carried, Recording recording) {
    this.tracer = tracer;
    this.context = context;
    this.carried = carried;
    this.recording = recording;
  }

  /// One that only carries on.
  static Span passing(Tracer tracer, TraceContext context, Carried carried) {
    return new Span(tracer, context, carried, null);
  }

  /// One that is recorded below `parent`. Times are by the wall clock for the first one here, and from there on by the clock
  /// that does not jump, so that a child lies within its parent.
  static Span recorded(Tracer tracer, TraceContext context, Carried carried, String name, Kind kind, Span parent) {
    long ticks = tracer.ticks();
    long nanos = parent.recording == null ? tracer.wallNanos() : parent.recording.at(ticks);
    return new Span(tracer, context, carried, new Recording(name, kind, parent.context, nanos, ticks));
  }

  public TraceContext context() { return context; }

  /// Whether what is told to it is kept. Ask before making something costly to tell.
  public boolean recording() { return recording != null; }

  /// Begins a span below this one; [#NONE] and what is not recorded give themselves.
  public Span child(String name, Kind kind) {
    return tracer == null ? NONE : tracer.start(name, kind, this);
  }

  public Span name(String name) {
    return change(kept -> kept.name = Chars.cut(name, TEXT_CHARS_MAX));
  }

  /// A text, cut at [#TEXT_CHARS_MAX]; null is nothing.
  public Span attribute(String key, String value) { return set(key, value); }

  public Span attribute(String key, long value) { return recording == null ? this : set(key, value); }

  /// A number; NaN and infinity are dropped.
  public Span attribute(String key, double value) { return recording == null ? this : set(key, value); }

  public Span attribute(String key, boolean value) { return set(key, value); }

  /// Several texts, of which [#ATTRIBUTES_MAX] are kept.
  public Span attribute(String key, List<String> values) {
    return recording == null ? this
        : set(key, values.stream().limit(ATTRIBUTES_MAX).map(value -> Chars.cut(value, TEXT_CHARS_MAX)).toList());
  }

  private Span set(String key, Object value) {
    return recording == null ? this : change(kept -> kept.attributes.set(key, value));
  }

  /// Something that happens now: `event("retry", "attempt", 2)`.
  public Span event(String name, Object... keysAndValues) {
    return recording == null ? this : event(name, Attributes.of(keysAndValues));
  }

  private Span event(String name, List<SpanData.Attribute> attributes) {
    return change(kept -> {
      if (kept.events.size() == EVENTS_MAX) {
        kept.eventsDropped++;
      } else {
        kept.events.add(new SpanData.Event(kept.at(tracer.ticks()), Chars.cut(name, TEXT_CHARS_MAX), attributes));
      }
    });
  }

  /// Points at another span that has to do with this one, such as the one that put a job into a queue.
  public Span link(TraceContext other, Object... keysAndValues) {
    if (recording == null || !other.valid()) {
      return this;
    }
    List<SpanData.Attribute> attributes = Attributes.of(keysAndValues);
    return change(kept -> {
      if (kept.links.size() == LINKS_MAX) {
        kept.linksDropped++;
      } else {
        kept.links.add(new SpanData.Link(other, attributes));
      }
    });
  }

  /// It went well; no failure changes that.
  public Span ok() {
    return change(kept -> {
      kept.status = Status.OK;
      kept.message = "";
    });
  }

  /// It failed, and this is why; the first reason stands.
  public Span failed(String message) {
    return change(kept -> {
      if (kept.status == Status.UNSET) {
        kept.status = Status.ERROR;
        kept.message = Chars.cut(message, TEXT_CHARS_MAX);
      }
    });
  }

  /// It failed with an exception, which is kept as an event; `error.type` is its class.
  public Span failed(Throwable thrown) {
    if (recording == null) {
      return this;
    }
    String type = thrown.getClass().getName();
    String message = String.valueOf(thrown.getMessage());
    var attributes = new ArrayList<>(Attributes.of("exception.type", type, "exception.message", message));
    attributes.add(new SpanData.Attribute("exception.stacktrace", stack(thrown)));
    return event("exception", List.copyOf(attributes)).attribute("error.type", type).failed(message);
  }

  private static String stack(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return Chars.cut(text.toString(), STACK_CHARS_MAX);
  }

  /// The span as a histogram shows it beside a value; null where it is not recorded.
  public Exemplar exemplar() {
    return recording == null ? null : new Exemplar(context.traceIdText(), context.spanIdText(), tracer.wallNanos() / NANOS_PER_MILLI);
  }

  /// Runs `work` with this span as the current one, here and in every line that it logs.
  public void run(Runnable work) {
    inside().run(work);
  }

  /// Calls `work` with this span as the current one, here and in every line that it logs.
  public <R, X extends Throwable> R call(ScopedValue.CallableOp<? extends R, X> work) throws X {
    return inside().call(work);
  }

  private ScopedValue.Carrier inside() {
    if (!context.valid()) {
      return ScopedValue.where(Tracer.CURRENT, this);
    }
    return LogContext.with(Field.of("trace_id", new Id(context, true)), Field.of("span_id", new Id(context, false)))
        .where(Tracer.CURRENT, this);
  }

  /// An id that becomes text only on a line that is logged.
  private record Id(TraceContext context, boolean trace) {
    @Override public String toString() {
      return trace ? context.traceIdText() : context.spanIdText();
    }
  }

  /// Ends the span and hands it over; the second time does nothing.
  public void end() {
    if (recording == null) {
      return;
    }
    SpanData whole;
    recording.lock.lock();
    try {
      if (recording.ended) {
        return;
      }
      recording.ended = true;
      whole = new SpanData(context, recording.parent.spanId(), recording.parent.remote(), recording.name, recording.kind,
          recording.startNanos, recording.at(tracer.ticks()), recording.attributes.toList(), recording.attributes.dropped(),
          List.copyOf(recording.events), recording.eventsDropped, List.copyOf(recording.links), recording.linksDropped,
          recording.status, recording.message);
    } finally {
      recording.lock.unlock();
    }
    tracer.ended(whole);
  }

  /// The same as [#end()], for `try`.
  @Override public void close() { end(); }

  Carried carried() { return carried; }

  Propagation propagation() { return tracer == null ? Tracer.USUAL : tracer.propagation(); }

  private Span change(Consumer<Recording> by) {
    if (recording != null) {
      recording.lock.lock();
      try {
        if (!recording.ended) {
          by.accept(recording);
        }
      } finally {
        recording.lock.unlock();
      }
    }
    return this;
  }

  @Override public String toString() { return context.valid() ? context.traceparent() : "no span"; }
}
