package uservice.trace;

import module java.base;

/// What names one span to everybody who has a part in its trace (W3C Trace Context, level 2).
///
/// @param traceHigh the first 8 of the trace id's 16 bytes
/// @param traceLow the last 8
/// @param spanId the 8 bytes of the span
/// @param flags [#SAMPLED] and [#RANDOM], no other bits
/// @param state the `tracestate`, or empty
/// @param remote whether it came over the network
public record TraceContext(long traceHigh, long traceLow, long spanId, int flags, String state, boolean remote) {
  /// The caller may have recorded the trace.
  public static final int SAMPLED = 1;
  /// The last 7 bytes of the trace id are random.
  public static final int RANDOM = 2;
  /// No span at all; all ids are zero.
  public static final TraceContext NONE = new TraceContext(0, 0, 0, 0, "", false);

  private static final HexFormat HEX = HexFormat.of();
  private static final int LENGTH = 55; // of version 00
  private static final int TRACE_AT = 3;
  private static final int SPAN_AT = 36;
  private static final int FLAGS_AT = 53;

  /// Other flags are dropped.
  public TraceContext {
    flags &= SAMPLED | RANDOM;
  }

  /// Reads a `traceparent`: [#NONE] where it is not one.
  ///
  /// ```
  /// 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
  /// ```
  ///
  /// A later version may have more behind another `-`; ff is none.
  public static TraceContext parse(String traceparent) {
    if (traceparent.length() < LENGTH || traceparent.charAt(2) != '-' || traceparent.charAt(SPAN_AT - 1) != '-'
        || traceparent.charAt(FLAGS_AT - 1) != '-' || !Chars.areHex(traceparent, 0, 2) || !Chars.areHex(traceparent, TRACE_AT, SPAN_AT - 1)
        || !Chars.areHex(traceparent, SPAN_AT, FLAGS_AT - 1) || !Chars.areHex(traceparent, FLAGS_AT, LENGTH)) {
      return NONE;
    }
    long version = Chars.hex(traceparent, 0, 2);
    boolean whole = traceparent.length() == LENGTH || version > 0 && traceparent.charAt(LENGTH) == '-';
    var context = new TraceContext(Chars.hex(traceparent, TRACE_AT, TRACE_AT + 16), Chars.hex(traceparent, TRACE_AT + 16, SPAN_AT - 1),
        Chars.hex(traceparent, SPAN_AT, FLAGS_AT - 1), (int) Chars.hex(traceparent, FLAGS_AT, LENGTH), "", true);
    return whole && version != 0xff && context.valid() ? context : NONE;
  }

  /// Whether neither id is zero.
  public boolean valid() {
    return (traceHigh | traceLow) != 0 && spanId != 0;
  }

  public boolean sampled() {
    return (flags & SAMPLED) != 0;
  }

  /// 32 hexadecimal digits in lower case.
  public String traceIdText() {
    return HEX.toHexDigits(traceHigh) + HEX.toHexDigits(traceLow);
  }

  /// 16 hexadecimal digits in lower case.
  public String spanIdText() {
    return HEX.toHexDigits(spanId);
  }

  /// The header field `traceparent`, always of version 00.
  public String traceparent() {
    return "00-" + traceIdText() + "-" + spanIdText() + "-0" + flags;
  }

  TraceContext with(String state) {
    return new TraceContext(traceHigh, traceLow, spanId, flags, state, remote);
  }

  /// The same trace, with a span of this process.
  TraceContext local(long spanId, int flags) {
    return new TraceContext(traceHigh, traceLow, spanId, flags, state, false);
  }
}
