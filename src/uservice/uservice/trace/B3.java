package uservice.trace;

import module java.base;
import uservice.trace.Carried.Decision;
import uservice.trace.Carried.Form;

/// The headers of Zipkin and of older meshes:
///
/// ```
/// b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90    trace, span, then perhaps state, then perhaps parent
/// b3: 0                                                                        state alone
/// X-B3-TraceId, X-B3-SpanId, X-B3-Sampled: 0 or 1, X-B3-Flags: 1 for debug     the same in several fields
/// ```
///
/// A trace id of 16 digits is the lower half of one with zeros. The parent is neither used nor sent.
final class B3 {
  static final String SINGLE = "b3";
  static final String TRACE_ID = "X-B3-TraceId";
  static final String SPAN_ID = "X-B3-SpanId";
  static final String SAMPLED = "X-B3-Sampled";
  static final String FLAGS = "X-B3-Flags";

  /// What was read: ids or none, and what was decided.
  record Read(TraceContext context, Carried carried) {}

  private B3() {}

  /// Reads the single form, else the one of several fields; null where neither is there or valid.
  static Read read(Function<String, List<String>> fields, Carried carried) {
    Read single = single(only(fields, SINGLE), carried);
    return single != null ? single : multi(fields, carried);
  }

  private static Read single(String field, Carried carried) {
    String[] parts = field.split("-", -1);
    if (parts.length == 1) {
      Decision alone = decision(field);
      return alone == null ? null : new Read(TraceContext.NONE, carried.with(Form.SINGLE, alone));
    }
    Decision decision = parts.length < 3 ? Decision.OPEN : decision(parts[2]);
    boolean parent = parts.length < 4 || parts.length == 4 && parts[3].length() == 16 && Chars.areHex(parts[3], 0, 16);
    return decision == null || !parent ? null : read(parts[0], parts[1], decision, carried, Form.SINGLE);
  }

  private static Read multi(Function<String, List<String>> fields, Carried carried) {
    String traceId = only(fields, TRACE_ID);
    String sampled = only(fields, SAMPLED);
    Decision decision = only(fields, FLAGS).equals("1") ? Decision.DEBUG : sampled.isEmpty() ? Decision.OPEN : switch (sampled) {
      case "1", "true" -> Decision.YES;
      case "0", "false" -> Decision.NO;
      default -> null;
    };
    if (decision == null) {
      return null;
    }
    if (traceId.isEmpty()) {
      return decision == Decision.OPEN ? null : new Read(TraceContext.NONE, carried.with(Form.MULTI, decision));
    }
    return read(traceId, only(fields, SPAN_ID), decision, carried, Form.MULTI);
  }

  private static Read read(String traceId, String spanId, Decision decision, Carried carried, Form form) {
    int digits = traceId.length();
    if (digits != 16 && digits != 32 || spanId.length() != 16 || !Chars.areHex(traceId, 0, digits) || !Chars.areHex(spanId, 0, 16)) {
      return null;
    }
    boolean sampled = decision == Decision.YES || decision == Decision.DEBUG;
    var context = new TraceContext(digits == 16 ? 0 : Chars.hex(traceId, 0, 16), Chars.hex(traceId, digits - 16, digits),
        Chars.hex(spanId, 0, 16), sampled ? TraceContext.SAMPLED : 0, "", true);
    boolean open = decision == Decision.OPEN || decision == Decision.DEBUG;
    return context.valid() ? new Read(context, carried.with(form, open ? decision : Decision.MADE)) : null;
  }

  /// Writes the context, or the decision alone where there is none.
  static void write(TraceContext context, Carried carried, Form form, BiConsumer<String, String> out) {
    String state = switch (carried.decision()) {
      case MADE -> !context.valid() ? "" : context.sampled() ? "1" : "0";
      case OPEN -> "";
      case NO -> "0";
      case YES -> "1";
      case DEBUG -> "d";
    };
    if (form == Form.SINGLE) {
      String ids = context.valid() ? context.traceIdText() + "-" + context.spanIdText() : "";
      if (!ids.isEmpty() || !state.isEmpty()) {
        out.accept(SINGLE, ids.isEmpty() || state.isEmpty() ? ids + state : ids + "-" + state);
      }
      return;
    }
    if (context.valid()) {
      out.accept(TRACE_ID, context.traceIdText());
      out.accept(SPAN_ID, context.spanIdText());
    }
    if (state.equals("d")) {
      out.accept(FLAGS, "1");
    } else if (!state.isEmpty()) {
      out.accept(SAMPLED, state);
    }
  }

  private static Decision decision(String state) {
    return switch (state) {
      case "0" -> Decision.NO;
      case "1" -> Decision.YES;
      case "d" -> Decision.DEBUG;
      default -> null;
    };
  }

  /// The one value of a field; empty where there is none, or more than one.
  static String only(Function<String, List<String>> fields, String name) {
    List<String> values = fields.apply(name);
    return values != null && values.size() == 1 ? values.getFirst().strip() : "";
  }
}
