package uservice.trace;

import module java.base;
import uservice.trace.Carried.Decision;
import uservice.trace.Carried.Form;

/// What a call carries from one service to the next, in header fields.
///
/// ```java
/// Propagation.headers().forEach(connection::setRequestProperty);
/// ```
///
/// Read are, unless the configuration names a few: `traceparent` with `tracestate`, else `b3`, else `X-B3-…`; `baggage`;
/// and always `x-request-id`. Written are the same, B3 in the form it came in and only if it came. For any number of threads.
public final class Propagation {
  /// The sets of header fields, by the names that `OTEL_PROPAGATORS` has for them.
  public enum Format {
    /// `traceparent` and `tracestate`.
    TRACECONTEXT,
    BAGGAGE,
    /// The single field `b3`, read in the form of several fields as well.
    B3,
    /// `X-B3-TraceId` and its like, read in the single form as well.
    B3MULTI,
    /// No field at all.
    NONE
  }

  private static final int REQUEST_ID_CHARS_MAX = 256;

  private final boolean auto;
  private final Set<Format> formats;

  /// Reads and writes these formats; with none at all as the class says.
  Propagation(Collection<Format> formats) {
    this.auto = formats.isEmpty();
    this.formats = auto ? EnumSet.of(Format.TRACECONTEXT, Format.BAGGAGE, Format.B3) : EnumSet.copyOf(formats);
  }

  /// The header fields for a call that is made now, by this thread; empty where nothing is to be carried.
  public static Map<String, String> headers() {
    return headers(Tracer.current());
  }

  /// The header fields for a call that is made within `span`.
  public static Map<String, String> headers(Span span) {
    var fields = new LinkedHashMap<String, String>();
    span.propagation().write(span, fields::put);
    return fields;
  }

  /// The names and values of the baggage that the present work carries, decoded. What stands there is the outside's word.
  public static Map<String, String> baggage() {
    return Baggage.decode(Tracer.current().carried().baggage());
  }

  /// What `fields` carry, by the name of a field, whose values are null or empty where it is not there; no case of the name
  /// is to be told apart.
  Span read(Tracer tracer, Function<String, List<String>> fields) {
    Carried carried = Carried.NOTHING;
    if (!formats.contains(Format.NONE)) {
      String baggage = formats.contains(Format.BAGGAGE) ? Baggage.of(values(fields, "baggage")) : "";
      String id = B3.only(fields, "x-request-id");
      String requestId = id.length() <= REQUEST_ID_CHARS_MAX && Chars.arePrintable(id) ? id : "";
      carried = baggage.isEmpty() && requestId.isEmpty() ? carried : new Carried(baggage, requestId, Form.NONE, Decision.MADE);
    }
    boolean w3c = formats.contains(Format.TRACECONTEXT);
    TraceContext context = w3c ? TraceContext.parse(B3.only(fields, "traceparent")) : TraceContext.NONE;
    if (context.valid()) {
      List<String> states = values(fields, "tracestate");
      context = states.isEmpty() ? context : context.with(TraceState.of(states));
    } else if (formats.contains(Format.B3) || formats.contains(Format.B3MULTI)) {
      B3.Read b3 = B3.read(fields, carried);
      context = b3 == null ? context : b3.context();
      carried = b3 == null ? carried : b3.carried();
    }
    return !context.valid() && carried == Carried.NOTHING ? Span.NONE : Span.passing(tracer, context, carried);
  }

  private void write(Span span, BiConsumer<String, String> out) {
    TraceContext context = span.context();
    Carried carried = span.carried();
    if (formats.contains(Format.TRACECONTEXT) && context.valid()) {
      out.accept("traceparent", context.traceparent());
      if (!context.state().isEmpty()) {
        out.accept("tracestate", context.state());
      }
    }
    if (auto && carried.b3() != Form.NONE) {
      B3.write(context, carried, carried.b3(), out);
    } else if (!auto && formats.contains(Format.B3)) {
      B3.write(context, carried, Form.SINGLE, out);
    }
    if (formats.contains(Format.B3MULTI)) {
      B3.write(context, carried, Form.MULTI, out);
    }
    if (!carried.baggage().isEmpty()) {
      out.accept("baggage", carried.baggage());
    }
    if (!carried.requestId().isEmpty()) {
      out.accept("x-request-id", carried.requestId());
    }
  }

  private static List<String> values(Function<String, List<String>> fields, String name) {
    List<String> values = fields.apply(name);
    return values == null ? List.of() : values;
  }
}
